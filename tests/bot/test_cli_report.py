"""report pantau: a region's cooperatives as text, JSON and a workbook, after the clock's job."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core import database
from core.accounts import SavingsKind
from core.monitoring.figures import CARE, FIGURES, MONEY
from core.texts import render
from tests.bot.test_cli import Operator
from tests.builders_core import a_cooperative, a_member, an_officer, pays
from tests.conftest import KEYS, Database


@pytest.fixture
def operator(own_database: Database) -> Operator:
    """An operator of a migrated database of their own."""
    return Operator(
        {"KOPDES_DATABASE_URL": own_database.urls.owner, "KOPDES_SECRET_KEY": KEYS.secret}
    )


async def test_pantau_tells_a_regions_figures_in_three_ways(
    operator: Operator, owner_engine: AsyncEngine, tmp_path: Path
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        rina = await an_officer(db, here)
        for number in range(5):
            member = await a_member(db, here, f"Anggota {number}")
            await pays(db, rina, member, SavingsKind.SUKARELA, 10_000)
    ran = await operator.runs("run", "monitoring", "--now", "2026-11-30T12:00+08:00", "--json")
    assert ran.json["changed"] == 1
    asked = ("report", "pantau", "--month", "2026-11", "--format")
    told = (await operator.runs(*asked, "json", "--region", "64.72")).json
    (one,), (samarinda,), total = told["cooperatives"], told["regions"], told["total"]
    assert (one["code"], one["members"], one["savings"], one["npl"]) == (here.code, 5, 50_000, None)
    assert (one["liquidity"], samarinda["region"], samarinda["silent"]) == (100.0, "64.72", 0)
    assert (total["cooperatives"], total["sukarela"], total["hidden"]) == (1, 50_000, 0)
    text = await operator.runs(*asked, "text")
    tables = [[line.split() for line in part.splitlines()] for part in text.out.split("\n\n")]
    for (heads, row, _), named in zip(tables, (MONEY, CARE), strict=True):
        told_row = dict(zip(heads, row, strict=True))
        assert {figure.name.replace("silence", "silent") for figure in named} < set(told_row)
        for name, written in told_row.items():
            assert written == str(samarinda[name] if samarinda[name] is not None else "-"), name
    assert {figure.name for figure in FIGURES} < set(one)
    file = tmp_path / "pantau.xlsx"
    done = await operator.runs(*asked, "xlsx", "--to", str(file))
    assert (done.code, done.out) == (0, "")
    regions, each = openpyxl.load_workbook(file)
    assert [[cell.value for cell in row[:5]] for row in each] == [
        ["Kode", "Koperasi", "Wilayah", "Anggota", "Simpanan"],
        [here.code, here.name, "64.72", 5, 50_000],
    ]
    heads = [cell.value for cell in each[1]]
    assert heads[3:] == [render(f"figure-{figure.name}") for figure in FIGURES]
    assert each.cell(2, 1 + heads.index("Dokumen lengkap (%)")).value == 0
    assert [row[1].value for row in regions] == ["Wilayah", "64.72", "Semua"]
    for wrong, code in (
        (("report", "pantau", "--region", "99"), 1),
        (("report", "pantau", "--month", "November"), 2),
        (("report", "pantau", "--format", "xlsx"), 2),
        (("report", "pantau", "--format", "pdf"), 2),
    ):
        refused = await operator.runs(*wrong)
        assert (refused.code, refused.out) == (code, ""), wrong
    sheet = (
        "report",
        "neraca",
        "--koperasi",
        here.code,
        "--from",
        "2026-01-01",
        "--to",
        "2026-11-30",
    )
    told = (await operator.runs(*sheet, "--format", "json")).json
    amounts = {row["key"]: row.get("amount") for row in told["rows"]}
    assert (amounts["KAS"], amounts["SMP"], amounts["assets"]) == (50_000, 50_000, 50_000)
    assert told["fit_to_sign"]
    assert {one["off"] for one in told["checks"]} == {0}
    written = (await operator.runs(*sheet)).out
    assert written.startswith("Laporan Posisi Keuangan\nper 30-11-2026\n")
    made = openpyxl.load_workbook(
        io.BytesIO((await operator.runs(*sheet, "--format", "xlsx")).data)
    )
    assert [made["neraca"][at].value for at in ("A1", "A7", "B7")] == [
        here.name,
        "Kas dan setara kas",
        50_000,
    ]
    printed = await operator.runs(*sheet, "--format", "pdf")
    assert (printed.code, printed.data[:5], printed.data[-6:]) == (0, b"%PDF-", b"%%EOF\n")
    split = (await operator.runs("report", "neraca", "--unit", *sheet[2:], "--json")).json
    lent = {row["key"]: row.get("simpan-pinjam") for row in split["rows"]}
    assert (lent["SMP"], split["report"]) == (-50_000, "neraca-unit")
    assert (await operator.runs("report", "arus-kas", "--unit", *sheet[2:])).code == 2
    wanted = ("report", "paket-pinjaman", "--koperasi", here.code, "--to", "2026-11-30")
    package = (await operator.runs(*wanted, "--json")).json
    assert [part["report"] for part in package["parts"]][:3] == ["paket-pinjaman", "neraca", "phu"]
    assert "Dokumen Koperasi" in (await operator.runs(*wanted)).out
    printed = await operator.runs(*wanted, "--format", "pdf")
    assert (printed.code, printed.data[:5]) == (0, b"%PDF-")
    assert (await operator.runs(*wanted, "--format", "xlsx")).code == 2
    assert (await operator.runs(*wanted[:4], "--to", "2020-01-31")).code == 1  # before it began
    listed = await operator.runs("report", "kolektibilitas", "--koperasi", here.code, "--json")
    assert [row["key"] for row in listed.json["rows"]] == ["total"]
    for bad in (("--from", "besok"), ("--from", "2026-12-01", "--to", "2026-11-30")):
        refused = await operator.runs("report", "phu", "--koperasi", here.code, *bad)
        assert (refused.code, refused.out) == (2, ""), bad
