"""Savings by chat: what the card says before, what is recorded by ✅, who is told after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bot.conversations import cards, cash_places, forms, promises, requests, savings_receipts
from bot.conversations.operations import SAVINGS, RowChecked, RowDone, Saving
from bot.state import Card, Draft, Row
from bot.talk import Notice, Reply, Turn, button, say
from core import dues, identities, movements, people, savings
from core.accounts import CASH, SavingsKind
from core.calendar import month_of
from core.dues import Part
from core.errors import Refusal
from core.identities import Chat
from core.people import Member
from core.permissions import Action, NotAllowed, may, who_may
from core.savings import Recorded
from notifications.messages import Say

_HABIT_FROM = 3  # deposits before anything counts as unusual


class NeedsOwnCard(Refusal):
    """What needs a second person is no row of a list: it waits by itself. Facts: member."""

    text = "refusal-needs-own-card"


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
    people.require_active(member, on=on)
    held = await savings.balances(turn.db, koperasi_id=here.cooperative.id, member_id=member_id)
    before = held.of(operation.kind) + moved
    if operation.withdrawal:
        if amount > before:
            taken = max(0, -moved)  # by earlier rows: the refusal speaks of all of them
            raise savings.NotEnoughSavings(
                member=member.name, amount=amount + taken, available=before + taken
            )
        await savings.require_free(
            turn.db, here.cooperative, member, amount=amount, balance=before - amount
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


async def chat_of(turn: Turn, member: Member) -> Chat | None:
    """Find the chat in which the member is reached."""
    found = await identities.chats_of(turn.db, koperasi_id=turn.koperasi_id, person_ids=[member.id])
    return found.get(member.id)


async def why_of_member(turn: Turn, member_id: int) -> list[Say]:
    """Nobody writes what is their own alone, nor from a chat shared with the member: say which of the two."""
    if member_id == turn.here.person_id:
        return [say("approval-why-own")]
    member = await cards.member_of(turn, member_id)
    if await chat_of(turn, member) == turn.incoming.chat.key:
        return [say("approval-why-shared-chat", member=member.name)]
    return []


def second_person(
    turn: Turn, member: Member, chat: Chat | None, *, on: date, paid_out: int = 0
) -> tuple[Say, ...]:
    """Say why another officer must approve, a line each; none when one officer is enough.

    That is what officers record for themselves or from the `chat` in which the member is reached, what is
    dated further back than the rule backdate_days, and what is `paid_out` on that day above the rule
    withdrawal_limit.
    """
    today = requests.today(turn)
    rule = turn.here.rules.on(today)
    why = []
    if turn.here.person_id == member.id:
        why.append(say("approval-why-own"))
    elif chat == turn.incoming.chat.key:
        why.append(say("approval-why-shared-chat", member=member.name))
    if paid_out > rule.withdrawal_limit:
        why.append(say("approval-why-limit", limit=rule.withdrawal_limit))
    if (today - on).days > rule.backdate_days:
        why.append(say("approval-why-back-dated", days=rule.backdate_days))
    return tuple(why)


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what will be recorded: operation, member, amount in digits and words, date, balance, warnings."""
    lines, why = await _said_and_why(turn, draft)
    return (*lines, *why)


async def _said_and_why(turn: Turn, draft: Draft) -> tuple[tuple[Say, ...], tuple[Say, ...]]:
    """Return the card's lines, and why it needs a second person."""
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
    lines.extend(cash_places.lines(cash_places.of(draft)))
    lines.extend(await warnings(turn, operation, member, draft.amount, draft.on))
    chat = await chat_of(turn, member)
    return tuple(lines), await _why(turn, operation, member, chat, draft.amount, draft.on)


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
    lines = savings_receipts.months_said(parts)
    dropped = set(named) - {part.month for part in parts}
    if dropped and len(parts) > len(named) - len(dropped):
        lines.append(say("card-warning-months-paid", count=len(dropped)))
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
    chat = await chat_of(turn, member)
    earlier = max(0, -moved[account])
    if await _why(turn, operation, member, chat, row.amount + earlier, draft.on):
        raise NeedsOwnCard(member=member.name)
    moved[account] += -row.amount if operation.withdrawal else row.amount
    lines: list[Say] = []
    if operation.name == "wajib" and draft.months:
        paid = await dues.position(turn.db, cooperative=turn.here.cooperative, member=member)
        lines.extend(_covered(paid.cover(row.amount, draft.months), draft.months))
    lines.extend(await warnings(turn, operation, member, row.amount, draft.on))
    return RowChecked(member=member, lines=tuple(lines), mark=_row_mark(lines))


def _row_mark(lines: Sequence[Say]) -> str:
    """A list shows no balances: of its rows only a likely repeat has to hold still."""
    return promises.mark([line for line in lines if line.key == promises.REPEAT])


async def marks(turn: Turn, draft: Draft, rows: Sequence[Row]) -> list[str]:
    """Return what check_row would mark these rows with now; one query for all of them."""
    return [_row_mark(lines) for lines in await now_said(turn, draft, rows)]


async def _why(
    turn: Turn, operation: Saving, member: Member, chat: Chat | None, amount: int, on: date
) -> tuple[Say, ...]:
    paid_out = 0
    if operation.withdrawal:
        paid_out = amount + await savings.paid_out_alone(
            turn.db, cooperative=turn.here.cooperative, member_id=member.id, on=on, at=turn.now
        )
    return second_person(turn, member, chat, on=on, paid_out=paid_out)


async def done_row(turn: Turn, card: Card, row: Row, operation_id: str) -> RowDone:
    """Record one row of a list; refuse NeedsOwnCard."""
    assert card.draft.on is not None
    member = await cards.member_of(turn, row.member)
    chat = await chat_of(turn, member)
    if await _why(turn, SAVINGS[row.operation], member, chat, row.amount, card.draft.on):
        raise NeedsOwnCard(member=member.name)
    done, _, notice = await _record_row(turn, card, row, operation_id, member, chat)
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
    """Record a card, all of it or nothing; the card becomes the receipt, the members get theirs.

    What needs a second person waits instead.
    """
    draft = card.draft
    assert draft.operation and draft.member is not None and draft.amount and draft.on  # noqa: PT018
    operation, member = SAVINGS[draft.operation], await cards.member_of(turn, draft.member)
    (said,) = await now_said(turn, draft, (_row_of(draft),))
    if promises.broken(card, said):
        return await cards.again(turn, card, "card-changed")
    chat = await chat_of(turn, member)
    if await _why(turn, operation, member, chat, draft.amount, draft.on):
        return await _ask(turn, card)
    done, lines, notice = await _record_row(turn, card, _row_of(draft), card.id, member, chat)
    return Reply(
        lines=lines,
        buttons=((button("button-picture", f"x:{turn.here.cooperative.id}:{done.entry}"),),),
        edit=True,
        state=turn.state.closing(card.id, str(done.entry)),
        notices=(notice,) if notice else (),
    )


def _row_of(draft: Draft) -> Row:
    assert draft.operation and draft.member is not None and draft.amount  # noqa: PT018
    return Row(
        operation=draft.operation,
        member=draft.member,
        amount=draft.amount,
        cash=cash_places.of(draft),
    )


async def now_said(turn: Turn, draft: Draft, rows: Sequence[Row]) -> list[tuple[Say, ...]]:
    """Say of each row what its card would say now and has to hold still (promises.of_savings)."""
    assert draft.on is not None
    wanted = [
        movements.Wanted(
            account=SAVINGS[row.operation].kind.account(row.member),
            kind=SAVINGS[row.operation].entry_kind,
            amount=row.amount,
        )
        for row in rows
    ]
    found = await movements.stand(turn.db, koperasi_id=turn.koperasi_id, wanted=wanted, on=draft.on)
    said = []
    for row, now in zip(rows, found, strict=True):
        after = now.balance + (-row.amount if SAVINGS[row.operation].withdrawal else row.amount)
        lines = [say(promises.BALANCE, before=now.balance, after=after)]
        if now.same_today is not None:
            lines.append(say(promises.REPEAT, entry=now.same_today))
        said.append(promises.of_savings(row.operation, lines))
    return said


async def _ask(turn: Turn, card: Card) -> Reply:
    draft = card.draft
    lines, why = await _said_and_why(turn, draft)
    operation = SAVINGS[draft.operation or ""]
    return await requests.ask(
        turn,
        card,
        kind="withdrawal" if operation.withdrawal else "deposit",
        facts={
            "operation": operation.name,
            "kind": operation.kind.value,
            "amount": draft.amount,
            "months": [month.isoformat() for month in draft.months],
            "note": draft.note,
            "cash": cash_places.of(draft),
        },
        lines=lines,
        why=why,
        member_id=draft.member,
    )


async def _record_row(
    turn: Turn, card: Card, row: Row, operation_id: str, member: Member, chat: Chat | None
) -> tuple[Recorded, tuple[Say, ...], Notice | None]:
    """Record one transaction; returns it with what both sides are told of it."""
    draft, operation = card.draft, SAVINGS[row.operation]
    assert draft.on is not None
    common = {
        "officer": turn.here,
        "member": member,
        "amount": row.amount,
        "on": draft.on,
        "at": turn.now,
        "operation": operation_id,
        "source": turn.incoming.chat.channel,
        "note": row.note or draft.note,
        "cash": row.cash or CASH,
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
    by = savings_receipts.By(
        person_id=turn.here.person_id, name=turn.here.name, chat=turn.incoming.chat.key
    )
    note = row.note or draft.note
    said, notice = await savings_receipts.receipt(
        turn, operation, member, done, chat, on=draft.on, note=note, by=by
    )
    return done, said, notice
