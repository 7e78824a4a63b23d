"""report: what officers and officials read, for scripts and spreadsheets."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import running, statements
from bot.cli.running import AsJson, Desk, Stopped

if TYPE_CHECKING:
    from core.monitoring.reading import Total, Watched


class Format(StrEnum):
    """How a report is written."""

    TEXT = "text"
    JSON = "json"
    XLSX = "xlsx"
    PDF = "pdf"


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(report)


def report(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="neraca, phu, perubahan-ekuitas, arus-kas, calk, neraca-saldo, buku-besar, kas-harian, simpanan, kolektibilitas, anggota; paket-pinjaman (six months for a bank or LPDB); pantau.",
        ),
    ],
    koperasi: Annotated[str | None, typer.Option(metavar="CODE", help="All but pantau.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="D", help="Else 1 January.")
    ] = None,
    region: Annotated[str, typer.Option(help="64, or one kabupaten or kota like 64.72.")] = "64",
    month: Annotated[
        str | None, typer.Option(help="2026-11; without it the running month.")
    ] = None,
    written: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.TEXT,
    to: Annotated[
        str | None,
        typer.Option(metavar="D", help="The last day (else today); of pantau's xlsx: where to."),
    ] = None,
    unit: Annotated[
        bool, typer.Option("--unit", help="neraca and phu: a column for each unit usaha.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a report: a cooperative's statements and registers, or pantau, every cooperative of a region as it stands."""
    from core.statements.bank_package import NAME
    from core.statements.reports import NAMES

    written = Format.JSON if as_json else written
    if name == NAME:
        if written is Format.XLSX or since or unit:
            raise typer.BadParameter(
                "is not for the package of six months", param_hint="--format xlsx, --from, --unit"
            )
        statements.write_package(koperasi, to, written.value)
        return
    if unit and f"{name}-unit" not in NAMES:
        raise typer.BadParameter("is for neraca and phu", param_hint="--unit")
    name = f"{name}-unit" if unit else name
    if name in NAMES:
        statements.write(name, koperasi, since, to, written.value)
        return
    if name != "pantau":
        raise typer.BadParameter(f"{name} is no report", param_hint="NAME")
    if written is Format.PDF:
        raise typer.BadParameter("pdf is not for pantau", param_hint="--format")
    if written is Format.XLSX and to is None:
        raise typer.BadParameter("is needed for xlsx", param_hint="--to")
    asked = _month(month)

    async def work(desk: Desk) -> _Monitored:
        return await _monitored(desk, region, asked)

    found = running.as_owner(work)
    if written is Format.XLSX:
        assert to is not None
        _save(Path(to), found.workbook())
        return
    running.say(found.described(), found.lines(), as_json=written is Format.JSON)


def _month(text: str | None) -> date | None:
    try:
        return None if text is None else datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise typer.BadParameter("is a month like 2026-11", param_hint="--month") from None


def _save(to: Path, data: bytes) -> None:
    try:
        to.write_bytes(data)
    except OSError as error:
        raise Stopped(f"{to}: {error.strerror}") from error


class _Monitored:
    """A region's cooperatives in a month, and how they are written."""

    def __init__(
        self, region: str, month: date, today: date, found: list[Watched], sums: list[Total]
    ) -> None:
        self.region, self.month, self.today = region, month, today
        self.found, self.sums = found, sums

    def described(self) -> dict[str, Any]:
        total = next((one for one in self.sums if one.region is None), None)
        return {
            "region": self.region,
            "month": f"{self.month:%Y-%m}",
            "total": self._figures(total) if total else None,
            "regions": [
                {"region": one.region} | self._figures(one) for one in self.sums if one.region
            ],
            "cooperatives": [
                {"code": one.code, "name": one.name, "region": one.region} | self._figures(one)
                for one in self.found
            ],
        }

    def _figures(self, one: Watched | Total) -> dict[str, Any]:
        from core.monitoring.figures import FIGURES
        from core.monitoring.reading import Total

        told: dict[str, Any] = {
            figure.name: _plain(figure.of(one, self.today)) for figure in FIGURES
        }
        for name in ("pokok", "wajib", "sukarela", "term"):
            told[name] = getattr(one, name)
        told["at"] = one.at.isoformat()
        if isinstance(one, Total):
            return told | {
                "cooperatives": one.cooperatives,
                "recording": one.recording,
                "hidden": one.hidden,
                "unsound": one.unsound,
                "silent": told.pop("silence"),
            }
        closed, last = one.closed_through, one.last_entry_at
        return told | {
            "last_entry_at": last.isoformat() if last else None,
            "closed_through": closed.isoformat() if closed else None,
            "sound": one.sound,
        }

    def lines(self) -> list[str]:
        from core.monitoring.figures import CARE, MONEY

        told = self.described()
        rows = [*told["regions"], {"region": "total"} | (told["total"] or {})]
        money = ["region", "cooperatives", *(one.name for one in MONEY)]
        care = ["region", *(one.name.replace("silence", "silent") for one in CARE)]
        return [*_table(money, rows), "", *_table(care, rows)]

    def workbook(self) -> bytes:
        from core.monitoring import workbook
        from core.monitoring.tables import sheets

        return workbook.workbook(sheets(self.found, self.sums, self.today))


def _table(names: list[str], rows: list[dict[str, Any]]) -> list[str]:
    """Write rows under their names, numbers to the right."""
    cells = [names, *([_cell(row.get(name)) for name in names] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(names))]
    return [
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    ]


def _cell(value: object) -> str:
    return "-" if value is None else str(value)


def _plain(value: object) -> object:
    from decimal import Decimal

    return float(value) if isinstance(value, Decimal) else value


async def _monitored(desk: Desk, region: str, month: date | None) -> _Monitored:
    from sqlalchemy import select

    from core.calendar import WITA, business_date, month_of
    from core.identities import NoSuchRegion
    from core.monitoring import reading
    from core.tables.places import regions

    if not await desk.db.scalar(select(regions.c.code).where(regions.c.code == region)):
        raise NoSuchRegion(code=region)
    today = business_date(desk.at, WITA)
    asked = month or month_of(today)
    found = await reading.cooperatives(desk.db, region=region, month=asked)
    sums = await reading.totals(desk.db, region=region, first=asked, last=asked)
    return _Monitored(region, asked, today, found, sums)
