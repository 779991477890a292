"""What runs by itself, and when."""

from typing import Any

from celery.schedules import crontab


def _lasts(seconds: int) -> dict[str, Any]:
    """Let a task that nobody took in time vanish: the next one does its work."""
    return {"options": {"expire_seconds": seconds}}


# Every job finds what is due in the rows and is safe to run twice. Seconds, or local clock time.
SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": {"task": "vekst.home.tasks.beat_heartbeat", "schedule": 10.0, **_lasts(10)},
    "send-due-mail": {"task": "members.mailings.tasks.send_due_mail", "schedule": 5.0, **_lasts(5)},
    "start-due-newsletters": {
        "task": "members.mailings.tasks.start_due_newsletters",
        "schedule": 20.0,
        **_lasts(60),
    },
    # Due on Mondays at 7; between that it only looks, or goes on where a worker died.
    "write-due-digests": {
        "task": "members.mailings.tasks.write_due_digests",
        "schedule": 60.0,
        **_lasts(60),
    },
    "write-due-welcome-mails": {
        "task": "members.mailings.tasks.write_due_welcome_mails",
        "schedule": 120.0,
        **_lasts(120),
    },
    "read-returns": {
        "task": "members.mailings.tasks.read_returns",
        "schedule": 60.0,
        **_lasts(60),
    },
    "store-clicks": {
        "task": "members.mailings.tasks.store_clicks",
        "schedule": 60.0,
        **_lasts(60),
    },
    # Yesterday, soon after midnight; later in the day only what was missed.
    "count-readers": {
        "task": "members.mailings.tasks.count_readers",
        "schedule": crontab(minute="10"),
        **_lasts(3600),
    },
    "publish-due-posts": {
        "task": "members.posts.tasks.publish_due_posts",
        "schedule": 20.0,
        **_lasts(20),
    },
    "tend-pictures": {
        "task": "members.posts.tasks.tend_pictures",
        "schedule": 60.0,
        **_lasts(60),
    },
    "mail-new-comments": {
        "task": "members.posts.tasks.mail_new_comments",
        "schedule": 60.0,
        **_lasts(60),
    },
    "write-post-notices": {
        "task": "members.posts.tasks.write_post_notices",
        "schedule": 60.0,
        **_lasts(60),
    },
    "index-changes": {"task": "vekst.search.tasks.index_changes", "schedule": 5.0, **_lasts(5)},
    "rebuild-search-index": {
        "task": "vekst.search.tasks.index_everything",
        "schedule": crontab(hour="4", minute="40"),
    },
    "write-event-reminders": {
        "task": "projects.bypuls.tasks.write_event_reminders",
        "schedule": 60.0,
        **_lasts(60),
    },
    "write-event-announcements": {
        "task": "projects.bypuls.tasks.write_announcements",
        "schedule": 20.0,
        **_lasts(20),
    },
    "make-series-dates": {
        "task": "projects.bypuls.tasks.make_series_dates",
        "schedule": crontab(hour="3", minute="20"),
    },
    "settle-events": {
        "task": "projects.bypuls.tasks.settle_events",
        "schedule": 60.0,
        **_lasts(60),
    },
    "settle-queues": {
        "task": "projects.bypuls.tasks.settle_queues",
        "schedule": 15.0,
        **_lasts(15),
    },
    "check-events": {
        "task": "projects.bypuls.tasks.check_events",
        "schedule": crontab(hour="4", minute="40"),
    },
    "fetch-event-calendars": {
        "task": "projects.bypuls.tasks.fetch_event_calendars",
        "schedule": 300.0,
        **_lasts(300),
    },
    "remind-of-submissions": {
        "task": "projects.bypuls.tasks.remind_of_submissions",
        "schedule": crontab(hour="8", minute="10"),
    },
    "tell-of-silent-counters": {
        "task": "projects.bypuls.tasks.tell_of_silent_counters",
        "schedule": crontab(hour="8", minute="10"),
    },
    "import-nav-jobs": {
        "task": "projects.digital_stemme.tasks.import_nav_jobs",
        "schedule": 600.0,
        **_lasts(600),
    },
    "expire-listings": {
        "task": "projects.digital_stemme.tasks.expire_listings",
        "schedule": 300.0,
        **_lasts(300),
    },
    "fetch-indicators": {
        "task": "projects.innsikt.tasks.fetch_indicators",
        "schedule": crontab(hour="8", minute="20"),
    },
    "refresh-companies": {
        "task": "members.companies.tasks.refresh_companies",
        "schedule": crontab(hour="4", minute="10"),
    },
    "apply-retention": {
        "task": "vekst.home.tasks.apply_retention",
        "schedule": crontab(hour="3", minute="30"),
    },
}
