"""Simpanan berjangka and hari raya by chat: cards, receipts, /saldo, early and due payouts, limits, the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.calendar import WITA, next_month, start_of
from core.permissions import Role
from notifications.jobs.interest import interest_job
from tests.builders import Village, a_village, months_ago, today
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def an_office(house: House, **rules: str) -> tuple[Village, Person, Person]:
    village = await a_village(house, **rules)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(14))
    return village, rina, siti


async def balance(village: Village, key: str) -> int:
    return int(
        await village.house.value(
            "SELECT coalesce(sum(balance), 0) FROM ledger.accounts"
            " WHERE koperasi_id = :here AND key = :key",
            here=village.cooperative.id,
            key=key,
        )
    )


async def test_a_term_is_opened_by_one_sentence_and_stands_in_the_balance(house: House) -> None:
    village, rina, siti = await an_office(house)
    card = await rina.says("simpanan berjangka Siti 5 juta 6 bulan 6%")
    assert card.lines[0] == "Simpanan Berjangka"
    assert card.line("Jumlah:").startswith("Rp5.000.000 ")
    assert card.line("Jangka:").startswith("6 bulan, cair ")
    assert card.line("Jangka:").endswith("bunga 6% setahun")
    await rina.presses("✏️ Ubah")
    await rina.presses("Bunga")
    card = await rina.says("4,5")
    assert card.line("Jangka:").endswith("bunga 4,5% setahun")
    receipt = await rina.presses("✅ Simpan")
    assert "Tercatat No." in receipt.text
    await siti.sees("Simpanan Berjangka")
    assert await balance(village, f"211100:m{siti.person_id}") == 5_000_000
    assert "Simpanan berjangka: Rp5.000.000, bunga 4,5%" in (await siti.says("saldo saya")).text


async def test_a_term_that_is_over_is_paid_with_interest_and_taken_back(house: House) -> None:
    village, rina, siti = await an_office(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    day = months_ago(13)
    await rina.says(f"simpanan berjangka Siti 1jt 12 bulan 6% tanggal {day:%d/%m/%Y}")
    waiting = await rina.presses("✅ Simpan")
    await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan No. 1"))
    assert "Menunggu persetujuan" in waiting.text
    card = await rina.says("cairkan simpanan berjangka Siti")
    assert card.lines[0] == "Pencairan Simpanan Berjangka"
    assert card.line("Jumlah:").startswith("Rp1.060.000 ")
    assert card.line("Bunga:") == "Rp60.000, pajak Rp0"
    done = await rina.presses("✅ Simpan")
    assert await balance(village, "111000") == -60_000
    back = await hendra.says(f"batalkan no {done.lines[0].split()[-1]} karena salah orang")
    assert "Pencairan Simpanan Berjangka" in back.text
    await hendra.presses("✅ Simpan")
    assert await balance(village, f"211100:m{siti.person_id}") == 1_000_000
    assert "Simpanan berjangka: Rp1.000.000" in (await siti.says("saldo saya")).text


async def test_holiday_savings_grow_by_deposits_and_early_they_bear_nothing(house: House) -> None:
    village, rina, siti = await an_office(house, holiday_rate="3")
    for words in ("setor simpanan hari raya Siti 100rb", "simpanan hari raya Siti 50rb"):
        assert (await rina.says(words)).lines[0] == "Simpanan Hari Raya"
        await rina.presses("✅ Simpan")
    assert await balance(village, f"211200:m{siti.person_id}") == 150_000
    card = await rina.says("tarik simpanan hari raya Siti")
    assert card.line("Jumlah:").startswith("Rp150.000 ")
    assert "2 setoran diambil sebelum waktunya" in card.text
    await rina.presses("✅ Simpan")
    assert await balance(village, f"211200:m{siti.person_id}") == 0
    again = await rina.says("tarik simpanan hari raya Siti")
    assert "tidak punya simpanan jenis ini" in again.text


async def test_a_cooperative_may_refuse_an_early_withdrawal_and_no_rate_is_above_nine(
    house: House,
) -> None:
    _, rina, _ = await an_office(house, term_early="refused")
    card = await rina.says("deposito Siti 2jt 3 bulan 12%")
    assert not card.is_card
    assert "Paling tinggi 9%" in card.text
    assert (await rina.presses("6%")).is_card
    await rina.presses("✅ Simpan")
    refused = await rina.says("cairkan deposito Siti")
    assert not refused.is_card
    assert "baru bisa diambil" in refused.text


async def test_a_members_wish_is_passed_on(house: House) -> None:
    village, rina, siti = await an_office(house)
    before = await village.entries()
    assert not (await siti.says("mau buka simpanan berjangka 1jt 6 bulan")).is_card
    await siti.presses("Teruskan ke pengurus")
    await rina.sees("simpanan berjangka")
    assert await village.entries() == before


async def test_a_member_is_told_a_week_before_the_day_and_when_it_has_come(house: House) -> None:
    village, rina, siti = await an_office(house)
    card = await rina.says("simpanan berjangka Siti 1 juta 6 bulan 6%")
    assert "tidak berbunga lagi sampai diambil" in card.text
    await rina.presses("✅ Simpan")
    await siti.sees("Simpanan Berjangka")
    day = await house.value(
        "SELECT matures_on FROM term_savings WHERE koperasi_id = :here",
        here=village.cooperative.id,
    )
    assert day > next_month(today().replace(day=1), 5)

    async def told(before: int, hour: int = 10) -> int:
        now = start_of(day - timedelta(days=before), WITA) + timedelta(hours=hour)
        await interest_job(house.owner, house.keys, now)
        return int(
            await house.value(
                "SELECT count(*) FROM outbox WHERE koperasi_id = :here AND dedupe LIKE 'term/%'",
                here=village.cooperative.id,
            )
        )

    counts = [await told(8), await told(7, hour=3), await told(7), await told(3), await told(0)]
    assert counts == [0, 0, 1, 1, 2]
