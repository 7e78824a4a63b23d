"""All settings, read once from the environment: names begin with KOPDES_."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "KOPDES_"
_TELEGRAM = "https://api.telegram.org"


class BadSettings(Exception):  # noqa: N818 - said to the operator as it is
    """A setting is missing or malformed; the message is one line that names it."""


def _opaque(value: object) -> object:
    """Tokens, secrets and ids are anything without white space."""
    if isinstance(value, str) and any(character.isspace() for character in value):
        raise ValueError("must have no white space in it")
    return value


def _passphrase(value: object) -> object:
    """The secret key may be several words; white space at its ends was not meant."""
    if isinstance(value, str) and (not value.strip() or value != value.strip()):
        raise ValueError("must not begin or end with white space")
    return value


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address like https://example.org")
    return value.rstrip("/")


def _database(value: SecretStr) -> SecretStr:
    if urlsplit(value.get_secret_value()).scheme not in ("postgresql", "postgres"):
        raise ValueError("must begin with postgresql://")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError("must be a time zone like Asia/Makassar") from None
    return value


def _whatsapp_number(value: object) -> object:
    digits = "".join(c for c in str(value) if c not in " +-()")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("must be a phone number with its country, like 6281234567890")
    return digits


def _username(value: object) -> object:
    return value.removeprefix("@") if isinstance(value, str) else value


Opaque = Annotated[str, BeforeValidator(_opaque)]
Secret = Annotated[SecretStr, BeforeValidator(_opaque)]
Address = Annotated[str, BeforeValidator(_opaque), AfterValidator(_address)]
Database = Annotated[SecretStr, BeforeValidator(_opaque), AfterValidator(_database)]


class Settings(BaseSettings):
    """What the operator decides. An empty variable is one that is not set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    database_url: Database | None = None
    database_app_url: Database | None = None
    database_clock_url: Database | None = None
    database_province_url: Database | None = None
    data_dir: Path = Path(".data")
    secret_key: Annotated[SecretStr, BeforeValidator(_passphrase)] | None = None
    http_host: Opaque = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: Address | None = None
    telegram_token: Secret | None = None
    telegram_username: Annotated[Opaque, BeforeValidator(_username)] | None = None
    telegram_api_url: Address = _TELEGRAM
    telegram_webhook_url: Address | None = None
    telegram_webhook_secret: Secret | None = None
    telegram_rate: Annotated[float, Field(ge=0, le=1_000, allow_inf_nan=False)] = 30
    whatsapp_token: Secret | None = None
    whatsapp_phone_id: Opaque | None = None
    whatsapp_app_secret: Secret | None = None
    whatsapp_verify_token: Secret | None = None
    whatsapp_rate: Annotated[float, Field(ge=0, le=1_000, allow_inf_nan=False)] = 80
    whatsapp_number: Annotated[str, BeforeValidator(_whatsapp_number)] | None = None
    graph_api_url: Address = "https://graph.facebook.com"
    send_hours: Literal["village", "always"] = "village"
    timezone: Annotated[Opaque, AfterValidator(_zone)] = "Asia/Makassar"

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the bundled one, under the data directory."""
        return self.database_url is None

    @property
    def address(self) -> str:
        """Where people open our pages: the public address, else the service's own."""
        if self.public_url is not None:
            return self.public_url
        host = "127.0.0.1" if self.http_host in ("0.0.0.0", "::") else self.http_host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.http_port}"

    @property
    def has_telegram(self) -> bool:
        """Whether the service speaks on Telegram."""
        return self.telegram_token is not None

    @property
    def has_whatsapp(self) -> bool:
        """Whether the service speaks on WhatsApp."""
        return self.whatsapp_token is not None


_WHATSAPP = ("whatsapp_token", "whatsapp_phone_id", "whatsapp_app_secret", "whatsapp_verify_token")


def load() -> Settings:
    """Read the environment. Raises BadSettings with one line that names each setting that is wrong."""
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = [
            f"{setting(str(problem['loc'][0]))} {_said(problem['msg'])}"
            for problem in error.errors()
        ]
        raise BadSettings("; ".join(wrong)) from None
    wrong = _contradictions(settings)
    if wrong:
        raise BadSettings("; ".join(wrong))
    return settings


def setting(field_name: str) -> str:
    """Name a setting as the environment does."""
    return PREFIX + field_name.upper()


def _said(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Input should", "must")


def _contradictions(settings: Settings) -> list[str]:
    """Find settings that need another one."""
    wrong = []
    if settings.database_url is not None and settings.secret_key is None:
        wrong.append(f"{setting('secret_key')} is missing: needed with {setting('database_url')}")
    missing = [setting(name) for name in _WHATSAPP if getattr(settings, name) is None]
    if 0 < len(missing) < len(_WHATSAPP):
        verb = "is" if len(missing) == 1 else "are"
        wrong.append(f"{', '.join(missing)} {verb} missing: WhatsApp needs all four or none")
    webhook = settings.telegram_webhook_url
    if webhook is not None:
        if settings.telegram_webhook_secret is None:
            name, other = setting("telegram_webhook_secret"), setting("telegram_webhook_url")
            wrong.append(f"{name} is missing: needed with {other}")
        if webhook.startswith("http:") and settings.telegram_api_url == _TELEGRAM:
            wrong.append(f"{setting('telegram_webhook_url')} must be https for Telegram")
    return wrong
