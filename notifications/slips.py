"""Slips of the surplus: a member's part with its bases and formula; what was put to savings. Made when they are said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.consents import Consent
from core.database import driver
from core.money import Rupiah
from core.sealing import Keys
from core.shu import plan, sharing
from core.shu.plan import Plan, Share
from core.surplus import JASA_MODAL, JASA_USAHA
from notifications import fresh, reach
from notifications.fresh import Made
from notifications.messages import Content, Fact, Fresh, Say
from notifications.outbox import Claimed

SLIP, MOVED = "shu-slip", "shu-moved"


def content(kind: str, **facts: Fact) -> Content:
    """Make the content of a row: which split or entry, and nothing that the books will know better."""
    return Content(fresh=Fresh(kind=kind, facts=facts))


def lines(found: Plan, member_id: int, left: Rupiah) -> tuple[Say, ...]:
    """Say one member's part with base, share and formula, and what waits to be paid, in rupiah."""
    year = str(found.year)
    said = [Say("shu-estimate" if found.estimate else "shu-final", {"year": year})]
    share = found.of(member_id)
    if found.shu <= 0:
        loss = found.shu < 0 and not found.estimate
        said.append(Say("shu-lost" if loss else "shu-no-surplus", {"year": year}))
    elif share is None:
        said.append(Say("shu-no-base"))
    else:
        said += [Say(key, values) for key, values in _part(found, share)]
        if share.gone and share not in found.paid:
            said.append(Say("shu-departed-cadangan"))
    if found.estimate:
        said.append(Say("shu-estimate-why", {"year": str(found.policy.year)}))
    elif found.policy.minutes:
        decided: dict[str, Fact] = {
            "minutes": found.policy.minutes,
            "on": found.policy.decided_on,
        }
        said.append(Say("shu-minutes", decided))
    return (*said, *([Say("shu-unpaid", {"amount": left})] if left else ()))


def _part(found: Plan, share: Share) -> list[tuple[str, dict[str, Fact]]]:
    modal: dict[str, Fact] = {
        "amount": share.jasa_modal, "pool": found.pools.get(JASA_MODAL, 0),
        "base": share.simpanan, "whole": found.total_simpanan,
    }  # fmt: skip
    usaha: dict[str, Fact] = {
        "amount": share.jasa_usaha, "pool": found.pools.get(JASA_USAHA, 0),
        "base": share.usaha, "whole": found.total_usaha,
    }  # fmt: skip
    return [
        ("shu-own", {"amount": share.total}),
        ("shu-own-modal", modal),
        (f"shu-modal-{found.policy.modal_base.value}", {}),
        ("shu-own-usaha", usaha),
        (f"shu-usaha-{found.policy.usaha_base.value}", {}),
        ("shu-from", {"shu": found.shu, "shared": found.shared}),
    ]


@fresh.maker(SLIP)
async def of_split(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], _keys: Keys, _now: datetime
) -> Made:
    """Say what a member gets of a year; needless when the split was taken back or the chat is lost."""
    reason = await reach.barred(db, row, Consent.STATEMENT)
    if reason is not None:
        return reason
    assert row.person_id is not None, row.id
    raw = await driver(db)
    year, entry = facts["year"], facts["entry"]
    assert isinstance(year, int), year
    stands = await raw.fetchval(
        "SELECT true FROM surplus_splits WHERE koperasi_id = $1 AND year = $2 AND entry = $3",
        row.koperasi_id, year, entry,
    )  # fmt: skip
    found = await plan.as_shared(
        db, koperasi_id=row.koperasi_id, year=year, member_id=row.person_id
    )
    if not stands or found is None:
        return "taken-back"
    left = await sharing.unpaid(db, koperasi_id=row.koperasi_id, member_id=row.person_id)
    return Content(lines=(*lines(found, row.person_id, left), Say("shu-slip-wrong")))


@fresh.maker(MOVED)
async def of_savings(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], _keys: Keys, _now: datetime
) -> Made:
    """Say what was put to a member's sukarela; needless when that was reversed or the chat is lost."""
    reason = await reach.barred(db, row, Consent.STATEMENT)
    if reason is not None:
        return reason
    raw = await driver(db)
    moved = await raw.fetchrow(_MOVED, row.koperasi_id, facts["entry"], row.person_id)
    if moved is None:
        return "taken-back"
    return Content(
        lines=(
            Say("receipt-number", {"entry": facts["entry"]}),
            Say("operation-shusukarela"),
            Say("card-amount", {"amount": moved["amount"]}),
            Say("card-date", {"on": moved["on"]}),
            Say("shu-savings-now", {"balance": moved["balance"]}),
            Say("shu-slip-wrong"),
        )
    )


_MOVED = """
SELECT p.amount, e."on", p.credit_balance AS balance
  FROM ledger.entries e
  JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
  JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id = p.debit AND a.member_id = $3
 WHERE e.koperasi_id = $1 AND e.number = $2
   AND NOT EXISTS (SELECT FROM ledger.entries r WHERE r.koperasi_id = $1 AND r.reverses = $2)
 LIMIT 1
"""
