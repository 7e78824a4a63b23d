"""STOP and MULAI: at once, in any state, by purpose, on this channel alone; what waits is not said any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from core import database
from core.permissions import Role
from notifications import outbox
from notifications.messages import Content, Message, Purpose, Say
from tests.builders import Village, a_village, an_official, months_ago
from tests.house import House, Person, a_person

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALL = {"announcement", "reminder", "statement"}


async def on(house: House, village: Village, person: Person, channel: str = "") -> set[str]:
    """Which purposes a person is sent on a channel."""
    rows = await house.rows(
        "SELECT DISTINCT purpose FROM consents WHERE koperasi_id = :here AND person_id = :who"
        " AND channel = :channel AND withdrawn_at IS NULL",
        here=village.cooperative.id,
        who=person.person_id,
        channel=channel or person.channel,
    )
    return {row.purpose for row in rows}


async def waits(house: House, village: Village, person: Person, purpose: Purpose) -> str:
    """Owe something later; return its dedupe key."""
    now = datetime.now(UTC)
    message = Message(
        koperasi_id=village.cooperative.id,
        id=uuid4(),
        to=person.address,
        person_id=person.person_id,
        purpose=purpose,
        content=Content(lines=(Say("thanks"),)),
        dedupe=f"test-{uuid4()}",
        made_at=now,
        not_before=now + timedelta(hours=1),
    )
    async with database.transaction(house.owner, koperasi_id=village.cooperative.id) as db:
        await outbox.put(db, [message], house.keys)
    return message.dedupe


async def state(house: House, dedupe: str) -> str:
    found: str = await house.value("SELECT state FROM outbox WHERE dedupe = :d", d=dedupe)
    return found


@pytest.mark.parametrize(
    "words",
    [
        *("STOP", "berhenti", "/stop", "Stop.", "tolong berhenti", "jangan kirim pesan lagi"),
        *("setop", "jangan kirim lagi ya Pak", "saya mau berhenti dulu", "stop semua pesan"),
    ],
)
async def test_stop_stops_everything_and_mulai_begins_again(house: House, words: str) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    assert await on(house, village, siti) == ALL
    told = await siti.says(words)
    assert "pengingat, saldo bulanan, pengumuman dihentikan" in told.text
    assert "MULAI" in told.text
    assert await on(house, village, siti) == set()
    assert "dinyalakan lagi" in (await siti.says("MULAI")).text
    assert await on(house, village, siti) == ALL


@pytest.mark.parametrize(
    "words",
    [
        *("berhentikan bendahara", "berhentikan Rina Kartika", "berhentikan", "stop pinjaman"),
        *("STOP BUKTI", "stop persetujuan", "stop pengiriman gaji", "mulai mencatat wajib"),
    ],
)
async def test_words_about_something_else_switch_nothing(house: House, words: str) -> None:
    village = await a_village(house)
    await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    left = await on(house, village, hendra)
    assert left
    for before in ((), ("stop pengingat",)):
        for one in before:
            await hendra.says(one)
            left -= {"reminder"}
        told = await hendra.says(words)
        assert "dihentikan." not in told.text
        assert "dinyalakan lagi." not in told.text
        assert await on(house, village, hendra) == left


async def test_one_purpose_is_stopped_by_its_name_and_my_data_says_what_is_on(
    house: House,
) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    for words, left in (
        ("stop pengingat", {"statement", "announcement"}),
        ("berhenti pengumuman", {"statement"}),
        ("stop saldo", set()),
        ("mulai pengingatnya", {"reminder"}),
    ):
        await siti.says(words)
        assert await on(house, village, siti) == left
    assert "Pesan otomatis di chat ini: pengingat." in (await siti.says("/datasaya")).text
    await siti.says("stop pengingat")
    assert "Pesan otomatis di chat ini: tidak ada." in (await siti.says("/datasaya")).text


async def test_what_waits_is_cancelled_at_once_but_never_a_receipt_or_an_approval(
    house: House,
) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    wati = await village.member("Wati Lestari")
    reminder = await waits(house, village, siti, Purpose.REMINDER)
    statement = await waits(house, village, siti, Purpose.STATEMENT)
    announced = await waits(house, village, siti, Purpose.ANNOUNCEMENT)
    receipt = await waits(house, village, siti, Purpose.RECEIPT)
    approval = await waits(house, village, siti, Purpose.APPROVAL)
    other = await waits(house, village, wati, Purpose.REMINDER)
    await siti.says("stop pengumuman")
    assert await state(house, announced) == "cancelled"
    assert await state(house, reminder) == "waiting"
    await house.change("UPDATE outbox SET state = 'held' WHERE dedupe = :d", d=statement)
    await siti.says("STOP")
    assert [await state(house, one) for one in (reminder, statement)] == ["cancelled"] * 2
    assert [await state(house, one) for one in (receipt, approval, other)] == ["waiting"] * 3
    reason = "SELECT reason FROM outbox WHERE dedupe = :d AND done_at IS NOT NULL"
    assert await house.value(reason, d=reminder) == "consent-withdrawn"
    await house.change(
        "UPDATE outbox SET state = 'cancelled', done_at = now() WHERE koperasi_id = :here"
        " AND state = 'waiting'",
        here=village.cooperative.id,
    )


@pytest.mark.only("telegram", "the other channel in it is WhatsApp")
async def test_stop_on_this_channel_leaves_the_other(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    await house.change(
        "INSERT INTO consents (koperasi_id, person_id, purpose, channel, text_version, given_at)"
        " VALUES (:here, :who, 'reminder', 'whatsapp', 'x', now())",
        here=village.cooperative.id,
        who=siti.person_id,
    )
    await siti.says("STOP")
    assert await on(house, village, siti) == set()
    assert await on(house, village, siti, "whatsapp") == {"reminder"}


async def test_stop_in_the_middle_of_a_form_is_obeyed_and_the_form_goes_on(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(2))
    asked = await rina.says("setor sukarela Siti")
    assert asked.is_question
    assert "dihentikan" in (await rina.says("STOP")).text
    assert await on(house, village, rina) == set()
    card = await rina.says("50rb")
    assert card.is_card
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"


async def test_stop_with_an_open_card_records_nothing_and_leaves_the_card(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    card = await rina.says("Siti setor sukarela 50rb")
    assert "dihentikan" in (await rina.says("berhenti")).text
    assert not (await rina.says("ya")).text.startswith("✅ Tercatat")
    assert await village.entries() == 0
    assert "Tercatat" in (await rina.presses("✅ Simpan", card)).text
    await siti.sees("Tercatat")


async def test_stop_where_a_reason_or_a_pin_is_asked_is_no_answer_to_it(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await rina.says("atur pin")
    assert "dihentikan" in (await rina.says("stop")).text
    assert await on(house, village, rina) == set()


async def test_stop_reaches_every_cooperative_and_person_this_chat_speaks_for(
    house: House,
) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    other = await a_village(house, village="64.01.01.2010")
    (there,) = await other.members(["Siti Aminah"], phone=siti.phone)
    house.people.remove(there)
    await siti.joins(await other.invite(there))
    waiting = await waits(house, village, siti, Purpose.REMINDER)
    await siti.says("STOP")
    assert await on(house, village, siti) == set()
    assert await on(house, other, there) == set()
    assert await state(house, waiting) == "cancelled"
    await siti.says("MULAI")
    assert await on(house, village, siti) == ALL
    assert await on(house, other, there) == ALL


async def told_of_the_month(house: House, person: Person) -> bool:
    """Whether the clock finds this chat when it tells officials of a month."""
    found: bool = await house.value(
        "SELECT EXISTS (SELECT FROM chat.officials_reached WHERE chat = :chat)",
        chat=person.chat_id,
    )
    return found


async def test_an_official_stops_the_month_at_once_and_gets_it_again_with_mulai(
    house: House,
) -> None:
    official = await an_official(house, "Pak Gubernur")
    assert await told_of_the_month(house, official)
    assert "rekap bulanan dihentikan" in (await official.says("STOP")).text
    assert not await told_of_the_month(house, official)
    assert "koperasi" in (await official.says("/pantau")).text  # Answers go on.
    assert "dinyalakan lagi" in (await official.says("MULAI")).text
    assert await told_of_the_month(house, official)
    await official.says("stop pengingat")  # There is none for officials: the month goes on.
    assert await told_of_the_month(house, official)
    await official.says("stop saldo")
    assert not await told_of_the_month(house, official)


async def test_an_official_in_the_middle_of_an_announcement_stops_and_goes_on_with_it(
    house: House,
) -> None:
    official = await an_official(house, "Pak Dinas")
    assert "isi" in (await official.says("buat pengumuman")).text.lower()
    assert "dihentikan" in (await official.says("berhenti")).text
    assert not await told_of_the_month(house, official)
    again = await official.says("Rapat koperasi besok jam delapan pagi di kantor camat")
    assert "Rapat koperasi besok" in again.text


async def test_an_official_who_is_a_member_too_stops_both(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    await house.change(
        "UPDATE chat.chats SET province_user = (SELECT max(id) FROM province_users)"
        " WHERE chat = :chat AND EXISTS (SELECT FROM province_users)",
        chat=siti.chat_id,
    )
    assert await told_of_the_month(house, siti)
    await siti.says("STOP")
    assert not await told_of_the_month(house, siti)
    assert await on(house, village, siti) == set()


async def test_a_stranger_is_told_that_nothing_is_sent_there(house: House) -> None:
    stranger = await a_person(house, "Orang Asing")
    assert "belum terhubung" in (await stranger.says("berhenti")).text
    assert "belum terhubung" not in (await stranger.says("mulai")).text


async def test_leaving_the_cooperative_is_not_stop(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    await siti.says("saya mau berhenti jadi anggota")
    assert await on(house, village, siti) == ALL
