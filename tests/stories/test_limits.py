"""What is above a limit or against a product's terms: asked about, never dropped, and nothing is lost by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core import database
from core.loans import products
from core.permissions import Role
from tests.builders import Village, a_village, months_ago
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def an_office(house: House, **rules: str) -> tuple[Village, Person, Person, Person]:
    """A village with a treasurer, a chair and Siti, who may borrow since last year."""
    village = await a_village(house, rest_days="none", **rules)
    await village.product(moves_holidays=False)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", joined=months_ago(13))
    return village, rina, hendra, siti


async def another_product(house: House, village: Village, code: str, rate: str) -> None:
    async with database.transaction(house.owner) as db:
        await database.enter(db, village.cooperative.id)
        await products.set_product(
            db,
            koperasi_id=village.cooperative.id,
            product=replace(
                products.DEFAULT,
                code=code,
                name=f"Pinjaman {code}",
                since=months_ago(13),
                terms=replace(products.DEFAULT.terms, rate=Decimal(rate)),
            ),
            by="test",
            at=datetime.now(UTC),
        )


@pytest.mark.parametrize("tenor", ["0 bulan", "-3 bulan", "999 bulan", "37 bulan"])
async def test_an_absurd_tenor_alone_is_asked_again_within_the_products_limit(
    house: House, tenor: str
) -> None:
    _, rina, _, _ = await an_office(house)
    asked = await rina.says(f"Siti mengajukan pinjaman 5 juta {tenor}")
    assert not asked.is_card
    assert asked.is_question
    assert "Paling lama 36 kali. Berapa kali angsuran?" in asked.text
    assert "600" not in asked.text
    assert "Berapa kali angsuran?" in (await rina.says("0")).text
    card = await rina.says("3")  # three, not the third button
    assert card.is_card
    assert card.line("Jumlah:").startswith("Rp5.000.000 ")
    assert card.line("Tenor:").startswith("3 ")


async def test_a_member_is_asked_for_the_tenor_too(house: House) -> None:
    _, _, _, siti = await an_office(house)
    assert "Berapa kali angsuran?" in (await siti.says("mau pinjam 5 juta 0 bulan")).text
    assert (await siti.says("10 bulan")).line("Tenor:").startswith("10 ")


@pytest.mark.parametrize("rate", ["bunga 50%", "bunga 2,5% per bulan", "30 persen setahun"])
async def test_a_rate_above_the_cap_is_refused_and_the_form_is_kept(
    house: House, rate: str
) -> None:
    _, rina, _, siti = await an_office(house)
    for who, words in ((rina, "Siti mengajukan pinjaman"), (siti, "mau pinjam")):
        asked = await who.says(f"{words} 5 juta {rate}")
        assert not asked.is_card
        assert "melebihi batas 24% setahun" in asked.text
        card = await who.presses(asked.label("1% per bulan"))
        assert card.line("Jumlah:").startswith("Rp5.000.000 ")
        assert "Anda menyebut" not in card.text
        await who.says("/batal")


async def test_a_rate_that_is_not_the_products_is_said_on_the_card(house: House) -> None:
    _, rina, _, siti = await an_office(house)
    card = await rina.says("Siti mengajukan pinjaman 5 juta bunga 2% per bulan")
    assert card.is_card
    assert "⚠️ Anda menyebut bunga 2% per bulan, tetapi yang berlaku bunga produk ini." in card.text
    await rina.says("/batal")
    assert (
        "Bunga yang Anda sebut belum jelas"
        in (await siti.says("mau pinjam 5 juta bunga 1% atau 2%")).text
    )
    await siti.says("/batal")
    for same in ("bunga 1%", "1% per bulan", "12% setahun"):
        assert "⚠️" not in (await siti.says(f"mau pinjam 5 juta {same}")).text
        await siti.says("/batal")


async def test_the_one_product_with_the_said_rate_is_chosen_of_several_somebody_chooses(
    house: House,
) -> None:
    village, rina, _, _ = await an_office(house)
    await another_product(house, village, "usaha", "1.5")
    card = await rina.says("Siti mengajukan pinjaman 5 juta bunga 1,5%")
    assert card.line("Produk:").startswith("Pinjaman usaha")
    assert "Anda menyebut" not in card.text
    await rina.says("/batal")
    await another_product(house, village, "tani", "1.5")
    asked = await rina.says("Siti mengajukan pinjaman 5 juta bunga 18% setahun")
    assert not asked.is_card
    assert len([label for label in asked.labels if "1,5%" in label]) == 2
    card = await rina.presses(asked.label("Pinjaman tani"))
    assert card.line("Produk:").startswith("Pinjaman tani")


async def test_an_amount_above_the_limit_said_again_is_meant_and_runs_its_course(
    house: House,
) -> None:
    village, rina, hendra, siti = await an_office(house, two_approvers_above="500000000")
    asked = await rina.says("Siti mengajukan pinjaman 150 juta")
    assert not asked.is_card
    assert "di atas batas sekali catat (Rp100.000.000)" in asked.text
    assert not (await rina.says("160 juta")).is_card  # another amount is not the one asked about
    card = await rina.says("160 juta")
    assert card.line("Jumlah:").startswith("Rp160.000.000 ")
    assert "⚠️ Di atas batas sekali catat, Rp100.000.000." in card.text
    await rina.says("/batal")
    asked = await rina.says("Siti mengajukan pinjaman 150 juta")
    card = await rina.presses(asked.label("Rp150.000.000"))
    assert card.is_card
    await rina.presses("✅ Simpan")
    await hendra.says("setujui 1")
    assert (await rina.says("cairkan pinjaman Siti")).is_card
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    card = await rina.says("pelunasan Siti")  # the books say how much: nothing to say twice
    assert card.is_card
    assert "⚠️ Di atas batas" in card.text
    await rina.presses("✅ Simpan")
    assert await village.entries() == 2
    await siti.sees("lunas")


async def test_savings_above_the_limit_are_asked_about_once(house: House) -> None:
    village, rina, _, _ = await an_office(house)
    asked = await rina.says("sukarela Siti 150 juta")
    assert not asked.is_card
    card = await rina.says("150jt")
    assert "⚠️ Di atas batas sekali catat" in card.text
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    assert await village.entries() == 1
