from members.posts.admin.pictures import PictureAdmin
from members.posts.admin.post import PostAdmin

__all__ = ["PictureAdmin", "PostAdmin"]
