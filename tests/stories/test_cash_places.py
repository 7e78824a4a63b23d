"""Through a bank or another cash box: said in the sentence or chosen by ✏️, named on card and receipt, booked there."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village, months_ago
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

BRI = "Bank BRI (atau Himbara lain)"
BPD = "Bank BPD Kaltimtara"


async def a_counter(house: House) -> tuple[Village, Person, Person, Person]:
    """A village with a treasurer, a chair and Siti, who has savings and may borrow."""
    village = await a_village(house, rest_days="none")
    await village.product(moves_holidays=False)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", joined=months_ago(12), sukarela=900_000)
    return village, rina, hendra, siti


async def balances(house: House, village: Village) -> dict[str, int]:
    """What lies in each cash box and bank."""
    found: dict[str, int] = {}
    for code in ("111000", "111100", "111200", "112100", "112200"):
        amount = await house.value(
            "SELECT coalesce(sum(balance), 0)::bigint FROM ledger.accounts"
            " WHERE koperasi_id = :here AND code = :code",
            here=village.cooperative.id,
            code=code,
        )
        if amount:
            found[code] = amount
    return found


@pytest.mark.parametrize(
    ("words", "bank"),
    [
        ("sukarela Siti 50rb lewat bank", BRI),
        ("sukarela Siti 50rb transfer BRI", BRI),
        ("sukarela Siti 50rb ke rekening", BRI),
        ("sukarela Siti 50rb via BPD", BPD),
        ("sukarela Siti 50rb transfer bankaltimtara", BPD),
        ("sukarela Siti 50rb qris", BRI),
    ],
)
async def test_a_bank_said_in_the_sentence_is_named_and_booked(
    house: House, words: str, bank: str
) -> None:
    village, rina, _, siti = await a_counter(house)
    before = await balances(house, village)
    card = await rina.says(words)
    assert card.is_card
    assert card.line("Kas/Bank:") == bank
    receipt = await rina.presses("✅ Simpan")
    assert receipt.line("Kas/Bank:") == bank
    assert (await siti.sees("Tercatat")).line("Kas/Bank:") == bank
    code = "112100" if bank == BRI else "112200"
    assert await balances(house, village) == before | {code: 50_000}
    assert f"{bank}: Rp50.000" in (await rina.says("/kas")).text


async def test_cash_is_not_named_and_goes_to_kas(house: House) -> None:
    village, rina, _, _ = await a_counter(house)
    before = (await balances(house, village)).get("111000", 0)
    assert "Kas/Bank" not in (await rina.says("sukarela Siti 50rb")).text
    assert "Kas/Bank" not in (await rina.presses("✅ Simpan")).text
    assert (await balances(house, village))["111000"] == before + 50_000


async def test_the_pencil_offers_every_cash_box_and_bank(house: House) -> None:
    village, rina, _, _ = await a_counter(house)
    before = await balances(house, village)
    await rina.says("sukarela Siti 50rb")
    await rina.presses("✏️ Ubah")
    asked = await rina.presses("Kas/Bank")
    assert asked.text.endswith("Uangnya lewat kas atau bank mana?")
    assert len(asked.labels) == 6  # five and a way out
    card = await rina.presses("Kas unit simpan pinjam")
    assert card.line("Kas/Bank:") == "Kas unit simpan pinjam"
    await rina.presses("✏️ Ubah")
    assert (await rina.says("bank")).is_question
    assert (await rina.says("BPD")).line("Kas/Bank:") == BPD
    await rina.presses("✏️ Ubah")
    await rina.presses("Kas/Bank")
    assert "Kas/Bank" not in (await rina.says("tunai")).text
    await rina.presses("✏️ Ubah")
    await rina.presses("Kas/Bank")
    await rina.presses(BPD)
    await rina.presses("✅ Simpan")
    assert await balances(house, village) == before | {"112200": 50_000}


async def test_the_bank_this_cooperative_uses_is_meant_when_none_is_named(house: House) -> None:
    _, rina, _, _ = await a_counter(house)
    await rina.says("sukarela Siti 50rb via BPD")
    await rina.presses("✅ Simpan")
    assert (await rina.says("sukarela Siti 60rb transfer")).line("Kas/Bank:") == BPD


async def test_a_withdrawal_and_its_reversal_go_through_the_bank(house: House) -> None:
    village, rina, hendra, _ = await a_counter(house)
    before = await balances(house, village)
    card = await rina.says("tarik sukarela Siti 100rb transfer BRI")
    assert card.line("Kas/Bank:") == BRI
    receipt = await rina.presses("✅ Simpan")
    assert await balances(house, village) == before | {"112100": -100_000}
    number = receipt.text.split("No. ", 1)[1].split()[0].rstrip(".,")
    await hendra.says(f"batalkan no {number}, salah orang")
    assert "Rp100.000" in (await hendra.presses("✅ Simpan")).text
    assert await balances(house, village) == before


async def test_a_loan_goes_out_and_comes_back_through_the_bank(house: House) -> None:
    village, rina, hendra, _ = await a_counter(house)
    await rina.says("Siti mengajukan pinjaman 1 juta 10 bulan")
    await rina.presses("✅ Simpan")
    await hendra.says("setujui 1")
    before = await balances(house, village)
    card = await rina.says("cairkan pinjaman Siti ke rekening BRI")
    assert card.line("Kas/Bank:") == BRI
    receipt = await rina.presses("✅ Simpan")
    assert receipt.line("Kas/Bank:") == BRI
    assert await balances(house, village) == before | {"112100": -1_000_000}
    card = await rina.says("angsuran Siti 110rb lewat BPD")
    assert card.line("Kas/Bank:") == BPD
    assert (await rina.presses("✅ Simpan")).line("Kas/Bank:") == BPD
    assert await balances(house, village) == before | {"112100": -1_000_000, "112200": 110_000}
    card = await rina.says("angsuran Siti 50rb potong tabungan")
    assert "Kas/Bank" not in card.text
    await rina.says("/batal")


async def test_what_comes_in_after_a_write_off_goes_to_the_bank(house: House) -> None:
    village, rina, hendra, siti = await a_counter(house)
    await village.lent(siti, 1_000_000, on=months_ago(2))
    await rina.says("hapus buku pinjaman Siti karena merantau")
    await rina.presses("✅ Simpan")
    await hendra.says("setujui 1")
    before = await balances(house, village)
    card = await rina.says("angsuran Siti 100rb transfer BRI")
    assert "Pemulihan" in card.text
    assert card.line("Kas/Bank:") == BRI
    assert (await rina.presses("✅ Simpan")).line("Kas/Bank:") == BRI
    assert await balances(house, village) == before | {"112100": 100_000}


async def test_rows_of_a_list_keep_their_own_way(house: House) -> None:
    village, rina, _, _ = await a_counter(house)
    await village.member("Budi Santoso")
    before = await balances(house, village)
    cash = before.get("111000", 0)
    card = await rina.says("wajib Siti 20rb transfer\nwajib Budi 20rb")
    assert card.is_card
    assert card.text.count("Kas/Bank:") == 1
    await rina.presses("✅ Simpan")
    assert await balances(house, village) == before | {"112100": 20_000, "111000": cash + 20_000}


async def test_what_waits_for_a_second_person_is_booked_where_it_was_said(house: House) -> None:
    village, rina, hendra, _ = await a_counter(house)
    budi = await village.member("Budi Santoso", joined=months_ago(12), sukarela=9_000_000)
    before = await balances(house, village)
    card = await rina.says(f"tarik sukarela {budi.number} 6 juta transfer BPD")
    assert card.line("Kas/Bank:") == BPD
    assert "Menunggu persetujuan" in (await rina.presses("✅ Simpan")).text
    await hendra.says("setujui 1")
    assert await balances(house, village) == before | {"112200": -6_000_000}


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("beli atk di toko Maju 50rb", None),
        ("beli atk 50rb di toko", None),
        ("beli atk di toko Maju 50rb transfer", BRI),
        ("kulakan gula 120rb dari toko Makmur tunai", None),
        ("beli atk 50rb dari kas toko", "Kas gerai (laci kasir)"),
        ("bayar toko Sinar 40rb transfer", BRI),
        ("bayar toko Sinar 40rb", None),
    ],
)
async def test_a_shop_where_something_is_bought_is_not_the_till_that_pays(
    house: House, words: str, place: str | None
) -> None:
    _, rina, _, _ = await a_counter(house)
    await rina.says("kulakan gula 120rb utang ke toko Sinar")
    await rina.presses("✅ Simpan")
    card = await rina.says(words)
    assert card.is_card
    if place is None:
        assert "Kas/Bank:" not in card.text
    else:
        assert card.line("Kas/Bank:") == place
