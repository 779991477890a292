"""The rules that staff have set for mail, and what follows from them at a moment."""

import datetime

from django.utils import timezone

from members.mailings.models.mail_rules import MailRules

# The one row there may be.
ROW = 1


def current() -> MailRules:
    """Return the rules as they stand; the usual ones where nobody has set any."""
    return MailRules.objects.filter(pk=ROW).first() or MailRules(pk=ROW)


def quiet_until(rules: MailRules, *, at: datetime.datetime) -> datetime.datetime | None:
    """Return when the quiet hours end that `at` falls in, or None outside them. Local time counts."""
    start, end = rules.quiet_from, rules.quiet_until
    if start is None or end is None:
        return None
    local = timezone.localtime(at)
    now, day = local.time(), local.date()
    is_quiet = start <= now < end if start < end else now >= start or now < end
    if not is_quiet:
        return None
    if now >= end:
        day += datetime.timedelta(days=1)
    return timezone.make_aware(datetime.datetime.combine(day, end))
