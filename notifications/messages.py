"""What is said to whom: keys and facts until the moment it is said, then words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.sealing import Keys

Fact = str | int | bool | date | None


class Purpose(StrEnum):
    """Why something is said: it decides priority, expiry, and what follows an unknown outcome."""

    REPLY = "reply"
    RECEIPT = "receipt"
    APPROVAL = "approval"
    NOTICE = "notice"
    REMINDER = "reminder"
    STATEMENT = "statement"
    ANNOUNCEMENT = "announcement"

    @property
    def priority(self) -> int:
        """0 is said first."""
        return _PRIORITY[self]

    @property
    def is_push(self) -> bool:
        """A push waits for a full bucket of its chat; a reply may use the bucket up."""
        return self is not Purpose.REPLY

    @property
    def is_bulk(self) -> bool:
        """Whether it can be switched off: what nobody asked for and nobody is owed."""
        return self in (Purpose.REMINDER, Purpose.STATEMENT, Purpose.ANNOUNCEMENT)

    @property
    def said_again_when_unknown(self) -> bool:
        """Whether an unknown outcome is followed by one more sending, marked *kirim ulang*."""
        return self not in (Purpose.REMINDER, Purpose.STATEMENT)

    @property
    def waits_for_a_chat(self) -> bool:
        """Whether it is owed to the person, not to the chat: it outlives a chat that is lost."""
        return self in (Purpose.RECEIPT, Purpose.APPROVAL, Purpose.NOTICE)


_PRIORITY = {
    Purpose.REPLY: 0,
    Purpose.APPROVAL: 1,
    Purpose.RECEIPT: 1,
    Purpose.NOTICE: 1,
    Purpose.REMINDER: 2,
    Purpose.STATEMENT: 3,
    Purpose.ANNOUNCEMENT: 4,
}


@dataclass(frozen=True, slots=True)
class Say:
    """One line or paragraph: a key of the language files and its raw facts."""

    key: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


BLANK = Say(key="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """An inline button; `data` comes back when it is pressed (64 bytes at most)."""

    label: Say
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A picture or document made from facts when the message is said: notifications.attachments."""

    kind: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """What is said is made when it is said, from the books of that second: notifications.fresh."""

    kind: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is said; lines are joined by line breaks, an empty key makes a blank line."""

    lines: tuple[Say, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    contact_button: Say | None = None  # asks for the own contact by a keyboard button
    remove_keyboard: bool = False
    attachment: Attachment | None = None
    delete: bool = False  # nothing is said: the message named by the row's `edit` is taken away
    fresh: Fresh | None = None  # then nothing else stands here


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A chat of a channel account: where a person is reached."""

    channel: str
    account: str
    chat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message owed to somebody. `to` is none while the person has no chat: it waits for the linking."""

    koperasi_id: int
    id: UUID
    to: Address | None
    person_id: int | None
    purpose: Purpose
    content: Content
    dedupe: str
    made_at: datetime
    not_before: datetime | None = None
    expires_at: datetime | None = None
    edit: str | None = None  # id of the chat message this one replaces


def seal(content: Content, keys: Keys) -> bytes:
    """Encrypt keys and facts for the outbox row."""
    return keys.seal(json.dumps(_plain(content), separators=(",", ":")).encode())


def unseal(sealed: bytes, keys: Keys) -> Content:
    """Read keys and facts back from the outbox row."""
    raw = json.loads(keys.unseal(sealed))
    attachment, fresh = raw.get("a"), raw.get("f")
    return Content(
        lines=tuple(_say(line) for line in raw["l"]),
        buttons=tuple(
            tuple(Button(label=_say(label), data=data) for label, data in row)
            for row in raw.get("b", ())
        ),
        contact_button=_say(raw["c"]) if "c" in raw else None,
        remove_keyboard=raw.get("r", False),
        delete=raw.get("d", False),
        attachment=(
            Attachment(kind=attachment[0], facts=_facts(attachment[1])) if attachment else None
        ),
        fresh=Fresh(kind=fresh[0], facts=_facts(fresh[1])) if fresh else None,
    )


def pack(lines: Sequence[Say]) -> list[Any]:
    """Make JSON of lines that are kept to be said later."""
    return [_pair(line) for line in lines]


def unpack(packed: Sequence[list[Any]]) -> tuple[Say, ...]:
    """Read lines back that were kept."""
    return tuple(_say(line) for line in packed)


def _plain(content: Content) -> dict[str, Any]:
    plain: dict[str, Any] = {"l": [_pair(line) for line in content.lines]}
    if content.buttons:
        plain["b"] = [[[_pair(b.label), b.data] for b in row] for row in content.buttons]
    if content.contact_button:
        plain["c"] = _pair(content.contact_button)
    if content.remove_keyboard:
        plain["r"] = True
    if content.delete:
        plain["d"] = True
    if content.attachment:
        plain["a"] = [content.attachment.kind, _written(content.attachment.facts)]
    if content.fresh:
        plain["f"] = [content.fresh.kind, _written(content.fresh.facts)]
    return plain


def _pair(say: Say) -> list[Any]:
    return [say.key, _written(say.facts)]


def _written(facts: Mapping[str, Fact]) -> dict[str, Any]:
    return {
        name: {"d": value.isoformat()} if isinstance(value, date) else value
        for name, value in facts.items()
    }


def _say(pair: list[Any]) -> Say:
    return Say(pair[0], _facts(pair[1]))


def _facts(written: dict[str, Any]) -> dict[str, Fact]:
    return {
        name: date.fromisoformat(value["d"]) if isinstance(value, dict) else value
        for name, value in written.items()
    }
