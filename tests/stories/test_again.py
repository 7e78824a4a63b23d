"""A service that is restarted, and one that asks for its updates: the day goes on as if nothing had been."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from core.permissions import Role
from tests.builders import a_village
from tests.house import House, a_database, a_person, check_house, running_house

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=[False, True], ids=["webhook", "polling"]
)
async def shared(
    server_url: str, template: str, request: pytest.FixtureRequest
) -> AsyncIterator[House]:
    async with (
        a_database(server_url, template) as given,
        running_house(given, polling=request.param) as house,
    ):
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def house(shared: House, log: io.StringIO) -> AsyncIterator[House]:
    for kept in (shared.people, shared.books, shared.allowed):
        kept.clear()
    yield shared
    await check_house(shared, log.getvalue())


async def test_a_village_joins_saves_and_confirms_over_either_way_in(house: House) -> None:
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    rina = await a_person(house, "Rina Kartika")
    made = await hendra.says(f"undang bendahara Rina Kartika 0{rina.phone[2:]}")
    await rina.joins(made.line("Kode:").split(",")[0])
    siti = await village.member("Siti Aminah")
    budi = await village.member("Budi Santoso")
    await rina.says("wajib:\nSiti 20rb\nBudi 40rb")
    assert "Tercatat 2 transaksi" in (await rina.presses("✅ Simpan")).text
    for one, amount in ((siti, "Rp20.000"), (budi, "Rp40.000")):
        assert amount in (await one.sees("Tercatat")).text
        assert "sudah dibenarkan" in (await one.presses("BENAR")).text
    assert "0% (Rp0 dari Rp60.000)" in (await hendra.says("/laporan")).line("Rina Kartika:")


async def test_a_form_and_a_card_survive_a_restart(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    asked = await rina.says("setor 50rb")
    assert asked.is_question
    await house.restart()
    assert (await rina.presses("Simpanan Wajib")).is_question
    await house.restart()
    card = await rina.says("Siti")
    assert card.line("Jumlah:").startswith("Rp50.000 ")
    await house.restart()
    assert "Tercatat No. 1" in (await rina.presses("✅ Simpan")).text
    await siti.sees("Tercatat No. 1")
    assert await village.saved(siti) == 50_000


async def test_what_is_written_while_the_service_is_down_is_answered_when_it_is_back(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    await rina.says("wajib Siti 50rb")
    await house.stop()
    pressed = await house.sim.press(rina.chat, "✅ Simpan")
    asked = await house.sim.text(siti.chat, "saldo")
    await asyncio.sleep(0.1)
    assert await village.entries() == 0
    await house.start()
    assert "Tercatat No. 1" in (await rina._answer(pressed)).text
    assert "Simpanan wajib" in (await siti._answer(asked)).text
    await siti.sees("Tercatat No. 1")
    assert await village.entries() == 1


async def test_a_receipt_that_telegram_would_not_take_comes_later(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    house.allowed.add("mouth.silenced")
    await house.sim.fault("retry_after", "sendMessage", times=1, retry_after=1, chat_id=siti.chat)
    await rina.says("wajib Siti 50rb")
    assert "Tercatat No. 1" in (await rina.presses("✅ Simpan")).text
    await siti.sees("Tercatat No. 1")
    assert "sudah dibenarkan" in (await siti.presses("BENAR")).text
