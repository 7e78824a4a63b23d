"""The ears of a running service: one for each channel that is set up, all bringing their turns to the same door."""

from __future__ import annotations

from functools import partial

import aiohttp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels import telegram, whatsapp, whatsapp_wire
from bot.services import Services
from bot.settings import Settings
from bot.talk import Incoming
from bot.turn import take_turn
from core import database
from notifications import lease, statuses
from notifications.statuses import Status, TemplateStatus


async def learnt(app: AsyncEngine, settings: Settings) -> dict[str, str]:
    """Say by which number people write to us, as set, else as a service learnt it before."""
    known = settings.whatsapp_number
    if known is None and settings.has_whatsapp:
        async with app.connect() as db:
            known = await db.scalar(
                text(
                    "SELECT username FROM mouths WHERE channel = 'whatsapp' AND account = :account"
                ),
                {"account": settings.whatsapp_phone_id},
            )
    return {"whatsapp": known} if known else {}


def for_telegram(
    services: Services, settings: Settings, session: aiohttp.ClientSession, account: str
) -> telegram.Ear:
    """Open the ear of the bot."""
    assert settings.telegram_token is not None
    secret = settings.telegram_webhook_secret
    return telegram.Ear(
        account=account,
        token=settings.telegram_token.get_secret_value(),
        api_url=settings.telegram_api_url,
        take_turn=_turns(services),
        session=session,
        secret=secret.get_secret_value() if secret else None,
    )


def for_whatsapp(
    services: Services, settings: Settings, session: aiohttp.ClientSession, clock: AsyncEngine
) -> whatsapp.Ear:
    """Open the ear of the number; what is no message is written down as the clock."""
    account, token = settings.whatsapp_phone_id, settings.whatsapp_token
    secret, verify = settings.whatsapp_app_secret, settings.whatsapp_verify_token
    assert account is not None
    assert token is not None
    assert secret is not None
    assert verify is not None
    return whatsapp.Ear(
        reader=whatsapp_wire.reader(account, services.keys),
        token=token.get_secret_value(),
        app_secret=secret.get_secret_value(),
        verify_token=verify.get_secret_value(),
        api_url=settings.graph_api_url,
        session=session,
        take_turn=_turns(services),
        news=whatsapp.News(
            statuses=partial(_statuses, services, clock),
            template=partial(_template, services, clock),
            tier=partial(_tier, clock, account),
            number=partial(_number, services, settings, clock, account),
        ),
    )


def _turns(services: Services) -> telegram.TakeTurn:
    async def turn(incoming: Incoming) -> None:
        await take_turn(services, incoming)

    return turn


async def _statuses(services: Services, clock: AsyncEngine, told: tuple[Status, ...]) -> None:
    async with database.transaction(clock) as db:
        await statuses.take(db, *told)
    services.wake()  # A failure is the mouth's to act on.


async def _template(services: Services, clock: AsyncEngine, told: TemplateStatus) -> None:
    async with database.transaction(clock) as db:
        await statuses.take_template(db, told)
    services.wake()


async def _tier(clock: AsyncEngine, account: str, limit: str) -> None:
    async with database.transaction(clock) as db:
        await statuses.take_tier(db, account, limit)


async def _number(
    services: Services, settings: Settings, clock: AsyncEngine, account: str, number: str
) -> None:
    """Keep the number people write to: links are made of it. One that was set is not learnt."""
    if settings.whatsapp_number or services.learnt.get("whatsapp") == number:
        return
    async with database.transaction(clock) as db:
        await lease.remember_username(db, channel="whatsapp", account=account, username=number)
    services.learnt["whatsapp"] = number
