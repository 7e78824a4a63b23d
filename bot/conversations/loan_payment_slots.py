"""What a payment asks: which loan, how much; what settles it is looked up; the rest may go to savings."""

from __future__ import annotations

from dataclasses import replace

from bot.conversations import forms, loan_choice, loan_recoveries
from bot.state import Draft
from bot.talk import Reply, Turn, say
from bot.understand.readings import Reading
from core import savings
from core.errors import Refusal
from core.loans import book, payments, replay, write_offs
from core.loans.book import State

PAID = (State.RUNNING, State.WRITTEN_OFF)  # what comes in after a write-off is a recovery


class NothingDue(Refusal):
    """Nothing is due: all of it would be savings. Facts: loan."""

    text = "refusal-nothing-due"


class NothingToSettle(Refusal):
    """Ending the loan costs nothing on this day: there is no money to record. Facts: loan, on, left (in rupiah)."""

    text = "refusal-nothing-to-settle"


_ASKED_AGAIN: dict[type[Refusal], str] = {
    payments.PaymentTooMuch: "amount",
    payments.NotSettlementFigure: "amount",
    payments.BeforeDisbursement: "on",
    payments.BeforeRestructuring: "on",
    payments.PaidSince: "on",
    write_offs.RecoveryTooMuch: "amount",
    write_offs.BeforeWriteOff: "on",
    loan_recoveries.RecoveryFromSavings: "source",
    savings.NotEnoughSavings: "amount",
    savings.BackDated: "on",
    savings.HeldForLoan: "amount",
    NothingDue: "operation",
    NothingToSettle: "amount",
    loan_choice.WhichLoan: "loan",
}


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take over which loan it is, that it settles it, or is taken from the savings."""
    extra = loan_choice.named(draft, reading)
    if reading.settles:
        extra = {key: value for key, value in extra.items() if key != "amounts"}
        extra["settles"] = True
    if reading.from_savings:
        extra["source"] = "savings"
    return replace(draft, months=(), extra=extra)


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal."""
    return _ASKED_AGAIN.get(type(refusal))


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Find the loan; look the figure of a settlement up; ask how much otherwise, offering what is due."""
    found = await loan_choice.chosen(turn, draft, PAID)
    if isinstance(found, Reply):
        return found
    draft = found
    loan = await loan_choice.of_draft(turn, draft)
    on = draft.on or turn.today
    looked_up = draft.amount is None or draft.amount == draft.extra.get("figure")
    settles = draft.extra.get("settles") and "amounts" not in draft.extra
    if settles and loan.state is State.RUNNING:
        figure = await payments.figure(
            turn.db, cooperative=turn.here.cooperative, loan=loan, on=on, at=turn.now
        )
        if not figure.total:
            raise NothingToSettle(loan=loan.label, on=on, left=figure.waived)
        amount = figure.total if looked_up else draft.amount
        return replace(draft, amount=amount, extra=draft.extra | {"figure": figure.total})
    if settles and looked_up and (claim := await write_offs.claimed(turn.db, loan)) and claim.left:
        return replace(draft, amount=claim.left, extra=draft.extra | {"figure": claim.left})
    if draft.amount is not None:
        return draft
    if "amounts" not in draft.extra and loan.state is State.RUNNING:
        version = await book.version(turn.db, loan)
        paid = book.live(await book.moved(turn.db, loan), loan.version)
        position = replay.replay(version, paid, on)
        offered = {position.due_now, position.due_now + position.next_amount} - {0}
        draft = replace(draft, extra=draft.extra | {"amounts": sorted(offered)})
        return forms.ask_amount(turn, draft, None)
    why = draft.extra.get("why")
    return forms.ask_amount(turn, draft, None, str(why) if why else None)


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    return ("member", "loan", "amount", "on", "rest", "source", "cash", "operation", "note")


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Ask for one of its own slots."""
    if slot == "rest":
        choices = ((say("choice-rest-next"), "next"), (say("choice-rest-savings"), "savings"))
        return forms.ask(turn, draft, slot, say("ask-rest"), choices=choices)
    if slot == "source":
        choices = ((say("choice-source-cash"), "cash"), (say("choice-source-savings"), "savings"))
        return forms.ask(turn, draft, slot, say("ask-source"), choices=choices)
    assert slot == "loan", slot
    extra = {key: value for key, value in draft.extra.items() if key != "loan"}
    found = await loan_choice.chosen(turn, replace(draft, extra=extra), PAID)
    return found if isinstance(found, Reply) else await forms.proceed(turn, found)


async def take_slot(
    turn: Turn,
    draft: Draft,
    slot: str,
    value: str,
) -> Draft | Reply:
    """Take a pressed choice over."""
    if slot == "loan":
        return loan_choice.taken(draft, value)
    return replace(draft, extra=draft.extra | {slot: value})


async def hear_slot(
    turn: Turn,
    draft: Draft,
    slot: str,
    text: str,
) -> Draft | Reply | None:
    """Take a typed answer over."""
    if draft.rows:
        return None
    if slot == "loan":
        return loan_choice.heard(draft, text)
    said = text.lower()
    savings_said = "simpanan" in said or "sukarela" in said or "tabungan" in said
    other = {"rest": "angsuran", "source": "tunai"}[slot]
    if savings_said or other in said or (slot == "source" and "kas" in said):
        value = "savings" if savings_said else {"rest": "next", "source": "cash"}[slot]
        return await take_slot(turn, draft, slot, value)
    return None
