"""A payment worked out for its card: what it goes to, what is owed after it, and what is to be said beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.conversations import cards, cash_places, loan_choice, loan_payment_slots, loan_words
from bot.conversations.operations import LOANS
from bot.state import Draft
from bot.talk import Turn, say
from core import savings as savings_book
from core import texts
from core.loans import book, collectibility, hands, payments
from core.loans.book import Loan
from core.loans.payments import Preview, Touched
from core.loans.replay import Position
from core.people import Member
from notifications.messages import Say

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


async def lines_of_request(turn: Turn, draft: Draft, facts: Mapping[str, Any]) -> tuple[Say, ...]:
    """Say a payment that waits as its card would now; `facts` are its request's."""
    loan = await loan_choice.of_draft(turn, draft)
    draft = replace(draft, amount=facts["amount"] + facts["to_savings"])
    plan = Plan(
        loan=loan,
        member=await cards.member_of(turn, loan.member_id),
        preview=await _preview(turn, loan, draft, facts["amount"], settles=facts["settles"]),
        settles=facts["settles"],
        from_savings=facts["from_savings"],
        to_savings=facts["to_savings"],
    )
    return await lines(turn, draft, plan)


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


async def lines(turn: Turn, draft: Draft, plan: Plan) -> tuple[Say, ...]:
    """Say the payment as its card does, without why it may have to wait."""
    preview = plan.preview
    assert draft.on is not None
    assert draft.amount
    said = [
        say(LOANS["angsuran"].heading),
        say("card-member", name=plan.member.name, number=plan.member.number),
        say("card-amount", amount=draft.amount),
        say("card-date", on=draft.on),
        say("loan-label", loan=plan.loan.label),
    ]
    if plan.settles:
        said.append(say("payment-settles", waived=preview.after.waived))
    if plan.from_savings:
        said.append(say("payment-from-savings"))
    else:
        said.extend(cash_places.lines(cash_places.of(draft)))
    moved = preview.moved
    said.extend(split_lines(moved.penalty, moved.interest, moved.principal))
    said.extend(_touched(preview.lines))
    if plan.to_savings:
        said.append(say("payment-to-savings", amount=plan.to_savings))
    elif preview.ahead and not plan.settles:
        said.append(say(ahead_key(preview), amount=preview.ahead))
    said.extend(after_lines(preview.before.principal_left, preview.after))
    said.extend(await remarks(turn, draft, plan))
    if draft.note:
        said.append(say("card-note", note=draft.note[:200]))
    return tuple(said)


def ahead_key(preview: Preview) -> str:
    """Name what is said of what was not due yet: all of it, or what is beyond."""
    return "payment-ahead" if preview.due else "payment-early"


def split_lines(penalty: int, interest: int, principal: int) -> list[Say]:
    """Say what a payment goes to, in the order in which it is taken."""
    lines = []
    if penalty > 0:
        lines.append(say("payment-penalty", amount=penalty))
    elif penalty < 0:
        lines.append(say("payment-penalty-back", amount=-penalty))
    if interest:
        lines.append(say("payment-interest", amount=interest))
    if principal:
        lines.append(say("payment-principal", amount=principal))
    return lines


def split_said(split: Mapping[str, int]) -> str:
    """Say in one line what a payment goes to: penalty, interest, principal."""
    return ", ".join(
        texts.render(f"row-split-{share}{'' if amount > 0 else '-back'}", {"amount": abs(amount)})
        for share, amount in split.items()
        if amount
    )


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


async def remarks(turn: Turn, draft: Draft, plan: Plan) -> list[Say]:
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
        lines.append(
            say(
                "payment-class",
                before=loan_words.klass(plan.loan.klass),
                after=loan_words.klass(new),
            )
        )
    moves = await book.moved(turn.db, plan.loan)
    same = [
        paid.entry
        for paid in book.live(moves, plan.loan.version)
        if paid.on == draft.on and paid.amount == preview.amount
    ]
    if same:
        lines.append(say("card-warning-repeat", entry=same[-1]))
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
