"""The receipt of savings: what both sides are told of what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from bot.conversations import cash_places
from bot.conversations.operations import Saving
from bot.talk import Notice, Turn, button, say
from core import dues, receipts
from core.dues import Part
from core.identities import Chat
from core.people import Member
from core.savings import Recorded
from notifications.messages import Content, Purpose, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who recorded something, from which chat; `approved` names who approved it."""

    person_id: int
    name: str
    chat: Chat | None
    approved: str | None = None


async def receipt(
    turn: Turn,
    operation: Saving,
    member: Member,
    done: Recorded,
    chat: Chat | None,
    *,
    on: date,
    note: str | None,
    by: By,
) -> tuple[tuple[Say, ...], Notice | None]:
    """Make the receipt: for the officer, and the member's with BENAR and BUKAN.

    The member is owed it for 30 days while there is no chat; None when it was owed before.
    """
    code = receipts.check_code(turn.keys, turn.here.cooperative.id, done.entry, done.hash)
    said = _receipt_lines(operation, member, done, on=on, note=note, by=by, code=code)
    notice = None
    if not done.repeated:
        notice = await _tell_member(turn, operation, member, done, code, said, chat, by)
    return (*said, say("receipt-sent" if chat else "receipt-no-chat")), notice


def _receipt_lines(
    operation: Saving,
    member: Member,
    done: Recorded,
    *,
    on: date,
    note: str | None,
    by: By,
    code: str,
) -> tuple[Say, ...]:
    """Say what was recorded: number, both balances, amount in words, check code."""
    lines = [
        say("receipt-number", entry=done.entry),
        say(operation.heading),
        say("card-member", name=member.name, number=member.number),
        say("card-amount", amount=done.amount),
        say("card-date", on=on),
        *cash_places.lines(done.cash),
        *months_said(done.months),
        say("receipt-balance", before=done.before, balance=done.balance),
    ]
    if note:
        lines.append(say("card-note", note=note[:200]))
    lines.append(say("receipt-recorder", name=by.name))
    if by.approved:
        lines.append(say("receipt-approver", name=by.approved))
    return (*lines, say("receipt-code", code=f"{code[:4]}-{code[4:]}"))


async def _tell_member(
    turn: Turn,
    operation: Saving,
    member: Member,
    done: Recorded,
    code: str,
    said: tuple[Say, ...],
    chat: Chat | None,
    by: By,
) -> Notice:
    here = turn.here
    mark = f"r:{here.cooperative.id}:{done.entry}"
    notice = Notice(
        person_id=member.id,
        purpose=Purpose.RECEIPT,
        content=Content(
            lines=(*said, say("receipt-question", cooperative=here.cooperative.name)),
            buttons=((button("button-right", f"{mark}:y"), button("button-wrong", f"{mark}:n")),),
        ),
        id=uuid4(),
        to=chat,
        keep_days=receipts.WAITS_FOR_LINKING // timedelta(days=1),
    )
    await receipts.make(
        turn.db,
        koperasi_id=here.cooperative.id,
        entry=done.entry,
        member_id=member.id,
        officer_id=by.person_id,
        code=code,
        kind=operation.entry_kind,
        amount=done.amount,
        before=done.before,
        balance=done.balance,
        outbox_id=notice.id,
        witness=chat != by.chat and member.id != by.person_id,
        at=turn.now,
    )
    return notice


def months_said(parts: tuple[Part, ...]) -> list[Say]:
    """Name the months an amount covers, and the rest that goes towards a month."""
    whole = [part.month for part in parts if part.whole]
    lines: list[Say] = []
    if len(whole) == 1:
        lines.append(say("card-month", month=whole[0]))
    elif whole:
        apart = dues.are_consecutive(whole)
        key = "card-months" if apart else "card-months-between"
        lines.append(say(key, first=whole[0], last=whole[-1], count=len(whole)))
    lines.extend(
        say("card-month-rest", amount=part.amount, month=part.month)
        for part in parts
        if not part.whole
    )
    return lines
