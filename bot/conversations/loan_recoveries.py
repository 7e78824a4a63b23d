"""Pemulihan: cash that still comes in for a loan that was written off; recorded as income, the claim falls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.conversations import (
    cards,
    cash_places,
    loan_choice,
    loan_receipts,
    promises,
    requests,
    savings,
)
from bot.conversations.operations import LOANS
from bot.conversations.savings_receipts import By
from bot.state import Card, Draft
from bot.talk import Notice, Reply, Turn, button, say
from core.errors import Refusal
from core.loans import hands, write_offs
from core.loans.book import Loan
from core.loans.write_offs import Recovered
from core.people import Member
from notifications.messages import Say


class RecoveryFromSavings(Refusal):
    """What is still claimed beside the books is not taken from savings: nobody's cash came in. Facts: loan."""

    text = "refusal-recovery-from-savings"


async def _checked(turn: Turn, draft: Draft) -> tuple[Loan, Member, int, tuple[Say, ...]]:
    """Refuse what ✅ would refuse; returns loan, borrower, what is still claimed, and why another must approve."""
    assert draft.on is not None
    hands.require_recorder(turn.here)
    loan = await loan_choice.of_draft(turn, draft)
    if draft.extra.get("source") == "savings":
        raise RecoveryFromSavings(loan=loan.label)
    member = await cards.member_of(turn, loan.member_id)
    chat = await loan_receipts.chat_of(turn, member.id)
    why = savings.second_person(turn, member, chat, on=draft.on)
    return loan, member, await _claimed(turn, draft, loan), why


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say that it is a recovery, and what is claimed before and after."""
    loan, member, claimed, why = await _checked(turn, draft)
    return (*_lines(draft, loan, member, claimed), *why)


async def lines_of_request(turn: Turn, draft: Draft, amount: int) -> tuple[Say, ...]:
    """Say a recovery that waits as its card would now."""
    draft = replace(draft, amount=amount)
    loan = await loan_choice.of_draft(turn, draft)
    claimed = await _claimed(turn, draft, loan)
    return _lines(draft, loan, await cards.member_of(turn, loan.member_id), claimed)


async def _claimed(turn: Turn, draft: Draft, loan: Loan) -> int:
    assert draft.on is not None
    assert draft.amount
    claim = await write_offs.claimed(turn.db, loan)
    if claim is None:
        raise write_offs.NotWrittenOff(loan=loan.label)
    if draft.on < claim.on:
        raise write_offs.BeforeWriteOff(loan=loan.label, on=claim.on)
    if draft.amount > claim.left:
        raise write_offs.RecoveryTooMuch(loan=loan.label, claimed=claim.left)
    return claim.left


def _lines(draft: Draft, loan: Loan, member: Member, claimed: int) -> tuple[Say, ...]:
    assert draft.on is not None
    assert draft.amount
    lines = [
        say(LOANS["angsuran"].heading),
        say("card-member", name=member.name, number=member.number),
        say("card-amount", amount=draft.amount),
        say("card-date", on=draft.on),
        say("loan-label", loan=loan.label),
        say("recovery", before=claimed, after=claimed - draft.amount),
        *cash_places.lines(cash_places.of(draft)),
    ]
    if draft.note:
        lines.append(say("card-note", note=draft.note[:200]))
    return tuple(lines)


async def record(turn: Turn, card: Card) -> Reply:
    """Record the recovery; the borrower gets the receipt."""
    draft = card.draft
    loan, member, claimed, why = await _checked(turn, draft)
    lines = _lines(draft, loan, member, claimed)
    if promises.broken(card, (*lines, *why)):
        return await cards.again(turn, card, "card-changed")
    assert draft.on is not None
    assert draft.amount
    if why:
        facts = {
            "amount": draft.amount,
            "on": draft.on.isoformat(),
            "note": draft.note,
            "cash": cash_places.of(draft),
        }
        return await requests.ask(
            turn,
            card,
            kind="recovery",
            facts=facts,
            lines=lines,
            why=why,
            member_id=member.id,
            loan_id=loan.id,
        )
    done = await write_offs.recover(
        turn.db,
        officer=turn.here,
        loan_id=loan.id,
        amount=draft.amount,
        on=draft.on,
        at=turn.now,
        operation=card.id,
        source=turn.incoming.chat.channel,
        note=draft.note,
        cash=cash_places.of(draft),
    )
    by = loan_receipts.by_here(turn)
    lines, notice = await told(turn, done, member, on=draft.on, by=by)
    return Reply(
        lines=lines,
        buttons=((button("button-picture", f"x:{turn.koperasi_id}:{done.entry}"),),),
        edit=True,
        state=turn.state.closing(card.id, str(done.entry)),
        notices=(notice,) if notice else (),
    )


async def told(
    turn: Turn, done: Recovered, member: Member, *, on: date, by: By
) -> tuple[tuple[Say, ...], Notice | None]:
    """Make the receipt of a recovery, and the borrower's."""
    code = loan_receipts.code_of(turn, done.entry, done.hash)
    before = done.claimed + done.amount
    said = (
        *loan_receipts.head(done.entry, write_offs.RECOVERY, member),
        say("card-amount", amount=done.amount),
        say("card-date", on=on),
        *cash_places.lines(done.cash),
        say("loan-label", loan=done.loan.label),
        say("receipt-recovery", before=before, balance=done.claimed),
        *loan_receipts.tail(by, code),
    )
    chat = await loan_receipts.chat_of(turn, member.id)
    notice = None
    if not done.repeated:
        notice = await loan_receipts.owe(
            turn,
            entry=done.entry,
            kind=write_offs.RECOVERY,
            member=member,
            by=by,
            code=code,
            amount=done.amount,
            before=before,
            balance=done.claimed,
            said=said,
            chat=chat,
        )
    return (*said, say("receipt-sent" if chat else "receipt-no-chat")), notice
