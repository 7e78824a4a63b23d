"""Angsuran Pinjaman: what a payment goes to stands on the card before ✅; early settlement by its exact figure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from bot.conversations import (
    cards,
    loan_choice,
    loan_payment_slots,
    loan_receipts,
    loan_recoveries,
    requests,
    savings,
)
from bot.conversations.operations import LOANS, RowChecked, RowDone
from bot.conversations.savings_receipts import By
from bot.state import Card, Draft, Row
from bot.talk import Notice, Reply, Turn, button, say
from core import savings as savings_book
from core.loans import book, collectibility, hands, payments
from core.loans.book import Loan, State
from core.loans.payments import PaidLoan, Preview, Touched
from core.loans.replay import Position
from core.people import Member
from notifications.messages import Say

_OPERATION = LOANS["angsuran"]
_TOUCHED = 3  # instalments named one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A payment worked out for its card. Money in rupiah."""

    loan: Loan
    member: Member
    preview: Preview
    settles: bool
    from_savings: bool
    to_savings: int


async def planned(turn: Turn, draft: Draft) -> Plan:
    """Refuse what ✅ would refuse; work out what the payment does."""
    assert draft.on is not None
    assert draft.amount
    hands.require_recorder(turn.here)
    loan = await loan_choice.of_draft(turn, draft)
    member = await cards.member_of(turn, loan.member_id)
    amount, to_savings = draft.amount, 0
    from_savings = draft.extra.get("source") == "savings"
    if draft.extra.get("rest") == "savings" and not from_savings:
        due = (await _preview(turn, loan, draft, 1)).due
        to_savings = max(0, draft.amount - due)
        amount = draft.amount - to_savings
        if amount == 0:
            raise loan_payment_slots.NothingDue(loan=loan.label)
    settles = False
    if draft.extra.get("settles") and not to_savings:
        figure = await payments.figure(
            turn.db, cooperative=turn.here.cooperative, loan=loan, on=draft.on, at=turn.now
        )
        settles = figure.total == amount
    plan = Plan(
        loan=loan,
        member=member,
        preview=await _preview(turn, loan, draft, amount, settles=settles),
        settles=settles,
        from_savings=from_savings,
        to_savings=to_savings,
    )
    if from_savings:
        await _require_savings(turn, member, amount)
    return plan


async def _preview(
    turn: Turn, loan: Loan, draft: Draft, amount: int, *, settles: bool = False
) -> Preview:
    assert draft.on is not None
    return await payments.preview(
        turn.db,
        cooperative=turn.here.cooperative,
        loan=loan,
        amount=amount,
        on=draft.on,
        at=turn.now,
        settles=settles,
    )


async def _require_savings(turn: Turn, member: Member, amount: int) -> None:
    held = await savings_book.balances(turn.db, koperasi_id=turn.koperasi_id, member_id=member.id)
    if amount > held.sukarela:
        raise savings_book.NotEnoughSavings(
            member=member.name, amount=amount, available=held.sukarela
        )
    await savings_book.require_free(
        turn.db, turn.here.cooperative, member, amount=amount, balance=held.sukarela - amount
    )


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what the payment goes to, what is owed before and after, and what falls due next."""
    if await _is_recovery(turn, draft):
        return await loan_recoveries.card_lines(turn, draft)
    plan = await planned(turn, draft)
    return (*await _card(turn, draft, plan), *await _why(turn, draft, plan))


async def _is_recovery(turn: Turn, draft: Draft) -> bool:
    return (await loan_choice.of_draft(turn, draft)).state is State.WRITTEN_OFF


async def _why(turn: Turn, draft: Draft, plan: Plan) -> tuple[Say, ...]:
    """Say why it waits: the own loan, a shared chat, a day long past; the member agrees to what savings pay."""
    assert draft.on is not None
    chat = await loan_receipts.chat_of(turn, plan.member.id)
    why = savings.second_person(turn, plan.member, chat, on=draft.on)
    if plan.from_savings and turn.here.person_id != plan.member.id:
        return (say("approval-why-consent", member=plan.member.name), *why)
    return why


async def _card(turn: Turn, draft: Draft, plan: Plan) -> tuple[Say, ...]:
    preview = plan.preview
    assert draft.on is not None
    assert draft.amount
    lines = [
        say(_OPERATION.heading),
        say("card-member", name=plan.member.name, number=plan.member.number),
        say("card-amount", amount=draft.amount),
        say("card-date", on=draft.on),
        say("loan-label", loan=plan.loan.label),
    ]
    if plan.settles:
        lines.append(say("payment-settles", waived=preview.after.waived))
    if plan.from_savings:
        lines.append(say("payment-from-savings"))
    moved = preview.moved
    lines.extend(split_lines(moved.penalty, moved.interest, moved.principal))
    lines.extend(_touched(preview.lines))
    if plan.to_savings:
        lines.append(say("payment-to-savings", amount=plan.to_savings))
    elif preview.ahead and not plan.settles:
        lines.append(say("payment-ahead", amount=preview.ahead))
    lines.extend(after_lines(preview.before.principal_left, preview.after))
    lines.extend(await _remarks(turn, draft, plan))
    if draft.note:
        lines.append(say("card-note", note=draft.note[:200]))
    return tuple(lines)


def split_lines(penalty: int, interest: int, principal: int) -> list[Say]:
    """Say what a payment goes to, in the order in which it is taken."""
    lines = []
    if penalty > 0:
        lines.append(say("payment-penalty", amount=penalty))
    if interest:
        lines.append(say("payment-interest", amount=interest))
    if principal:
        lines.append(say("payment-principal", amount=principal))
    return lines


def _touched(touched: tuple[Touched, ...]) -> list[Say]:
    paid = [one for one in touched if one.principal > 0 or one.interest > 0 or one.penalty > 0]
    if not paid:
        return []
    if len(paid) <= _TOUCHED:
        return [
            say(
                "payment-touches",
                n=one.n,
                due=one.due,
                amount=one.principal + one.interest + one.penalty,
            )
            for one in paid
        ]
    return [say("payment-touches-many", first=paid[0].n, last=paid[-1].n, count=len(paid))]


def after_lines(before: int, after: Position) -> list[Say]:
    """Say what is owed then: principal, arrears, fines, and what falls due next."""
    lines = [say("loan-outstanding", before=before, after=after.principal_left)]
    if after.settled:
        return [*lines, say("payment-all-paid")]
    if after.late and after.oldest_due:
        lines.append(say("payment-still-late", amount=after.late, since=after.oldest_due))
    if after.penalty_left:
        lines.append(say("payment-penalty-left", amount=after.penalty_left))
    if after.next_due:
        lines.append(say("payment-next", on=after.next_due, amount=after.next_amount))
    return lines


async def _remarks(turn: Turn, draft: Draft, plan: Plan) -> list[Say]:
    """Point out what differs from what was said or from what is usual."""
    assert draft.on is not None
    preview = plan.preview
    lines = _settling(draft, plan)
    if draft.on < turn.today:
        fined = sum(line.penalty for line in preview.before.lines)
        fewer = fined - sum(line.penalty for line in preview.after.lines)
        if fewer > 0:
            lines.append(say("payment-fine-falls", amount=fewer))
    new = _class_after(turn, plan)
    if new != plan.loan.klass:
        lines.append(say("payment-class", before=plan.loan.klass, after=new))
    moves = await book.moved(turn.db, plan.loan)
    same = [
        paid.entry
        for paid in book.live(moves, plan.loan.version)
        if paid.on == draft.on and paid.amount == preview.amount
    ]
    if same:
        lines.append(say("card-warning-repeat", entry=same[-1]))
    if draft.extra.get("bank"):
        lines.append(say("card-warning-cash"))
    return lines


def _settling(draft: Draft, plan: Plan) -> list[Say]:
    """Say when it was to settle and does not, or could settle for less."""
    figure = plan.preview.settlement.total
    if plan.settles:
        return []
    if draft.extra.get("settles") and not plan.preview.after.settled:
        return [say("payment-settles-not", figure=figure)]
    could = plan.preview.amount >= figure and plan.preview.settlement.waived > 0
    return [say("payment-could-settle", figure=figure)] if could else []


def _class_after(turn: Turn, plan: Plan) -> str:
    """Say which class the loan has after the payment; a settled one keeps the last."""
    after = plan.preview.after
    if after.settled:
        return plan.loan.klass
    short = plan.loan.terms.every.is_short
    table = collectibility.table_on(turn.here.rules, turn.today, short=short)
    found = collectibility.class_of(after.overdue_days, table)
    return collectibility.worse(found, plan.loan.class_floor)


async def record(turn: Turn, card: Card) -> Reply:
    """Record the payment; where it needs a second person or the member's word, ask for it instead."""
    draft = card.draft
    assert draft.on is not None
    if await _is_recovery(turn, draft):
        return await loan_recoveries.record(turn, card)
    plan = await planned(turn, draft)
    why = await _why(turn, draft, plan)
    if why:
        consent = plan.from_savings and turn.here.person_id != plan.member.id
        return await requests.ask(
            turn,
            card,
            kind="loan-payment",
            facts={
                "loan": plan.loan.id,
                "amount": plan.preview.amount,
                "on": draft.on.isoformat(),
                "settles": plan.settles,
                "from_savings": plan.from_savings,
                "to_savings": plan.to_savings,
                "note": draft.note,
            },
            lines=await _card(turn, draft, plan),
            why=why,
            member_id=plan.member.id,
            loan_id=plan.loan.id,
            voter="member" if consent else "officer",
        )
    done = await _pay(turn, draft, plan, card.id)
    lines, notice = await told(
        turn, done, plan.member, draft=draft, settles=plan.settles, by=loan_receipts.by_here(turn)
    )
    return Reply(
        lines=lines,
        buttons=((button("button-picture", f"x:{turn.koperasi_id}:{done.entry}"),),),
        edit=True,
        state=turn.state.closing(card.id, str(done.entry)),
        notices=(notice,) if notice else (),
    )


async def _pay(turn: Turn, draft: Draft, plan: Plan, operation: str) -> PaidLoan:
    assert draft.on is not None
    return await payments.pay(
        turn.db,
        officer=turn.here,
        loan_id=plan.loan.id,
        amount=plan.preview.amount,
        on=draft.on,
        at=turn.now,
        operation=operation,
        source=turn.incoming.chat.channel,
        from_savings=plan.from_savings,
        to_savings=plan.to_savings,
        settles=plan.settles,
        note=draft.note,
    )


async def told(
    turn: Turn, done: PaidLoan, member: Member, *, draft: Draft, settles: bool, by: By
) -> tuple[tuple[Say, ...], Notice | None]:
    """Say what was recorded, and owe the member the receipt."""
    assert draft.on is not None
    kind = payments.SETTLEMENT if settles else payments.PAYMENT
    code = loan_receipts.code_of(turn, done.entry, done.hash)
    total = done.amount + done.to_savings
    said = [
        *loan_receipts.head(done.entry, kind, member),
        say("card-amount", amount=total),
        say("card-date", on=draft.on),
        say("loan-label", loan=done.loan.label),
        *split_lines(done.penalty, done.interest, done.principal),
    ]
    if done.savings is not None and done.to_savings:
        said.append(say("receipt-to-savings", amount=done.to_savings, balance=done.savings))
    elif done.savings is not None:
        said.append(say("receipt-from-savings", balance=done.savings))
    said.append(say("receipt-outstanding", before=done.before, balance=done.outstanding))
    said.extend(after_lines(done.before, done.position)[1:])
    if draft.note:
        said.append(say("card-note", note=draft.note[:200]))
    said.extend(loan_receipts.tail(by, code))
    chat = await loan_receipts.chat_of(turn, member.id)
    notice = None
    if not done.repeated:
        notice = await loan_receipts.owe(
            turn,
            entry=done.entry,
            kind=kind,
            member=member,
            by=by,
            code=code,
            amount=total,
            before=done.before,
            balance=done.outstanding,
            said=tuple(said),
            chat=chat,
        )
    return (*said, say("receipt-sent" if chat else "receipt-no-chat")), notice


async def _of_row(turn: Turn, draft: Draft, row: Row, already: int = 0) -> tuple[Draft, Plan]:
    """Work a row of a list out; `already` is what earlier rows pay for the same loan."""
    loan = await loan_choice.of_row(turn, row, (State.RUNNING,))
    alone = replace(
        draft,
        operation=row.operation,
        member=row.member,
        amount=row.amount + already,
        note=row.note or draft.note,
        rows=(),
        rest=(),
        extra={"loan": loan.id},
    )
    plan = await planned(turn, alone)
    if await _why(turn, alone, plan):
        raise savings.NeedsOwnCard(member=plan.member.name)
    return alone, plan


async def check_row(turn: Turn, draft: Draft, row: Row, moved: Counter[str]) -> RowChecked:
    """Check one row of a list, with what the rows before it pay for the same loan."""
    loan = await loan_choice.of_row(turn, row, (State.RUNNING,))
    already = moved[loan.account]
    alone, plan = await _of_row(turn, draft, row, already)
    moved[loan.account] = already + row.amount
    lines = [say("row-loan", loan=loan.label, balance=plan.preview.after.principal_left)]
    if plan.preview.ahead:
        lines.append(say("payment-ahead", amount=min(plan.preview.ahead, row.amount)))
    if not already:
        lines.extend(await _remarks(turn, alone, plan))
    return RowChecked(member=plan.member, lines=tuple(lines))


async def done_row(turn: Turn, card: Card, row: Row, operation_id: str) -> RowDone:
    """Record one row of a list."""
    alone, plan = await _of_row(turn, card.draft, row)
    done = await _pay(turn, alone, plan, operation_id)
    _, notice = await told(
        turn, done, plan.member, draft=alone, settles=False, by=loan_receipts.by_here(turn)
    )
    return RowDone(
        entry=done.entry,
        line="receipt-row-loan",
        member=plan.member,
        amount=done.amount,
        balance=done.outstanding,
        notice=notice,
    )
