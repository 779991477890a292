"""Ways to the editing page and into its forms, as a browser takes them."""

from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.posts.models import Post

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def address(name: str, post: Post, *args: int) -> str:
    return reverse(f"admin:posts_post_{name}", args=[post.pk, *args])


def form_of(client: Client, url: str) -> dict[str, object]:
    """What the browser would send if nothing was typed."""
    opened = client.get(url).context["opened"]
    found = {field.name: field.value() for field in opened.form}
    return {name: "" if value is None else value for name, value in found.items()} | {
        "place": opened.place.value,
        "item": opened.item.pk if opened.item else "",
    }
