from members.posts.admin.post import PostAdmin

__all__ = ["PostAdmin"]
