"""The watch that every story ends with can fail: a check that never does is none."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from core.permissions import Role
from tests.builders import a_village
from tests.house import House, a_database, check_house, logs_kept, running_house

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(server_url: str, template: str) -> AsyncIterator[House]:
    async with a_database(server_url, template) as given, running_house(given) as house:
        yield house


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with logs_kept() as kept:
        yield kept


@pytest_asyncio.fixture(loop_scope="module")
async def house(shared: House) -> House:
    shared.people.clear()
    shared.books.clear()
    return shared


def a_line(event: str, level: str = "info", **more: str) -> str:
    return json.dumps({"event": event, "level": level} | more) + "\n"


async def test_it_passes_after_an_ordinary_story(house: House, log: io.StringIO) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.members(["Siti Aminah"])
    await rina.says("wajib Siti 50rb")
    await rina.presses("✅ Simpan")
    await check_house(house, log.getvalue())


@pytest.mark.parametrize(
    "line",
    [
        a_line("turn.bug", "error"),
        a_line("anything", "warning"),
        a_line("turn.done", text="wajib Siti 50rb"),
        a_line("turn.done", who="Rina Kartika"),
    ],
)
async def test_it_sees_trouble_and_private_words_in_the_log(
    house: House, log: io.StringIO, line: str
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.members(["Siti Aminah"])
    await rina.says("wajib Siti 50rb")
    with pytest.raises(AssertionError):
        await check_house(house, log.getvalue() + line)
    with pytest.raises(AssertionError):
        await check_house(house, log.getvalue() + a_line("turn.done", to=rina.phone))
    with pytest.raises(AssertionError, match="no log"):
        await check_house(house, "")


async def test_it_sees_an_update_without_an_answer_and_an_answer_too_many(
    house: House, log: io.StringIO
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await rina.says("menu")
    words = log.getvalue()
    await check_house(house, words)
    await house.change("DELETE FROM outbox WHERE chat = :chat", chat=str(rina.chat))
    with pytest.raises(AssertionError):
        await check_house(house, words)
    house.people.clear()
    siti = await village.member("Siti Aminah")
    await house.sim._act(siti.chat, "text", body={"text": "menu"})
    await siti.sees("Halo")
    token = house.telegram.world.bots.keys()
    async with house.sim._session.post(
        f"{house.telegram.url}/bot{next(iter(token))}/sendMessage",
        json={"chat_id": siti.chat, "text": "Dua kali"},
    ) as answer:
        assert answer.status == 200
    with pytest.raises(AssertionError):
        await check_house(house, log.getvalue())


async def test_it_sees_a_book_that_was_changed(house: House, log: io.StringIO) -> None:
    village = await a_village(house)
    await village.members(["Siti Aminah"], savings=(0, 0, 50_000))
    await check_house(house, log.getvalue())
    await house.change(
        "UPDATE ledger.postings SET amount = amount + 1 WHERE koperasi_id = :here",
        here=village.cooperative.id,
    )
    with pytest.raises(AssertionError):
        await check_house(house, log.getvalue())
