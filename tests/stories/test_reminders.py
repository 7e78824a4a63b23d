"""A reminder and what is answered to it: paid, tomorrow, more about it; what the officers do then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core import database
from core.calendar import start_of
from core.holidays import next_working_day
from core.identities import INVITE_GOOD_FOR
from core.loans.book import Loan
from core.permissions import Role
from core.sealing import Keys
from notifications.jobs import digest, invites, reminders
from tests.builders import Village, a_village, months_ago, today
from tests.house import House, Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

Job = Callable[[AsyncEngine, Keys, datetime], Awaitable[int]]


async def runs(house: House, job: Job, day: date) -> int:
    """Do a job as the operator does: as of nine o'clock of a day; the service says what is owed."""
    engine = database.make_engine(house.database.urls.clock, size=1)
    try:
        return await job(engine, house.keys, start_of(day) + timedelta(hours=9))
    finally:
        await engine.dispose()


async def owed(village: Village) -> int:
    """How many reminders this village was owed so far; other stories' villages are there too."""
    found: int = await village.house.value(
        "SELECT count(*) FROM outbox WHERE koperasi_id = :here AND purpose = 'reminder'",
        here=village.cooperative.id,
    )
    return found


async def a_counter(house: House) -> tuple[Village, Person, Person, Loan, date]:
    """A treasurer, and Siti whose loan of Rp1.000.000 has its first instalment due in a month."""
    village = await a_village(house, rest_days="none", reminder_days="-7 -3 0 3")
    await village.product(moves_holidays=False)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(12))
    loan = await village.lent(siti, 1_000_000)
    due = await house.value(
        "SELECT due FROM loan_instalments WHERE koperasi_id = :here AND loan_id = :loan AND n = 1",
        here=village.cooperative.id,
        loan=loan.id,
    )
    return village, rina, siti, loan, due


async def reminded(house: House, siti: Person, day: date, words: str = "angsuran ke-1") -> Message:
    assert await runs(house, reminders.reminders_job, day) >= 1
    return await siti.sees(words)


async def test_paid_tells_the_treasurer_and_stops_the_ladder_until_somebody_looked(
    house: House,
) -> None:
    village, rina, siti, _, due = await a_counter(house)
    got = await reminded(house, siti, due - timedelta(days=7))
    assert "Rp110.000, jatuh tempo" in got.text
    assert "(7 hari lagi)" in got.text
    assert "Rina" not in got.text
    assert got.labels == ["Sudah bayar", "Rincian", "Ingatkan besok"]
    thanks = await siti.presses("Sudah bayar", got)
    assert thanks.edited
    assert "Bendahara diminta memeriksa" in thanks.text
    asked = await rina.sees("sudah bayar")
    assert f"Siti Aminah ({siti.number})" in asked.text
    assert "Angsuran ke-1 pinjaman P-0001: Rp110.000" in asked.text
    assert asked.labels == ["Catat pembayaran", "Belum ada"]
    await runs(house, reminders.reminders_job, due - timedelta(days=3))
    assert await owed(village) == 1
    told = await rina.presses("Belum ada", asked)
    assert "diberi tahu" in told.text
    assert "belum menemukan pembayaran ini" in (await siti.sees("belum menemukan")).text
    await reminded(house, siti, due)


async def test_paid_pressed_twice_asks_once(house: House) -> None:
    _, rina, siti, _, due = await a_counter(house)
    got = await reminded(house, siti, due)
    data = got.data["Sudah bayar"]
    await siti.presses("Sudah bayar", got)
    again = await siti.forges(data, got)
    assert "Masih menunggu pemeriksaan" in again.text
    await rina.sees("sudah bayar")
    asked = "SELECT count(*) FROM outbox WHERE chat = :chat AND purpose = 'notice'"
    assert await house.value(asked, chat=rina.chat_id) == 1


async def test_a_recorded_payment_is_the_check(house: House) -> None:
    village, rina, siti, loan, due = await a_counter(house)
    budi = await village.officer("Budi Santoso", Role.BENDAHARA)
    got = await reminded(house, siti, due)
    await siti.presses("Sudah bayar", got)
    asked = await rina.sees("sudah bayar")
    also = await budi.sees("sudah bayar")
    amount = await rina.presses("Catat pembayaran", asked)
    assert amount.is_question
    card = await rina.presses("Rp110.000")
    assert card.is_card
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    await rina.presses("✅ Simpan")
    await siti.sees("Tercatat No.")
    assert await village.owed(loan) == 900_000
    assert "sudah diperiksa" in (await budi.presses("Belum ada", also)).text
    await runs(house, reminders.reminders_job, due + timedelta(days=3))
    assert await owed(village) == 1
    closed = "SELECT checked_by FROM reminder_answers WHERE koperasi_id = :here"
    assert await house.value(closed, here=village.cooperative.id) == "payment"


async def test_who_paid_already_hears_so_and_nobody_is_asked(house: House) -> None:
    _, rina, siti, _, due = await a_counter(house)
    got = await reminded(house, siti, due)
    await rina.says("Siti bayar angsuran 110rb")
    await rina.presses("✅ Simpan")
    await siti.sees("Tercatat No.")
    told = await siti.presses("Sudah bayar", got)
    assert "sudah lunas" in told.text
    claims = "SELECT count(*) FROM outbox WHERE chat = :chat AND purpose = 'notice'"
    assert await house.value(claims, chat=rina.chat_id) == 0


async def test_an_old_button_of_a_loan_that_changed_says_so_and_shows_the_new(house: House) -> None:
    village, rina, siti, _, due = await a_counter(house)
    got = await reminded(house, siti, due)
    here = village.cooperative.id
    change = "UPDATE loans SET state = :to WHERE koperasi_id = :here AND state = :was"
    await house.change(change, here=here, was="running", to="written-off")
    told = await siti.presses("Sudah bayar", got)
    await house.change(change, here=here, was="written-off", to="running")
    assert "sudah berubah" in told.text
    assert told.labels == ["Rincian"]
    assert "P-0001" in (await siti.presses("Rincian", told)).text
    assert rina.heard == []


async def test_tomorrow_comes_back_tomorrow(house: House) -> None:
    _, _, siti, _, due = await a_counter(house)
    got = await reminded(house, siti, due - timedelta(days=7))
    answer = await siti.presses("Ingatkan besok", got)
    assert answer.edited
    assert "diingatkan lagi besok" in answer.text
    assert answer.labels == ["Sudah bayar", "Rincian"]
    back = await reminded(house, siti, today() + timedelta(days=1))
    assert "Rp110.000" in back.text


async def test_details_are_the_loans_page_and_leave_the_reminder_as_it_is(house: House) -> None:
    _, _, siti, _, due = await a_counter(house)
    got = await reminded(house, siti, due)
    page = await siti.presses("Rincian", got)
    assert not page.edited
    assert "P-0001" in page.text
    assert "Jadwal" in " ".join(page.labels)
    await siti.presses("Sudah bayar", got)


async def test_nobody_answers_for_another_and_made_up_data_is_answered_kindly(
    house: House,
) -> None:
    village, rina, siti, _, due = await a_counter(house)
    wati = await village.member("Wati Lestari")
    got = await reminded(house, siti, due)
    here = village.cooperative.id
    mine = await wati.says("menu")
    for data in (
        got.data["Sudah bayar"],
        f"e:{here}:{wati.person_id}:paid:1.1.1",  # Siti's loan under the own name
        f"e:{here}:{wati.person_id}:show:1.1.1",
        f"e:{here}:{wati.person_id}:paid:0.0.209913",  # no month
        f"e:{here}:{wati.person_id}:paid:77.1.1",
        f"eo:{here}:{wati.person_id}:claims:0",
        f"eo:{here}:{wati.person_id}:none:1",
        f"e:{here}:{wati.person_id}:forgive:1.1.1",
        f"e:{here + 1}:{wati.person_id}:paid:1.1.1",
    ):
        answer = await wati.forges(data, mine)
        assert "110.000" not in answer.text
        assert "Siti" not in answer.text
    assert not await house.value(
        "SELECT count(*) FROM reminder_answers WHERE koperasi_id = :here", here=here
    )
    await siti.presses("Sudah bayar", got)
    asked = await rina.sees("sudah bayar")
    await wati.forges(asked.data["Belum ada"], mine)
    assert (
        await house.value(
            "SELECT checked_at FROM reminder_answers WHERE koperasi_id = :here", here=here
        )
        is None
    )


async def test_a_chat_in_two_cooperatives_answers_where_the_reminder_came_from(
    house: House,
) -> None:
    village, rina, siti, _, due = await a_counter(house)
    other = await a_village(house, village="64.01.01.2010")
    again = (await other.members([siti.name], phone=siti.phone))[0]
    house.people.remove(again)
    siti_there, siti.person_id = again.person_id, siti.person_id
    assert siti_there is not None
    again.chat = siti.chat
    await siti.joins(await other.invite(again))
    got = await reminded(house, siti, due)
    assert "Bendahara diminta memeriksa" in (await siti.presses("Sudah bayar", got)).text
    await rina.sees("sudah bayar")
    stands = await siti.says("saldo")
    assert stands.text
    assert (
        await house.value(
            "SELECT koperasi_id FROM reminder_answers WHERE person_id = :who AND koperasi_id IN (:a, :b)",
            who=siti.person_id,
            a=village.cooperative.id,
            b=other.cooperative.id,
        )
        == village.cooperative.id
    )


@pytest.mark.only("telegram", "one WhatsApp has one number: a family shares its chat there")
async def test_a_family_on_one_phone_is_reminded_each_by_name(house: House) -> None:
    village, _, siti, _, due = await a_counter(house)
    (joko,) = await village.members(["Joko Aminah"], phone=siti.phone, joined=months_ago(12))
    house.people.remove(joko)
    await village.lent(joko, 2_000_000)
    code = await village.invite(joko)
    asked = await siti.says(f"/start {code}")
    assert "kontak" in asked.text
    await siti.shares_contact()
    await siti.presses((await siti.messages())[-1].label("Joko"))
    assert await runs(house, reminders.reminders_job, due) >= 2
    hers = await siti.sees("Siti Aminah, angsuran")
    his = await siti.sees("Joko Aminah, angsuran")
    assert "Joko" not in hers.text
    assert "Siti" not in his.text
    assert "Rp110.000" in (await siti.presses("Sudah bayar", hers)).text
    assert "Rp220.000" in (await siti.presses("Sudah bayar", his)).text


async def test_simpanan_wajib_is_reminded_of_and_its_answer_reaches_the_treasurer(
    house: House,
) -> None:
    village = await a_village(house, due_day="10", wajib="20000")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    month = (today().replace(day=1) + timedelta(days=40)).replace(day=10)
    assert await runs(house, reminders.dues_job, month) >= 1
    got = await siti.sees("simpanan wajib")
    assert "jatuh tempo hari ini" in got.text
    balance = await siti.presses("Rincian", got)
    assert "wajib" in balance.text.lower()
    await siti.presses("Sudah bayar", got)
    asked = await rina.sees("sudah bayar")
    assert "Simpanan wajib" in asked.text
    card = await rina.presses("Catat pembayaran", asked)
    assert card.line("Jumlah:").startswith(
        "Rp40.000 "
    )  # This month and the next, both reminded of.


async def test_what_was_said_to_be_paid_is_carded_whole_from_the_oldest_month(
    house: House,
) -> None:
    village = await a_village(house, due_day="10", wajib="20000")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(13))
    await rina.says("wajib Siti 30rb")
    await rina.presses("✅ Simpan")
    await siti.sees("Tercatat")
    month = (today().replace(day=1) + timedelta(days=40)).replace(day=10)
    assert await runs(house, reminders.dues_job, month) >= 1
    got = await siti.sees("simpanan wajib")
    assert "Rp270.000" in got.text
    await siti.presses("Sudah bayar", got)
    card = await rina.presses("Catat pembayaran", await rina.sees("sudah bayar"))
    assert card.is_card
    assert card.line("Jumlah:").startswith("Rp270.000 ")
    await rina.presses("✅ Simpan", card)
    assert await village.saved(siti, "wajib") == 300_000
    await siti.sees("Rp270.000")


async def test_the_morning_leads_an_officer_to_what_waits(house: House) -> None:
    _, rina, siti, _, due = await a_counter(house)
    got = await reminded(house, siti, due)
    await siti.presses("Sudah bayar", got)
    await rina.sees("sudah bayar")
    day = next_working_day(due)
    assert await runs(house, digest.digest_job, day) >= 1
    morning = await rina.sees("Selamat pagi")
    late = "Menunggak: 1 pinjaman, Rp110.000"
    assert (late if day > due else "Jatuh tempo hari ini: 1 angsuran, Rp110.000") in morning.text
    assert "Mengaku sudah bayar, belum diperiksa: 1" in morning.text
    assert "Siti" not in morning.text
    listed = await rina.presses("Mengaku sudah bayar", morning)
    shown = await rina.presses("Siti Aminah", listed)
    assert "Angsuran ke-1 pinjaman P-0001" in shown.text
    await rina.presses("Belum ada", shown)
    assert "Tidak ada" in (await rina.presses("Mengaku sudah bayar", morning)).text
    await siti.sees("belum menemukan")


async def test_an_invite_that_runs_out_is_made_anew_by_a_button(house: House) -> None:
    village = await a_village(house)
    udin = await village.officer("Haji Udin", Role.KETUA)
    (siti,) = await village.members(["Siti Aminah"])
    await village.invite(siti)
    ends = (datetime.now(UTC) + INVITE_GOOD_FOR).astimezone(UTC) - timedelta(days=1)
    assert await runs(house, invites.invites_job, ends.date()) >= 1
    told = await udin.sees("undangan belum dipakai")
    made = await udin.presses("Undang Siti Aminah", told)
    assert "t.me/" in made.text


async def test_the_morning_lists_whose_chat_was_lost(house: House) -> None:
    village, rina, siti, _, due = await a_counter(house)
    await house.change(
        "UPDATE addresses SET ended_at = now(), reason = 'blocked' WHERE chat = :chat",
        chat=siti.chat_id,
    )
    assert await runs(house, digest.digest_job, next_working_day(due)) >= 1
    morning = await rina.sees("Selamat pagi")
    assert "Anggota yang chatnya terputus: 1" in morning.text
    listed = await rina.presses("Chat terputus", morning)
    shown = await rina.presses(f"Siti Aminah ({siti.number})", listed)
    assert "Siti Aminah" in shown.text
    await siti.says("halo")  # who writes again is reached again
    assert "Tidak ada anggota" in (await rina.presses("Chat terputus", morning)).text
    assert await village.entries() == 1
