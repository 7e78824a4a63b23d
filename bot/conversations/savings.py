"""Savings by chat: what the card says before, what is recorded by ✅, who is told after."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from bot.conversations import cards, forms
from bot.conversations.operations import SAVINGS, RowChecked, RowDone, Saving
from bot.state import Card, Draft, Row
from bot.talk import Notice, Reply, Turn, button, say
from core import dues, identities, movements, people, receipts, savings
from core.accounts import SavingsKind
from core.calendar import month_of
from core.dues import Part
from core.identities import Chat
from core.people import Member
from core.permissions import Action, NotAllowed, may, who_may
from core.savings import Recorded
from notifications.messages import Content, Purpose, Say

_HABIT_FROM = 3  # deposits before anything counts as unusual


async def checked(
    turn: Turn, operation: Saving, member_id: int, amount: int, on: date, moved: int = 0
) -> tuple[Member, int]:
    """Refuse what ✅ would refuse; returns the member and the balance before, in rupiah.

    `moved` is what earlier rows of the same batch add to that balance, or take from it.
    """
    here = turn.here
    if not may(here.roles, Action.RECORD_SAVINGS):
        raise NotAllowed(who=who_may(Action.RECORD_SAVINGS))
    member = await cards.member_of(turn, member_id)
    await require_second_person(turn, member)
    people.require_active(member, on=on)
    held = await savings.balances(turn.db, koperasi_id=here.cooperative.id, member_id=member_id)
    before = held.of(operation.kind) + moved
    if operation.withdrawal:
        if amount > before:
            taken = max(0, -moved)  # by earlier rows: the refusal speaks of all of them
            raise savings.NotEnoughSavings(
                member=member.name, amount=amount + taken, available=before + taken
            )
    else:
        await savings.check_deposit(
            turn.db,
            cooperative=here.cooperative,
            member=member,
            kind=operation.kind,
            amount=amount + moved if operation.kind is SavingsKind.POKOK else amount,
            on=on,
        )
    return member, before


async def require_second_person(
    turn: Turn, member: Member, action: Action = Action.RECORD_SAVINGS
) -> Chat | None:
    """Refuse what needs another officer; returns the chat in which the member is reached."""
    chats = await identities.chats_of(turn.db, koperasi_id=turn.koperasi_id, person_ids=[member.id])
    chat = chats.get(member.id)
    try:
        savings.require_other_person(turn.here, member, shared_chat=chat == turn.incoming.chat.key)
    except savings.OwnSavings as refusal:
        raise savings.OwnSavings(
            member=member.name, who=await forms.others_who_may(turn, action)
        ) from refusal
    return chat


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what will be recorded: operation, member, amount in digits and words, date, balance, warnings."""
    assert draft.operation and draft.member is not None and draft.amount and draft.on  # noqa: PT018
    operation = SAVINGS[draft.operation]
    member, before = await checked(turn, operation, draft.member, draft.amount, draft.on)
    after = before + (-draft.amount if operation.withdrawal else draft.amount)
    lines = [
        say(operation.heading),
        say("card-member", name=member.name, number=member.number),
        say("card-amount", amount=draft.amount),
        say("card-date", on=draft.on),
    ]
    if operation.name == "wajib":
        lines.extend(await _months_lines(turn, member, draft))
    lines.append(say("card-balance", before=before, after=after))
    if draft.note:
        lines.append(say("card-note", note=draft.note[:200]))
    if draft.extra.get("bank"):
        lines.append(say("card-warning-cash"))
    lines.extend(await warnings(turn, operation, member, draft.amount, draft.on))
    return tuple(lines)


async def _months_lines(turn: Turn, member: Member, draft: Draft) -> list[Say]:
    assert draft.amount and draft.on  # noqa: PT018
    paid = await dues.position(turn.db, cooperative=turn.here.cooperative, member=member)
    parts = paid.cover(draft.amount, draft.months)
    lines = _covered(parts, draft.months)
    covered = {part.month for part in parts if part.whole}
    still = [month for month in paid.arrears(month_of(draft.on)) if month not in covered]
    if still:
        lines.append(say("card-warning-arrears", count=len(still), first=still[0]))
    return lines


def _covered(parts: tuple[Part, ...], named: tuple[date, ...]) -> list[Say]:
    lines = months_said(parts)
    dropped = set(named) - {part.month for part in parts}
    if dropped and len(parts) > len(named) - len(dropped):
        lines.append(say("card-warning-months-paid", count=len(dropped)))
    return lines


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


async def warnings(
    turn: Turn, operation: Saving, member: Member, amount: int, on: date
) -> list[Say]:
    """Point out a likely repeat and an unusual amount."""
    habit = await movements.habit(
        turn.db,
        koperasi_id=turn.here.cooperative.id,
        account=operation.kind.account(member.id),
        kind=operation.entry_kind,
        amount=amount,
        on=on,
    )
    lines = []
    if habit.same_today is not None:
        lines.append(say("card-warning-repeat", entry=habit.same_today))
    rule = turn.here.rules.on(on)
    if habit.count >= _HABIT_FROM:
        if amount > habit.median * rule.unusual_times:
            lines.append(say("card-warning-unusual", usual=habit.median))
    elif amount > max(habit.median, rule.pokok) * rule.unusual_times:
        lines.append(say("card-warning-large"))
    return lines


async def check_row(turn: Turn, draft: Draft, row: Row, moved: Counter[str]) -> RowChecked:
    """Check one row of a list, with what the rows before it moved by account."""
    assert draft.on is not None
    operation = SAVINGS[row.operation]
    account = operation.kind.account(row.member)
    member, _ = await checked(
        turn, operation, row.member, row.amount, draft.on, moved=moved[account]
    )
    moved[account] += -row.amount if operation.withdrawal else row.amount
    lines: list[Say] = []
    if operation.name == "wajib" and draft.months:
        paid = await dues.position(turn.db, cooperative=turn.here.cooperative, member=member)
        lines.extend(_covered(paid.cover(row.amount, draft.months), draft.months))
    lines.extend(await warnings(turn, operation, member, row.amount, draft.on))
    return RowChecked(member=member, lines=tuple(lines))


async def done_row(turn: Turn, card: Card, row: Row, operation_id: str) -> RowDone:
    """Record one row of a list."""
    done, member, _, notice = await record_row(turn, card, row, operation_id)
    return RowDone(
        entry=done.entry,
        line="receipt-row",
        member=member,
        amount=done.amount,
        balance=done.balance,
        notice=notice,
    )


async def ask_months(turn: Turn, draft: Draft) -> Reply:
    """Offer the months a simpanan wajib may be for: the oldest unpaid ones."""
    assert draft.member is not None
    member = await cards.member_of(turn, draft.member)
    paid = await dues.position(turn.db, cooperative=turn.here.cooperative, member=member)
    choices = tuple(
        (say("choice-month", month=month), month.isoformat()) for month in paid.next_unpaid(6)
    )
    return forms.ask(turn, draft, "months", say("ask-months"), choices=choices)


async def record(turn: Turn, card: Card) -> Reply:
    """Record a card, all of it or nothing; the card becomes the receipt, the members get theirs."""
    draft = card.draft
    assert draft.operation and draft.member is not None and draft.amount and draft.on  # noqa: PT018
    row = Row(operation=draft.operation, member=draft.member, amount=draft.amount)
    done, _, lines, notice = await record_row(turn, card, row, card.id)
    return Reply(
        lines=lines,
        buttons=((button("button-picture", f"x:{turn.here.cooperative.id}:{done.entry}"),),),
        edit=True,
        state=turn.state.closing(card.id, str(done.entry)),
        notices=(notice,) if notice else (),
    )


async def record_row(
    turn: Turn, card: Card, row: Row, operation_id: str
) -> tuple[Recorded, Member, tuple[Say, ...], Notice | None]:
    """Record one transaction; returns it with what both sides are told of it."""
    draft, operation = card.draft, SAVINGS[row.operation]
    assert draft.on is not None
    member = await cards.member_of(turn, row.member)
    chat = await require_second_person(turn, member)
    common = {
        "officer": turn.here,
        "member": member,
        "amount": row.amount,
        "on": draft.on,
        "at": turn.now,
        "operation": operation_id,
        "source": turn.incoming.chat.channel,
        "note": row.note or draft.note,
    }
    if operation.withdrawal:
        done = await savings.withdraw(turn.db, **common)  # type: ignore[arg-type]  # as named above
    else:
        done = await savings.deposit(
            turn.db,
            **common,  # type: ignore[arg-type]  # as named above
            kind=operation.kind,
            months=draft.months,
        )
    code = receipts.check_code(turn.keys, turn.here.cooperative.id, done.entry, done.hash)
    noted = replace(draft, note=row.note or draft.note)
    said = receipt_lines(turn, operation, member, done, noted, code)
    notice = await _tell_member(turn, operation, member, done, code, said, chat)
    told = say("receipt-sent" if chat else "receipt-no-chat")
    return done, member, (*said, told), notice


def receipt_lines(
    turn: Turn, operation: Saving, member: Member, done: Recorded, draft: Draft, code: str
) -> tuple[Say, ...]:
    """Say what was recorded: number, both balances, amount in words, check code."""
    assert draft.on is not None
    lines = [
        say("receipt-number", entry=done.entry),
        say(operation.heading),
        say("card-member", name=member.name, number=member.number),
        say("card-amount", amount=done.amount),
        say("card-date", on=draft.on),
        *months_said(done.months),
        say("receipt-balance", before=done.before, balance=done.balance),
        say("receipt-recorder", name=turn.here.name),
        say("receipt-code", code=f"{code[:4]}-{code[4:]}"),
    ]
    if draft.note:
        lines.insert(-2, say("card-note", note=draft.note[:200]))
    return tuple(lines)


async def _tell_member(
    turn: Turn,
    operation: Saving,
    member: Member,
    done: Recorded,
    code: str,
    said: tuple[Say, ...],
    chat: Chat | None,
) -> Notice | None:
    """Owe the member the receipt, for 30 days while there is no chat; None when it was owed before."""
    here = turn.here
    if done.repeated:
        return None
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
        officer_id=here.person_id,
        code=code,
        kind=operation.entry_kind,
        amount=done.amount,
        before=done.before,
        balance=done.balance,
        outbox_id=notice.id,
        witness=chat != turn.incoming.chat.key,
        at=turn.now,
    )
    return notice
