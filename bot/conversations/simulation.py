"""/simulasi: what a loan would cost by every method, side by side; nothing is asked for, nothing recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bot.talk import Reply, Turn, answer, button, say
from bot.understand import grammar
from bot.understand.readings import AmountKind, Reading
from core import texts
from core.loans import products, rates, schedule
from core.loans.products import Product
from core.loans.terms import Every, Instalment, Method, Terms
from core.money import Rupiah
from notifications.messages import Fact, Say

_MONTHLY = Every(1, "m")


async def show(turn: Turn) -> Reply:
    """Calculate what was asked: `simulasi 5jt 12 bulan`. What is missing is asked for, and not remembered."""
    reading = grammar.read(
        turn.incoming.text or "", today=turn.today, directory=turn.services.directories.nobody
    )
    asked = _asked(reading)
    if isinstance(asked, Reply):
        return asked
    amount, count = asked
    offered = await products.in_force(turn.db, koperasi_id=turn.here.cooperative.id, on=turn.today)
    rest_days = turn.here.rules.on(turn.today).rest_days
    return _side_by_side(offered[0], amount, count, turn.today, rest_days)


def _asked(reading: Reading) -> tuple[Rupiah, int] | Reply:
    """Return the amount and the months that were said, or the question for what is not certain."""
    amount, count = reading.amount, reading.period.count
    if amount.why == "too_large":  # the reader ends below what a schedule may have
        return answer("simulation-ask-amount-large")
    if amount.kind is AmountKind.REFUSE:
        return answer("simulation-ask-amount-positive")
    if amount.kind is not AmountKind.EXACT or amount.value is None:
        return answer("simulation-ask-amount", count=count) if count else answer("simulation-ask")
    if count is None:
        return answer("simulation-ask-months", amount=amount.value)
    if not 1 <= count <= schedule.MOST_INSTALMENTS:
        longest = schedule.MOST_INSTALMENTS
        return answer("simulation-ask-months-fewer", amount=amount.value, longest=longest)
    return amount.value, count


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """A method's instalments under the terms of a product."""

    terms: Terms
    rows: tuple[Instalment, ...]

    @property
    def totals(self) -> list[Rupiah]:
        """What each instalment comes to."""
        return [row.principal + row.interest for row in self.rows]


def _side_by_side(
    product: Product, amount: Rupiah, count: int, on: date, rest_days: frozenset[int]
) -> Reply:
    provisi, administrasi = product.terms.fee(amount), product.terms.administrasi
    received = amount - provisi - administrasi
    if received <= 0:
        return answer("simulation-ask-more", fees=provisi + administrasi)
    lines = [
        say("simulation-head", amount=amount, count=count),
        say(
            f"simulation-product-{product.terms.rate_per}",
            name=product.name,
            rate=_percent(product.terms.rate),
            method=texts.render(f"simulation-name-{product.terms.method.value}").lower(),
        ),
    ]
    for method in Method:
        terms = _by(method, product.terms)
        rows = schedule.make(
            principal=amount, count=count, terms=terms, disbursed=on, rest_days=rest_days
        )
        lines.append(_line(_Offer(terms=terms, rows=rows), received, provisi + administrasi, on))
    lines.extend(_notes(product, amount, count, provisi=provisi, received=received))
    return Reply(lines=tuple(lines), buttons=((button("button-menu", "m:menu"),),))


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
        "rate": _percent(effective),
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


def _percent(rate: Decimal) -> str:
    """Write a rate as people do: 1,5 and 24."""
    return format(rate.normalize(), "f").replace(".", ",")
