"""What an application asks and ✏️ changes: product, tenor, purpose, income, guarantors, the loan it settles."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversations import forms, loan_rates
from bot.state import Draft
from bot.talk import Reply, Turn, one_line, say
from bot.understand import grammar
from bot.understand.readings import (
    AmountKind,
    PeopleKind,
    PeopleReading,
    PeriodReading,
    Reading,
    Slot,
)
from core.errors import Refusal
from core.loans import applications, book, products, top_up
from core.loans.book import State
from core.loans.terms import BadTerms
from core.money import Rupiah
from core.permissions import Action, may

_TENORS = (6, 10, 12, 24, 36)  # offered as buttons, as far as the product goes
_MOST_GUARANTORS = 5
_PURPOSE = re.compile(r"\b(?:untuk|utk|buat|guna)\s+(.{2,200})", re.IGNORECASE | re.DOTALL)
_NO_PURPOSE = re.compile(
    r"[,.;]?\s*\b(?:tenor|selama|jangka|dicicil|angsur\w*|cicil\w*)\b.*$"
    r"|[,.;]?\s*\b\d{1,3}\s*(?:x|kali|bulan|bln|minggu|tahun)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_NONE = frozenset({"hapus", "kosong", "kosongkan", "tidak ada", "tanpa", "-", "tidak"})
_ASKED_AGAIN: dict[type[Refusal], str] = {
    applications.TenorTooLong: "tenor",
    applications.AboveCeiling: "amount",
    top_up.NotToppedUp: "topup",
    products.NoSuchProduct: "product",
    BadTerms: "tenor",
}


class OnlyOwnApplication(Refusal):
    """Members apply for their own loan; for somebody else an officer does."""

    text = "refusal-only-own-application"


def purpose_said(text: str) -> str | None:
    """Find what a loan is said to be for: `untuk modal warung, tenor 12 bulan` is for modal warung."""
    found = _PURPOSE.search(text)
    if found is None:
        return None
    return one_line(_NO_PURPOSE.sub("", found[1]).strip(" .,;!"))


def own_only(turn: Turn, reading: Reading) -> Reading:
    """Let nobody but the speaker be meant: a member learns of no other by a question either."""
    kind = reading.people.kind
    meant = reading.people.members[0].id if kind is PeopleKind.ONE else None
    purpose = (purpose_said(reading.text) or "").lower()
    foreign = kind in (PeopleKind.SEVERAL, PeopleKind.MISMATCH)
    foreign = foreign or (kind is PeopleKind.ONE and meant != turn.here.person_id)
    foreign = foreign or (kind is PeopleKind.UNKNOWN and reading.people.said.lower() not in purpose)
    if foreign or reading.rows:
        raise OnlyOwnApplication
    return replace(reading, people=PeopleReading(kind=PeopleKind.SELF, exact=True))


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take tenor, rate and purpose over from the sentence that asked for the loan."""
    extra = {key: value for key, value in draft.extra.items() if key != "count"}
    extra = loan_rates.heard(extra, reading.rate)
    if reading.period.count is not None and not reading.period.months:
        extra["tenor"] = reading.period.count
    purpose = purpose_said(reading.text) if reading.intent else None
    if purpose:
        extra["purpose"] = purpose
    return replace(draft, months=(), extra=extra)


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal."""
    return _ASKED_AGAIN.get(type(refusal))


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask how much; all else has its usual value."""
    if draft.amount is None:
        why = draft.extra.get("why")
        return forms.ask_amount(turn, draft, None, str(why) if why else None)
    for slot, kept in (("product", "product_said"), ("guarantors", "guarantor_said")):
        if said := draft.extra.get(kept):
            taken = await hear_slot(turn, _without(draft, kept), slot, said)
            if not isinstance(taken, Draft):
                return taken or await ask_slot(turn, _without(draft, kept), slot)
            draft = taken
    settled = await loan_rates.settle(turn, draft)
    if isinstance(settled, Reply):
        return settled
    return await _tenor_asked_again(turn, settled) or settled


async def _tenor_asked_again(turn: Turn, draft: Draft) -> Reply | None:
    """Ask for the tenor alone when the product has no such one: 0, -3, 999."""
    offered = await products.in_force(
        turn.db, koperasi_id=turn.koperasi_id, on=draft.on or turn.today
    )
    code = draft.extra.get("product") or offered[0].code
    product = next((one for one in offered if one.code == code), None)
    tenor = draft.extra.get("tenor")
    if product is None or tenor is None or 1 <= tenor <= product.longest:
        return None
    asked = await ask_slot(turn, _without(draft, "tenor"), "tenor")
    if tenor < 1:
        return replace(asked, lines=(say("tenor-positive"), *asked.lines))
    too_long = applications.TenorTooLong(product=product.name, longest=product.longest)
    return replace(asked, lines=(forms.as_said(too_long), *asked.lines))


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change; whose loan it is only officers change."""
    own = ("amount", "on", "product", "tenor", "purpose", "income", "guarantors", "topup")
    return ("member", *own) if may(turn.here.roles, Action.RECORD_LOANS) else own


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Ask for one of its own slots."""
    if slot == "product":
        offered = await products.in_force(
            turn.db, koperasi_id=turn.koperasi_id, on=draft.on or turn.today
        )
        return loan_rates.ask_product(turn, draft, offered)
    if slot == "tenor":
        product = await products.find(
            turn.db,
            koperasi_id=turn.koperasi_id,
            code=draft.extra.get("product"),
            on=draft.on or turn.today,
        )
        choices = tuple(
            (say("choice-tenor", count=count), str(count))
            for count in _TENORS
            if count <= product.longest
        )
        longest = product.longest
        return forms.ask(turn, draft, slot, say("ask-tenor", longest=longest), choices=choices)
    if slot == "topup":
        return await _ask_topup(turn, draft)
    if slot == "guarantors":
        named = draft.extra.get("guarantors")
        choices = ((say("choice-none"), "none"),) if named else ()
        return forms.ask(turn, draft, slot, say("ask-guarantors"), choices=choices)
    return forms.ask(turn, draft, slot, say(f"ask-{slot}"))


async def _ask_topup(turn: Turn, draft: Draft) -> Reply:
    assert draft.member is not None
    running = await book.of_member(
        turn.db, koperasi_id=turn.koperasi_id, member_id=draft.member, states=(State.RUNNING,)
    )
    if not running:
        shown = await forms.show(turn, _without(draft, "topup"))
        return replace(shown, lines=(*shown.lines, say("topup-none")))
    choices = tuple(
        (say("choice-loan", loan=one.label, amount=one.outstanding), str(one.id))
        for one in running[:5]
    )
    choices = (*choices, (say("choice-none"), "none"))
    return forms.ask(turn, draft, "topup", say("ask-topup"), choices=choices)


def _without(draft: Draft, slot: str) -> Draft:
    return replace(draft, extra={key: one for key, one in draft.extra.items() if key != slot})


def _with(draft: Draft, slot: str, value: object) -> Draft:
    return replace(draft, extra=draft.extra | {slot: value})


async def take_slot(
    turn: Turn,
    draft: Draft,
    slot: str,
    value: str,
) -> Draft | Reply:
    """Take a pressed choice over."""
    if value == "none":
        return _without(draft, slot)
    if slot == "product":
        return loan_rates.chosen(draft, value)
    return _with(draft, slot, int(value) if slot in ("tenor", "topup") else value)


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take a typed answer over; None when it speaks of something else."""
    if text.strip().lower() in _NONE:
        return _without(draft, slot)
    if slot == "purpose":
        return _with(draft, slot, one_line(text))
    if slot == "product":
        return await _product_heard(turn, draft, text)
    directory = await turn.services.directories.of(turn.db, turn.here.cooperative, turn.today)
    asked = Slot.AMOUNT if slot == "income" else Slot.MEMBER if slot == "guarantors" else None
    reading = grammar.read(text, today=turn.today, directory=directory, expecting=asked)
    if reading.intent is not None:
        return None
    if slot == "tenor":
        count = _count_said(reading.period, text)
        if count is None:
            return await ask_slot(turn, draft, slot)
        return _with(draft, slot, count)
    certain = reading.amount.kind is AmountKind.EXACT and reading.amount.value
    if slot == "income":
        return _with(draft, slot, certain) if certain else await ask_slot(turn, draft, slot)
    if slot == "guarantors":
        return await _guarantor_heard(turn, draft, reading, certain or 0)
    return await ask_slot(turn, draft, slot)


def _may_name(turn: Turn, reading: Reading) -> bool:
    """Say whether the answer names one member for certain; a member must know the whole name to use it."""
    if reading.people.kind is not PeopleKind.ONE:
        return False
    whole = reading.people.members[0].name.lower() in " ".join(reading.text.lower().split())
    return whole or may(turn.here.roles, Action.SEE_MEMBERS)


def _count_said(period: PeriodReading, text: str) -> int | None:
    plain = re.fullmatch(r"\s*(\d{1,3})\s*(?:x|kali|bulan|bln|minggu|angsuran)?\s*\.?\s*", text)
    if plain:
        return int(plain[1])
    return period.count


async def _product_heard(turn: Turn, draft: Draft, text: str) -> Draft | Reply:
    said = text.strip().lower()
    offered = await products.in_force(
        turn.db, koperasi_id=turn.koperasi_id, on=draft.on or turn.today
    )
    for one in offered:
        if said in (one.code, one.name.lower()):
            return loan_rates.chosen(draft, one.code)
    return await ask_slot(turn, draft, "product")


async def _guarantor_heard(
    turn: Turn, draft: Draft, reading: Reading, amount: Rupiah
) -> Draft | Reply:
    """Take "Budi 1 juta": one certain member and amount; nobody is offered by name to a member."""
    if not _may_name(turn, reading) or not amount:
        question = await ask_slot(turn, draft, "guarantors")
        unclear = say("guarantor-unclear")
        return replace(question, lines=(unclear, *question.lines))
    guarantor = reading.people.members[0].id
    named = [one for one in draft.extra.get("guarantors", []) if one[0] != guarantor]
    named.append([guarantor, amount])
    return _with(draft, "guarantors", named[-_MOST_GUARANTORS:])
