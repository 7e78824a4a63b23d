"""How a bot asks for its updates: getUpdates, and the webhook's settings."""

from __future__ import annotations

import asyncio
import itertools
import re
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.call import Call
from bot.simulator.errors import Refused, bad
from bot.simulator.world import Bot, Webhook

_SECRET = re.compile(r"[A-Za-z0-9_-]*")
MAX_POLL_SECONDS = 50


def _allow(call: Call) -> None:
    kinds = call.json("allowed_updates", "can't parse allowed updates JSON object")
    if kinds is None:
        return
    if not isinstance(kinds, list):
        raise bad("expected an Array of allowed updates")
    call.bot.allowed = frozenset(map(str, kinds)) or None


def confirm(bot: Bot, offset: int) -> None:
    """Forget pending updates below `offset`; a negative one keeps only the last -offset."""
    if offset < 0:
        keep = list(itertools.islice(reversed(bot.pending), -offset))
        offset = keep[-1] if keep else 0
    for number in list(itertools.takewhile(lambda n: n < offset, bot.pending)):
        bot.pending.pop(number).confirmed = True


async def get_updates(call: Call) -> list[dict[str, Any]]:
    """Return pending updates from `offset`, waiting up to `timeout` seconds for the first."""
    bot = call.bot
    if bot.webhook is not None:
        raise Refused(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    _allow(call)
    bot.listens = True
    if bot.poll is not None and not bot.poll.done():
        bot.poll.set_result(
            "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        )
    confirm(bot, call.integer("offset"))
    if not bot.pending:
        seconds = min(call.integer("timeout"), MAX_POLL_SECONDS)
        if seconds > 0 and not call.world.closing.is_set():
            await _wait(bot, seconds)
    limit = min(max(call.integer("limit", 100), 1), 100)
    taken = list(itertools.islice(bot.pending.values(), limit))
    for update in taken:
        update.delivered += 1
        update.status = 200
    return [update.body for update in taken]


async def _wait(bot: Bot, seconds: float) -> None:
    poll: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    bot.poll = poll
    try:
        await asyncio.wait({poll}, timeout=seconds)
    finally:
        if bot.poll is poll:
            bot.poll = None
    if poll.done() and poll.result():
        raise Refused(409, poll.result())


def set_webhook(call: Call) -> bool:
    """Send updates to `url` from now on, pending ones first; an empty url removes the webhook."""
    url = call.text("url").strip()
    if not url:
        return delete_webhook(call)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad("bad webhook: invalid webhook URL specified")
    secret = call.text("secret_token")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    _allow(call)
    if call.flag("drop_pending_updates"):
        call.bot.pending.clear()
    most = min(max(call.integer("max_connections", 40), 1), 100)
    call.bot.webhook = Webhook(url=url, secret=secret, max_connections=most)
    call.bot.last_error = None
    call.bot.listens = True
    if call.bot.poll is not None and not call.bot.poll.done():
        call.bot.poll.set_result("Conflict: terminated by setWebhook request")
    _changed(call)
    return True


def delete_webhook(call: Call) -> bool:
    """Send no more updates; they wait for getUpdates unless dropped."""
    if call.flag("drop_pending_updates"):
        call.bot.pending.clear()
    call.bot.webhook = None
    call.bot.last_error = None
    _changed(call)
    return True


def _changed(call: Call) -> None:
    if call.world.webhook_changed is not None:
        call.world.webhook_changed(call.bot)


def get_webhook_info(call: Call) -> dict[str, Any]:
    """Tell the address, what waits and what went wrong last."""
    bot = call.bot
    info: dict[str, Any] = {
        "url": bot.webhook.url if bot.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.pending),
    }
    if bot.last_error is not None:
        info["last_error_date"], info["last_error_message"] = bot.last_error
    if bot.webhook is not None:
        info["max_connections"] = bot.webhook.max_connections
    if bot.allowed is not None:
        info["allowed_updates"] = sorted(bot.allowed)
    return info
