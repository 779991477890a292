import datetime
import re

import pytest
from django.test import Client

from members.accounts.models import User
from members.mailings import demo, demo_readers
from members.mailings.models import Delivery, DeliveryState, Newsletter, NewsletterState, Subscriber
from members.mailings.reach import AUDIENCES, EVERYBODY, reach

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 5, 12, 9, tzinfo=datetime.UTC)


def test_a_newcomer_sees_figures_an_archive_and_clicks(client: Client, editor: User):
    demo.load(at=NOW)
    demo_readers.load(at=NOW)
    readers = Subscriber.objects.count()
    demo_readers.load(at=NOW)

    assert Subscriber.objects.count() == readers
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    assert set(Newsletter.objects.values_list("state", flat=True)) == {NewsletterState.SENT}
    assert all("Eksempel" in title for title in Newsletter.objects.values_list("title", flat=True))

    found = reach(fewest=5)
    assert found is not None
    assert len(found.months) > 12
    assert all(found.newest.readers[group].number for group in (EVERYBODY, *AUDIENCES))
    assert any(month.joined[EVERYBODY].number for month in found.months)

    page = client.get("/nyhetsbrev/arkiv/").content.decode()
    assert "2025" in page
    client.force_login(editor)
    letter = Newsletter.objects.order_by("-sent_at").first()
    assert letter is not None
    told = client.get(f"/admin/mailings/newsletter/{letter.pk}/tall/").content.decode()
    assert re.search(r"\d klikk", told)
