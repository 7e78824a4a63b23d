"""Simpanan berjangka and simpanan hari raya: put away until a day, paid out with interest, or earlier without."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

from bot.conversations import cards, cash_places, forms, promises, requests, savings
from bot.conversations.operations import TERMS
from bot.state import Card, Draft
from bot.talk import Notice, Reply, Turn, one_line, say
from bot.understand import grammar
from bot.understand.directory import Directory
from bot.understand.readings import Reading
from core import people, term_savings
from core.errors import Refusal
from core.people import Member
from core.term_savings import Payout, Term, TermKind
from notifications.messages import Content, Purpose, Say

MONTHS, RATE = "term", "rate"
_TERMS = (3, 6, 12, 24)
_RATES = ("0", "3", "4.5", "6")
_LISTED = 3  # lines of what a member has put away


def _kind(draft: Draft) -> TermKind:
    return TermKind.TERM if "berjangka" in (draft.operation or "") else TermKind.HOLIDAY


def _is_out(draft: Draft) -> bool:
    return TERMS[draft.operation or ""].withdrawal


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take over months and rate: "6 bulan 5%"."""
    extra = dict(draft.extra)
    extra.pop("count", None)
    if reading.period.count and not reading.period.months:
        extra[MONTHS] = reading.period.count
    if reading.rate is not None and reading.rate.value is not None:
        extra[RATE] = str(reading.rate.value)
    amount = None if _is_out(draft) else draft.amount  # the books say what is paid out
    return replace(draft, months=(), amount=amount, extra=extra)


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal."""
    return RATE if isinstance(refusal, term_savings.RateAboveCap) else None


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask how much is put away; look up what is paid out."""
    if not _is_out(draft):
        if draft.amount is None:
            why = draft.extra.get("why")
            return forms.ask_amount(turn, draft, None, str(why) if why else None)
        return draft
    draft = replace(draft, on=draft.on or turn.today)
    _, paid = await _paid(turn, draft)
    return replace(draft, amount=paid.net)


async def _paid(turn: Turn, draft: Draft) -> tuple[Member, Payout]:
    assert draft.member is not None
    assert draft.on is not None
    member, kind = await cards.member_of(turn, draft.member), _kind(draft)
    terms = await term_savings.open_terms(
        turn.db, koperasi_id=turn.koperasi_id, member_id=member.id, kind=kind
    )
    if not terms:
        raise term_savings.NothingPutAway(member=member.name)
    rules = turn.here.rules.on(requests.today(turn))
    chosen = term_savings.chosen(terms, kind, draft.on)
    rolls = term_savings.rolling(chosen, turn.here.rules)
    return member, term_savings.payout(chosen, on=draft.on, rules=rules, rolls=rolls)


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    if _is_out(draft):
        return ("member", "on", "cash", "note")
    return ("member", "amount", MONTHS, RATE, "on", "cash", "note")


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Offer terms and rates."""
    if slot == MONTHS:
        choices = tuple((say("choice-months", count=count), str(count)) for count in _TERMS)
        return forms.ask(turn, draft, slot, say("ask-term-months"), choices=choices)
    rates = tuple((say("choice-rate", rate=_said(Decimal(rate))), rate) for rate in _RATES)
    return forms.ask(turn, draft, slot, say("ask-term-rate"), choices=rates)


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take a pressed choice over."""
    return replace(draft, extra=draft.extra | {slot: int(value) if slot == MONTHS else value})


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take a typed term or rate over: "9 bulan", "5%"."""
    asked = text if slot == MONTHS or "%" in text else f"{text} %"
    reading = grammar.read(asked, today=turn.today, directory=Directory([]))
    if slot == MONTHS and reading.period.count:
        return await take_slot(turn, draft, slot, str(reading.period.count))
    if slot == RATE and reading.rate is not None and reading.rate.value is not None:
        return await take_slot(turn, draft, slot, str(reading.rate.value))
    return None


def _said(rate: Decimal) -> str:
    return f"{rate.normalize():f}".replace(".", ",")


def _terms_of(turn: Turn, draft: Draft) -> tuple[Decimal, int | None]:
    """Return the rate of a draft, and its months where they are said."""
    assert draft.on is not None
    rules = turn.here.rules.on(draft.on)
    said, months = draft.extra.get(RATE), draft.extra.get(MONTHS)
    rate = term_savings.rate_of(_kind(draft), rules) if said is None else Decimal(str(said))
    if not 0 <= rate <= term_savings.HIGHEST_RATE:
        raise term_savings.RateAboveCap(rate=_said(rate), cap=int(term_savings.HIGHEST_RATE))
    return rate, None if months is None else max(1, min(int(months), 120))


async def _head(turn: Turn, draft: Draft) -> tuple[Member, list[Say]]:
    """Say what is put away until when, or what is paid out and what of it is interest."""
    assert draft.on is not None
    assert draft.member is not None
    member = await cards.member_of(turn, draft.member)
    people.require_active(member, on=draft.on)
    paid = (await _paid(turn, draft))[1] if _is_out(draft) else None
    amount = paid.net if paid else draft.amount
    assert amount
    lines = [
        say(TERMS[draft.operation or ""].heading),
        say("card-member", name=member.name, number=member.number),
        say("card-amount", amount=amount),
        say("card-date", on=draft.on),
    ]
    if paid:
        lines += _of_payout(paid)
    else:
        rate, asked = _terms_of(turn, draft)
        rules = turn.here.rules.on(draft.on)
        months, until = term_savings.matures(_kind(draft), draft.on, asked, rules)
        lines.append(say("term-until", months=months, until=until, rate=_said(rate)))
        lines.append(say(f"term-early-{rules.term_early}"))
        rolls = _kind(draft) is TermKind.TERM and rules.term_after == "rollover"
        lines.append(say("term-rolls" if rolls else "term-rests"))
    lines.extend(cash_places.lines(cash_places.of(draft)))
    if draft.note:
        lines.append(say("card-note", note=draft.note[:200]))
    return member, lines


def _of_payout(paid: Payout) -> list[Say]:
    lines = [say("term-principal", amount=paid.principal, count=len(paid.terms))]
    if paid.gross:
        lines.append(say("term-interest", amount=paid.gross, tax=paid.tax))
    if paid.early:
        lines.append(say("term-early", count=paid.early, until=paid.terms[-1].matures_on))
    return lines


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what ✅ would record, and why another must approve."""
    member, lines = await _head(turn, draft)
    return (*lines, *await _why(turn, draft, member))


async def _why(turn: Turn, draft: Draft, member: Member) -> tuple[Say, ...]:
    assert draft.on is not None
    chat = await savings.chat_of(turn, member)
    paid_out = draft.amount or 0 if _is_out(draft) else 0
    return savings.second_person(turn, member, chat, on=draft.on, paid_out=paid_out)


async def record(turn: Turn, card: Card) -> Reply:
    """Record a card; what needs a second person waits instead."""
    draft = card.draft
    member, lines = await _head(turn, draft)
    why = await _why(turn, draft, member)
    if promises.broken(card, (*lines, *why)):
        return await cards.again(turn, card, "card-changed")
    assert draft.on is not None
    assert draft.amount
    kind, cash, note = _kind(draft), cash_places.of(draft), one_line(draft.note)
    if why:
        facts = {"kind": kind.value, "amount": draft.amount, "note": note, "cash": cash}
        if not _is_out(draft):
            rate, months = _terms_of(turn, draft)
            facts |= {"rate": str(rate), "months": months}
        named = "term-withdrawal" if _is_out(draft) else "term-deposit"
        return await requests.ask(
            turn, card, kind=named, facts=facts, lines=lines, why=why, member_id=member.id
        )
    entry = await _recorded(turn, card, member)
    said = (
        say("receipt-number", entry=entry),
        *lines,
        say("receipt-recorder", name=turn.here.name),
    )
    return Reply(
        lines=said,
        edit=True,
        state=turn.state.closing(card.id, str(entry)),
        notices=(of_member(member.id, said),),
    )


async def _recorded(turn: Turn, card: Card, member: Member) -> int:
    draft = card.draft
    assert draft.on is not None
    assert draft.amount
    if _is_out(draft):
        entry, _ = await term_savings.pay_out(
            turn.db, officer=turn.here, member=member, kind=_kind(draft), expected=draft.amount,
            on=draft.on, at=turn.now, operation=card.id, source=turn.incoming.chat.channel,
            note=draft.note, cash=cash_places.of(draft),
        )  # fmt: skip
        return entry
    rate, months = _terms_of(turn, draft)
    term = await term_savings.put_away(
        turn.db, officer=turn.here, member=member, kind=_kind(draft), amount=draft.amount, rate=rate,
        months=months, on=draft.on, at=turn.now, operation=card.id,
        source=turn.incoming.chat.channel, note=draft.note, cash=cash_places.of(draft),
    )  # fmt: skip
    return term.entry


def of_member(member_id: int, lines: tuple[Say, ...]) -> Notice:
    """Owe the member the same lines."""
    return Notice(
        person_id=member_id,
        purpose=Purpose.RECEIPT,
        content=Content(lines=lines),
        id=uuid4(),
        keep_days=30,
    )


async def balance_lines(turn: Turn, member: Member) -> list[Say]:
    """Say what a member has put away, for /saldo: each of a few, of more the sum."""
    terms = await term_savings.open_terms(
        turn.db, koperasi_id=turn.koperasi_id, member_id=member.id
    )
    lines = [_line(term) for term in terms[:_LISTED]]
    if rest := terms[_LISTED:]:
        lines.append(say("balance-terms-more", count=len(rest), amount=sum(t.amount for t in rest)))
    return lines


def _line(term: Term) -> Say:
    return say(
        f"balance-term-{term.kind.value}",
        amount=term.amount,
        rate=_said(term.rate),
        until=term.matures_on,
    )
