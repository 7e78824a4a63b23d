"""product set, product list, loans import: as spec/interface.md has them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bot.cli import products as command
from core.loans import terms
from tests.bot.test_cli import Operator, a_file
from tests.conftest import KEYS, Database

MEMBERS = "nama,no_anggota,tanggal_masuk\nSiti Aminah,A-001,2025-01-15\nBudi,A-002,2025-01-15\n"
LOANS = (
    "no_anggota,pokok,bunga,per,metode,tenor,tanggal_cair,angsuran_terbayar,status\n"
    'A-001,6000000,"1,5",bulan,flat,12,2026-01-24,4,\n'
    "A-002,5000000,30,tahun,anuitas,10,,,disetujui\n"
)


@pytest.fixture
def operator(own_database: Database) -> Operator:
    """An operator of a migrated database of their own."""
    return Operator(
        {"KOPDES_DATABASE_URL": own_database.urls.owner, "KOPDES_SECRET_KEY": KEYS.secret}
    )


async def test_a_product_is_set_and_listed_with_its_effective_rate(operator: Operator):
    koperasi = await operator.founds()
    named = ("--koperasi", koperasi)
    before = await operator.runs("product", "list", *named, "--json")
    (built_in,) = before.json
    assert (built_in["code"], built_in["name"], built_in["tenor"]) == ("umum", "Pinjaman umum", 12)
    done = await operator.runs(
        "product", "set", *named, "--code", "musiman", "--name", "Pinjaman musim tanam", "--method",
        "jatuh-tempo", "--rate", "1,75", "--rate-per", "month", "--every", "1m", "--tenor", "6",
        "--longest", "8", "--most", "10000000", "--interest-at-end", "--round-to", "500", "--round",
        "up", "--due-day", "31", "--month-end", "next-first", "--no-moves-holidays", "--provisi",
        "1.5", "--provisi-spread", "--administrasi", "25000", "--penalty", "percent-daily",
        "--penalty-value", "0.1", "--penalty-grace", "3", "--penalty-cap", "25", "--order",
        "pokok,jasa,denda", "--settlement-instalments", "1", "--since", "2026-01-01", "--json",
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    listed = await operator.runs("product", "list", *named, "--json")
    (found,) = listed.json
    assert found == {name: value for name, value in done.json.items() if name != "warnings"}
    read = terms.from_json(found["terms"])
    assert (read.method, read.rate, read.interest_at_end, read.due_day) == (
        terms.Method.JATUH_TEMPO,
        Decimal("1.75"),
        True,
        31,
    )
    assert read.penalty == terms.Penalty(
        kind=terms.Fine.PERCENT_DAILY, value=Decimal("0.1"), grace_days=3, cap=Decimal(25)
    )
    assert [share.value for share in read.order] == ["pokok", "jasa", "denda"]
    assert (found["tenor"], found["longest"], found["most"], found["since"]) == (
        6,
        8,
        10_000_000,
        "2026-01-01",
    )
    gone = await operator.runs(
        "product", "set", *named, "--code", "musiman", "--method", "flat", "--rate", "1",
        "--rate-per", "month", "--since", "2026-02-01", "--withdrawn",
    )  # fmt: skip
    assert gone.out.startswith("musiman  Pinjaman musiman: flat 1 % a month, every 1m, 12 to 36")
    assert "withdrawn" in gone.out
    left = await operator.runs("product", "list", *named)
    assert left.out.startswith("umum  Pinjaman umum")
    old = await operator.runs("product", "list", *named, "--on", "2026-01-31", "--json")
    assert [one["code"] for one in old.json] == ["musiman"]


async def test_a_rate_above_the_cap_is_refused_and_a_trap_pointed_out(operator: Operator):
    koperasi = await operator.founds()
    flat = ("product", "set", "--koperasi", koperasi, "--method", "flat", "--rate-per", "year")
    refused = await operator.runs(*flat, "--rate", "24,5")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "kopdes: 24,5 per cent a year is above the cap of 24\n"
    warned = await operator.runs(*flat, "--rate", "24", "--json")
    assert warned.code == 0
    assert warned.json["warnings"] == [
        "the effective rate is 41.70 % a year, above the cap of 24 %"
    ]
    bad = await operator.runs(*flat, "--rate", "12", "--round-to", "30")
    assert bad.code == 1
    assert bad.err.startswith("kopdes: terms no loan may have: pembulatan")
    twice = await operator.runs(*flat, "--rate", "12", "--order", "denda,denda")
    assert twice.code == 1
    unread = await operator.runs(*flat, "--rate", "12", "--order", "denda,bunga")
    assert unread.code == 2


async def test_loans_are_imported_once_and_all_or_none(operator: Operator, tmp_path: Path):
    koperasi = await operator.founds()
    named = ("--koperasi", koperasi)
    people = a_file(tmp_path, MEMBERS, "anggota.csv")
    assert (await operator.runs("members", "import", people, *named)).code == 0
    wrong = a_file(tmp_path, LOANS.replace("A-002", "A-009").replace(",4,", ",12,"), "salah.csv")
    told = await operator.runs("loans", "import", wrong, *named)
    assert told.code == 1
    assert told.out.splitlines() == [
        "row 2, column angsuran_terbayar: 12 of 12 instalments are paid: nothing runs, leave the row out",
        "row 3, column no_anggota: no member has the number A-009",
    ]
    sheet = a_file(tmp_path, LOANS)
    tried = await operator.runs("loans", "import", sheet, *named, "--dry-run", "--json")
    assert tried.json["dry_run"]
    done = await operator.runs("loans", "import", sheet, *named, "--json")
    assert done.json == {
        "loans": 2,
        "running": 1,
        "approved": 1,
        "outstanding": 4_000_000,
        "warnings": [
            {
                "row": 3,
                "column": "bunga",
                "reason": "30 per cent a year is above the cap of 24; written down all the same",
            }
        ],
    }
    again = await operator.runs("loans", "import", sheet, *named)
    assert (again.code, again.out) == (1, "")
    assert "imported on" in again.err
    verified = await operator.runs("verify", *named, "--json")
    assert verified.json["ok"]


def test_the_words_of_the_options_are_those_of_terms() -> None:
    for said, kept in ((command.Fine, terms.Fine), (command.MonthEnd, terms.MonthEnd)):
        assert [one.value for one in said] == [one.value for one in kept]
