"""Pencairan Pinjaman: an approved loan is handed over in cash, fees and an old loan taken off."""

from __future__ import annotations

from bot.conversations import (
    cards,
    cash_places,
    loan_choice,
    loan_receipts,
    loan_words,
    promises,
    requests,
    savings,
)
from bot.conversations.operations import LOANS
from bot.conversations.savings_receipts import By
from bot.state import Card, Draft
from bot.talk import Notice, Reply, Turn, button, say
from core import identities, people
from core.approvals import waiting
from core.errors import Refusal
from core.loans import applications, disbursement, hands
from core.loans.book import Loan
from core.loans.disbursement import Disbursed, Preview
from core.people import Member
from notifications.messages import Say


class MayBeLetGo(Refusal):
    """A loan is not paid out while letting it go waits for a decision. Facts: loan, number (of the request)."""

    text = "refusal-may-be-let-go"


_OPERATION = LOANS["pencairan"]


async def _checked(turn: Turn, draft: Draft) -> tuple[Loan, Member, Preview]:
    """Refuse what ✅ would refuse; returns loan, borrower and what would be paid out."""
    hands.require_recorder(turn.here)
    return await _worked_out(turn, draft)


async def _worked_out(turn: Turn, draft: Draft) -> tuple[Loan, Member, Preview]:
    assert draft.on is not None
    loan = await loan_choice.of_draft(turn, draft)
    letting_go = await waiting.of_loan(
        turn.db,
        koperasi_id=turn.koperasi_id,
        kind="loan-cancellation",
        loan_id=loan.id,
        at=turn.now,
        keys=turn.keys,
    )
    if letting_go is not None:
        raise MayBeLetGo(loan=loan.label, number=letting_go.number)
    disbursement.require_waiting(loan)
    disbursement.require_amount(loan, draft.amount)
    member = await cards.member_of(turn, loan.member_id)
    people.require_active(member, on=draft.on)
    plan = await disbursement.preview(
        turn.db,
        cooperative=turn.here.cooperative,
        rules=turn.here.rules.on(draft.on),
        loan=loan,
        on=draft.on,
        keys=turn.keys,
    )
    failing = applications.stopping(loan, plan.checks)
    if failing:
        raise applications.ChecklistFails(loan=loan.label, codes=",".join(failing), what=failing[0])
    if plan.net <= 0:
        raise disbursement.NetNotPositive(
            loan=loan.label,
            net=plan.net,
            topped_up=plan.topped_up,
            fees=plan.provisi + plan.administrasi,
        )
    return loan, member, plan


async def _second_person(turn: Turn, loan: Loan, member: Member, draft: Draft) -> tuple[Say, ...]:
    """Say why another officer must agree: the own loan or decision, a shared chat, a day long past."""
    assert draft.on is not None
    chat = await loan_receipts.chat_of(turn, member.id)
    why = savings.second_person(turn, member, chat, on=draft.on)
    if turn.here.recorder in loan.approvers:
        return (say("approval-why-own-decision"), *why)
    return why


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what is handed over: the principal, what is taken off, the cash in digits and words."""
    loan, member, plan = await _checked(turn, draft)
    why = await _second_person(turn, loan, member, draft)
    return (*await _card(turn, draft, loan, member, plan), *why)


async def lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say a disbursement that waits as its card would now."""
    return await _card(turn, draft, *await _worked_out(turn, draft))


async def _card(
    turn: Turn, draft: Draft, loan: Loan, member: Member, plan: Preview
) -> tuple[Say, ...]:
    assert draft.on is not None
    lines = [
        say(_OPERATION.heading),
        say("card-member", name=member.name, number=member.number),
        say("card-amount", amount=plan.principal),
        say("card-date", on=draft.on),
        *(await _lines(turn, loan, plan)),
        *loan_words.check_lines(check for check in plan.checks if check.passed is False),
    ]
    if draft.note:
        lines.append(say("card-note", note=draft.note[:200]))
    lines.extend(cash_places.lines(cash_places.of(draft)))
    return tuple(lines)


async def _lines(turn: Turn, loan: Loan, plan: Preview | Disbursed) -> list[Say]:
    names = await _names(turn, loan.approvers)
    first = plan.rows[0]
    lines = [
        say("loan-label", loan=loan.label),
        *((say("loan-approved-by", who=names),) if names else ()),
        *loan_words.fees_lines(plan.provisi, plan.administrasi),
    ]
    if plan.topped_up:
        lines.append(say("loan-topped-up", amount=plan.topped_up))
    lines.append(say("loan-net", amount=plan.net))
    lines.extend(loan_words.schedule_lines(plan.rows))
    lines.append(say("loan-first-due", on=first.due, amount=first.principal + first.interest))
    return lines


async def _names(turn: Turn, approvers: tuple[str, ...]) -> str:
    ids = [int(one.removeprefix("person:")) for one in approvers if one.startswith("person:")]
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    names = {office.person_id: office.name for office in held}
    return ", ".join(names[one] for one in ids if one in names)


async def record(turn: Turn, card: Card) -> Reply:
    """Pay the loan out; where it needs a second person, ask for one instead."""
    draft = card.draft
    assert draft.on is not None
    loan, member, plan = await _checked(turn, draft)
    why = await _second_person(turn, loan, member, draft)
    card_said = await _card(turn, draft, loan, member, plan)
    if promises.broken(card, (*card_said, *why)):
        return await cards.again(turn, card, "card-changed")
    if why:
        return await requests.ask(
            turn,
            card,
            kind="disbursement",
            facts={
                "loan": loan.id,
                "on": draft.on.isoformat(),
                "note": draft.note,
                "cash": cash_places.of(draft),
            },
            lines=card_said,
            why=why,
            member_id=loan.member_id,
            loan_id=loan.id,
        )
    done = await disbursement.disburse(
        turn.db,
        officer=turn.here,
        loan_id=loan.id,
        on=draft.on,
        at=turn.now,
        operation=card.id,
        source=turn.incoming.chat.channel,
        keys=turn.keys,
        note=draft.note,
        cash=cash_places.of(draft),
    )
    lines, notice = await told(turn, done, member, by=loan_receipts.by_here(turn), note=draft.note)
    return Reply(
        lines=lines,
        buttons=((button("button-picture", f"x:{turn.koperasi_id}:{done.entry}"),),),
        edit=True,
        state=turn.state.closing(card.id, str(done.entry)),
        notices=(notice,) if notice else (),
    )


async def told(
    turn: Turn, done: Disbursed, member: Member, *, by: By, note: str | None
) -> tuple[tuple[Say, ...], Notice | None]:
    """Say what was paid out, and owe the borrower the receipt."""
    code = loan_receipts.code_of(turn, done.entry, done.hash)
    assert done.loan.disbursed_on is not None
    said = (
        *loan_receipts.head(done.entry, disbursement.KIND, member),
        say("card-amount", amount=done.principal),
        say("card-date", on=done.loan.disbursed_on),
        *cash_places.lines(done.cash),
        *(await _lines(turn, done.loan, done)),
        say("receipt-outstanding", before=0, balance=done.principal),
        *((say("card-note", note=note[:200]),) if note else ()),
        *loan_receipts.tail(by, code),
    )
    chat = await loan_receipts.chat_of(turn, member.id)
    notice = None
    if not done.repeated:
        notice = await loan_receipts.owe(
            turn,
            entry=done.entry,
            kind=disbursement.KIND,
            member=member,
            by=by,
            code=code,
            amount=done.principal,
            before=0,
            balance=done.principal,
            said=said,
            chat=chat,
        )
    return (*said, say("receipt-sent" if chat else "receipt-no-chat")), notice
