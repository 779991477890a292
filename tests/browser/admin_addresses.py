"""The admin's own pages of the weekly post, of subscribers and of what a person was sent: one address each."""

import json

from tests.browser.conftest import Portal
from tests.browser.signed_in import Session, sign_in

# An editor, and what the demo content has of each kind.
MAKE = """
import json
from django.contrib.auth.models import Group
from members.accounts.models import Role, User
from members.mailings.models import Subscriber
from members.posts.models import Photo, Post
user, _ = User.objects.get_or_create(email="ser.paa@example.no")
user.is_staff = True
user.save()
user.groups.add(Group.objects.get(name=Role.EDITOR.value))
talked, corrected, approved = (
    Post.objects.filter(state=state).order_by("pk")[0] for state in ("review", "corrected", "approved"))
photo = Photo.objects.filter(picture__shows_people=True).order_by("pk")[0]
print(json.dumps({
    "review": talked.pk, "item": talked.items.order_by("position")[0].pk, "corrected": corrected.pk,
    "approved": approved.pk,
    "shown": photo.post_id, "photo": photo.pk, "picture": photo.picture_id,
    "subscriber": Subscriber.objects.order_by("pk")[0].pk,
}))
"""
POST = "/admin/posts/post/"
PAGES = {
    "front": "/admin/",
    "posts": POST,
    "new post": f"{POST}add/",
    "week": f"{POST}{{review}}/change/",
    "editing": f"{POST}{{review}}/rediger/",
    "editing a piece": f"{POST}{{review}}/rediger/{{item}}/",
    "cards": f"{POST}{{review}}/rediger/{{item}}/kort/",
    "versions": f"{POST}{{corrected}}/rediger/versjoner/",
    "differences": f"{POST}{{corrected}}/rediger/versjoner/sammenlign/?fra=1&til=",
    "new picture": f"{POST}{{shown}}/rediger/bilde/",
    "old pictures": f"{POST}{{shown}}/rediger/bilde/velg/",
    "picture in post": f"{POST}{{shown}}/rediger/bilde/{{photo}}/",
    "workflow": f"{POST}{{review}}/arbeidsflyt/",
    "publishing": f"{POST}{{approved}}/publiser/",
    "correcting": f"{POST}{{corrected}}/publiser/",
    "calendar": f"{POST}kalender/",
    "rules": "/admin/posts/editorialrules/",
    "pictures": "/admin/posts/picture/",
    "picture": "/admin/posts/picture/{picture}/change/",
    "withdrawal": "/admin/posts/picture/{picture}/trekk/",
    "subscribers": "/admin/mailings/subscriber/",
    "subscriber": "/admin/mailings/subscriber/{subscriber}/change/",
    "import": "/admin/mailings/subscriberimport/les-inn/",
    "export": "/admin/mailings/subscriberexport/ta-ut/",
    "whom": "/admin/mailings/delivery/person/",
    "mail": "/admin/mailings/delivery/",
}


def editor_and_pages(portal: Portal) -> tuple[Session, dict[str, str]]:
    """Sign in an editor, and return where each of the pages is."""
    session, printed = sign_in(portal, MAKE)
    found = json.loads(printed)
    return session, {name: address.format(**found) for name, address in PAGES.items()}
