"""What is said after money of a loan moved: the receipt's lines, and the member's own receipt."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from bot.conversations.operations import BY_ENTRY_KIND
from bot.conversations.savings_receipts import By
from bot.talk import Notice, Turn, button, say
from core import identities, receipts
from core.identities import Chat
from core.people import Member
from notifications.messages import Content, Purpose, Say


async def chat_of(turn: Turn, member_id: int) -> Chat | None:
    """Find the chat in which a member is reached."""
    chats = await identities.chats_of(turn.db, koperasi_id=turn.koperasi_id, person_ids=[member_id])
    return chats.get(member_id)


def code_of(turn: Turn, entry: int, entry_hash: bytes) -> str:
    """Make the check code of an entry."""
    return receipts.check_code(turn.keys, turn.koperasi_id, entry, entry_hash)


def head(entry: int, kind: str, member: Member) -> list[Say]:
    """Say number, operation and member."""
    return [
        say("receipt-number", entry=entry),
        say(BY_ENTRY_KIND[kind].heading),
        say("card-member", name=member.name, number=member.number),
    ]


def tail(by: By, code: str) -> list[Say]:
    """Say who recorded it, who approved it, and the check code."""
    lines = [say("receipt-recorder", name=by.name)]
    if by.approved:
        lines.append(say("receipt-approver", name=by.approved))
    return [*lines, say("receipt-code", code=f"{code[:4]}-{code[4:]}")]


def by_here(turn: Turn) -> By:
    """Name who records now."""
    return By(person_id=turn.here.person_id, name=turn.here.name, chat=turn.incoming.chat.key)


async def owe(
    turn: Turn,
    *,
    entry: int,
    kind: str,
    member: Member,
    by: By,
    code: str,
    amount: int,
    before: int,
    balance: int,
    said: tuple[Say, ...],
    chat: Chat | None,
) -> Notice:
    """Owe the member the receipt with BENAR and BUKAN, for 30 days while there is no chat.

    `before` and `balance` are the loan's outstanding principal. The chat of who recorded is no witness.
    """
    here = turn.here
    mark = f"r:{here.cooperative.id}:{entry}"
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
        entry=entry,
        member_id=member.id,
        officer_id=by.person_id,
        code=code,
        kind=kind,
        amount=amount,
        before=before,
        balance=balance,
        outbox_id=notice.id,
        witness=chat != by.chat and member.id != by.person_id,
        at=turn.now,
    )
    return notice
