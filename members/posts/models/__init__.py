from members.posts.models.post import Photo, Post, PostItem, PostState, Weekday, weeks_in

__all__ = ["Photo", "Post", "PostItem", "PostState", "Weekday", "weeks_in"]
