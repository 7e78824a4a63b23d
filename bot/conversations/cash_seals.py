"""Tutup kas: what was counted in each cash box, its card, the second officer's confirmation, and the seals so far."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta

from bot.conversations import cards, forms, promises, requests
from bot.conversations.operations import BY_INTENT, CASH_COUNT
from bot.state import Card, Draft
from bot.talk import Notice, Reply, Turn, button, say
from bot.understand import counting, grammar
from bot.understand.directory import Directory
from bot.understand.readings import AmountKind, Reading
from core import seals
from core.accounts import CASH, chart
from core.approvals.queue import Decided
from core.errors import Refusal
from core.permissions import Action, may
from core.seals import Box, Count, Seal
from notifications.jobs import cash_seals as job
from notifications.messages import Button, Say

_COUNTED = "counted"  # in a draft: rupiah by the code of the box
_SLOTS = {"kas": CASH, "gerai": "111100", "unit": "111200"}
_LOOKED_BACK = timedelta(days=30)
_LISTED = 5
_DAYS = 7  # days without a seal that are named


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take over what lies in each box that is named; a sum without a name is that of the only box, else of Kas."""
    counted = dict(draft.extra.get(_COUNTED, {}))
    found = counting.boxes(reading.text)
    if not found and reading.amount.kind is AmountKind.EXACT and reading.amount.value is not None:
        only = next(iter(counted)) if len(counted) == 1 else CASH
        found = {only: reading.amount.value}
    return replace(draft, amount=None, extra=draft.extra | {_COUNTED: counted | found})


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal: another day may be counted."""
    return "on" if isinstance(refusal, seals.CountTooLate) else None


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask for the sum in each box that moved on that day; the book's own figure is not told before."""
    draft = replace(draft, on=draft.on or turn.today)
    assert draft.on is not None
    counted = draft.extra.get(_COUNTED, {})
    for code in await seals.boxes_of(turn.db, koperasi_id=turn.koperasi_id, on=draft.on):
        if code not in counted:
            slot = next(name for name, known in _SLOTS.items() if known == code)
            return await ask_slot(turn, draft, slot)
    extra = {key: one for key, one in draft.extra.items() if key not in ("amounts", "why")}
    return replace(draft, amount=sum(counted.values()), extra=extra)


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change: each box, and the day."""
    counted = draft.extra.get(_COUNTED, {})
    return (*(slot for slot, code in _SLOTS.items() if code in counted), "on")


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Ask how much was counted in a box."""
    assert draft.on is not None
    return forms.ask(
        turn, draft, slot, say("ask-counted", place=chart()[_SLOTS[slot]].name, on=draft.on)
    )


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take a sum over."""
    counted = draft.extra.get(_COUNTED, {}) | {_SLOTS[slot]: int(value)}
    return replace(draft, amount=None, extra=draft.extra | {_COUNTED: counted})


def _is_another(turn: Turn, text: str) -> bool:
    read = grammar.read(text, today=turn.today, directory=Directory([]))
    return any(one in BY_INTENT and BY_INTENT[one] is not CASH_COUNT for one in read.intents)


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take a typed sum over: "1.250.000", "kosong", or several boxes at once; None for another operation."""
    if _is_another(turn, text):
        return None  # "uang muka Budi 300rb" is no count
    if len(found := counting.boxes(text)) > 1:
        return replace(
            draft,
            amount=None,
            extra=draft.extra | {_COUNTED: draft.extra.get(_COUNTED, {}) | found},
        )
    said = counting.amount(text)
    if said is None and len(found) == 1:
        said = next(iter(found.values()))
    return None if said is None else await take_slot(turn, draft, slot, str(said))


async def _count(turn: Turn, draft: Draft) -> Count:
    assert draft.on is not None
    return await seals.count(
        turn.db,
        officer=turn.here,
        on=draft.on,
        counted=draft.extra[_COUNTED],
        today=requests.today(turn),
    )


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what was counted, what the book says, the difference, the entries of the day and the book's head."""
    return _lines(await _count(turn, draft))


def _lines(found: Count) -> tuple[Say, ...]:
    return (
        say(CASH_COUNT.heading),
        say("card-amount", amount=found.total),
        say("card-date", on=found.on),
        *_boxes(found.boxes),
        say("seal-entries", count=found.entries),
        say("seal-head", hash=found.head.hex()[:8], entry=found.last),
    )


def _boxes(boxes: tuple[Box, ...]) -> list[Say]:
    lines = []
    if len(boxes) > 1:
        lines = [
            say("seal-box", place=chart()[box.code].name, counted=box.counted, booked=box.booked)
            for box in boxes
        ]
    booked = sum(box.booked for box in boxes)
    lines.append(say("seal-booked", amount=booked))
    lines += [
        say(
            "seal-over" if box.difference > 0 else "seal-short",
            place=chart()[box.code].name,
            amount=abs(box.difference),
        )
        for box in boxes
        if box.difference
    ] or [say("seal-agrees")]
    return lines


async def record(turn: Turn, card: Card) -> Reply:
    """Let a count wait for the second officer: whoever of the pengurus did not count."""
    found = await _count(turn, card.draft)
    lines = _lines(found)
    if promises.broken(card, lines):
        return await cards.again(turn, card, "card-changed")
    return await requests.ask(
        turn,
        card,
        kind="cash-seal",
        facts={
            "on": found.on.isoformat(),
            "boxes": [asdict(box) for box in found.boxes],
            "entries": found.entries,
            "last": found.last,
            "head": found.head.hex(),
        },
        lines=lines,
        why=(say("seal-why"),),
        voter="any-officer",
    )


async def told(turn: Turn, decided: Decided) -> tuple[tuple[Say, ...], tuple[Notice, ...]]:
    """Tell who confirmed what is sealed now; the counter reads the same."""
    done = decided.result
    assert isinstance(done, Seal)
    return (say("seal-made", on=done.on), *_sealed(done), *_by(done)), ()


def _sealed(one: Seal) -> list[Say]:
    lines = [say("seal-counted", amount=sum(box.counted for box in one.boxes)), *_boxes(one.boxes)]
    if one.difference is not None:
        lines.append(say("seal-difference-entry", entry=one.difference))
    lines.append(say("seal-head", hash=one.short_hash, entry=one.entry))
    if one.later:
        numbers = ", ".join(str(number) for number in one.later)
        lines.append(say("seal-later", count=len(one.later), entries=numbers))
    return lines


def _by(one: Seal) -> tuple[Say, ...]:
    return (say("seal-by", counter=one.counter, approver=one.approver),)


async def below_cash(turn: Turn) -> tuple[list[Say], tuple[tuple[Button, ...], ...]]:
    """Say for /kas which day was sealed last and which were not since; offer to count and to look back."""
    here = turn.koperasi_id
    last = await seals.recent(turn.db, koperasi_id=here)
    first = last[0].on + timedelta(days=1) if last else turn.today - _LOOKED_BACK
    since = max(first, turn.today - _LOOKED_BACK)
    days = await seals.unsealed_days(turn.db, here, since=since, until=turn.today)
    lines = [say("seal-last", on=last[0].on) if last else say("seal-never")]
    lines += [say("seal-last-later", count=len(one.later)) for one in last if one.later]
    if days:
        named = days[-_DAYS:]
        lines.append(say("seal-unsealed", count=len(days)))
        lines += [say("seal-unsealed-day", on=day) for day in named]
    rows: list[tuple[Button, ...]] = []
    if may(turn.here.roles, Action.COUNT_CASH):
        rows.append((job.button_of(here, turn.today, today=turn.today),))
    if last:
        rows.append((button("button-seals", f"ks:{here}:list:{last[0].on.toordinal()}"),))
    return lines, tuple(rows)


async def pressed(turn: Turn, koperasi: str, what: str, day: str) -> Reply:
    """Begin to count the cash of a day, or list the last seals."""
    if int(koperasi) != turn.koperasi_id:
        return Reply(lines=(say("button-old"),))
    if what == "count":
        draft = Draft(operation=CASH_COUNT.name, on=date.fromordinal(int(day)))
        forms.require_recording(turn, draft)
        return await forms.proceed(turn, draft)
    found = await seals.recent(turn.db, koperasi_id=turn.koperasi_id, limit=_LISTED)
    lines = [say("seals-head")]
    for one in found:
        lines += [say("seals-day", on=one.on), *_sealed(one), *_by(one)]
    return Reply(lines=tuple(lines))
