"""/simulasi: what a loan would cost by every method, side by side; what is missing is asked, nothing recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.conversations import forms
from bot.state import Draft, Form, State
from bot.talk import Reply, Turn, button, say
from bot.understand import grammar
from bot.understand.readings import AmountKind, Intent, Reading, Slot
from core import texts
from core.loans import products, rates, schedule
from core.loans.products import Product
from core.loans.terms import Every, Instalment, Method, Terms
from core.money import Rupiah
from notifications.messages import Fact, Say

ASKING = "simulation"
_MONTHLY = Every(1, "m")
_MOST_PERCENT = 100  # more is a slip of the pen
_LEAD = re.compile(r"\s*(?:mau\s+)?(?:pinjam|minjam)(?:an)?\s+", re.IGNORECASE)
_COUNT = re.compile(r"\s*(\d{1,3})\s*\.?\s*", re.ASCII)
_BARE_RATE = re.compile(r"\s*\d{1,3}(?:[.,]\d{1,6})?\s*", re.ASCII)


async def show(turn: Turn) -> Reply:
    """Calculate what was asked: `simulasi 5jt 12 bulan 1,5%`. What is missing is asked for."""
    return await _go_on(turn, _heard(Draft(), _read(turn, turn.incoming.text or "")))


async def answered(turn: Turn, form: Form, text: str) -> Reply | None:
    """Take a typed answer to what a simulation lacks; None when it speaks of something else."""
    draft = form.draft
    asked_rate = "rate?" in draft.extra and _BARE_RATE.fullmatch(text)
    reading = _read(turn, f"{text}%" if asked_rate else _LEAD.sub("", text), Slot.AMOUNT)
    if reading.rows or set(reading.intents) - {Intent.LOAN_REPAYMENT}:
        return None  # "dicicil 10 kali" is an answer all the same
    bare = _COUNT.fullmatch(text)
    if bare and draft.amount and not asked_rate:
        return await _go_on(turn, _with(draft, count=int(bare[1])))
    if reading.period.count is not None or reading.rate is not None:
        return await _go_on(turn, _heard(draft, reading))
    said = reading.amount.kind is not AmountKind.NONE
    if said and (draft.amount is None or form.before is None):
        return await _go_on(turn, _heard(draft, reading))
    if form.before is not None:
        return None  # Perhaps what the form below asked for.
    again = await _go_on(turn, draft)
    return replace(again, lines=(say("not-understood-here"), *again.lines))


async def cancelled(turn: Turn) -> Reply:
    """Leave the simulation; the form that was open before is open again."""
    return Reply(lines=(say("form-cancelled"),), edit=True, state=_closed(turn))


def _read(turn: Turn, text: str, expecting: Slot | None = None) -> Reading:
    nobody = turn.services.directories.nobody
    return grammar.read(text, today=turn.today, directory=nobody, expecting=expecting)


def _with(draft: Draft, **known: Any) -> Draft:
    return replace(draft, extra=draft.extra | known)


def _heard(draft: Draft, reading: Reading) -> Draft:
    """Take over what was said of amount, months and rate; what is not certain stays open."""
    extra = {key: one for key, one in draft.extra.items() if key != "why"}
    draft = replace(draft, extra=extra)
    amount, count, rate = reading.amount, reading.period.count, reading.rate
    if amount.kind is AmountKind.EXACT:
        draft = replace(draft, amount=amount.value)
    elif amount.kind is not AmountKind.NONE:
        draft = _with(replace(draft, amount=None), why=amount.why)
    if count is not None:
        draft = _with(draft, count=count)
    if rate is not None:
        left = {key: one for key, one in draft.extra.items() if key not in ("rate", "per", "rate?")}
        certain = rate.value is not None and rate.value <= _MOST_PERCENT
        said = {"rate": str(rate.value), "per": rate.per} if certain else {"rate?": True}
        draft = replace(draft, extra=left | said)
    return draft


def _missing(draft: Draft) -> Say | None:
    """Return the question for the next thing that is not certain: amount, months, rate."""
    count, why = draft.extra.get("count"), draft.extra.get("why")
    longest = schedule.MOST_INSTALMENTS
    if why == "too_large":  # the reader ends below what a schedule may have
        return say("simulation-ask-amount-large")
    if why in ("zero", "negative"):
        return say("simulation-ask-amount-positive")
    if draft.amount is None and count:
        return say("simulation-ask-amount", count=count)
    if draft.amount is None:
        return say("simulation-ask-unclear" if why else "simulation-ask")
    if count is None:
        return say("simulation-ask-months", amount=draft.amount)
    if count < 1:
        return say("simulation-ask-months-positive", amount=draft.amount)
    if count > longest:
        return say("simulation-ask-months-fewer", amount=draft.amount, longest=longest)
    if "rate?" in draft.extra:
        return say("simulation-ask-rate")
    return None


async def _go_on(turn: Turn, draft: Draft) -> Reply:
    """Calculate, or ask for what is missing and keep the rest."""
    offered = await products.in_force(turn.db, koperasi_id=turn.here.cooperative.id, on=turn.today)
    question = _missing(draft)
    if question is None and (question := _too_small(draft, offered[0].terms)):
        draft = replace(draft, amount=None)
    if question is None:
        return replace(_side_by_side(turn, draft, offered[0]), state=_closed(turn))
    asked = forms.ask(turn, draft, ASKING, question)
    assert asked.state is not None
    assert asked.state.form is not None
    form = replace(asked.state.form, before=_left_open(turn))
    return replace(asked, state=turn.state.asking(form))


def _too_small(draft: Draft, terms: Terms) -> Say | None:
    assert draft.amount is not None
    fees = terms.fee(draft.amount) + terms.administrasi
    return say("simulation-ask-more", fees=fees) if draft.amount <= fees else None


def _left_open(turn: Turn) -> Form | None:
    """Keep the form a simulation came between."""
    form = turn.state.form
    return form.before if form and form.asking == ASKING else form


def _closed(turn: Turn) -> State:
    return turn.state.asking(_left_open(turn))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """A method's instalments under the terms of a product."""

    terms: Terms
    rows: tuple[Instalment, ...]

    @property
    def totals(self) -> list[Rupiah]:
        """What each instalment comes to."""
        return [row.principal + row.interest for row in self.rows]


def _side_by_side(turn: Turn, draft: Draft, product: Product) -> Reply:
    amount, count, on = draft.amount, draft.extra["count"], turn.today
    assert amount is not None
    rules = turn.here.rules.on(on)
    base = _terms(draft, product)
    provisi, administrasi = base.fee(amount), base.administrasi
    received = amount - provisi - administrasi
    lines = [say("simulation-head", amount=amount, count=count), *_rate_lines(draft, base)]
    lines.append(
        say(
            f"simulation-product-{product.terms.rate_per}",
            name=product.name,
            rate=products.percent(product.terms.rate),
            method=texts.render(f"simulation-name-{product.terms.method.value}").lower(),
        )
    )
    for method in Method:
        terms = _by(method, base)
        rows = schedule.make(
            principal=amount, count=count, terms=terms, disbursed=on, rest_days=rules.rest_days
        )
        lines.append(_line(_Offer(terms=terms, rows=rows), received, provisi + administrasi, on))
    if base.yearly_rate > rules.rate_cap:
        yearly, cap = products.percent(base.yearly_rate), products.percent(rules.rate_cap)
        lines.append(say("simulation-above-cap", rate=yearly, cap=cap))
    lines.extend(_notes(product, amount, count, provisi=provisi, received=received))
    return Reply(lines=tuple(lines), buttons=((button("button-menu", "m:menu"),),))


def _terms(draft: Draft, product: Product) -> Terms:
    """Return the product's terms with the rate that was said; without a period it is the product's."""
    if "rate" not in draft.extra:
        return product.terms
    per = draft.extra["per"] or product.terms.rate_per
    return replace(product.terms, rate=Decimal(draft.extra["rate"]), rate_per=per)


def _rate_lines(draft: Draft, terms: Terms) -> list[Say]:
    if "rate" not in draft.extra:
        return []
    return [say(f"simulation-rate-{terms.rate_per}", rate=products.percent(terms.rate))]


def _by(method: Method, terms: Terms) -> Terms:
    """Return a product's terms with another method, month by month; the grace of its own method only."""
    own = method is terms.method
    return replace(
        terms,
        method=method,
        every=_MONTHLY,
        grace_principal=terms.grace_principal if own else 0,
        grace_interest=terms.grace_interest if own else 0,
        interest_at_end=terms.interest_at_end and own,
    )


def _line(offer: _Offer, received: Rupiah, fees: Rupiah, on: date) -> Say:
    """Say a method: its instalments, what it costs in all, and what that is a year."""
    totals, method = offer.totals, offer.terms.method
    effective = rates.effective_rate(received, offer.rows, offer.terms, on)
    facts: dict[str, Fact] = {
        "method": texts.render(f"simulation-name-{method.value}"),
        "how": texts.render(f"simulation-how-{method.value}"),
        "cost": sum(row.interest for row in offer.rows) + fees,
        "rate": products.percent(effective),
    }
    if not any(totals[:-1]):
        return say("simulation-once", last=totals[-1], **facts)
    if len(set(totals)) == 1:
        return say("simulation-level", first=totals[0], **facts)
    if len(set(totals[:-1])) == 1:
        return say("simulation-level-last", first=totals[0], last=totals[-1], **facts)
    if totals == sorted(totals, reverse=True):
        return say("simulation-falling", first=totals[0], last=totals[-1], **facts)
    return say("simulation-from", first=totals[0], last=totals[-1], **facts)


def _notes(
    product: Product, amount: Rupiah, count: int, *, provisi: Rupiah, received: Rupiah
) -> list[Say]:
    notes = [
        say(
            "simulation-cost-fees",
            provisi=provisi,
            administrasi=product.terms.administrasi,
            received=received,
        )
        if received < amount
        else say("simulation-cost-interest")
    ]
    if count > product.longest:
        notes.append(say("simulation-longest", longest=product.longest))
    if product.most is not None and amount > product.most:
        notes.append(say("simulation-most", most=product.most))
    notes.append(say("simulation-only"))
    return notes
