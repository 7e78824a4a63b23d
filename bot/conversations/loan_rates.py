"""A rate said in an application: a product's rate is what counts, and nobody is let believe otherwise."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.conversations import forms, loan_words
from bot.state import Draft
from bot.talk import Reply, Turn, say
from bot.understand.readings import RateReading
from core import texts
from core.loans import products
from core.loans.products import Product
from core.loans.terms import Terms
from notifications.messages import Say

_KEPT = "rate_said"


def heard(extra: dict[str, Any], rate: RateReading | None) -> dict[str, Any]:
    """Keep a rate that was said until a product is found for it."""
    if rate is None:
        return extra
    value = None if rate.value is None else str(rate.value)
    return extra | {_KEPT: {"value": value, "per": rate.per}}


def chosen(draft: Draft, code: str) -> Draft:
    """Take a product over that somebody chose: a rate said before is answered with it."""
    extra = {key: one for key, one in draft.extra.items() if key != _KEPT}
    return replace(draft, extra=extra | {"product": code})


async def settle(turn: Turn, draft: Draft) -> Draft | Reply:
    """Find the product of a rate that was said: the only one that has it, unless the usual one does.

    Of several somebody chooses. A rate above the cap is refused, and a product is asked for.
    """
    said = draft.extra.get(_KEPT)
    if said is None or said["value"] is None or "product" in draft.extra:
        return draft
    offered = await products.in_force(
        turn.db, koperasi_id=turn.koperasi_id, on=draft.on or turn.today
    )
    fit = [one for one in offered if _matches(said, one.terms)]
    if offered[0] in fit:
        return draft
    if len(fit) == 1:
        return chosen(draft, fit[0].code)
    cap = turn.here.rules.on(draft.on or turn.today).rate_cap
    if fit or _is_above(said, cap):
        lines = () if fit else (_above(said, cap),)
        left = replace(draft, extra={k: one for k, one in draft.extra.items() if k != _KEPT})
        return ask_product(turn, left, fit or offered, *lines)
    return draft


def ask_product(turn: Turn, draft: Draft, offered: list[Product], *lines: Say) -> Reply:
    """Ask which product, each with its rate."""
    choices = tuple(
        (say("choice-product", name=one.name, rate=loan_words.rate(one.terms)), one.code)
        for one in offered[:8]
    )
    return forms.ask(turn, draft, "product", *lines, say("ask-product"), choices=choices)


def warning_lines(draft: Draft, product: Product) -> list[Say]:
    """Say on the card that another rate than the one that was said holds."""
    said = draft.extra.get(_KEPT)
    if said is None or (said["value"] is not None and _matches(said, product.terms)):
        return []
    if said["value"] is None:
        return [say("loan-rate-unclear")]
    return [say("loan-rate-not-this", said=_said(said))]


def _matches(said: dict[str, Any], terms: Terms) -> bool:
    value, per = Decimal(said["value"]), said["per"] or terms.rate_per
    return (value * 12 if per == "month" else value) == terms.yearly_rate


def _is_above(said: dict[str, Any], cap: Decimal) -> bool:
    """Say whether a rate is above the cap for certain: one without a period may be meant a year."""
    value = Decimal(said["value"])
    return (value * 12 if said["per"] == "month" else value) > cap


def _above(said: dict[str, Any], cap: Decimal) -> Say:
    return say("loan-rate-above-cap", said=_said(said), cap=products.percent(cap))


def _said(said: dict[str, Any]) -> str:
    value = f"{products.percent(Decimal(said['value']))}%"
    return f"{value} {texts.render('loan-per-' + said['per'])}" if said["per"] else value
