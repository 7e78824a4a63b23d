"""/simulasi: every method side by side from the cooperative's own product, and nothing recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core import database
from core.loans import products
from core.loans.terms import Every, Method
from core.permissions import Role
from tests.builders import Village, a_village, an_official, months_ago
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def siti_of(house: House, **rules: str) -> tuple[Village, Person]:
    village = await a_village(house, **rules)
    return village, await village.member("Siti Aminah")


async def offering(house: House, village: Village, product: products.Product) -> None:
    async with database.transaction(house.owner) as db:
        await database.enter(db, village.cooperative.id)
        await products.set_product(
            db,
            koperasi_id=village.cooperative.id,
            product=product,
            by="test",
            at=datetime.now(UTC),
        )


@pytest.mark.parametrize(
    "words",
    [
        "/simulasi 5jt 12 bulan",
        "simulasi pinjaman 5 juta 12 bulan",
        "simulasi 5jt 12x",
        "Simulasi Rp5.000.000 selama 1 tahun",
        "hitung angsuran lima juta 12 bln",
    ],
)
async def test_every_method_stands_side_by_side(house: House, words: str) -> None:
    village, siti = await siti_of(house)
    told = await siti.says(words)
    assert told.lines == [
        "Simulasi pinjaman Rp5.000.000, 12 bulan",
        "Pinjaman umum di sini: jasa 1% per bulan, cara flat.",
        "Flat (jasa tetap dari pokok awal): Rp466.667 tiap bulan, terakhir Rp466.663.",
        "Biaya Rp600.000, setara 21,46% setahun.",
        "Menurun (jasa dari sisa utang, makin ringan): mulai Rp466.667, turun sampai Rp420.830.",
        "Biaya Rp325.000, setara 12% setahun.",
        "Anuitas (jasa dari sisa utang, angsuran sama): Rp444.244 tiap bulan, terakhir Rp444.243.",
        "Biaya Rp330.927, setara 12% setahun.",
        "Jatuh tempo (pokok dibayar di akhir): Rp50.000 tiap bulan, terakhir Rp5.050.000.",
        "Biaya Rp600.000, setara 12% setahun.",
        "Biaya = semua jasa. Setara = jasa setahun dari sisa utang.",
        "Ini hanya hitungan. Tidak ada yang dicatat.",
    ]
    assert not told.is_card
    own = "SELECT count(*) FROM loans WHERE koperasi_id = :here"  # other stories share the house
    assert await house.value(own, here=village.cooperative.id) == 0


async def test_fees_and_rounding_of_the_own_product_are_counted(house: House) -> None:
    village, siti = await siti_of(house)
    terms = replace(
        products.DEFAULT.terms,
        provisi=Decimal(1),
        administrasi=25_000,
        round_to=500,
        every=Every.parse("2w"),
    )
    await offering(
        house,
        village,
        replace(
            products.DEFAULT, since=months_ago(1), name="Pinjaman usaha", terms=terms, longest=9,
            tenor=9, most=4_000_000,
        ),
    )  # fmt: skip
    told = await siti.says("/simulasi 5jt 10 bulan")
    assert told.lines[1].startswith("Pinjaman usaha di sini: jasa 1% per bulan")
    assert told.lines[2].endswith("Rp550.000 tiap bulan.")  # monthly, whatever the rhythm
    assert told.lines[3] == "Biaya Rp575.000, setara 24,72% setahun."
    assert told.lines[-4:] == [
        "Potongan saat cair: provisi Rp50.000, administrasi Rp25.000. Uang diterima Rp4.925.000.",
        "Di sini paling lama 9 angsuran.",
        "Di sini paling banyak Rp4.000.000.",
        "Ini hanya hitungan. Tidak ada yang dicatat.",
    ]
    refused = await siti.says("simulasi 20rb 10 bulan")
    assert refused.lines[0].startswith("Potongan saat cair Rp25.200 ")
    assert refused.is_question


async def test_a_grace_belongs_to_the_products_own_method_alone(house: House) -> None:
    village, siti = await siti_of(house)
    terms = replace(
        products.DEFAULT.terms,
        method=Method.MENURUN,
        rate=Decimal("10.5"),
        rate_per="year",
        grace_principal=2,
    )
    await offering(house, village, replace(products.DEFAULT, since=months_ago(1), terms=terms))
    told = await siti.says("simulasi 6jt 12 bulan")
    assert told.lines[1] == "Pinjaman umum di sini: jasa 10,5% per tahun, cara menurun."
    assert told.lines[2].endswith("Rp552.500 tiap bulan.")
    assert "mulai Rp52.500, terakhir Rp605.250." in told.lines[4]


async def test_a_bullet_with_all_interest_at_the_end_is_paid_once(house: House) -> None:
    village, siti = await siti_of(house)
    terms = replace(products.DEFAULT.terms, method=Method.JATUH_TEMPO, interest_at_end=True)
    await offering(house, village, replace(products.DEFAULT, since=months_ago(1), terms=terms))
    told = await siti.says("simulasi 3jt 4 bulan")
    assert told.lines[8] == "Jatuh tempo (pokok dibayar di akhir): sekali bayar Rp3.120.000."
    assert "tiap bulan" in told.lines[2]


async def test_a_single_instalment_and_the_largest_loan_fit_one_message(house: House) -> None:
    _, siti = await siti_of(house)
    once = await siti.says("simulasi 100rb 1 bulan")
    assert once.text.count("sekali bayar Rp101.000.") == len(Method)
    most = await siti.says("simulasi 999.999.999.999 600 bulan")
    assert "Rp11.666.666.667" in most.text
    assert max(len(told.text.encode()) for told in (once, most)) < 1024


async def test_without_an_own_licence_it_is_still_calculated(house: House) -> None:
    _, siti = await siti_of(house, usp="none")
    assert "Rp466.667" in (await siti.says("/simulasi 5jt 12 bulan")).text


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("/simulasi", "Pinjam berapa dan berapa bulan?"),
        ("simulasi", "Pinjam berapa dan berapa bulan?"),
        ("simulasi 5 12", "Pinjam berapa dan berapa bulan?"),
        ("simulasi 5jt atau 6jt 12 bulan", "Untuk 12 bulan."),
        ("simulasi 12 bulan", "Untuk 12 bulan."),
        ("/simulasi 5jt", "Pinjam Rp5.000.000 untuk berapa bulan?"),
        ("simulasi -5jt 12 bulan", "harus lebih dari nol"),
        ("simulasi 0 12 bulan", "harus lebih dari nol"),
        ("simulasi 5jt 0 bulan", "harus lebih dari nol"),
        ("simulasi 5jt 700 bulan", "Paling lama 600 bulan."),
        ("simulasi 2 triliun 12 bulan", "terlalu besar"),
        ("simulasi 99999999999999jt 12 bulan", "terlalu besar"),
        ("/simulasi <b>5jt</b> '; DROP TABLE loans --", "?"),
    ],
)
async def test_what_is_missing_or_absurd_is_asked_for(house: House, words: str, asked: str) -> None:
    _, siti = await siti_of(house)
    told = await siti.says(words)
    assert asked in told.text
    assert told.is_question
    assert not told.is_card


async def test_a_simulation_leaves_an_open_form_as_it_was(house: House) -> None:
    village, _ = await siti_of(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    assert (await rina.says("wajib Siti")).is_question
    assert "Rp466.667" in (await rina.says("/simulasi 5jt 12 bulan")).text
    assert "Rp466.667" in (await rina.says("simulasi pinjaman 5 juta 12 bulan")).text
    assert "berapa bulan?" in (await rina.says("simulasi 5jt")).text
    card = await rina.says("20rb")
    assert card.lines[0] == "Simpanan Wajib"
    assert card.line("Jumlah:").startswith("Rp20.000 ")


async def test_after_a_question_nothing_waits_for_an_answer(house: House) -> None:
    village, siti = await siti_of(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await rina.says("simulasi 5jt")
    card = await rina.says(f"wajib {siti.number} 20rb")
    assert card.line("Jumlah:").startswith("Rp20.000 ")


async def test_who_belongs_to_no_cooperative_is_told_what_there_is(house: House) -> None:
    official = await an_official(house, "Dinas Koperasi")
    told = await official.says("simulasi 5jt 12 bulan")
    assert "Rp466.667" not in told.text
