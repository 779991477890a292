from tests.access_table import Row
from tests.members.mailings.factories import (
    ConsentFactory,
    CountedLinkFactory,
    NewsletterFactory,
    SubscriberFactory,
    SubscriptionRequestFactory,
    WelcomeJourneyFactory,
)

ROWS: list[Row] = [
    Row("mailings:sign_up"),
    Row("mailings:check_inbox"),
    Row("mailings:confirm", lambda: {"token": SubscriptionRequestFactory.create().token}),
    Row("mailings:confirm", {"token": "forged"}, anonymous=404, query="?forged"),
    Row("mailings:preferences_link"),
    Row("mailings:preferences", lambda: {"token": SubscriberFactory.create().token}),
    Row("mailings:preferences", {"token": "forged"}, anonymous=404, query="?forged"),
    Row("mailings:unsubscribe", lambda: {"token": ConsentFactory.create().token}),
    Row("mailings:unsubscribe", {"token": "forged"}, anonymous=404, query="?forged"),
    Row("mailings:unsubscribe_all", lambda: {"token": SubscriberFactory.create().token}),
    Row("mailings:unsubscribe_all", {"token": "forged"}, anonymous=404, query="?forged"),
    Row("mailings:unsubscribe_welcome", lambda: {"token": WelcomeJourneyFactory.create().token}),
    Row("mailings:unsubscribe_welcome", {"token": "forged"}, anonymous=404, query="?forged"),
    Row("mailings:follow", lambda: {"token": CountedLinkFactory.create().token}, anonymous=302),
    Row("mailings:follow", {"token": "forged"}, anonymous=404, query="?forged"),
    Row("mailings:archive"),
    Row("mailings:archived", lambda: {"pk": NewsletterFactory.create(sent=True).pk}),
    # A draft is nobody's business, staff read it in the admin.
    Row(
        "mailings:archived",
        lambda: {"pk": NewsletterFactory.create().pk},
        anonymous=404,
        query="?draft",
    ),
    # The address for what the provider tells is not there until a provider is named.
    Row("mailings:provider_returns", {"provider": "mailgun"}, anonymous=404, method="POST"),
]
