"""Imports: every row's error at once, and nothing or everything booked."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import accounts, cooperatives, database, dues, identities, people, savings
from core import balances as book_balances
from core.accounts import SavingsKind
from core.cooperatives import Cooperative, Founding
from core.imports import balances, cells, members, officers
from core.imports.rows import FileImportedBefore, Remark
from core.permissions import Role
from core.sheets import Broken, ColumnMissing
from core.tables.ledger import entries
from core.tables.people import members as members_table
from core.tables.people import people as people_table
from core.verify import verify
from tests.conftest import KEYS

AT = datetime(2026, 11, 24, 3, tzinfo=UTC)
TODAY = date(2026, 11, 24)
VILLAGES = ("64.01.01.2009", "64.01.01.2010")


@pytest.fixture
async def cooperative(db: AsyncConnection) -> Cooperative:
    """A cooperative without members, named for the test's transaction."""
    return await a_cooperative(db)


async def a_cooperative(db: AsyncConnection, village: str = VILLAGES[0]) -> Cooperative:
    (made,) = await cooperatives.found_many(
        db, [Founding(name="Koperasi", villages=(village,), rules={})], by="test", at=AT
    )
    await database.enter(db, made.id)
    return made


def a_csv(*rows: Sequence[object]) -> bytes:
    return "\n".join(";".join(str(cell) for cell in row) for row in rows).encode()


async def checked(db: AsyncConnection, cooperative: Cooperative, content: bytes) -> members.Plan:
    return await members.check(db, content, cooperative=cooperative, keys=KEYS, on=TODAY)


async def imported(
    db: AsyncConnection, cooperative: Cooperative, content: bytes
) -> members.Imported:
    plan = await checked(db, cooperative, content)
    assert plan.errors == ()
    return await members.apply(db, plan, keys=KEYS, at=AT, recorder="cli", source="cli")


def places(remarks: Sequence[Remark]) -> list[tuple[int, str, str]]:
    return [(remark.row, remark.column, remark.reason) for remark in remarks]


async def the_member(db: AsyncConnection, cooperative: Cooperative, number: str) -> people.Member:
    return await people.member_by_number(db, koperasi_id=cooperative.id, number=number)


async def test_members_come_with_their_savings_booked_against_399000_and_never_cash(
    db: AsyncConnection, cooperative: Cooperative
):
    content = a_csv(
        ["nama", "no_hp", "nik", "jenis_kelamin", "alamat", "tanggal_masuk", "simpanan_pokok",
         "Simpanan Wajib", "simpanan_sukarela"],
        ["Siti <b>& Co", "081234567890", "6472014107900001", "perempuan", "Jl. Mawar 1", "21/7/2025",
         "Rp100.000", "320.000", "50000"],
        ["Budi", "", "", "L", "", "", "", "", ""],
    )  # fmt: skip
    made = await imported(db, cooperative, content)
    assert made.members == 2
    siti = await the_member(db, cooperative, "A-001")
    assert (siti.name, siti.gender, siti.joined_on) == ("Siti <b>& Co", "P", date(2025, 7, 21))
    held = await savings.balances(db, koperasi_id=cooperative.id, member_id=siti.id)
    assert (held.pokok, held.wajib, held.sukarela) == (100_000, 320_000, 50_000)
    budi = await the_member(db, cooperative, "A-002")
    assert (budi.gender, budi.joined_on) == ("L", TODAY)
    read = await db.execute(
        select(people_table.c.phone_sealed, people_table.c.nik_sealed, people_table.c.address_sealed)
        .where(people_table.c.koperasi_id == cooperative.id, people_table.c.id == siti.id)
    )  # fmt: skip
    sealed = read.one()
    assert [KEYS.unseal_text(each) for each in sealed] == [
        "6281234567890", "6472014107900001", "Jl. Mawar 1",
    ]  # fmt: skip
    opening, cash = [
        await book_balances.of_account(db, koperasi_id=cooperative.id, key=key)
        for key in (accounts.OPENING, accounts.CASH)
    ]
    assert (opening, cash) == (-470_000, 0)
    assert (await verify(db, cooperative.id)).finding is None


@pytest.mark.parametrize(
    ("joined", "wajib", "owed_from"),
    [
        ("2025-07-21", 20_000, date(2026, 12, 1)),
        ("21 Sep 2026", "", date(2026, 12, 1)),  # an unknown past is not claimed as arrears
        ("31/10/2026", 0, date(2026, 12, 1)),
        ("1/11/2026", "", date(2026, 11, 1)),
        ("", "", date(2026, 11, 1)),  # joins today
        ("24/11/2026", 20_000, date(2026, 12, 1)),
    ],
)
async def test_imported_wajib_counts_as_paid_up_to_the_month_of_the_import(
    db: AsyncConnection,
    cooperative: Cooperative,
    joined: str,
    wajib: int | str,
    owed_from: date,
):
    await imported(
        db,
        cooperative,
        a_csv(["nama", "tanggal_masuk", "simpanan_wajib"], ["Siti", joined, wajib]),
    )
    siti = await the_member(db, cooperative, "A-001")
    assert siti.dues_from == owed_from
    position = await dues.position(db, cooperative=cooperative, member=siti)
    assert position.arrears(date(2026, 10, 1)) == []
    assert len(position.arrears(date(2026, 12, 1))) == (2 if owed_from.month == 11 else 1)


async def test_every_rows_errors_are_listed_at_once_and_nothing_is_written(
    db: AsyncConnection, cooperative: Cooperative
):
    await imported(
        db, cooperative, a_csv(["nama", "no_anggota", "nik"], ["Tua", "a-007", "6472014107900007"])
    )
    plan = await checked(
        db,
        cooperative,
        a_csv(
            ["no_anggota", "nama", "no_hp", "nik", "jenis_kelamin", "tanggal_masuk", "simpanan_pokok"],
            ["A-1", "", "12", "123", "X", "31/02/2026", "50,5"],
            ["A-007", "Siti", "081234567890", "6472014107900007", "P", "25/11/2026", "-5"],
            ["A-1", "Budi", "081234567890", "6472014107900008", "L", "", "banyak"],
            ["a 1", "B" * 101, "", "6472014107900008", "", "1/1/1900", "999999999999999999"],
        ),
    )  # fmt: skip
    assert places(plan.errors) == [
        (2, "tanggal_masuk", "import-not-a-date"),
        (2, "simpanan_pokok", "import-not-whole"),
        (2, "nama", "import-empty"),
        (2, "jenis_kelamin", "import-not-a-gender"),
        (2, "no_hp", "import-not-a-phone"),
        (2, "nik", "import-not-a-nik"),
        (3, "tanggal_masuk", "import-date-in-future"),
        (3, "simpanan_pokok", "import-negative"),
        (3, "no_anggota", "import-number-in-book"),
        (3, "nik", "import-nik-in-book"),
        (4, "simpanan_pokok", "import-not-an-amount"),
        (4, "no_anggota", "import-number-twice"),
        (5, "tanggal_masuk", "import-date-too-early"),
        (5, "simpanan_pokok", "import-amount-too-large"),
        (5, "nama", "import-name-too-long"),
        (5, "no_anggota", "import-not-a-number"),
        (5, "nik", "import-nik-twice"),
    ]
    with pytest.raises(AssertionError):
        await members.apply(db, plan, keys=KEYS, at=AT, recorder="cli", source="cli")
    assert len(await people.active_members(db, koperasi_id=cooperative.id, on=TODAY)) == 1


async def test_a_shared_phone_is_a_warning_only(db: AsyncConnection, cooperative: Cooperative):
    rows = (["nama", "no_hp", "hobi"], ["Siti", "0812-3456-7890"], ["Budi", "+62 812 3456 7890"])
    plan = await checked(db, cooperative, a_csv(*rows))
    assert plan.errors == ()
    assert places(plan.warnings) == [
        (0, "hobi", "import-unknown-column"),
        (3, "no_hp", "import-phone-twice"),
    ]
    await imported(db, cooperative, a_csv(*rows))
    plan = await checked(db, cooperative, a_csv(["nama", "no_hp"], ["Anak", "81234567890"]))
    assert places(plan.warnings) == [(2, "no_hp", "import-phone-in-book")]
    assert plan.errors == ()


async def test_numbers_left_open_are_the_next_free_ones(
    db: AsyncConnection, cooperative: Cooperative
):
    await imported(db, cooperative, a_csv(["nama", "no_anggota"], ["Satu", "A-002"]))
    plan = await checked(
        db,
        cooperative,
        a_csv(["nama", "no_anggota"], ["B", ""], ["C", "A-004"], ["D", ""], ["E", ""]),
    )
    assert [member.number for member in plan.members] == ["A-001", "A-004", "A-003", "A-005"]
    await members.apply(db, plan, keys=KEYS, at=AT, recorder="cli", source="cli")
    plan = await checked(db, cooperative, a_csv(["nama"], ["F"]))
    assert [member.number for member in plan.members] == ["A-006"]


async def test_the_same_file_again_is_refused_even_without_numbers_or_money(
    db: AsyncConnection, cooperative: Cooperative
):
    content = a_csv(["nama", "simpanan_pokok"], ["Siti", 1000])
    await imported(db, cooperative, content)
    with pytest.raises(FileImportedBefore) as refusal:
        await checked(db, cooperative, content)
    assert refusal.value.facts == {"entry": 1, "on": TODAY}
    again = await checked(db, cooperative, a_csv(["nama"], ["siti"], ["Budi"]))
    assert places(again.errors) == [(2, "nama", "import-member-already")]
    other = await checked(db, cooperative, a_csv(["nama", "no_anggota"], ["Siti", "A-009"]))
    assert other.errors == ()


async def test_an_officer_whose_phone_one_row_has_becomes_that_member(
    db: AsyncConnection, cooperative: Cooperative
):
    officer = await identities.appoint(
        db, koperasi_id=cooperative.id, name="Ibu Siti", role=Role.BENDAHARA, phone="081234567890",
        keys=KEYS, on=TODAY, at=AT,
    )  # fmt: skip
    rows = (["nama", "no_hp"], ["Siti Aminah", "081234567890"], ["Budi", "081111111111"])
    plan = await checked(db, cooperative, a_csv(*rows))
    assert places(plan.warnings) == [(2, "no_hp", "import-is-officer")]
    await imported(db, cooperative, a_csv(*rows))
    standing = await people.standing(db, koperasi_id=cooperative.id, person_id=officer, on=TODAY)
    assert standing is not None
    assert standing.member is not None
    assert standing.member.name == "Siti Aminah"
    assert standing.roles == (Role.BENDAHARA,)


async def test_a_workbook_with_numbers_dates_and_formulas_is_read_as_meant(
    db: AsyncConnection, cooperative: Cooperative
):
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["no_anggota", "nama", "no_hp", "nik", "tanggal_masuk", "simpanan_pokok"])
    sheet.append([12, "Siti", 81234567890, 6472014107900001, date(2025, 7, 21), 100_000.0])
    sheet.append([13, "Budi", None, 6472014107900002.0, None, "=50000+50000"])
    out = io.BytesIO()
    book.save(out)
    plan = await checked(db, cooperative, out.getvalue())
    assert places(plan.errors) == [(3, "simpanan_pokok", "import-formula")]
    (siti, budi) = plan.members
    assert (siti.number, siti.person.phone, siti.person.nik, siti.joined_on) == (
        "12", "6281234567890", "6472014107900001", date(2025, 7, 21),
    )  # fmt: skip
    assert siti.savings[SavingsKind.POKOK] == 100_000
    assert budi.person.nik == "6472014107900002"


@pytest.fixture
async def committed(owner_engine: AsyncEngine) -> Cooperative:
    """A cooperative on a database of its own."""
    async with database.transaction(owner_engine) as db:
        return await a_cooperative(db)


async def test_the_app_imports_a_thousand_members_within_ten_seconds_in_small_entries(
    app_engine: AsyncEngine, owner_engine: AsyncEngine, committed: Cooperative
):
    content = a_csv(
        ["nama", "no_hp", "nik", "simpanan_pokok", "simpanan_wajib", "simpanan_sukarela"],
        *(
            [f"Anggota {n}", f"0812{n:08d}", f"{6472010000000000 + n}", 100_000, 20_000, 1_000 + n]
            for n in range(1_000)
        ),
    )
    begin = datetime.now(UTC)
    async with database.transaction(app_engine, koperasi_id=committed.id) as db:
        made = await imported(db, committed, content)
    assert datetime.now(UTC) - begin < timedelta(seconds=10)
    assert made.entries == (1, 2, 3)
    async with database.transaction(owner_engine) as db:
        assert (await verify(db, committed.id)).finding is None
        total = await db.scalar(select(func.count()).select_from(members_table))
        assert total == 1_000
    async with database.transaction(app_engine, koperasi_id=committed.id) as db:
        with pytest.raises(FileImportedBefore):
            await checked(db, committed, content)


async def test_a_failure_in_the_middle_of_an_import_leaves_nothing(
    app_engine: AsyncEngine, owner_engine: AsyncEngine, committed: Cooperative
):
    content = a_csv(["nama", "simpanan_pokok"], ["Siti", 1000])

    async def fails_afterwards() -> None:
        async with database.transaction(app_engine, koperasi_id=committed.id) as db:
            await imported(db, committed, content)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails_afterwards()
    async with database.transaction(owner_engine) as db:
        for table in (people_table, members_table, entries):
            assert await db.scalar(select(func.count()).select_from(table)) == 0
    async with database.transaction(app_engine, koperasi_id=committed.id) as db:
        assert (await imported(db, committed, content)).entries == (1,)


async def balances_of(
    db: AsyncConnection, cooperative: Cooperative, *rows: Sequence[object]
) -> balances.Plan:
    content = a_csv(["kode", "jumlah"], *rows)
    return await balances.check(db, content, cooperative=cooperative, on=TODAY)


async def test_opening_balances_stand_on_each_accounts_own_side(
    db: AsyncConnection, cooperative: Cooperative
):
    plan = await balances_of(
        db, cooperative, ["111000", "Rp1.500.000"], ["122000", 9_000_000], ["122900", 1_000_000],
        ["221000", 5_000_000], ["330000", 2_000_000], ["411000", 10], ["521000", 20],
    )  # fmt: skip
    assert (plan.errors, plan.warnings) == ((), ())
    made = await balances.apply(db, plan, at=AT, recorder="cli", source="cli")
    assert made.accounts == 7
    for opening in plan.openings:
        held = await book_balances.of_account(db, koperasi_id=cooperative.id, key=opening.code)
        assert held == opening.amount
    opposite = await book_balances.of_account(db, koperasi_id=cooperative.id, key=accounts.OPENING)
    assert opposite == 1_500_000 + 9_000_000 - 1_000_000 - 5_000_000 - 2_000_000 - 10 + 20
    again = await balances_of(db, cooperative, ["111000", "1000"])
    assert places(again.warnings) == [(2, "kode", "import-has-balance")]
    with pytest.raises(FileImportedBefore):
        await balances_of(
            db, cooperative, ["111000", "Rp1.500.000"], ["122000", 9_000_000], ["122900", 1_000_000],
            ["221000", 5_000_000], ["330000", 2_000_000], ["411000", 10], ["521000", 20],
        )  # fmt: skip


async def test_balances_refuse_members_accounts_the_counter_account_and_what_is_not_money(
    db: AsyncConnection, cooperative: Cooperative
):
    plan = await balances_of(
        db, cooperative, ["310000", 5], ["113100", 5], ["399000", 5], ["999999", 5], ["111000", -5],
        ["111000", 0], ["", 5], ["112100", ""], ["114000", 5], ["114000", 6],
    )  # fmt: skip
    assert places(plan.errors) == [
        (2, "kode", "import-code-of-members"),
        (3, "kode", "import-code-of-members"),
        (4, "kode", "import-code-reserved"),
        (5, "kode", "import-unknown-code"),
        (6, "jumlah", "import-negative"),
        (7, "jumlah", "import-zero"),
        (8, "kode", "import-empty"),
        (9, "jumlah", "import-empty"),
        (11, "kode", "import-code-twice"),
    ]
    with pytest.raises(ColumnMissing):
        await balances.check(db, b"kode\n111000", cooperative=cooperative, on=TODAY)


async def test_officers_of_many_cooperatives_get_an_office_and_one_invite_each(
    db: AsyncConnection, cooperative: Cooperative
):
    other = await a_cooperative(db, VILLAGES[1])
    content = a_csv(
        ["koperasi", "nama", "peran", "no_hp"],
        [cooperative.code, "Siti", "Bendahara", "081234567890"],
        [cooperative.code, "Siti", "sekretaris", "081234567890"],
        [other.code, "Budi", "Wakil Ketua Usaha", "081234567890"],
    )
    plan = await officers.check(db, content)
    assert plan.errors == ()
    made = await officers.apply(db, plan, keys=KEYS, at=AT, by="cli")
    assert made[0].person_id == made[1].person_id
    assert made[0].invite.code == made[1].invite.code != made[2].invite.code
    held = await identities.offices(db, koperasi_id=cooperative.id, on=TODAY)
    assert [office.role for office in held] == [Role.BENDAHARA, Role.SEKRETARIS]
    held = await identities.offices(db, koperasi_id=other.id, on=TODAY)
    assert [office.role for office in held] == [Role.WAKIL_USAHA]
    await officers.apply(db, await officers.check(db, content), keys=KEYS, at=AT, by="cli")
    assert len(await identities.offices(db, koperasi_id=cooperative.id, on=TODAY)) == 2
    bad = await officers.check(
        db, a_csv(["koperasi", "nama", "peran", "no_hp"], ["64-9999", "", "raja", "1"])
    )
    assert places(bad.errors) == [
        (2, "nama", "import-empty"),
        (2, "peran", "import-not-a-role"),
        (2, "no_hp", "import-not-a-phone"),
        (2, "koperasi", "import-unknown-cooperative"),
    ]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (50_000, 50_000), (50_000.0, 50_000), ("50000", 50_000), ("Rp50.000", 50_000),
        ("rp. 50.000,00", 50_000), ("50,000", 50_000), ("1 250 000", 1_250_000),
        ("Rp 1.250.000,-", 1_250_000), ("50000.00", 50_000), ("0", 0), (" 7 ", 7),
    ],
)  # fmt: skip
def test_amounts_are_whole_rupiah_however_they_are_written(cell: Any, amount: int):
    assert cells.amount(cell) == amount


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("50,5", "import-not-whole"), ("50.5", "import-not-whole"), (50.5, "import-not-whole"),
        ("1.000,50", "import-not-whole"), ("50rb", "import-not-an-amount"),
        ("1.00.000", "import-not-an-amount"), ("lima", "import-not-an-amount"),
        (True, "import-not-an-amount"), (date(2026, 1, 1), "import-not-an-amount"),
        ("-50.000", "import-negative"), ("(50.000)", "import-negative"), ("Rp-5", "import-negative"),
        (-1, "import-negative"), (1e300, "import-amount-too-large"), (10**15, "import-amount-too-large"),
        (float("nan"), "import-amount-too-large"), (Broken("="), "import-formula"),
        (Broken("#N/A"), "import-cell-error"),
    ],
)  # fmt: skip
def test_what_is_no_whole_amount_is_said_to_be_none(cell: Any, reason: str):
    with pytest.raises(cells.BadCell) as bad:
        cells.amount(cell)
    assert bad.value.reason == reason


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 11, 24), datetime(2026, 11, 24, 9, 30), "24/11/2026", "24-11-2026", "24.11.2026",  # noqa: DTZ001
        "2026-11-24", "2026-11-24 00:00:00", "24 Nov 2026", "24 november 2026", "24-Nov-2026",
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(cell: Any):
    assert cells.day(cell) == TODAY


@pytest.mark.parametrize(
    "cell", ["11/24/2026", "24/11/26", "2026", 46350, "24 Foo 2026", "besok", True]
)
def test_what_is_no_day_is_refused(cell: Any):
    with pytest.raises(cells.BadCell):
        cells.day(cell)


def test_words_for_gender_are_understood():
    for said in ("L", "l", "Laki-laki", "laki laki", "pria"):
        assert cells.gender(said) == "L"
    for said in ("P", "Perempuan", "wanita"):
        assert cells.gender(said) == "P"
