import pytest

from members.mailings.models import BounceKind
from members.mailings.returns.classifying import kind_of_failure

HARD, SOFT, REFUSED = BounceKind.HARD, BounceKind.SOFT, BounceKind.REFUSED


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("550 5.1.1 User unknown", HARD),
        ("5.1.10 null MX", HARD),
        ("550 5.2.1 mailbox disabled", HARD),
        ("552 5.2.2 mailbox full", SOFT),
        ("4.4.7 delivery time expired", SOFT),
        ("4.1.1 try later", SOFT),
        ("5.4.4 host not found", SOFT),
        ("554 5.7.1 blocked by policy", REFUSED),
        ("5.6.0 content", REFUSED),
        ("5.1.8 bad sender's system address", REFUSED),
        ("no status at all", SOFT),
        # Parts of an IP address and of a version are no status.
        ("host mx[10.5.1.1] said: no", SOFT),
        ("Exim 5.1.1.2 said: no", SOFT),
        ("550-5.1.1 The email account that you tried to reach does not exist.", HARD),
    ],
)
def test_whose_fault_it_is(text: str, kind: BounceKind):
    assert kind_of_failure(text) == kind


def test_a_status_that_says_nothing_leaves_it_to_the_words():
    assert kind_of_failure("5.0.0", "550 5.1.1 unknown user") == HARD
    assert kind_of_failure("", "5.2.2 full") == SOFT
