"""report NAME: a cooperative's statements and registers as text, JSON, a workbook or a paper."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

import typer

from bot.cli import running
from bot.cli.running import Desk

if TYPE_CHECKING:
    from core.statements.checks import Check
    from core.statements.tables import Report


_FILES = ("xlsx", "pdf")


def write(
    name: str, koperasi: str | None, since: str | None, until: str | None, written: str
) -> None:
    """Print a report of a cooperative; without dates from 1 January of the last day's year until today.

    A workbook or a paper are bytes on stdout, for a file or a pipe: a terminal is refused.
    """
    from core.statements import reports

    if koperasi is None:
        raise typer.BadParameter("is needed", param_hint="--koperasi")
    if written in _FILES and sys.stdout.isatty():
        raise typer.BadParameter(f"goes to a file: … > {name}.{written}", param_hint="--format")
    asked = _day(since, "--from"), _day(until, "--to")

    async def work(desk: Desk) -> tuple[Report, tuple[Check, ...], bytes]:
        from core.calendar import business_date
        from core.statements import paper, workbook
        from core.statements.figures import Period

        cooperative = await desk.cooperative(koperasi)
        first, last = asked
        today = business_date(desk.at, cooperative.zone)
        last = last or today
        first = first or date(last.year, 1, 1)
        if first > last:
            raise typer.BadParameter(f"{first} is after {last}", param_hint="--from")
        period = Period(first=first, last=last)
        (found,), checked = await reports.issue(
            desk.db, koperasi_id=cooperative.id, names=[name], period=period, today=today
        )
        made = b""
        if written == "xlsx":
            made = workbook.workbook(found, checked, cooperative=cooperative.name)
        elif written == "pdf":
            signing = await paper.signers(desk.db, koperasi_id=cooperative.id, on=today)
            made = paper.pdf(found, checked, cooperative=cooperative.name, signing=signing)
        return found, checked, made

    found, checked, made = running.as_owner(work)
    if made:
        sys.stdout.buffer.write(made)
        return
    told = {"koperasi": koperasi} | reports.described(found, checked)
    running.say(told, reports.texts(found, checked), as_json=written == "json")


def write_package(koperasi: str | None, until: str | None, written: str) -> None:
    """Print what a bank or LPDB asks for, of the six months up to a day: as one PDF on stdout, as text or JSON."""
    from core.statements import bank_package, reports

    if koperasi is None:
        raise typer.BadParameter("is needed", param_hint="--koperasi")
    if written in _FILES and sys.stdout.isatty():
        raise typer.BadParameter(
            f"goes to a file: … > {bank_package.NAME}.pdf", param_hint="--format"
        )
    last = _day(until, "--to")

    async def work(desk: Desk) -> tuple[bank_package.Package, bytes]:
        from core.calendar import business_date

        cooperative = await desk.cooperative(koperasi)
        today = business_date(desk.at, cooperative.zone)
        made = await bank_package.package(desk.db, cooperative=cooperative, until=last, today=today)
        if written != "pdf":
            return made, b""
        return made, await bank_package.printed(desk.db, made, today=today)

    made, paper = running.as_owner(work)
    if paper:
        sys.stdout.buffer.write(paper)
        return
    parts = [reports.described(one, made.checked) for one in made.reports]
    lines = [
        line
        for one in made.reports
        for line in (*reports.texts(one, made.checked if one is made.reports[-1] else ()), "")
    ]
    running.say({"koperasi": koperasi, "parts": parts}, lines, as_json=written == "json")


def _day(text: str | None, option: str) -> date | None:
    try:
        day = None if text is None else date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day is not None and not 2000 <= day.year <= 2100:
        raise typer.BadParameter("is a day like 2026-11-24", param_hint=option)
    return day
