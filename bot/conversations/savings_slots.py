"""What forms of savings ask and fill in: all of it, the rest of it, the months of a simpanan wajib."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.conversations import forms, savings
from bot.state import Draft
from bot.talk import Reply, Turn
from bot.understand import grammar, periods
from bot.understand.readings import Reading
from core import dues, people, rules
from core import savings as savings_book
from core.calendar import month_of, next_month
from core.errors import Refusal

_ASKED_AGAIN: dict[type[Refusal], str] = {
    savings_book.NotEnoughSavings: "amount",
    savings_book.PokokTooMuch: "amount",
    savings_book.PokokIsPaid: "operation",
}


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take nothing over: savings have no slots of their own in a sentence."""
    return draft


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal."""
    return _ASKED_AGAIN.get(type(refusal))


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Look up an amount that was said by other words than a number; ask for it otherwise."""
    if draft.amount is None:
        draft = await _looked_up(turn, await _dues_of_months(turn, draft))
    if draft.amount is None:
        why = draft.extra.get("why")
        return forms.ask_amount(turn, draft, None, str(why) if why else None)
    return draft


async def _looked_up(turn: Turn, draft: Draft) -> Draft:
    """Look up what "semua", "sisanya" and "lunas" mean: all of the sukarela, the rest of the pokok."""
    if draft.extra.get("why") != "lookup" or draft.operation not in ("tarik", "pokok"):
        return draft
    assert draft.member is not None
    held = await savings_book.balances(
        turn.db, koperasi_id=turn.koperasi_id, member_id=draft.member
    )
    rule = turn.here.rules.on(turn.today)
    amount = held.sukarela if draft.operation == "tarik" else rule.pokok - held.pokok
    return replace(draft, amount=amount if amount > 0 else None)


async def _dues_of_months(turn: Turn, draft: Draft) -> Draft:
    """Named months of simpanan wajib without an amount: it is what these months still owe."""
    count = int(draft.extra.get("count", 0))
    if draft.operation != "wajib" or not (draft.months or count) or "amounts" in draft.extra:
        return draft
    assert draft.member is not None
    cooperative = turn.here.cooperative
    member = await people.member(turn.db, koperasi_id=cooperative.id, member_id=draft.member)
    paid = await dues.position(turn.db, cooperative=cooperative, member=member)
    months = draft.months or paid.next_unpaid(min(count, 120))
    amount = sum(paid.owed(month) for month in months)
    return replace(draft, months=tuple(months), amount=amount or None)


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    slots = ("member", "amount", "on", "operation", "cash", "note")
    return (*slots, "months") if draft.operation == "wajib" else slots


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Ask for the months, the one slot of its own."""
    assert slot == "months", slot
    return await savings.ask_months(turn, draft)


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take the first of the months over."""
    assert slot == "months", slot
    return replace(draft, months=await _months_from(turn, draft, date.fromisoformat(value)))


async def _months_from(turn: Turn, draft: Draft, first: date) -> tuple[date, ...]:
    """Name the months an amount reaches from a first one on."""
    rates = await rules.wajib_rates(turn.db, turn.here.cooperative.id)
    count = -(-(draft.amount or 0) // max(1, rates.of(first)))
    return tuple(next_month(first, ahead) for ahead in range(max(1, min(count, 600))))


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take months over as they are typed."""
    assert slot == "months", slot
    directory = await turn.services.directories.of(turn.db, turn.here.cooperative, turn.today)
    if grammar.read(text, today=turn.today, directory=directory).intent:
        return None
    months = periods.read(text, turn.today).months
    relative = {"bulan lalu": -1, "bulan ini": 0, "bulan depan": 1}.get(text.strip().lower())
    if not months and relative is not None:
        months = (next_month(month_of(turn.today), relative),)
    if not months:
        return await savings.ask_months(turn, draft)
    if len(months) == 1:
        months = await _months_from(turn, draft, months[0])
    return replace(draft, months=months)
