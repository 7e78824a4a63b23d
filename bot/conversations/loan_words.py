"""How loans are said on cards and answers: rates, rhythm, schedules, check lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from bot.talk import say
from core import texts
from core.loans import rates
from core.loans.checks import Check
from core.loans.terms import Instalment, Method, Terms
from core.money import Rupiah
from notifications.messages import Fact, Say


def percent(rate: Decimal) -> str:
    """Write a rate as people do: 1,5 and 24, never 24.00."""
    plain = format(rate.normalize(), "f")
    return plain.replace(".", ",")


def klass(name: str) -> str:
    """Name a class as people do: kurang lancar."""
    return name.replace("-", " ")


def method(terms: Terms) -> str:
    """Name how interest is counted."""
    return texts.render(f"loan-method-{terms.method.value}")


def rhythm(terms: Terms) -> str:
    """Say how often an instalment falls due: bulan, 2 minggu."""
    unit = texts.render(f"loan-every-{terms.every.unit}")
    return unit if terms.every.count == 1 else f"{terms.every.count} {unit}"


def rate(terms: Terms) -> str:
    """Say the rate with its period: 1% per bulan."""
    per = texts.render(f"loan-per-{terms.rate_per}")
    return f"{percent(terms.rate)}% {per}"


def terms_lines(name: str, terms: Terms, count: int) -> list[Say]:
    """Say product and tenor."""
    return [
        say("loan-product", name=name, method=method(terms), rate=rate(terms)),
        say("loan-tenor", count=count, every=rhythm(terms)),
    ]


def schedule_lines(rows: Sequence[Instalment]) -> list[Say]:
    """Say the instalments: one figure where they are alike, else the first and the last."""
    totals = [row.principal + row.interest for row in rows]
    first, last = rows[0], rows[-1]
    interest = sum(row.interest for row in rows)
    lines = []
    if len(set(totals[:-1] or totals)) == 1 and totals[0] == totals[-1]:
        lines.append(say("loan-instalment", amount=totals[0], count=len(rows)))
    else:
        lines.append(
            say(
                "loan-instalments",
                first=totals[0],
                first_due=first.due,
                last=totals[-1],
                last_due=last.due,
            )
        )
    lines.append(say("loan-cost", total=sum(totals), interest=interest))
    return lines


def rate_line(received: Rupiah, rows: Sequence[Instalment], terms: Terms, on: date) -> list[Say]:
    """Say what a loan truly costs a year where its rate looks smaller than that: flat, or with fees."""
    principal = sum(row.principal for row in rows)
    if received <= 0 or (terms.method is not Method.FLAT and received == principal):
        return []
    true = rates.effective_rate(received, rows, terms, on)
    return [say("loan-true-rate", rate=percent(true))]


def fees_lines(provisi: Rupiah, administrasi: Rupiah) -> list[Say]:
    """Say what is kept back when the loan is paid out."""
    lines = []
    if provisi:
        lines.append(say("loan-provisi", amount=provisi))
    if administrasi:
        lines.append(say("loan-administrasi", amount=administrasi))
    return lines


def check_lines(found: Iterable[Check]) -> list[Say]:
    """Say the check list: what is fulfilled in one line, what is not line by line."""
    found = tuple(found)
    good = [texts.render(f"loan-check-{check.code}") for check in found if check.passed]
    lines = [say("loan-checks-fulfilled", what=", ".join(good))] if good else []
    lines.extend(
        Say(f"loan-check-{check.code}-fails", _facts(check.facts))
        for check in found
        if check.passed is False
    )
    return lines


def _facts(facts: Mapping[str, object]) -> dict[str, Fact]:
    said: dict[str, Fact] = {}
    for name, value in facts.items():
        if isinstance(value, Decimal):
            said[name] = percent(value)
        elif isinstance(value, tuple):
            said[name] = ", ".join(str(one) for one in value) or "-"
        else:
            said[name] = value if isinstance(value, Fact) else str(value)
    return said


def guarantor_lines(named: Sequence[tuple[str, Rupiah]]) -> list[Say]:
    """Say who stands for the loan."""
    return [say("loan-guarantor", name=name, amount=amount) for name, amount in named]
