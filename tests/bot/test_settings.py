"""Settings: what is read, and the one line that says what is wrong."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import ValidationError

from bot import access, logs, settings
from bot.settings import BadSettings, load


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without settings."""
    import os  # noqa: PLC0415

    for name in [*os.environ]:
        if name.startswith(settings.PREFIX):
            monkeypatch.delenv(name)


def wrong(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(settings.PREFIX + name, value)
    with pytest.raises(BadSettings) as bad:
        load()
    assert "\n" not in str(bad.value)
    return str(bad.value)


def test_without_settings_everything_has_its_default(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KOPDES_HTTP_PORT", "")
    read = load()
    assert read.is_embedded
    assert (read.http_host, read.http_port, read.public_url) == ("127.0.0.1", 8080, None)
    assert read.data_dir == Path(".data")
    assert (read.has_telegram, read.has_whatsapp, read.telegram_rate) == (False, False, 30)
    assert (read.send_hours, read.timezone) == ("village", "Asia/Makassar")
    with pytest.raises(ValidationError):
        read.http_port = 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HTTP_PORT", "http", "KOPDES_HTTP_PORT must be a valid integer"),
        ("HTTP_PORT", "70000", "KOPDES_HTTP_PORT must be less than or equal to 65535"),
        ("DATABASE_URL", "mysql://a/b", "KOPDES_DATABASE_URL must begin with postgresql://"),
        ("TELEGRAM_TOKEN", "1:a b", "KOPDES_TELEGRAM_TOKEN must have no white space"),
        ("TELEGRAM_TOKEN", "  ", "KOPDES_TELEGRAM_TOKEN must have no white space"),
        ("WHATSAPP_PHONE_ID", "12\n", "KOPDES_WHATSAPP_PHONE_ID must have no white space"),
        ("TELEGRAM_API_URL", "api.telegram.org", "KOPDES_TELEGRAM_API_URL must be an address"),
        ("TELEGRAM_RATE", "-1", "KOPDES_TELEGRAM_RATE must be greater"),
        ("TELEGRAM_RATE", "1001", "KOPDES_TELEGRAM_RATE must be less than or equal to 1000"),
        ("TELEGRAM_RATE", "nan", "KOPDES_TELEGRAM_RATE must be"),
        ("SEND_HOURS", "never", "KOPDES_SEND_HOURS must be 'village' or 'always'"),
        ("TIMEZONE", "Borneo", "KOPDES_TIMEZONE must be a time zone"),
        ("WHATSAPP_NUMBER", "kopdes", "KOPDES_WHATSAPP_NUMBER must be a phone number"),
        ("SECRET_KEY", " a ", "KOPDES_SECRET_KEY must not begin or end with white space"),
    ],
)
def test_a_malformed_setting_is_named_with_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
):
    assert wrong(monkeypatch, **{name: value}).startswith(said)


def test_several_wrong_settings_are_named_in_one_line_and_no_secret_is_repeated(
    monkeypatch: pytest.MonkeyPatch,
):
    line = wrong(monkeypatch, HTTP_PORT="x", TELEGRAM_TOKEN="my secret")
    assert "KOPDES_HTTP_PORT" in line
    assert "KOPDES_TELEGRAM_TOKEN" in line
    assert "my secret" not in line


def test_settings_that_need_others_name_them(monkeypatch: pytest.MonkeyPatch):
    line = wrong(monkeypatch, WHATSAPP_TOKEN="a", WHATSAPP_PHONE_ID="b")
    assert line.startswith("KOPDES_WHATSAPP_APP_SECRET, KOPDES_WHATSAPP_VERIFY_TOKEN are missing")
    monkeypatch.delenv("KOPDES_WHATSAPP_TOKEN")
    monkeypatch.delenv("KOPDES_WHATSAPP_PHONE_ID")
    line = wrong(monkeypatch, DATABASE_URL="postgresql://a:b@c/d")
    assert line.startswith("KOPDES_SECRET_KEY is missing")


def test_a_webhook_needs_its_secret_and_https_where_telegram_itself_calls(
    monkeypatch: pytest.MonkeyPatch,
):
    hook = "http://127.0.0.1:8080/telegram/webhook"
    line = wrong(monkeypatch, TELEGRAM_WEBHOOK_URL=hook)
    assert "KOPDES_TELEGRAM_WEBHOOK_SECRET is missing" in line
    monkeypatch.setenv("KOPDES_TELEGRAM_WEBHOOK_SECRET", "s")
    assert wrong(monkeypatch) == "KOPDES_TELEGRAM_WEBHOOK_URL must be https for Telegram"
    monkeypatch.setenv("KOPDES_TELEGRAM_API_URL", "http://127.0.0.1:9000/")
    read = load()
    assert read.telegram_webhook_url == hook
    assert read.telegram_api_url == "http://127.0.0.1:9000"


def test_an_operators_database_has_logins_derived_or_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KOPDES_DATABASE_URL", "postgresql://owner:pw@db/kopdes")
    monkeypatch.setenv("KOPDES_SECRET_KEY", "several words are fine")
    monkeypatch.setenv("KOPDES_DATABASE_CLOCK_URL", "postgresql://clock:pw@db/kopdes")
    read = load()
    assert "pw" not in repr(read)
    assert "several" not in repr(read)
    with access.database_access(read) as way:
        assert way.server is None
        assert way.urls.owner == "postgresql://owner:pw@db/kopdes"
        assert way.urls.clock == "postgresql://clock:pw@db/kopdes"
        assert way.urls.app.startswith("postgresql://kopdes_app_")


@pytest.fixture
def lines():
    """Configure the logs onto a buffer; what was there before comes back."""
    root = logging.getLogger()
    before = (root.handlers, root.level)
    out = io.StringIO()
    logs.configure(stream=out)
    yield out
    root.handlers, root.level = before
    structlog.reset_defaults()


def test_logs_hide_phones_nik_and_tokens_wherever_they_stand(lines: io.StringIO):
    token = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
    log = structlog.get_logger()
    log.info(
        "turn.done", chat="telegram:77", ms=12, phone="x", number=6281234567890,
        words=["081234567890", {"nik": 6472014107900001, "who": "+62 812-3456-7890"}],
        url=f"https://api.telegram.org/bot{token}/getMe", database="postgresql://a:hunter2@b/c",
    )  # fmt: skip
    logging.getLogger("library").warning(
        "POST %s by %s", f"/bot{token}/sendMessage", "6281234567890"
    )
    try:
        int("no number: 6472014107900001")
    except ValueError:
        log.exception("bug")
    text = lines.getvalue()
    for secret in (token, "81234567890", "812-3456", "6472014107900001", "hunter2"):
        assert secret not in text
    first, second, third = [json.loads(line) for line in text.splitlines()]
    assert (first["event"], first["chat"], first["ms"]) == ("turn.done", "telegram:77", 12)
    assert first["timestamp"].startswith("20")
    assert second["event"] == "POST /[hidden]/sendMessage by [hidden]"
    assert "no number: [hidden]" in third["exception"]


def test_ids_dates_and_amounts_stay_readable():
    for value in (
        "3f2a0e9e-1111-2222-3333-628123456789", "2026-11-24T04:43:16Z", 1_250_000, 700_123_456_789,
        "64-0001", "Rp50.000", True, None, 1.5,
    ):  # fmt: skip
        assert logs.hidden(value) == value


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"http_port": 8080}, "http://127.0.0.1:8080"),
        ({"http_host": "::1", "http_port": 81}, "http://[::1]:81"),
        ({"http_host": "::", "http_port": 81}, "http://127.0.0.1:81"),
        ({"public_url": "https://kopdes.example.org/"}, "https://kopdes.example.org"),
    ],
)
def test_pages_are_opened_at_the_public_address_or_the_services_own(
    given: dict[str, Any], address: str
) -> None:
    assert settings.Settings(**given).address == address
