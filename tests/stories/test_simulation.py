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
        "kalau pinjam 5 juta setahun, cicilannya berapa?",
        "berapa angsuran kalau saya pinjam 5 juta 12 bulan",
        "pinjam 5jt 12x per bulan bayar berapa",
        "coba hitungkan cicilan 5 juta 12 bulan",
        "bunga pinjaman 5 juta setahun berapa?",
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
        ("simulasi 5jt 0 bulan", "paling sedikit 1 bulan"),
        ("simulasi 5jt -3 bulan", "Pinjam Rp5.000.000 untuk berapa bulan?"),
        ("simulasi 5jt 12 bulan -1%", "Berapa persen?"),
        ("simulasi 5jt 12 bulan 1% atau 2%", "Berapa persen?"),
        ("simulasi 5jt 12 bulan 1000%", "Berapa persen?"),
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


async def test_a_question_takes_its_answer_through_refusals_and_a_restart(house: House) -> None:
    _, siti = await siti_of(house)
    assert "Pinjam berapa dan berapa bulan?" in (await siti.says("/simulasi")).text
    assert "harus lebih dari nol" in (await siti.says("0")).text
    assert "terlalu besar" in (await siti.says("2 triliun")).text
    assert "Rp5.000.000 untuk berapa bulan?" in (await siti.says("5jt")).text
    assert "belum mengerti" in (await siti.says("xyzzy")).text
    assert "Paling lama 600 bulan." in (await siti.says("700")).text
    assert "Simpanan" in (await siti.says("saldo")).text  # another question in between
    await house.restart()
    assert "paling sedikit 1 bulan" in (await siti.says("0 bulan")).text
    told = await siti.says("12 bulan")
    assert told.lines[0] == "Simulasi pinjaman Rp5.000.000, 12 bulan"
    assert "Simulasi" not in (await siti.says("6 bulan")).text  # it is over


@pytest.mark.parametrize("answer", ["12", "12 bulan", "setahun", "dicicil 12 kali", "12x aja"])
async def test_months_are_answered_in_any_words(house: House, answer: str) -> None:
    _, siti = await siti_of(house)
    await siti.says("/simulasi 5jt")
    assert (await siti.says(answer)).lines[0] == "Simulasi pinjaman Rp5.000.000, 12 bulan"


async def test_months_that_were_said_wait_for_the_amount(house: House) -> None:
    _, siti = await siti_of(house)
    await siti.says("simulasi 12 bulan 1,5%")
    told = await siti.says("pinjam 5 juta")
    assert told.lines[0] == "Simulasi pinjaman Rp5.000.000, 12 bulan"
    assert "1,5% per bulan" in told.lines[1]


async def test_a_simulation_gives_the_open_form_back(house: House) -> None:
    village, _ = await siti_of(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await rina.says("wajib Siti")
    await rina.says("simulasi")
    await rina.says("5jt")
    await house.restart()
    assert "Rp466.667" in (await rina.says("12 bulan")).text
    card = await rina.says("20rb")
    assert card.line("Jumlah:").startswith("Rp20.000 ")
    await rina.says("/batal")
    await rina.says("wajib Siti")
    asked = await rina.says("simulasi")
    left = await rina.presses(asked.labels[-1])
    assert "Tidak ada yang dicatat" in left.text
    assert (await rina.says("20rb")).is_card


async def test_a_sentence_of_its_own_ends_the_question(house: House) -> None:
    village, siti = await siti_of(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await rina.says("simulasi 5jt")
    card = await rina.says(f"wajib {siti.number} 20rb")
    assert card.line("Jumlah:").startswith("Rp20.000 ")
    card = await siti.says("mau pinjam 3 juta 10 bulan")
    assert card.lines[0] == "Pengajuan Pinjaman"


@pytest.mark.parametrize(
    ("words", "said", "level"),
    [
        ("simulasi 10jt 10 bulan 1,5%", "1,5% per bulan", "Rp1.150.000"),
        ("simulasi 10jt 10 bulan bunga 2 persen per bulan", "2% per bulan", "Rp1.200.000"),
        ("simulasi 10jt 18% setahun 10 bulan", "18% per tahun", "Rp1.150.000"),
        ("kalau pinjam 10jt 10 bulan bunga satu setengah persen berapa cicilannya", "1,5%", "Rp1."),
    ],
)
async def test_the_rate_that_was_said_is_used(
    house: House, words: str, said: str, level: str
) -> None:
    _, siti = await siti_of(house)
    told = await siti.says(words)
    assert told.lines[1].startswith("Dihitung dengan jasa yang Anda sebut:")
    assert said in told.lines[1]
    assert level in told.lines[3]
    assert told.lines[2] == "Pinjaman umum di sini: jasa 1% per bulan, cara flat."
    assert "di atas batas" not in told.text


async def test_a_rate_above_the_cap_is_reported_with_it(house: House) -> None:
    _, siti = await siti_of(house)
    told = await siti.says("simulasi 10jt 10 bulan 2,5%")
    assert "⚠️ 30% setahun di atas batas 24% setahun." in told.text
    most = await siti.says("simulasi 999.999.999.999 600 bulan 100%")
    assert "1200% setahun di atas batas 24%" in most.text
    assert max(len(one.text.encode()) for one in (told, most)) < 1024


async def test_a_rate_that_is_not_certain_is_asked_for(house: House) -> None:
    _, siti = await siti_of(house)
    assert "Berapa persen?" in (await siti.says("simulasi 10jt 10 bulan bunga 1% atau 2%")).text
    told = await siti.says("1,5")
    assert "1,5% per bulan" in told.lines[1]


async def test_who_belongs_to_no_cooperative_is_told_what_there_is(house: House) -> None:
    official = await an_official(house, "Dinas Koperasi")
    told = await official.says("simulasi 5jt 12 bulan")
    assert "Rp466.667" not in told.text


@pytest.mark.parametrize(
    ("words", "head"),
    [
        ("simulasi 5jt setengah tahun", "Simulasi pinjaman Rp5.000.000, 6 bulan"),
        ("simulasi 5jt satu setengah tahun", "Simulasi pinjaman Rp5.000.000, 18 bulan"),
        ("simulasi 5jt 1,5 tahun", "Simulasi pinjaman Rp5.000.000, 18 bulan"),
        ("simulasi 5jt setengah 12 bulan", "Simulasi pinjaman Rp5.500.000, 12 bulan"),
        ("simulasi 5jt 10 minggu", "Jumlah atau lamanya belum jelas."),
        ("simulasi 5.000.000 12", "Jumlah atau lamanya belum jelas."),
    ],
)
async def test_half_a_year_is_no_half_a_million_and_what_is_unclear_is_said(
    house: House, words: str, head: str
) -> None:
    _, siti = await siti_of(house)
    assert (await siti.says(words)).lines[0].startswith(head)
