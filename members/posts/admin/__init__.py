from members.posts.admin.pictures import PictureAdmin
from members.posts.admin.post import PostAdmin
from members.posts.admin.rules_page import EditorialRulesAdmin

__all__ = ["EditorialRulesAdmin", "PictureAdmin", "PostAdmin"]
