"""The mouths of a running service: a voice for each channel that is set up, all in one delivery."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.access import Access
from bot.settings import Settings
from notifications import bell as bells
from notifications import delivery, requests, templates
from notifications.bell import Bell
from notifications.messages import Purpose
from notifications.senders import Sender
from notifications.senders import telegram as telegram_voice
from notifications.senders import whatsapp as whatsapp_voice
from notifications.senders.telegram import TelegramSender
from notifications.senders.whatsapp import WhatsAppSender


def telegram(settings: Settings, answer_seconds: float) -> TelegramSender | None:
    """Make Telegram's voice; none where it is not set up. A bot's token begins with its account."""
    if settings.telegram_token is None:
        return None
    token = settings.telegram_token.get_secret_value()
    return telegram_voice.connect(
        token,
        account=token.partition(":")[0],
        api_url=settings.telegram_api_url,
        per_second=settings.telegram_rate,
        answer_seconds=answer_seconds,
    )


def whatsapp(settings: Settings, answer_seconds: float) -> WhatsAppSender | None:
    """Make WhatsApp's voice; none where it is not set up. Raises templates.BadTemplates before anything is said."""
    if settings.whatsapp_token is None or settings.whatsapp_phone_id is None:
        return None
    templates.declared()
    return whatsapp_voice.connect(
        settings.whatsapp_token.get_secret_value(),
        settings.whatsapp_phone_id,
        settings.graph_api_url,
        per_second=settings.whatsapp_rate,
        answer_seconds=answer_seconds,
    )


async def speak(
    senders: Sequence[Sender],
    *,
    engine: AsyncEngine,
    access: Access,
    settings: Settings,
    bell: Bell,
    stop: asyncio.Event,
) -> None:
    """Say what is owed until `stop` is set."""
    await delivery.run(
        engine,
        access.urls.clock,
        access.keys,
        senders,
        bell=bell,
        stop=stop,
        checks={Purpose.APPROVAL: requests.is_decided},
        keeps_hours=settings.send_hours != "always",
    )


async def ring_only(bell: Bell, access: Access, stop: asyncio.Event) -> None:
    """Ring for mouths in other processes until `stop` is set."""
    ringing = asyncio.create_task(bells.ring(bell, access.urls.clock))
    await stop.wait()
    ringing.cancel()
