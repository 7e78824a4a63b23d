"""Months, years and the surplus, closed, reopened, shared out and paid after another officer's yes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core import closing, people, rules, year_end
from core.approvals.request import Context
from core.calendar import last_day
from core.closing import Closed
from core.shu import policy, sharing, undoing
from core.shu.policy import Policy
from core.shu.sharing import Paid, Shared, ToSavings
from core.year_end import Result


def month_of(facts: Mapping[str, Any], _loan_id: int | None) -> str:
    """Name the month a request is about: one at a time."""
    return f"month/{facts['month']}"


def year_of(facts: Mapping[str, Any], _loan_id: int | None) -> str:
    """Name the year a request is about."""
    return f"year/{facts['year']}"


def _by(context: Context) -> dict[str, Any]:
    return {
        "cooperative": context.officer.cooperative,
        "at": context.at,
        "recorder": context.officer.recorder,
        "approver": context.approver,
        "source": context.source,
    }


async def close_month(context: Context) -> Closed:
    """Close a month as closing.close_month does, as it is now. Facts: month, reason (why 399000 is not zero)."""
    month = date.fromisoformat(context.facts["month"])
    here = context.approval.koperasi_id
    return await closing.close_month(
        context.db, rules=await rules.in_force(context.db, here, last_day(month)), month=month,
        today=context.today, explanation=context.facts["reason"], **_by(context),
    )  # fmt: skip


async def reopen_month(context: Context) -> date:
    """Unlock a month and those after it. Facts: month, reason. Returns its first day."""
    month = date.fromisoformat(context.facts["month"])
    await closing.reopen(
        context.db, koperasi_id=context.approval.koperasi_id, month=month, at=context.at,
        by=f"{context.officer.recorder},{context.approver}", reason=context.facts["reason"],
    )  # fmt: skip
    return month


async def close_year(context: Context) -> Result:
    """Close a year as year_end.close_year does. Facts: year."""
    return await year_end.close_year(
        context.db, year=context.facts["year"], operation=context.approval.operation, **_by(context)
    )


async def reopen_year(context: Context) -> tuple[int, ...]:
    """Reverse a year's closing. Facts: year, reason."""
    return await year_end.reopen_year(
        context.db, year=context.facts["year"], reason=context.facts["reason"],
        operation=context.approval.operation, **_by(context),
    )  # fmt: skip


async def set_policy(context: Context) -> Policy:
    """Keep what the RAT decided. Facts: those of core.shu.policy."""
    found = policy.of_facts(context.facts)
    await policy.keep(
        context.db, koperasi_id=context.approval.koperasi_id, policy=found,
        set_by=context.officer.recorder, approved_by=context.approver, at=context.at,
    )  # fmt: skip
    return found


async def share(context: Context) -> Shared:
    """Share a year's surplus out, or cover its loss. Facts: year."""
    return await sharing.share(
        context.db, year=context.facts["year"], on=context.on, today=context.today,
        operation=context.approval.operation, **_by(context),
    )  # fmt: skip


async def take_back(context: Context) -> tuple[int, ...]:
    """Take a split back of which nothing is paid. Facts: year, reason."""
    return await undoing.take_back(
        context.db, year=context.facts["year"], on=context.on, reason=context.facts["reason"],
        operation=context.approval.operation, **_by(context),
    )  # fmt: skip


async def all_to_savings(context: Context) -> ToSavings:
    """Put all unpaid parts to savings, as they are now."""
    return await sharing.all_to_savings(
        context.db, on=context.on, today=context.today, operation=context.approval.operation,
        **_by(context),
    )  # fmt: skip


async def pay(context: Context) -> Paid:
    """Pay of a member's part. Facts: member, amount, place."""
    member = await people.member(
        context.db, koperasi_id=context.approval.koperasi_id, member_id=context.facts["member"]
    )
    return await sharing.pay(
        context.db, member=member, amount=context.facts["amount"], place=context.facts["place"],
        on=context.on, operation=context.approval.operation, **_by(context),
    )  # fmt: skip
