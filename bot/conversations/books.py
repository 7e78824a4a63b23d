"""The cooperative's own figures for its officers: cash, totals, and cash that members have not confirmed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from bot.conversations import cash_seals, reports
from bot.talk import Reply, Turn, button, say
from core import receipts
from core.accounts import CASH, POKOK, SUKARELA, WAJIB, chart
from core.calendar import month_of, next_month
from core.permissions import Action, may
from core.tables.ledger import accounts

_LOOKED_BACK = timedelta(days=30)


async def _totals(turn: Turn) -> dict[str, int]:
    rows = await turn.db.execute(
        select(accounts.c.code, func.sum(accounts.c.balance))
        .where(accounts.c.koperasi_id == turn.koperasi_id)
        .group_by(accounts.c.code)
        .order_by(accounts.c.code)
        .limit(200)
    )
    return {code: int(balance) for code, balance in rows}


async def cash(turn: Turn) -> Reply:
    """/kas: what lies in each cash box and at each bank."""
    totals = await _totals(turn)
    held = [code for code in totals if code.startswith(("111", "112")) and totals[code]]
    lines = [say("cash-head", on=turn.today)]
    for code in held or [CASH]:
        lines.append(say("cash-row", name=chart()[code].name, balance=totals.get(code, 0)))
    if len(held) > 1:
        lines.append(say("cash-total", balance=sum(totals[code] for code in held)))
    below, rows = await cash_seals.below_cash(turn)
    return Reply(lines=(*lines, *below), buttons=rows)


async def report(turn: Turn) -> Reply:
    """/laporan: savings in total; for pengawas and ketua what members have not confirmed."""
    totals = await _totals(turn)
    lines = [
        say("report-head", cooperative=turn.here.cooperative.name, on=turn.today),
        say("report-sukarela", balance=totals.get(SUKARELA, 0)),
        say("report-wajib", balance=totals.get(WAJIB, 0)),
        say("report-pokok", balance=totals.get(POKOK, 0)),
        say("report-cash", balance=sum(v for k, v in totals.items() if k.startswith("111"))),
    ]
    if may(turn.here.roles, Action.SEE_UNCONFIRMED):
        found = await receipts.unconfirmed_by_officer(
            turn.db, koperasi_id=turn.koperasi_id, since=turn.today - _LOOKED_BACK
        )
        lines.append(say("unconfirmed-head"))
        lines.extend(
            say(
                "unconfirmed-row",
                name=one.officer,
                percent=one.unconfirmed_percent,
                amount=one.amount - one.confirmed,
                total=one.amount,
                disputed=one.disputed,
            )
            for one in found[:10]
        )
        if not found:
            lines.append(say("unconfirmed-none"))
    last = next_month(month_of(turn.today), -1)
    shown = button("button-last-month", f"sb:{turn.koperasi_id}:{last:%Y-%m}:show")
    return Reply(lines=tuple(lines), buttons=((shown,), *reports.buttons(turn)))
