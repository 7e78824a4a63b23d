"""The agency by chat (BRILink, PPOB, pos): fees, customers' money in and out, what goes on to bank or provider."""

from __future__ import annotations

import pytest

from core.permissions import Role
from core.treasury.events import FEES, IN_TRANSIT
from core.verify import verify
from tests.house import House
from tests.stories.test_everyday import an_office, holds

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_customers_money_is_no_income_and_goes_on(house: House) -> None:
    village, rina, hendra = await an_office(house)
    card = await rina.says("transfer brilink 500rb fee 5rb")
    assert card.lines[0] == "Setoran/Pembayaran lewat Agen"
    assert card.line("Uang nasabah") == "Rp500.000 + fee Rp5.000 = diterima Rp505.000"
    assert card.line("Kas:") == "Rp10.000.000 menjadi Rp10.505.000"
    assert card.line("Uang agen belum disetor:") == "Rp500.000"
    receipt = await rina.presses("✅ Simpan")
    assert "Tercatat No." in receipt.text
    card = await rina.says("tarik tunai brilink 700rb fee 5rb")
    assert card.line("Uang nasabah") == "Rp700.000 - fee Rp5.000 = diserahkan Rp695.000"
    assert card.line("Uang koperasi masih di bank/penyedia agen:") == "Rp200.000"
    await rina.presses("✅ Simpan")
    card = await rina.says("token listrik Bu Siti 50rb admin 2500")
    assert card.line("Uang nasabah") == "Rp50.000 + fee Rp2.500 = diterima Rp52.500"
    await rina.presses("✅ Simpan")
    card = await rina.says("fee brilink hari ini 45rb")
    assert card.lines[0] == "Fee Agen"
    await rina.presses("✅ Simpan")
    held = [await holds(village, key) for key in (IN_TRANSIT, FEES, "111000")]
    assert held == [-150_000, 55_000, 9_907_500]
    of_siti = await house.value(  # the fee of a member who was served counts as hers
        "SELECT sum(balance)::bigint FROM ledger.accounts WHERE koperasi_id = :here"
        " AND code = :fees AND member_id IS NOT NULL",
        here=village.cooperative.id,
        fees=FEES,
    )
    assert of_siti == 2_500
    card = await rina.says("terima dana brilink 200rb masuk BRI")
    assert card.line("Bank BRI (atau Himbara lain):") == "Rp0 menjadi Rp200.000"
    await rina.presses("✅ Simpan")
    card = await rina.says("setor dana brilink 50rb ke bank")
    assert card.lines[0] == "Uang Agen Disetor ke Bank/Penyedia"
    assert card.line("Kas:") == "Rp9.907.500 menjadi Rp9.857.500"
    await rina.presses("✅ Simpan")
    said = await rina.says("uang agen berapa?")
    assert "belum disetor: Rp0" in said.text
    assert "Fee bulan ini: Rp57.500" in said.text
    await hendra.says("batalkan no 2, salah")
    await hendra.presses("✅")
    assert await holds(village, FEES) == 50_000
    assert await holds(village, IN_TRANSIT) == -500_000
    async with house.owner.connect() as db:
        assert (await verify(db, village.cooperative.id)).finding is None


async def test_what_cannot_be_told_apart_is_asked(house: House) -> None:
    village, rina, _ = await an_office(house)
    asked = await rina.says("transfer brilink 500rb")
    assert "Berapa fee" in asked.text
    card = await rina.says("5rb")
    assert card.line("Uang nasabah") == "Rp500.000 + fee Rp5.000 = diterima Rp505.000"
    await rina.presses("❌ Batal")
    asked = await rina.says("bayar tagihan PLN 150rb admin 3rb")
    assert asked.labels[:2] == ["Setoran/Pembayaran lewat Agen", "Biaya Operasional"]
    card = await rina.presses("Setoran/Pembayaran lewat Agen")
    assert card.line("Uang nasabah") == "Rp150.000 + fee Rp3.000 = diterima Rp153.000"
    await rina.presses("❌ Batal")
    assert not (await rina.says("setor brilink 1jt")).is_card
    await rina.says("/batal")
    asked = await rina.says("transfer brilink 5rb fee 500rb")
    assert "tidak lebih kecil" in asked.text
    await rina.says("/batal")
    assert not (await rina.says("transfer brilink 500rb 300rb fee 5rb")).is_card
    assert await village.entries() == 1


async def test_a_deposit_above_the_limit_waits_for_another_officer(house: House) -> None:
    village, rina, hendra = await an_office(house)
    kasir = await village.officer("Kasir Ani", Role.PENGELOLA)
    await kasir.says("top up deposit ppob 1 juta dari BRI")
    assert "Tercatat No." in (await kasir.presses("✅ Simpan")).text
    card = await rina.says("top up deposit ppob 4,5 juta")
    assert "di atas batas belanja" in card.text
    await rina.presses("✅ Simpan")
    assert await holds(village, IN_TRANSIT) == -1_000_000
    await hendra.sees("Uang Agen Disetor ke Bank/Penyedia")
    await hendra.presses("Setujui")
    held = [await holds(village, key) for key in (IN_TRANSIT, "112100", "111000")]
    assert held == [-5_500_000, -1_000_000, 5_500_000]
