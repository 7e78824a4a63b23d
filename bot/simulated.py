"""The service against the simulator in its own process: its settings, its bot, its WhatsApp number with every template."""

from __future__ import annotations

from pydantic import SecretStr

from bot.settings import BadSettings, Settings
from bot.simulator import whatsapp_templates
from bot.simulator.whatsapp_world import Number, Whatsapp
from bot.simulator.world import World
from notifications import templates

_TOKEN = "7000000001:simulator-needs-no-secret-token-at-all"  # noqa: S105 - of the simulator
_NO_SECRET = SecretStr("simulator")
_PHONE_ID = "106540352242922"
_NUMBER = "628110000000"


def settings_for(settings: Settings) -> Settings:
    """Point the service at the simulator in its own process; it stays on this machine."""
    if settings.http_host not in ("127.0.0.1", "localhost", "::1"):
        raise BadSettings("KOPDES_HTTP_HOST must be 127.0.0.1 here: the simulator has no passwords")
    own = f"http://127.0.0.1:{settings.http_port}"
    return settings.model_copy(
        update={
            "telegram_token": SecretStr(_TOKEN),
            "telegram_username": None,
            "telegram_api_url": own,
            "telegram_webhook_url": f"{own}/telegram/webhook",
            "telegram_webhook_secret": _NO_SECRET,
            "whatsapp_token": _NO_SECRET,
            "whatsapp_phone_id": _PHONE_ID,
            "whatsapp_app_secret": _NO_SECRET,
            "whatsapp_verify_token": _NO_SECRET,
            "whatsapp_number": _NUMBER,
            "graph_api_url": own,
            "send_hours": "always",
        }
    )


def world() -> World:
    """Make an empty world with the one bot."""
    return World(bots={_TOKEN: "kopdes_demo_bot"})


def whatsapp(over: World, settings: Settings) -> Whatsapp:
    """Make the WhatsApp of a world: the number of the settings, its webhook at this service."""
    number = number_of(settings, webhook=f"http://127.0.0.1:{settings.http_port}/whatsapp/webhook")
    return Whatsapp(over, number)


def number_of(settings: Settings, *, webhook: str | None) -> Number:
    """Make the business number that the settings speak for, with every declared template approved."""
    secrets = settings.whatsapp_token, settings.whatsapp_app_secret, settings.whatsapp_verify_token
    token, app_secret, verify_token = (each.get_secret_value() if each else "" for each in secrets)
    number = Number(
        phone_id=settings.whatsapp_phone_id or _PHONE_ID,
        token=token,
        app_secret=app_secret,
        verify_token=verify_token,
        display=settings.whatsapp_number or _NUMBER,
        webhook=webhook,
    )
    for one in templates.declared():
        asked = {"name": one.name, "language": one.language, "category": one.category}
        whatsapp_templates.register(number, asked | {"components": one.components})
    return number
