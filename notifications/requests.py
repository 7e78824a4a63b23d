"""What approvers and makers of a request read, and the clock that reminds of it and lets it lapse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import people, permissions
from core.approvals import waiting
from core.approvals.asking import Submitted
from core.approvals.request import Approval, State
from core.approvers import Eligible
from core.calendar import business_date
from core.database import transaction
from core.identities import chats_of
from core.sealing import Keys
from core.tables.approvals import approvals
from notifications import messages, outbox
from notifications.jobs.places import sayable
from notifications.messages import BLANK, Address, Button, Content, Message, Purpose, Say
from notifications.outbox import Claimed


def shown(lines: Sequence[Say], why: Sequence[Say]) -> dict[str, Any]:
    """Keep what the card said, and why it needs a second person, with the request."""
    return {"lines": messages.pack(lines), "why": messages.pack(why)}


def lines_of(approval: Approval) -> tuple[Say, ...]:
    """Read back what the card said."""
    return messages.unpack(approval.shown["lines"])


def why_of(approval: Approval) -> tuple[Say, ...]:
    """Read back why it needs a second person."""
    return messages.unpack(approval.shown["why"])


def yes_to(approval: Approval) -> str:
    """Name the yes to what a request shows now: an older message carries an older one."""
    anew = approval.shown.get("anew", 0)
    return f"y{anew}" if anew else "y"


def buttons_of(approval: Approval) -> tuple[tuple[Button, ...], ...]:
    """Offer yes and no; no ✅ stands on them: only a card carries one."""
    mark = f"a:{approval.koperasi_id}:{approval.number}"
    yes = Button(label=Say("button-approve"), data=f"{mark}:{yes_to(approval)}")
    no = Button(label=Say("button-reject"), data=f"{mark}:n")
    if not approval.facts.get("photo"):
        return ((yes, no),)
    note = f"np:{approval.koperasi_id}:a:{approval.number}:show"
    return ((yes, no), (Button(label=Say("button-see-note"), data=note),))


async def maker_said(db: AsyncConnection, approval: Approval, zone: str, at: datetime) -> Say:
    """Name who asks, with the office held now."""
    if approval.maker_person is None:
        return Say("approval-maker-clock")
    here, person = approval.koperasi_id, approval.maker_person
    standing = await people.standing(
        db, koperasi_id=here, person_id=person, on=business_date(at, zone)
    )
    if standing is None:
        name = await people.name(db, koperasi_id=here, person_id=person)
        return Say("approval-maker", {"name": name})
    if not standing.roles:
        return Say("approval-maker", {"name": standing.name})
    office = permissions.said(*standing.roles)
    return Say("approval-maker-office", {"name": standing.name, "office": office})


def until(approval: Approval, zone: str) -> date:
    """Name the last day on which it may be decided."""
    return business_date(approval.expires_at, zone)


def asked(approval: Approval, maker: Say, zone: str, *above: Say) -> Content:
    """Make the approver's card: who asks and why, the maker's card, until when, yes and no."""
    return Content(
        lines=(
            *above,
            Say("approval-asked", {"number": approval.number}),
            maker,
            *why_of(approval),
            BLANK,
            *lines_of(approval),
            Say("approval-until", {"on": until(approval, zone)}),
        ),
        buttons=buttons_of(approval),
    )


async def owe(
    db: AsyncConnection, submitted: Submitted, zone: str, keys: Keys, now: datetime
) -> None:
    """Owe the approvers of what the clock asked for their card; who is not linked gets it on linking."""
    made = submitted.approval
    content = asked(made, await maker_said(db, made, zone, now), zone)
    owed = [
        Message(
            koperasi_id=made.koperasi_id,
            id=uuid4(),
            to=Address(channel=one.chat[0], account=one.chat[1], chat=one.chat[2])
            if one.chat
            else None,
            person_id=one.person_id,
            purpose=Purpose.APPROVAL,
            content=content,
            dedupe=f"approval/{made.number}/{one.person_id}",
            made_at=now,
            expires_at=made.expires_at,
        )
        for one in submitted.eligible
    ]
    await outbox.put(db, owed, keys)


async def is_decided(db: AsyncConnection, row: Claimed, content: Content) -> str | None:
    """Say why an approver's card need not be said any more; none while its request waits."""
    data = next((button.data for line in content.buttons for button in line), "")
    prefix, _, rest = data.partition(":")
    number = rest.split(":")[1:2]
    if prefix != "a" or not number:
        return None
    state = await db.scalar(
        select(approvals.c.state).where(
            approvals.c.koperasi_id == row.koperasi_id, approvals.c.number == int(number[0])
        )
    )
    return None if state in (None, State.WAITING.value) else f"request-{state}"


_DUE = text(
    "SELECT DISTINCT koperasi_id, zone FROM approvals_waiting_at"
    " WHERE expires_at <= :now OR (made_at <= :day_before"
    "   AND (reminded_at IS NULL OR reminded_at <= :day_before))"
    " ORDER BY koperasi_id LIMIT 100000"
)


async def approvals_job(engine: AsyncEngine, keys: Keys, now: datetime) -> int:
    """Let lapse what waited too long and remind of what has waited a day, where anything has.

    Idempotent: each request lapses once and is reminded of once a day. Returns how many messages are owed.
    """
    async with engine.connect() as db:
        rows = await db.execute(_DUE, {"now": now, "day_before": now - waiting.REMINDED_EVERY})
        due = rows.all()
    owed = 0
    for koperasi_id, zone in due:
        async with transaction(engine, koperasi_id=koperasi_id) as db:
            owed += await look(db, koperasi_id, zone, keys, now)
    return owed


async def look(db: AsyncConnection, koperasi_id: int, zone: str, keys: Keys, now: datetime) -> int:
    """Look at one cooperative, which the transaction names; return how many messages are owed."""
    lapsed = await waiting.expire(db, koperasi_id=koperasi_id, at=now, keys=keys)
    today = business_date(now, zone)
    due = await waiting.remind(db, koperasi_id=koperasi_id, today=today, at=now, keys=keys)
    makers = [one.maker_person for one in lapsed if one.maker_person is not None]
    chats = await chats_of(db, koperasi_id=koperasi_id, person_ids=makers)
    owed = [
        _lapsed(one, chats.get(one.maker_person or 0), now) for one in lapsed if one.maker_person
    ]
    for approval, eligible in due:
        maker = await maker_said(db, approval, zone, now)
        content = asked(approval, maker, zone, Say("approval-reminder"))
        owed.extend(_reminder(approval, one, content, now) for one in eligible if one.chat)
    said_at = sayable(now)
    await outbox.put(db, [replace(message, made_at=said_at) for message in owed], keys)
    return len(owed)


def _lapsed(approval: Approval, chat: tuple[str, str, str] | None, now: datetime) -> Message:
    return Message(
        koperasi_id=approval.koperasi_id,
        id=uuid4(),
        to=_address(chat),
        person_id=approval.maker_person,
        purpose=Purpose.NOTICE,
        content=Content(
            lines=(Say("approval-lapsed", {"number": approval.number}), *lines_of(approval))
        ),
        dedupe=f"approval/{approval.number}/expired",
        made_at=now,
        expires_at=now + timedelta(days=30),
    )


def _reminder(approval: Approval, one: Eligible, content: Content, now: datetime) -> Message:
    return Message(
        koperasi_id=approval.koperasi_id,
        id=uuid4(),
        to=_address(one.chat),
        person_id=one.person_id,
        purpose=Purpose.APPROVAL,
        content=content,
        dedupe=f"approval/{approval.number}/{one.person_id}/{now.isoformat()}",
        made_at=now,
        expires_at=approval.expires_at,
    )


def _address(chat: tuple[str, str, str] | None) -> Address | None:
    return Address(channel=chat[0], account=chat[1], chat=chat[2]) if chat else None
