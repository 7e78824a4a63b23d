"""A closed month in the chat: pushed, asked for by words, as a picture and as a paper, never somebody else's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from core import database
from core.calendar import last_day, next_month, start_of
from core.permissions import Role
from core.texts import render
from notifications import outbox, stating
from notifications.jobs import statements
from notifications.messages import Message as Owed
from notifications.messages import Purpose
from tests.builders import Village, a_village, an_official, months_ago, today
from tests.house import ACCOUNT, House, Message, Person
from tests.notifications.test_statement_papers import paper_text

pytestmark = pytest.mark.asyncio(loop_scope="session")


def month_name(month: date) -> str:
    """As in "Oktober 2026"."""
    return render("paper-month", {"month": month}).removeprefix("Bulan ")


async def a_counter(house: House) -> tuple[Village, Person, Person]:
    """A treasurer, and Siti who saved last month and this month."""
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(3), sukarela=400_000)
    for day, amount in ((months_ago(1), "50rb"), (today(), "7rb")):
        card = await rina.says(f"sukarela Siti {amount} tanggal {day:%d/%m/%Y}")
        assert card.is_card, card.text
        await rina.presses("✅ Simpan")
        await siti.sees("Tercatat")
    return village, rina, siti


async def pushed(village: Village, person: Person, month: date) -> Message:
    """Owe a month as the clock does, and let the service say it."""
    assert person.person_id is not None
    now = datetime.now(UTC)
    owed = Owed(
        koperasi_id=village.cooperative.id,
        id=uuid4(),
        to=person.address,
        person_id=person.person_id,
        purpose=Purpose.STATEMENT,
        content=stating.content(stating.MEMBER, month),
        dedupe=f"statement/{month:%Y-%m}/{person.person_id}",
        made_at=now,
        expires_at=now + timedelta(days=5),
    )
    async with database.transaction(
        village.house.owner, koperasi_id=village.cooperative.id
    ) as db:  # fmt: skip
        await outbox.put(db, [owed], village.house.keys)
    return await person.sees("Saldo per ")


def last_month_of(message: Message) -> bool:
    return "Simpanan sukarela: Rp450.000\n· masuk Rp50.000\n" in message.text


@pytest.mark.only("telegram", "it reads the Bot API's files")
async def test_a_month_is_pushed_and_comes_as_a_picture_and_as_a_paper(house: House) -> None:
    village, _, siti = await a_counter(house)
    got = await pushed(village, siti, months_ago(1))
    assert last_month_of(got)
    assert got.lines[1] == f"Siti Aminah ({siti.number}), {village.cooperative.name[:40]}"
    assert got.labels == ["Gambar", "PDF"]
    picture = await siti.presses("Gambar", got)
    assert picture.file is not None
    assert picture.file["mime"] in ("image/png", "image/jpeg")
    assert 2_000 < picture.file["size"] < 60_000
    assert picture.text == got.text
    paper = await siti.presses("PDF", got)
    assert paper.file is not None
    assert paper.file["name"] == f"saldo-{months_ago(1):%Y-%m}.pdf"
    assert paper.text == got.text
    bot = house.world.find_bot(int(ACCOUNT))
    assert bot is not None
    stored = [file.data for file in bot.files.values() if file.name == paper.file["name"]]
    read = paper_text(stored[-1])
    assert "Sukarela Rp400.000 Rp50.000 Rp0 Rp0 Rp450.000" in read
    assert village.cooperative.name in read


@pytest.mark.parametrize("words", ["saldo bulan lalu", "rekening koran", "/saldo bulan lalu"])
async def test_a_closed_month_is_shown_by_words(house: House, words: str) -> None:
    _, _, siti = await a_counter(house)
    got = await siti.says(words)
    assert last_month_of(got)
    assert got.labels == ["Gambar", "PDF"]
    picture = await siti.presses("Gambar")
    assert picture.file is not None


async def test_a_month_is_found_by_its_name(house: House) -> None:
    _, _, siti = await a_counter(house)
    name = month_name(months_ago(1)).split(" ")[0].lower()
    for words in (f"saldo bulan {name}", f"rekening koran {name}", f"saldo {name}"):
        assert last_month_of(await siti.says(words)), words


async def test_printing_and_drawing_by_words(house: House) -> None:
    _, _, siti = await a_counter(house)
    paper = await siti.says("cetak saldo")
    assert paper.file is not None
    assert paper.file["name"].endswith(".pdf")
    assert last_month_of(paper)
    picture = await siti.says("gambar saldo bulan lalu")
    assert picture.file is not None
    assert not picture.file["name"].endswith(".pdf")
    assert last_month_of(picture)


async def test_the_month_that_runs_is_todays_balance_and_is_not_printed(house: House) -> None:
    _, _, siti = await a_counter(house)
    balance = await siti.says("saldo bulan ini")
    assert "Simpanan sukarela: Rp457.000" in balance.text
    refused = await siti.says("cetak saldo bulan ini")
    assert refused.file is None
    assert f"Bulan {month_name(months_ago(0))} belum selesai" in refused.text
    early = await siti.says(f"saldo {month_name(months_ago(9))}")
    assert "baru menjadi anggota" in early.text


async def test_a_member_sees_nobody_elses_month(house: House) -> None:
    village, _, siti = await a_counter(house)
    budi = await village.member("Budi Santoso", joined=months_ago(3), sukarela=900_000)
    got = await pushed(village, siti, months_ago(1))
    here, month = village.cooperative.id, f"{months_ago(1):%Y-%m}"
    for forged in (
        f"s:{here}:{budi.person_id}:{month}:pdf",
        f"s:{here + 1}:{siti.person_id}:{month}:png",
    ):
        answer = await siti.forges(forged, got)
        assert answer.file is None
        assert "900.000" not in answer.text
    for strange in (
        f"s:{here}:{siti.person_id}:2026-13:png",
        f"s:{here}:{siti.person_id}:{month}:exe",
        "s:x",
    ):
        answer = await siti.forges(strange, got)
        assert answer.file is None
    later = await siti.forges(f"s:{here}:{siti.person_id}:2099-01:pdf", got)
    assert "belum selesai" in later.text
    refused = await siti.says("saldo Budi bulan lalu")
    assert "900.000" not in refused.text
    assert refused.file is None


async def test_an_officer_prints_a_members_month(house: House) -> None:
    _, rina, siti = await a_counter(house)
    shown = await rina.says("saldo Siti bulan lalu")
    assert last_month_of(shown)
    assert siti.number in shown.text
    assert shown.labels == ["Gambar", "PDF"]
    name = month_name(months_ago(1)).split(" ")[0].lower()
    for words in ("cetak saldo Siti", f"pdf Siti {name}", f"Siti pdf {name}"):
        paper = await rina.says(words)
        assert paper.file is not None, words
        assert last_month_of(paper)
    assert last_month_of(await siti.says(f"pdf {name}"))
    assert siti.said[-1].file is not None
    for label in shown.labels:
        assert (await rina.presses(label, shown)).file is not None


async def test_the_month_is_kept_while_it_is_asked_whose_is_meant(house: House) -> None:
    village, rina, siti = await a_counter(house)
    other = await village.member("Siti Rahmah", joined=months_ago(3))
    name = month_name(months_ago(1)).split(" ")[0].lower()
    for words, files in (
        (f"saldo Siti bulan {name}", ""),
        (f"cetak saldo Siti bulan {name}", "pdf"),
    ):
        asked = await rina.says(words)
        assert len(asked.labels) == 2
        (label,) = (one for one in asked.labels if siti.number in one)
        pressed = await rina.presses(label, asked)
        typed = await rina.says(words) and await rina.says("Siti Rahmah")
        for shown, whose in ((pressed, siti), (typed, other)):
            assert shown.text.startswith("Saldo per "), shown.text
            assert whose.number in shown.text
            assert (shown.file["name"][-3:] if shown.file else "") == files
    asked = await rina.says("saldo Siti")
    (label,) = (one for one in asked.labels if siti.number in one)
    assert "Rp457.000" in (await rina.presses(label, asked)).text


async def test_officers_get_the_cooperatives_month_as_a_picture_and_as_a_paper(
    house: House,
) -> None:
    village, rina, siti = await a_counter(house)
    report = await rina.says("/laporan")
    month = await rina.presses("Bulan lalu", report)
    assert month.text.startswith(f"Laporan {month_name(months_ago(1))}\n")
    assert month.labels == ["Gambar", "PDF"]
    for label, ending in (("Gambar", ".png"), ("PDF", ".pdf")):
        got = await rina.presses(label, month)
        assert got.text == month.text
        assert got.file is not None
        assert got.file["name"].endswith(ending) or label == "Gambar"
        assert got.file["size"] < 60_000
    mark = f"sb:{village.cooperative.id}:{months_ago(1):%Y-%m}:pdf"
    balance = await siti.says("saldo")
    refused = await siti.forges(mark, balance)
    assert refused.file is None
    assert "Laporan" not in refused.text
    early = await rina.forges(f"sb:{village.cooperative.id}:2099-01:pdf", month)
    assert "belum selesai" in early.text
    elsewhere = await rina.forges(f"sb:{village.cooperative.id + 1}:2020-01:pdf", month)
    assert elsewhere.file is None


async def test_a_report_of_a_month_is_that_month(house: House) -> None:
    _, rina, siti = await a_counter(house)
    official = await an_official(house, "Pak Dinas")
    name = month_name(months_ago(1))
    for words in ("laporan bulan lalu", f"laporan {name.split()[0]}", f"/laporan {name}"):
        assert (await rina.says(words)).text.startswith(f"Laporan {name}\n"), words
        assert (await official.says(words)).text.startswith(f"Rekap {name}, "), words
    assert (await rina.says(f"cetak laporan {name}")).file is not None
    for words in ("laporan tahun 2025", "laporan kemarin", "laporan januari sampai maret"):
        assert "Laporan ada untuk hari ini" in (await rina.says(words)).text, words
    for words in ("laporan", "laporan bulan ini", "laporan hari ini"):
        assert (await rina.says(words)).text == (await rina.says("/laporan")).text
    assert "Laporan" not in (await siti.says(f"laporan {name}")).text


async def test_officials_get_the_roll_up_as_a_picture_and_as_a_paper(house: House) -> None:
    _, rina, _ = await a_counter(house)
    official = await an_official(house, "Pak Dinas")
    month = await official.presses("Bulan lalu", await official.says("/pantau"))
    assert month.text.startswith(f"Rekap {month_name(months_ago(1))}, ")
    for label in ("Gambar", "PDF"):
        got = await official.presses(label, month)
        assert got.text == month.text
        assert got.file is not None
        assert got.file["size"] < 60_000
    for words in ("pantau excel", "pantau Berau di file excel"):
        sheet = await official.says(words)
        assert sheet.file is not None, sheet.text
        assert sheet.file["name"].endswith(".xlsx")
    assert "Berau" in sheet.text
    assert "Tidak ada" in (await official.says("pantau antah berantah excel")).text
    forged = await rina.forges(f"sr:{months_ago(1):%Y-%m}:pdf", await rina.says("/laporan"))
    assert forged.file is None
    assert "Rekap" not in forged.text


@pytest.mark.only("telegram", "one WhatsApp has one number: a family shares its chat there")
async def test_a_family_with_one_phone_gets_each_month_of_its_own(house: House) -> None:
    village, _, siti = await a_counter(house)
    (budi,) = await village.members(["Budi Santoso"], joined=months_ago(3), savings=(0, 0, 900_000))
    mine = await pushed(village, siti, months_ago(1))
    await siti.joins(await village.invite(budi))
    (other,) = await house.rows(
        "SELECT count(*) AS n FROM addresses WHERE koperasi_id = :here AND chat = :chat AND ended_at IS NULL",
        here=village.cooperative.id,
        chat=siti.chat_id,
    )
    if other.n == 2:  # the phone speaks for both
        paper = await siti.presses("PDF", mine)
        assert paper.file is not None
        assert "900.000" not in paper.text


async def test_a_chat_in_two_cooperatives_answers_in_the_right_one(house: House) -> None:
    village, _, siti = await a_counter(house)
    mine = await pushed(village, siti, months_ago(1))
    other = await a_village(house, village="64.72.05.1002")
    (again,) = await other.members(
        [siti.name], phone=siti.phone, joined=months_ago(3), savings=(0, 0, 800_000)
    )  # fmt: skip
    await siti.joins(await other.invite(again))
    assert "Rp800.000" in (await siti.says("saldo bulan lalu")).text
    paper = await siti.presses("PDF", mine)
    assert paper.file is not None
    assert last_month_of(paper)
    assert "800.000" not in paper.text


async def test_the_clock_owes_it_and_the_service_says_it(house: House) -> None:
    """At nine on the first working day of the next month, as an operator runs the job ahead of time."""
    village, rina, siti = await a_counter(house)
    official = await an_official(house, "Pak Dinas", "64.72")
    day = statements.due_day(next_month(months_ago(0)), (await _rules(village)))
    engine = database.make_engine(house.database.urls.clock, size=1)
    try:
        now = start_of(day) + timedelta(hours=9)
        assert await statements.monthly_balances_job(engine, house.keys, now) >= 3
        assert await statements.monthly_balances_job(engine, house.keys, now) == 0
    finally:
        await engine.dispose()
    got = await siti.sees("Saldo per ")
    assert "Simpanan sukarela: Rp457.000\n· masuk Rp7.000" in got.text
    assert got.lines[0] == f"Saldo per {last_day(today()).day} {month_name(months_ago(0))}"
    books = await rina.sees("Laporan ")
    assert books.lines[0] == f"Laporan {month_name(months_ago(0))}"
    assert "Simpanan sukarela: Rp457.000" in books.text
    rollup = await official.sees("Rekap ")
    assert rollup.lines[0].startswith(f"Rekap {month_name(months_ago(0))}, ")


async def _rules(village: Village):
    from core import rules  # noqa: PLC0415 - the clock reads them, no story else

    async with database.transaction(
        village.house.owner, koperasi_id=village.cooperative.id
    ) as db:  # fmt: skip
        return await rules.in_force(db, village.cooperative.id, today())


async def test_who_said_stop_is_not_told(house: House) -> None:
    village, _, siti = await a_counter(house)
    await siti.says("stop saldo")
    assert siti.person_id is not None
    now = datetime.now(UTC)
    owed = Owed(
        koperasi_id=village.cooperative.id, id=uuid4(),
        to=siti.address, person_id=siti.person_id,
        purpose=Purpose.STATEMENT, content=stating.content(stating.MEMBER, months_ago(1)),
        dedupe=f"statement/{months_ago(1):%Y-%m}/{siti.person_id}", made_at=now,
    )  # fmt: skip
    async with database.transaction(
        house.owner, koperasi_id=village.cooperative.id
    ) as db:  # fmt: skip
        await outbox.put(db, [owed], house.keys)
    again = await siti.says("saldo bulan lalu")  # an answer is always given
    assert last_month_of(again)
    row = None
    while row is None or row.done_at is None:
        (row,) = await house.rows(
            "SELECT state, reason, done_at FROM outbox WHERE id = :id", id=owed.id
        )
    assert (row.state, row.reason) == ("cancelled", "consent-withdrawn")
