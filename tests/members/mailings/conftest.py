from collections.abc import Iterator

import pytest

from tests.members.mailings.smtp_sink import Sink, start_sink


@pytest.fixture(scope="session")
def _sink() -> Iterator[Sink]:
    sink, controller = start_sink()
    yield sink
    controller.stop()


@pytest.fixture
def sink(_sink: Sink, settings) -> Sink:
    """A real SMTP server, and the settings that lead to it."""
    _sink.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = _sink.port
    return _sink
