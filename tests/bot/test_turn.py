"""One turn, one transaction: once per update, undone as a whole, apologised for when we have a bug."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.services import Services
from bot.talk import Chat, Incoming
from bot.turn import take_turn
from core import database
from core.permissions import Role
from tests.builders import Village, a_village
from tests.conftest import KEYS
from tests.house import (
    ACCOUNT,
    House,
    Person,
    a_database,
    a_person,
    awaken,
    check_house,
    logs_kept,
    running_house,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_house(server_url: str, template: str) -> AsyncIterator[House]:
    async with a_database(server_url, template) as given, running_house(given) as house:
        yield house


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with logs_kept() as kept:
        yield kept


@pytest_asyncio.fixture(loop_scope="module")
async def house(shared_house: House, log: io.StringIO) -> AsyncIterator[House]:
    for kept in (shared_house.people, shared_house.books, shared_house.allowed):
        kept.clear()
    await awaken(shared_house, log)
    yield shared_house
    await check_house(shared_house, log.getvalue())


async def a_counter(house: House) -> tuple[Village, Person, Person]:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    return village, rina, await village.member("Siti Aminah")


async def replies_of(house: House, person: Person, update: int) -> int:
    found: int = await house.value(
        "SELECT count(*) FROM outbox WHERE dedupe = :key",
        key=f"reply/telegram/{ACCOUNT}/{person.chat}/{update}",
    )
    return found


@pytest.mark.parametrize("times", [1, 2, 5])
async def test_a_save_that_is_delivered_many_times_at_once_has_one_effect_and_one_answer(
    house: House, times: int
) -> None:
    village, rina, siti = await a_counter(house)
    await rina.says("wajib Siti 50rb")
    done = await house.sim.press(rina.chat, "✅ Simpan")
    answers = await asyncio.gather(
        rina._answer(done), house.sim.redeliver(done["update_id"], times, concurrent=True)
    )
    assert "Tercatat No. 1" in answers[0].text
    assert await village.entries() == 1
    assert await village.saved(siti) == 50_000
    assert await replies_of(house, rina, done["update_id"]) == 1
    await siti.sees("Tercatat No. 1")
    await rina.says("menu")
    await siti.says("menu")
    assert (rina.heard, siti.heard) == ([], [])


async def test_a_sentence_delivered_again_shows_its_card_once(house: House) -> None:
    _, rina, _ = await a_counter(house)
    done = await house.sim.text(rina.chat, "wajib Siti 50rb")
    card = await rina._answer(done)
    await house.sim.redeliver(done["update_id"], 5, concurrent=True)
    await house.sim.redeliver(done["update_id"], 2)
    assert "Tercatat" in (await rina.says("ya")).text, "a second card would make ya a question"
    assert len([m for m in await rina.messages() if m.id == card.id]) == 1


async def test_an_update_stays_claimed_after_the_chat_speaks_elsewhere(house: House) -> None:
    one = await a_village(house, "Koperasi Desa Merah Putih Hulu")
    two = await a_village(house, "Koperasi Desa Merah Putih Hilir")
    rina = await one.officer("Rina Kartika", Role.BENDAHARA)
    await one.member("Siti Aminah", linked=False)
    await rina.says("wajib Siti 20rb")
    done = await house.sim.press(rina.chat, "✅ Simpan")
    await rina._answer(done)
    await two.officer("Rina Kartika", Role.BENDAHARA, chat=rina)
    await house.sim.redeliver(done["update_id"], 3, concurrent=True)
    assert (await one.entries(), await two.entries()) == (1, 0)


async def test_every_press_is_answered_also_one_that_came_twice(house: House) -> None:
    _, rina, _ = await a_counter(house)
    await rina.says("wajib Siti 50rb")
    done = await house.sim.press(rina.chat, "❌ Batal")
    await rina._answer(done)
    answered = await _answered(house, done["callback_id"])
    assert answered


async def _answered(house: House, callback: str) -> bool:
    for _ in range(200):
        for entry in await house.sim.log("answerCallbackQuery"):
            if entry["params"].get("callback_query_id") == callback:
                return bool(entry["status"] == 200)
        await asyncio.sleep(0.02)
    return False


@asynccontextmanager
async def forbidden(house: House, what: str, table: str) -> AsyncIterator[None]:
    """Take a right away that the product counts on: whatever needs it fails like a bug of ours."""
    await house.change(f"REVOKE {what} ON {table} FROM kopdes_app")
    try:
        yield
    finally:
        await house.change(f"GRANT {what} ON {table} TO kopdes_app")


async def test_a_bug_is_apologised_for_once_and_undoes_everything(
    house: House, log: io.StringIO
) -> None:
    house.allowed.add("turn.bug")
    village, rina, siti = await a_counter(house)
    await rina.says("wajib Siti 50rb")
    async with forbidden(house, "INSERT", "receipts"):
        done = await house.sim.press(rina.chat, "✅ Simpan")
        sorry = await rina._answer(done)
        await house.sim.redeliver(done["update_id"], 3, concurrent=True)
    assert "gangguan" in sorry.text
    assert "Tidak ada yang dicatat" in sorry.text
    assert await village.entries() == 0
    assert await replies_of(house, rina, done["update_id"]) == 1
    assert log.getvalue().count('"turn.bug"') == 1
    assert "Traceback" in log.getvalue()
    # The card is as it was: the next ✅ records it.
    assert "Tercatat No. 1" in (await rina.presses("✅ Simpan")).text
    await siti.sees("Tercatat No. 1")
    assert siti.heard == []


async def test_a_typed_pin_is_taken_away_even_when_a_bug_undoes_the_rest(
    house: House, log: io.StringIO
) -> None:
    house.allowed.add("turn.bug")
    _, rina, _ = await a_counter(house)
    await rina.says("atur pin")
    async with forbidden(house, "INSERT", "pins"):
        assert "gangguan" in (await rina.says("804713")).text
    (typed,) = [one for one in await house.sim.messages(rina.chat) if one["text"] == "804713"]
    assert typed["deleted"]
    assert "804713" not in log.getvalue()


async def test_the_log_of_a_bug_holds_no_name_though_the_statement_did(
    house: House, log: io.StringIO
) -> None:
    house.allowed.add("turn.bug")
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    joko = await a_person(house, "Joko Susilo Wardana")
    async with forbidden(house, "INSERT", "people"):
        sorry = await hendra.says(f"undang bendahara Joko Susilo Wardana 0{joko.phone[2:]}")
    assert "gangguan" in sorry.text
    assert "Traceback" in log.getvalue()
    assert "Joko" not in log.getvalue()


async def test_a_refusal_undoes_what_its_step_had_begun(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    one = await village.member("Siti Aminah", sukarela=50_000, linked=False)
    two = await village.member("Budi Santoso", sukarela=50_000, linked=False)
    card = await rina.says(f"tarik:\n{one.number} 50rb\n{two.number} 50rb")
    await hendra.says(f"tarik {two.number} 10rb")
    await hendra.presses("✅ Simpan")
    before = await village.entries()
    refused = await rina.presses("✅ Simpan", on=card)
    assert "Rp40.000" in refused.text
    assert await village.entries() == before
    assert await village.saved(one, "sukarela") == 50_000
    kept = await house.value(
        "SELECT count(*) FROM receipts WHERE koperasi_id = :here", here=village.cooperative.id
    )
    assert kept == 1  # The one of the second officer.


async def test_who_comes_second_with_an_invite_leaves_no_address_behind(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", linked=False)
    other = await a_person(house, "Ponsel Kedua", siti.phone)
    code = await village.invite(siti)
    await siti.says(f"/start {code}")
    await other.says(f"/start {code}")
    await siti.shares_contact()
    assert "sudah dipakai" in (await other.shares_contact()).text
    chats = await house.rows(
        "SELECT chat, ended_at FROM addresses WHERE koperasi_id = :here",
        here=village.cooperative.id,
    )
    assert [(row.chat, row.ended_at) for row in chats] == [(str(siti.chat), None)]
    links = await house.rows(
        "SELECT chat FROM chat.links WHERE koperasi_id = :here", here=village.cooperative.id
    )
    assert [row.chat for row in links] == [str(siti.chat)]


async def test_a_connection_lost_in_mid_turn_is_a_500_and_the_update_comes_again(
    house: House, log: io.StringIO
) -> None:
    house.allowed |= {"turn.postponed", "telegram.later", "mouth.trouble"}
    village, rina, siti = await a_counter(house)
    await rina.says("wajib Siti 50rb")
    async with database.transaction(house.owner) as db:
        raw = await database.driver(db)
        await raw.execute("LOCK TABLE receipts IN ACCESS EXCLUSIVE MODE")
        done = await house.sim.press(rina.chat, "✅ Simpan")
        await _until_one_waits(house)
        await raw.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'kopdes bot'"
        )
    receipt = await rina._answer(done)
    assert "Tercatat No. 1" in receipt.text
    assert '"turn.postponed"' in log.getvalue()
    assert await village.entries() == 1
    made = next(u for u in await house.sim.updates() if u["update_id"] == done["update_id"])
    assert made["delivered"]["times"] > 1
    assert made["delivered"]["status"] == 200
    await siti.sees("Tercatat No. 1")


async def _until_one_waits(house: House) -> None:
    async with asyncio.timeout(10):
        while not await house.value(  # noqa: ASYNC110 - no event tells it
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'kopdes bot' AND wait_event_type = 'Lock'"
        ):
            await asyncio.sleep(0.01)


async def test_one_chat_that_waits_holds_no_other_chat_up(house: House) -> None:
    village, rina, siti = await a_counter(house)
    elsewhere = await a_village(house)
    budi = await elsewhere.member("Budi Santoso", sukarela=10_000)
    await rina.says("wajib Siti 50rb")
    async with database.transaction(house.owner) as db:
        raw = await database.driver(db)
        await raw.execute(
            "SELECT FROM ledger.books WHERE koperasi_id = $1 FOR UPDATE", village.cooperative.id
        )
        done = await house.sim.press(rina.chat, "✅ Simpan")
        await _until_one_waits(house)
        assert "Rp10.000" in (await budi.says("saldo")).text
        assert "Rp0" in (await siti.says("saldo")).text
    assert "Tercatat" in (await rina._answer(done)).text
    await siti.sees("Tercatat")


async def test_a_database_out_of_reach_is_raised_so_that_the_channel_delivers_again(
    log: io.StringIO,
) -> None:
    nowhere = database.make_engine("postgresql://app:pw@127.0.0.1:1/kopdes", size=1)
    woken: list[str] = []
    services = Services(
        app=nowhere,
        province=nowhere,
        keys=KEYS,
        wake=lambda: woken.append("woken"),
        answer_callback=lambda *_: woken.append("answered"),
    )
    incoming = Incoming(
        chat=Chat(channel="telegram", account="1", id="2"),
        update="3",
        at=datetime.now(UTC),
        button="m:menu",
        callback="4",
    )
    with pytest.raises(OSError, match=r"(?i)connect"):
        await take_turn(services, incoming)
    await nowhere.dispose()
    assert woken == []
    assert '"turn.postponed"' in log.getvalue()
