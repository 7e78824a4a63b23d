"""The statements: a small book's figures by hand, before and after its year's close."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, database, rules
from core.shu import policy
from core.statements import checks, reports
from core.statements.figures import YEAR_CLOSE, Period
from core.statements.tables import Report
from tests.core.books import a_book, post, reverse, sukarela, wajib

CASH, BANK = accounts.CASH, "112100"
YEAR = Period(first=date(2025, 1, 1), last=date(2025, 12, 31))
NEXT = Period(first=date(2026, 1, 1), last=date(2026, 3, 31))


async def _two_years(db: AsyncConnection) -> None:
    """A year with savings, a loan, a sale, wages, a wrong entry taken back; then one expense of the next year."""
    await a_book(db)
    pokok = accounts.key("310000", member=1)
    loan = accounts.key("113100", member=1, loan=1)
    for n, (on, kind, lines) in enumerate(
        (
            (date(2025, 1, 5), "opening-balances", [(CASH, "399000", 1_000_000)]),
            (date(2025, 1, 5), "opening-balances", [("399000", "330000", 1_000_000)]),
            (date(2025, 2, 1), "deposit", [(CASH, pokok, 100_000), (CASH, wajib(1), 240_000)]),
            (date(2025, 2, 2), "deposit", [(CASH, sukarela(2), 500_000)]),
            (date(2025, 3, 1), "loan-disbursement", [(loan, CASH, 600_000)]),
            (date(2025, 4, 1), "loan-payment", [(CASH, loan, 50_000), (CASH, "411000", 9_000)]),
            (date(2025, 5, 1), "purchase", [("114000", "212000", 300_000)]),
            (date(2025, 5, 2), "sale", [(CASH, "412000", 90_000), ("511000", "114000", 70_000)]),
            (date(2025, 6, 1), "bank-deposit", [(BANK, CASH, 400_000)]),
            (date(2025, 7, 1), "expense", [("521000", CASH, 11_000)]),
            (date(2025, 8, 1), "asset", [("124000", CASH, 120_000)]),
            (date(2025, 9, 1), "depreciation", [("526000", "124900", 2_000)]),
            (date(2025, 10, 1), "deposit", [(CASH, wajib(2), 77_000)]),
        ),
        start=1,
    ):
        await post(db, *lines, operation=f"o{n}", kind=kind, on=on)
    await reverse(db, 13, "back", on=date(2025, 10, 2))
    await post(db, ("523000", CASH, 1_000), operation="z", kind="expense", on=date(2026, 2, 1))


async def _close(db: AsyncConnection) -> None:
    lines = [
        ("411000", "390000", 9_000), ("412000", "390000", 90_000), ("390000", "511000", 70_000),
        ("390000", "521000", 11_000), ("390000", "526000", 2_000), ("390000", "360000", 16_000),
    ]  # fmt: skip
    await post(db, *lines, operation="c", kind=YEAR_CLOSE, on=YEAR.last)
    await post(db, ("360000", "361000", 16_000), operation="c/open", kind=YEAR_CLOSE, on=NEXT.first)


async def _of(db: AsyncConnection, name: str, period: Period) -> Report:
    return await reports.report(db, koperasi_id=1, name=name, period=period)


def _amounts(found: Report, column: int = 0) -> dict[str, Any]:
    return {row.key: row.cells[column] for row in found.rows if row.cells and row.cells[column]}


async def test_every_statement_of_a_small_book_is_as_worked_out_by_hand_closed_or_not(
    db: AsyncConnection,
):
    await _two_years(db)
    for closed in (False, True):
        if closed:
            await _close(db)
        sheet = await _of(db, "neraca", YEAR)
        assert _amounts(sheet) == {
            "KAS": 1_258_000, "PIN": 550_000, "PSD": 230_000, "AT": 118_000, "assets": 2_156_000,
            "SMP": 500_000, "UU": 300_000, "liabilities": 800_000, "EPK": 100_000, "EWJ": 240_000,
            "EHB": 1_000_000, "SURPLUS": 16_000, "equity": 1_356_000, "liabilities_and_equity": 2_156_000,
        }, closed  # fmt: skip
        assert _amounts(sheet, 1) == {}
        assert _amounts(await _of(db, "phu", YEAR)) == {
            "PAB": 9_000, "PJA": 90_000, "income": 99_000, "HPA": -70_000, "gross": 29_000,
            "BPG": -11_000, "BPY": -2_000, "costs": -13_000, "before_tax": 16_000, "shu": 16_000,
        }, closed  # fmt: skip
        equity = await _of(db, "perubahan-ekuitas", YEAR)
        assert {row.key: row.cells for row in equity.rows} == {
            "opening": (0, 0, 0, 0, 0, 0, 0),
            "added": (
                100_000,
                240_000,
                0,
                0,
                0,
                1_000_000,
                1_340_000,
            ),  # 399000 to and fro is no change
            "taken": (0, 0, 0, 0, 0, 0, 0),
            "shared": (0, 0, 0, 0, 0, 0, 0),
            "profit": (0, 0, 16_000, 0, 0, 0, 16_000),
            "closing": (100_000, 240_000, 16_000, 0, 0, 1_000_000, 1_356_000),
        }, closed
        assert _amounts(await _of(db, "arus-kas", YEAR)) == {
            "in:113100": 50_000, "in:211000": 500_000, "in:411000": 9_000, "in:412000": 90_000,
            "out:113100": -600_000, "out:521000": -11_000, "net_O": 38_000,
            "out:124000": -120_000, "net_I": -120_000,
            "in:310000": 100_000, "in:320000": 240_000, "net_F": 340_000,
            "in:399000": 1_000_000, "net_opening": 1_000_000, "net": 1_258_000, "closing": 1_258_000,
        }, closed  # fmt: skip
        after = await _of(db, "neraca", NEXT)
        assert after.value("SURPLUS", "amount") == -1_000, closed
        assert after.value("SURPLUS_BEFORE", "amount") == 16_000, closed
        assert after.value("assets", "amount") == after.value("liabilities_and_equity", "amount")
        assert _amounts(await _of(db, "phu", NEXT), 0)["shu"] == -1_000
        moved = await _of(db, "arus-kas", NEXT)
        assert (moved.value("opening", "amount"), moved.value("closing", "amount")) == (
            1_258_000,
            1_257_000,
        )


async def test_the_registers_end_at_the_statements_figures(db: AsyncConnection):
    await _two_years(db)
    saved = await _of(db, "simpanan", YEAR)
    assert saved.rows[0].cells == (100_000, 240_000, 0, 0, 0, 340_000)
    assert saved.rows[-1].cells == (100_000, 240_000, 500_000, 0, 0, 840_000)
    days = await _of(db, "kas-harian", YEAR)
    assert days.value(f"{CASH}:closing", "balance") == 858_000
    assert days.value(f"{BANK}:closing", "balance") == 400_000
    assert days.value(f"{CASH}:2025-10-02", "went_out") == 77_000
    book = await _of(db, "buku-besar", NEXT)
    assert book.value(f"{CASH}:opening", "balance") == 858_000
    assert book.value(f"{CASH}:closing", "balance") == 857_000
    assert [row.key for row in (await _of(db, "anggota", NEXT)).rows] == ["A-001", "A-002", "A-003"]


async def test_what_does_not_hold_is_named_on_the_report_which_is_then_not_fit_to_be_signed(
    db: AsyncConnection,
):
    await _two_years(db)
    sheet = await _of(db, "neraca", YEAR)

    async def looked(today: date) -> dict[str, int]:
        found = await checks.checks(db, koperasi_id=1, period=YEAR, today=today)
        assert reports.described(sheet, found)["fit_to_sign"] is all(one.ok for one in found)
        written = reports.texts(sheet, found)
        assert (checks.UNFIT in written) is not all(one.ok for one in found)
        return {one.key: one.off for one in found if not one.ok}

    # This loan was posted without a loan in the register: the account has what no schedule knows.
    assert await looked(date(2026, 2, 1)) == {"loans": 550_000}
    assert await looked(date(2026, 1, 31)) == {"loans": 550_000, "dates": 1}
    await post(db, ("114000", "399000", 7), operation="x", kind="opening", on=date(2025, 12, 1))
    assert await looked(date(2026, 2, 1)) == {"loans": 550_000, "opening": 7}
    raw = await database.driver(db)
    await raw.execute("UPDATE ledger.accounts SET balance = balance + 1 WHERE key = '212000'")
    assert (await looked(date(2026, 2, 1)))["balances"] == 1
    text = "\n".join(reports.texts(sheet, []))
    assert "Jumlah liabilitas dan ekuitas" in text
    assert "2.156.000" in text


async def test_the_notes_break_every_figure_down_and_say_the_policies_of_the_rules(
    db: AsyncConnection,
):
    await _two_years(db)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    for name, value, since in (
        ("savings_rate", "4.5", date(2025, 1, 1)),
        ("savings_interest_method", "lowest", date(2025, 7, 1)),
        ("asset_months_vehicle", "60", date(2025, 1, 1)),
        ("wajib", "30000", date(2026, 2, 1)),
        ("allowance", "lancar:1 perhatian:5 kurang-lancar:10 diragukan:50 macet:100", YEAR.first),
    ):
        await rules.set_rule(
            db, koperasi_id=1, name=name, value=value, since=since, by="owner", at=at
        )
    pools = {"jasa_modal": Decimal("37.5"), "jasa_usaha": Decimal("32.5"), "cadangan": Decimal(30)}
    decided = policy.Policy(
        year=2025, pools=pools, minutes="BA-7/2026", decided_on=date(2026, 2, 20)
    )
    await policy.keep(db, koperasi_id=1, policy=decided, set_by="a", approved_by="b", at=at)
    raw = await database.driver(db)
    # Three members joined on 1 January 2026; the first has paid January, the second half of it, the third has gone.
    await raw.execute("UPDATE members SET left_on = '2026-03-01' WHERE id = 3")
    await raw.execute(
        "INSERT INTO dues (koperasi_id, member_id, month, entry, amount)"
        " VALUES (1, 1, '2026-01-01', 3, 20000), (1, 2, '2026-01-01', 3, 10000), (1, 2, '2026-02-01', 15, 30000)"
    )
    for period in (YEAR, NEXT):
        found = await _of(db, "calk", period)
        for name in ("neraca", "phu"):
            of = await _of(db, name, period)
            sums = {row.key: row.cells for row in found.rows if row.total}
            parts = {row.key: row.cells for row in of.rows if row.cells and not row.total}
            assert {
                key: cells for key, cells in parts.items() if any(cells)
            }.items() <= sums.items()
    found = await _of(db, "calk", NEXT)
    told: dict[str, Any] = {row.key: row.cells or row.name for row in found.rows}
    assert told["124000"] == (120_000, 120_000)
    assert told["124900"] == (-2_000, -2_000)
    assert told["523000"] == (-1_000, 0)
    assert told["members:count"] == (2, 0)
    assert (told["members:joined"], told["members:left"]) == ((3, 0), (1, 0))
    assert told["loans:lancar"] == told["loans:total"] == (550_000, 550_000)
    assert told["allowance:target"] == (5_500, 5_500)
    # Of January to March: the first owes two months of 30,000; the second 10,000, nothing and 30,000.
    assert told["arrears:members"] == (2, 0)
    assert told["arrears:months"] == (4, 0)
    assert told["arrears:amount"] == (100_000, 0)
    interest = "Bunga simpanan sukarela 4,5% per tahun dari saldo terendah setiap bulan"
    assert told["policy:savings_interest"].startswith(interest)
    assert "kendaraan 60 bulan, peralatan 48 bulan" in told["policy:depreciation"]
    assert "lancar 1%, dalam perhatian khusus 5%" in told["policy:allowance"]
    assert told["policy:loan_umum"].startswith(
        "Pinjaman umum: jasa flat dari pokok awal 1% per bulan"
    )
    assert told["change:wajib:2026-02-01"] == (
        "Berubah sejak 01-02-2026: simpanan wajib sebulan (rupiah) menjadi 30000."
    )
    assert "Rp30.000 per bulan" in told["policy:pokok"]
    assert told["shu:none"] == "Belum ada keputusan RAT untuk tahun 2026; ini yang terakhir."
    assert told["shu:jasa_modal"] == "Jasa modal anggota: 37,5%"
    before = {row.key: row.name for row in (await _of(db, "calk", YEAR)).rows}
    assert "Rp20.000 per bulan" in before["policy:pokok"]
    assert before["shu:decided"] == "Keputusan RAT 20-02-2026 untuk tahun 2025, BA-7/2026."
    assert "shu:none" not in before
    assert told["general:by_hand"] == (
        "Lengkapi dengan tangan: Akta pendirian (NPAK), SK badan hukum (AHU), NIK koperasi, NPWP,"
        " Rekening bank koperasi, NIB, alamat."
    )
    await raw.execute(
        "INSERT INTO legal_documents (koperasi_id, kind, n, permit, number, issued_on, recorded_by, recorded_at)"
        " VALUES (1, 'npak', 1, '', '12/2025', '2025-05-02', 'a', now()),"
        " (1, 'rekening', 1, '', '123456789012', NULL, 'a', now())"
    )
    general = {row.key: row.name for row in (await _of(db, "calk", NEXT)).rows}
    assert general["general:document_1"] == "Akta pendirian (NPAK): 12/2025, tanggal 02-05-2025"
    assert general["general:document_2"] == "Rekening bank koperasi: …9012"
    assert general["general:by_hand"].endswith(
        "SK badan hukum (AHU), NIK koperasi, NPWP, NIB, alamat."
    )
    written = reports.texts(found, [])
    assert max(len(line) for line in written if "  " in line) < 120, "sentences widen no column"
