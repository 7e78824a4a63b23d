"""Angsuran Pinjaman: what a payment goes to stands on the card before ✅; early settlement by its exact figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bot.conversations import (
    cards,
    cash_places,
    loan_choice,
    loan_payment_plan,
    loan_receipts,
    loan_recoveries,
    promises,
    requests,
    savings,
)
from bot.conversations.operations import RowChecked, RowDone
from bot.conversations.savings_receipts import By
from bot.state import Card, Draft, Row
from bot.talk import Notice, Reply, Turn, button, say
from core import savings as savings_book
from core.loans import payments
from core.loans.book import State
from core.loans.journal import Totals
from core.loans.payments import PaidLoan
from core.people import Member
from notifications.messages import Say


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what the payment goes to, what is owed before and after, and what falls due next."""
    if await _is_recovery(turn, draft):
        return await loan_recoveries.card_lines(turn, draft)
    plan = await loan_payment_plan.planned(turn, draft)
    return (*await loan_payment_plan.lines(turn, draft, plan), *await _why(turn, draft, plan))


async def _is_recovery(turn: Turn, draft: Draft) -> bool:
    return (await loan_choice.of_draft(turn, draft)).state is State.WRITTEN_OFF


async def _why(turn: Turn, draft: Draft, plan: loan_payment_plan.Plan) -> tuple[Say, ...]:
    """Say why it waits: the own loan, a shared chat, a day long past; the member agrees to what savings pay."""
    assert draft.on is not None
    chat = await loan_receipts.chat_of(turn, plan.member.id)
    why = savings.second_person(turn, plan.member, chat, on=draft.on)
    if plan.from_savings and turn.here.person_id != plan.member.id:
        # The member's word does not make a day long past good.
        savings_book.require_recent(turn.here, on=draft.on, today=requests.today(turn))
        return (say("approval-why-consent", member=plan.member.name), *why)
    return why


async def record(turn: Turn, card: Card) -> Reply:
    """Record the payment; where it needs a second person or the member's word, ask for it instead."""
    draft = card.draft
    assert draft.on is not None
    if await _is_recovery(turn, draft):
        return await loan_recoveries.record(turn, card)
    plan = await loan_payment_plan.planned(turn, draft)
    if not plan.settles and draft.amount == draft.extra.get("figure"):
        figure = plan.preview.settlement.total  # Something was paid since the card was shown.
        raise payments.NotSettlementFigure(loan=plan.loan.label, on=draft.on, total=figure)
    why = await _why(turn, draft, plan)
    lines = await loan_payment_plan.lines(turn, draft, plan)
    if promises.broken(card, (*lines, *why)):
        return await cards.again(turn, card, "card-changed")
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
                "cash": cash_places.of(draft),
            },
            lines=lines,
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


async def _pay(turn: Turn, draft: Draft, plan: loan_payment_plan.Plan, operation: str) -> PaidLoan:
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
        cash=cash_places.of(draft),
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
        *cash_places.lines(done.cash),
        say("loan-label", loan=done.loan.label),
        *loan_payment_plan.split_lines(done.penalty, done.interest, done.principal),
    ]
    if done.savings is not None and done.to_savings:
        said.append(say("receipt-to-savings", amount=done.to_savings, balance=done.savings))
    elif done.savings is not None:
        said.append(say("receipt-from-savings", balance=done.savings))
    said.append(say("receipt-outstanding", before=done.before, balance=done.outstanding))
    said.extend(loan_payment_plan.after_lines(done.before, done.position)[1:])
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
    if member.id == turn.here.person_id:  # who consents reads it here, and gets the receipt besides
        return tuple(said), notice
    return (*said, say("receipt-sent" if chat else "receipt-no-chat")), notice


async def _of_row(
    turn: Turn, draft: Draft, row: Row, already: int = 0
) -> tuple[Draft, loan_payment_plan.Plan]:
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
        extra={"loan": loan.id, **({cash_places.SLOT: row.cash} if row.cash else {})},
    )
    plan = await loan_payment_plan.planned(turn, alone)
    if await _why(turn, alone, plan):
        raise savings.NeedsOwnCard(member=plan.member.name)
    return alone, plan


async def check_row(turn: Turn, draft: Draft, row: Row, moved: Counter[str]) -> RowChecked:
    """Check one row of a list, with what the rows before it pay for the same loan; its own split is said."""
    loan = await loan_choice.of_row(turn, row, (State.RUNNING,))
    already = moved[loan.account]
    alone, plan = await _of_row(turn, draft, row, already)
    moved[loan.account] = already + row.amount
    split = loan_payment_plan.split_said(_own(plan.preview.moved, loan.account, moved))
    balance = plan.preview.after.principal_left
    lines = [say("row-loan", loan=loan.label, split=split, balance=balance)]
    if plan.preview.ahead:
        ahead = min(plan.preview.ahead, row.amount)
        lines.append(say(loan_payment_plan.ahead_key(plan.preview), amount=ahead))
    if not already:
        lines.extend(await loan_payment_plan.remarks(turn, alone, plan))
    said = (lines[0], *loan_payment_plan.after_lines(0, plan.preview.after))
    return RowChecked(member=plan.member, lines=tuple(lines), mark=promises.mark(said))


def _own(whole: Totals, account: str, moved: Counter[str]) -> dict[str, int]:
    """Take what the rows before it brought of the same loan from the split of all of them."""
    own = {}
    for share in ("penalty", "interest", "principal"):
        place = f"{account}/{share}"
        own[share] = getattr(whole, share) - moved[place]
        moved[place] += own[share]
    return own


async def marks(turn: Turn, draft: Draft, rows: Sequence[Row]) -> list[str]:
    """Return what check_row would mark these rows with now: what each leaves owed."""
    moved: Counter[str] = Counter()
    return [(await check_row(turn, draft, row, moved)).mark for row in rows]


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
