"""What each channel's errors mean and what is done about them: a table, channel by channel.

A sender names the code; notifications.outcomes decides what its row becomes, notifications.trouble what the
account does. Sources: Bot API, Meta's list of Cloud API error codes; the actions are the house's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Action(StrEnum):
    """What follows an error."""

    REFUSED = "refused"  # this message will never be taken
    NEW_MESSAGE = "new message"  # what was to be replaced cannot be
    PAUSE = "pause"  # the account, as long as the channel asks; no attempt counted
    SLOW_DOWN = "slow down"  # the same, then at half the rate
    REQUEUE = "requeue"  # this chat waits `seconds` times its attempts, the others go on
    STOP_ADDRESS = "stop address"  # nobody is reached there any more; the person's other channel
    STOP_AT_SECOND = (
        "stop at second"  # the same when it happens twice in 30 days; the other channel
    )
    OTHER_CHANNEL = "other channel"  # the address lives; without another one again after `seconds`
    HOLD_BULK = "hold bulk"  # reminders, statements, announcements of the account wait `seconds`
    HOLD_PURPOSE = "hold purpose"  # all of this row's purpose on the account waits `seconds`
    TEMPLATE = "template"  # the free window is closed: the same row once more, as a template
    WITHDRAW = "withdraw"  # the consent to this purpose on this channel
    BREAK = "break"  # the account says nothing for `seconds`, then tries one
    BACKOFF = "backoff"  # the channel's own trouble: later, and longer each time
    ONCE_MORE = "once more"  # no answer: it may have been carried out; marked, and no third time


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table. `reason` is one word for logs, metrics and the outbox row."""

    action: Action
    reason: str
    seconds: float = 0.0
    unknown: bool = False  # the request left: it may have been carried out
    alarm: str | None = None  # a person must look: kopdes_alarms_total{name}


_HOUR: Final = 3600.0
_OTHER: Final = "other"

TELEGRAM: Final[Mapping[str, Rule]] = {
    "429": Rule(action=Action.PAUSE, reason="flood"),
    "403": Rule(action=Action.STOP_ADDRESS, reason="blocked"),
    "403 deactivated": Rule(action=Action.STOP_ADDRESS, reason="deactivated"),
    "400 chat not found": Rule(action=Action.STOP_ADDRESS, reason="chat-not-found"),
    "400 migrated": Rule(action=Action.STOP_ADDRESS, reason="migrated"),
    "400 uneditable": Rule(action=Action.NEW_MESSAGE, reason="uneditable"),
    "400": Rule(action=Action.REFUSED, reason="rejected"),
    "401": Rule(action=Action.BREAK, reason="token", seconds=60, alarm="token"),
    "5xx": Rule(action=Action.BACKOFF, reason="server", unknown=True),
    "unreachable": Rule(action=Action.BACKOFF, reason="unreachable"),
    _OTHER: Rule(action=Action.ONCE_MORE, reason="no-answer", unknown=True),
}

_SLOWER = Rule(action=Action.SLOW_DOWN, reason="throughput", seconds=30)
_TEMPLATE = Rule(action=Action.HOLD_PURPOSE, reason="template", seconds=_HOUR, alarm="template")
_TOKEN = Rule(action=Action.BREAK, reason="token", seconds=60, alarm="token")
_PERMISSION = Rule(action=Action.BREAK, reason="permission", seconds=300, alarm="permission")
_TROUBLE = Rule(action=Action.BACKOFF, reason="server", unknown=True)

WHATSAPP: Final[Mapping[str, Rule]] = {
    "4": _SLOWER,
    "80007": _SLOWER,
    "130429": _SLOWER,
    "131056": Rule(action=Action.REQUEUE, reason="pair-rate", seconds=6),
    "131048": Rule(action=Action.HOLD_BULK, reason="spam-limit", seconds=_HOUR, alarm="spam-limit"),
    "131047": Rule(action=Action.TEMPLATE, reason="window-closed"),
    "131026": Rule(action=Action.STOP_AT_SECOND, reason="undeliverable"),
    "131049": Rule(action=Action.OTHER_CHANNEL, reason="withheld", seconds=24 * _HOUR),
    "131050": Rule(action=Action.WITHDRAW, reason="opted-out"),
    "130472": Rule(action=Action.OTHER_CHANNEL, reason="experiment"),
    "132015": _TEMPLATE,  # paused
    "132016": _TEMPLATE,  # disabled
    "131064": Rule(action=Action.HOLD_BULK, reason="tier", seconds=_HOUR),
    "131062": Rule(
        action=Action.OTHER_CHANNEL, reason="no-number"
    ),  # a BSUID may not be written to
    **dict.fromkeys(("132000", "132001", "132007", "132012"), _TEMPLATE),  # not as it is registered
    **dict.fromkeys(("0", "190"), _TOKEN),
    **dict.fromkeys(("3", "10", "131005"), _PERMISSION),
    "131057": Rule(action=Action.BREAK, reason="maintenance", seconds=300),
    "131042": Rule(action=Action.BREAK, reason="payment", seconds=300, alarm="payment"),
    "131031": Rule(action=Action.BREAK, reason="locked", seconds=300, alarm="locked"),
    "368": Rule(
        action=Action.BREAK, reason="blocked-by-meta", seconds=300, alarm="blocked-by-meta"
    ),
    "131000": _TROUBLE,
    "131016": _TROUBLE,
    "5xx": _TROUBLE,
    "unreachable": Rule(action=Action.BACKOFF, reason="unreachable"),
    "no answer": Rule(action=Action.ONCE_MORE, reason="no-answer", unknown=True),
    _OTHER: Rule(action=Action.REFUSED, reason="rejected"),
}

TABLES: Final[Mapping[str, Mapping[str, Rule]]] = {"telegram": TELEGRAM, "whatsapp": WHATSAPP}


def find(channel: str, code: str) -> Rule:
    """Find what is done about a code; any 5xx is the server's trouble, one nobody knows is *other*."""
    table = TABLES[channel]
    if code not in table and len(code) == 3 and code.startswith("5") and code.isdigit():
        code = "5xx"
    return table.get(code, table[_OTHER])
