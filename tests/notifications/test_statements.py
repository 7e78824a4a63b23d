"""Monthly balances: owed once to whom they are for, said from the books, the same as text, picture and paper."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import consents, database, identities
from core.accounts import SavingsKind
from core.consents import Consent
from core.cooperatives import Cooperative
from core.people import Member
from core.permissions import Action, Role, roles_that_may
from notifications import fresh, messages, stating, words
from notifications.fresh import Made
from notifications.jobs import statements
from notifications.messages import Content, Purpose
from notifications.outbox import Claimed
from tests.builders_core import AT, a_cooperative, a_member, an_officer, leaves, pays
from tests.conftest import KEYS, Database

OCTOBER = date(2026, 10, 1)
MONDAY = date(2026, 11, 2)  # the first working day of November
VILLAGES = ("64.72.05.1003", "64.01.01.2010", "64.01.01.2011")
RUPIAH = re.compile(r"-?Rp[0-9.]+[0-9]")


def at(day: date, hour: int = 9, minute: int = 0, *, ahead: int = 8) -> datetime:
    """An hour of a cooperative's day, `ahead` of UTC (WITA)."""
    begin = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    return begin - timedelta(hours=ahead)


# -- whom it is owed -----------------------------------------------------------------------------------


async def linked(
    db: AsyncConnection,
    here: Cooperative,
    person_id: int,
    channel: str = "telegram",
    when: datetime = AT,
) -> None:
    chat = (channel, "42", f"{1000 + person_id}")
    await identities.link(db, koperasi_id=here.id, person_id=person_id, chat=chat, at=when)


async def a_village(
    owner: AsyncEngine,
    members: int = 2,
    village: str = VILLAGES[0],
    *,
    chats: bool = True,
    **rules: Any,
) -> tuple[Cooperative, list[Member]]:
    async with database.transaction(owner) as db:
        here = await a_cooperative(db, village=village, **rules)
        people = [await a_member(db, here, f"Anggota {n}") for n in range(members)]
        for member in people if chats else ():
            await linked(db, here, member.id)
    return here, people


async def changed(owner: AsyncEngine, statement: str, *values: Any) -> None:
    async with database.transaction(owner) as db:
        await (await database.driver(db)).execute(statement, *values)


async def rows(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as db:
        raw = await database.driver(db)
        return list(await raw.fetch("SELECT * FROM outbox ORDER BY koperasi_id, seq"))


async def owed(engine: AsyncEngine) -> list[str]:
    return [row["dedupe"] for row in await rows(engine)]


async def test_every_member_is_owed_the_month_once_with_one_text_for_all(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here, people = await a_village(owner_engine, 3)
    assert await statements.look(clock_engine, KEYS, at(MONDAY)) == 3
    assert await statements.look(clock_engine, KEYS, at(MONDAY, 9, 10)) == 0
    found = await rows(clock_engine)
    assert [row["dedupe"] for row in found] == [f"statement/2026-10/{one.id}" for one in people]
    assert {row["facts"] for row in found} == {found[0]["facts"]}
    for row, member in zip(found, people, strict=True):
        assert (row["koperasi_id"], row["person_id"], row["chat"]) == (
            here.id, member.id, f"{1000 + member.id}",
        )  # fmt: skip
        assert (row["purpose"], row["priority"], row["state"]) == ("statement", 3, "waiting")
        assert row["not_before"] == row["made_at"] == at(MONDAY)
        assert row["expires_at"] == at(MONDAY + timedelta(days=5), 0)
    content = messages.unseal(found[0]["facts"], KEYS)
    assert content == stating.content(stating.MEMBER, OCTOBER)


async def test_who_left_joined_later_has_no_chat_or_opted_out_is_owed_nothing(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here, people = await a_village(owner_engine, 5)
    gone, leaving, blocked, silent, stays = people
    async with database.transaction(owner_engine) as db:
        await database.enter(db, here.id)
        await leaves(db, gone, here, MONDAY)
        await leaves(db, leaving, here, MONDAY + timedelta(days=1))
        new = await a_member(db, here, "Baru", joined=date(2026, 11, 1))
        await linked(db, here, new.id)
        await a_member(db, here, "Tanpa chat")
        await consents.withdraw(
            db, koperasi_id=here.id, person_id=silent.id, channel="telegram", at=AT,
            purposes=[Consent.STATEMENT],
        )  # fmt: skip
    await changed(
        owner_engine, "UPDATE addresses SET ended_at = now(), reason = 'blocked' WHERE person_id = $1", blocked.id
    )  # fmt: skip
    assert await statements.look(clock_engine, KEYS, at(MONDAY)) == 2
    assert await owed(clock_engine) == [f"statement/2026-10/{one.id}" for one in (leaving, stays)]


async def test_who_links_within_the_five_days_is_told_at_the_next_look(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here, (siti,) = await a_village(owner_engine, 1, chats=False)
    assert await statements.look(clock_engine, KEYS, at(MONDAY)) == 0
    async with database.transaction(owner_engine, koperasi_id=here.id) as db:
        await linked(db, here, siti.id)
    thursday = at(MONDAY + timedelta(days=3), 15)
    assert await statements.look(clock_engine, KEYS, thursday) == 1
    (row,) = await rows(clock_engine)
    assert (row["not_before"], row["expires_at"]) == (thursday, at(MONDAY + timedelta(days=5), 0))


async def test_the_newest_chat_of_a_channel_that_was_agreed_to_is_taken(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here, (siti,) = await a_village(owner_engine, 1)
    async with database.transaction(owner_engine, koperasi_id=here.id) as db:
        await linked(db, here, siti.id, "whatsapp", AT + timedelta(hours=1))
        person: Any = {"koperasi_id": here.id, "person_id": siti.id, "channel": "whatsapp"}
        await consents.withdraw(
            db, **person, at=AT + timedelta(hours=2), purposes=[Consent.STATEMENT]
        )
    await statements.look(clock_engine, KEYS, at(MONDAY))
    assert [row["channel"] for row in await rows(clock_engine)] == ["telegram"]
    await changed(owner_engine, "DELETE FROM outbox")
    async with database.transaction(owner_engine, koperasi_id=here.id) as db:
        await consents.give(
            db, **person, at=AT + timedelta(hours=3), text_version="x", purposes=[Consent.STATEMENT]
        )
    await statements.look(clock_engine, KEYS, at(MONDAY))
    assert [row["channel"] for row in await rows(clock_engine)] == ["whatsapp"]


async def test_an_outage_over_the_month_end_is_made_up_for_five_days_and_not_later(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await a_village(owner_engine)
    last = MONDAY + timedelta(days=4)
    assert await statements.look(clock_engine, KEYS, at(MONDAY + timedelta(days=5), 0)) == 0
    assert await statements.look(clock_engine, KEYS, at(date(2026, 11, 24))) == 0
    assert await statements.look(clock_engine, KEYS, at(last, 23, 59)) == 2
    (row, _) = await rows(clock_engine)
    assert row["expires_at"] == at(MONDAY + timedelta(days=5), 0)
    assert row["dedupe"].startswith("statement/2026-10/")


async def test_six_hours_of_silence_on_the_day_itself_lose_nothing_and_double_nothing(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await a_village(owner_engine, 4)
    assert [
        await statements.look(clock_engine, KEYS, at(MONDAY, hour)) for hour in (7, 14, 14, 20)
    ] == [0, 4, 0, 0]


async def test_two_clocks_at_once_owe_each_balance_once(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, own_database: Database
):
    for village in VILLAGES:
        await a_village(owner_engine, 40, village)
    other = database.make_engine(own_database.urls.clock)
    try:
        counts = await asyncio.gather(
            *(statements.look(engine, KEYS, at(MONDAY)) for engine in (clock_engine, other) * 2)
        )
    finally:
        await other.dispose()
    assert sum(counts) == 120
    found = await rows(clock_engine)
    assert len({(row["koperasi_id"], row["dedupe"]) for row in found}) == len(found) == 120


@pytest.mark.parametrize(
    ("rules", "day"),
    [
        ({"statement_day": 3}, date(2026, 11, 4)),
        ({"rest_days": "none"}, date(2026, 11, 1)),
        ({"rest_days": "minggu", "statement_day": 7}, date(2026, 11, 9)),
        ({"statement_day": 10}, date(2026, 11, 13)),
    ],
)
async def test_a_cooperative_chooses_its_working_day(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, rules: dict[str, Any], day: date
):
    await a_village(owner_engine, 1, **rules)
    assert await statements.look(clock_engine, KEYS, at(day - timedelta(days=1), 20)) == 0
    assert await statements.look(clock_engine, KEYS, at(day)) == 1


async def test_after_new_year_the_month_before_is_december(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await a_village(owner_engine, 1)
    assert (
        await statements.look(clock_engine, KEYS, at(date(2027, 1, 1))) == 0
    )  # a holiday, a Friday
    assert await statements.look(clock_engine, KEYS, at(date(2027, 1, 4))) == 1
    (one,) = await owed(clock_engine)
    assert one.startswith("statement/2026-12/")


async def test_the_clock_waits_for_the_hour_an_operator_does_not(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await a_village(owner_engine, 1, reminder_hour=10)
    assert await statements.look(clock_engine, KEYS, at(MONDAY, 9, 59)) == 0
    assert await statements.look(clock_engine, KEYS, at(MONDAY, 10)) == 1
    await changed(owner_engine, "DELETE FROM outbox")
    assert await statements.monthly_balances_job(clock_engine, KEYS, at(MONDAY, 0)) == 1
    assert await statements.monthly_balances_job(clock_engine, KEYS, at(MONDAY, 0)) == 0


async def test_each_zone_has_its_own_morning(owner_engine: AsyncEngine, clock_engine: AsyncEngine):
    for zone, village in zip(("Jakarta", "Makassar", "Jayapura"), VILLAGES, strict=True):
        here, _ = await a_village(owner_engine, 1, village)
        await changed(
            owner_engine, "UPDATE cooperatives SET zone = $1 WHERE koperasi_id = $2", f"Asia/{zone}", here.id
        )  # fmt: skip
    counts = [await statements.look(clock_engine, KEYS, at(MONDAY, hour)) for hour in (6, 7, 8, 9)]
    assert counts == [0, 1, 1, 1]  # WIT, WITA, WIB


async def test_officers_who_may_see_the_books_are_owed_the_cooperatives_month(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here, (siti,) = await a_village(owner_engine, 1)
    people = {}
    async with database.transaction(owner_engine, koperasi_id=here.id) as db:
        for role in Role:
            people[role] = (await an_officer(db, here, role, name=f"Pak {role}")).person_id
            await linked(db, here, people[role])
    entitled = roles_that_may(Action.SEE_BOOKS)
    assert await statements.look(clock_engine, KEYS, at(MONDAY)) == 1 + len(entitled)
    assert await statements.look(clock_engine, KEYS, at(MONDAY)) == 0
    expected = [f"statement/2026-10/books/{people[role]}" for role in Role if role in entitled]
    assert await owed(clock_engine) == [f"statement/2026-10/{siti.id}", *expected]


async def an_official(owner: AsyncEngine, region: str, chat: str, until: date | None = None) -> int:
    async with database.transaction(owner) as db:
        user = await identities.add_province_user(
            db, name="Pak Dinas", region=region, phone=f"0812000{chat}", keys=KEYS, at=AT
        )
        raw = await database.driver(db)
        await raw.execute("UPDATE province_users SET until = $2 WHERE id = $1", user, until)
        await raw.execute(
            "INSERT INTO chat.chats (channel, account, chat, province_user, seen_at)"
            " VALUES ('telegram', '42', $1, $2, now())",
            chat,
            user,
        )
    return user


async def test_officials_are_owed_the_roll_up_of_their_region(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    province = await an_official(owner_engine, "64", "70001")
    city = await an_official(owner_engine, "64.72", "70002")
    await an_official(owner_engine, "64", "70003", until=date(2026, 1, 1))
    assert await statements.look(clock_engine, KEYS, at(MONDAY, 7)) == 0
    assert await statements.look(clock_engine, KEYS, at(MONDAY, 8)) == 2
    assert await statements.look(clock_engine, KEYS, at(MONDAY, 8)) == 0
    found = await rows(clock_engine)
    assert [(row["koperasi_id"], row["chat"], row["person_id"]) for row in found] == [
        (0, "70001", None), (0, "70002", None),
    ]  # fmt: skip
    contents = [messages.unseal(row["facts"], KEYS) for row in found]
    assert contents == [
        stating.content(stating.REGION, OCTOBER, official=user) for user in (province, city)
    ]


# -- what is said --------------------------------------------------------------------------------------


async def made(clock: AsyncEngine, row: Any, now: datetime = at(MONDAY)) -> Made:  # noqa: B008
    """Ask the maker of a row, as the mouth does."""
    claimed = Claimed(
        koperasi_id=row["koperasi_id"], id=row["id"], fence=1, channel=row["channel"], chat=row["chat"],
        person_id=row["person_id"], purpose=Purpose(row["purpose"]), priority=row["priority"],
        facts=row["facts"], edit=None, attempts=1, resent=False, not_before=row["not_before"],
    )  # fmt: skip
    async with database.transaction(clock, koperasi_id=row["koperasi_id"]) as db:
        return await fresh.make(db, claimed, messages.unseal(row["facts"], KEYS), KEYS, now)


def text_of(content: Made) -> str:
    assert isinstance(content, Content), content
    return words.plain(words.make(content, resent=False).text)


async def test_a_statement_is_what_the_books_say_at_the_second_it_is_said(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here, (siti, _) = await a_village(owner_engine)
    await statements.look(clock_engine, KEYS, at(MONDAY))
    row, _ = await rows(clock_engine)
    assert "Simpanan sukarela: Rp0\n" in text_of(await made(clock_engine, row))
    async with database.transaction(owner_engine, koperasi_id=here.id) as db:
        rina = await an_officer(db, here)
        for on, amount in ((date(2026, 10, 31), 50_000), (date(2026, 11, 1), 9_000)):
            await pays(db, rina, siti, SavingsKind.SUKARELA, amount, on=on)
    content = await made(clock_engine, row)
    assert "Simpanan sukarela: Rp50.000\n· masuk Rp50.000\n" in text_of(content)
    assert isinstance(content, Content)
    assert [[button.data for button in line] for line in content.buttons] == [
        [f"s:{here.id}:{siti.id}:2026-10:png", f"s:{here.id}:{siti.id}:2026-10:pdf"]
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE members SET left_on = '2026-11-02' WHERE id = {siti}", "left"),
        ("UPDATE consents SET withdrawn_at = now() WHERE purpose = 'statement' AND person_id = {siti}",
         "consent-withdrawn"),
        ("UPDATE addresses SET ended_at = now(), reason = 'replaced' WHERE person_id = {siti}", "address-ended"),
    ],
)  # fmt: skip
async def test_a_statement_is_cancelled_when_it_need_not_be_said_any_more(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, change: str, reason: str
):
    _, (siti, _) = await a_village(owner_engine)
    await statements.look(clock_engine, KEYS, at(MONDAY))
    row, other = await rows(clock_engine)
    await changed(owner_engine, change.format(siti=siti.id))
    assert await made(clock_engine, row) == reason
    assert isinstance(await made(clock_engine, other), Content)


async def test_an_officers_month_is_said_while_the_office_is_held(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    here, (siti,) = await a_village(owner_engine, 1)
    async with database.transaction(owner_engine, koperasi_id=here.id) as db:
        rina = await an_officer(db, here)
        await linked(db, here, rina.person_id)
        await pays(db, rina, siti, SavingsKind.WAJIB, 20_000, on=date(2026, 10, 9))
        await pays(db, rina, siti, SavingsKind.SUKARELA, 70_000, on=date(2026, 10, 9))
    await statements.look(clock_engine, KEYS, at(MONDAY))
    _, row = await rows(clock_engine)
    assert text_of(await made(clock_engine, row)).split("\n") == [
        "Laporan Oktober 2026",
        "Koperasi Desa Merah Putih Uji",
        "Simpanan sukarela: Rp70.000",
        "Simpanan wajib: Rp20.000",
        "Simpanan pokok: Rp0",
        "Semua simpanan: Rp90.000, naik Rp90.000",
        "Pinjaman berjalan: 0, sisa pokok: Rp0",
        "Kas dan bank: Rp90.000",
        "· masuk Rp90.000",
        "Anggota: 1",
        "Wajib bulan itu: terkumpul Rp0 dari Rp20.000",
    ]
    await changed(owner_engine, "UPDATE officers SET until = '2026-11-02'")
    assert await made(clock_engine, row) == "left"


async def test_an_officials_roll_up_hides_what_fewer_than_five_members_hold(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await an_official(owner_engine, "64", "70001")
    for village, count in ((VILLAGES[0], 5), (VILLAGES[1], 4)):
        here, people = await a_village(owner_engine, count, village, chats=False)
        async with database.transaction(owner_engine, koperasi_id=here.id) as db:
            rina = await an_officer(db, here)
            for member in people:
                await pays(db, rina, member, SavingsKind.SUKARELA, 10_000, on=date(2026, 10, 9))
    await statements.look(clock_engine, KEYS, at(MONDAY))
    (row,) = await rows(clock_engine)
    assert text_of(await made(clock_engine, row)).split("\n") == [
        "Rekap Oktober 2026, Kalimantan Timur",
        "Koperasi: 2, yang mencatat: 2",
        "Anggota: 5",
        "Simpanan sukarela: Rp50.000",
        "Simpanan wajib: Rp0",
        "Simpanan pokok: Rp0",
        "· masuk Rp50.000",
        "Pinjaman, sisa pokok: Rp0",
        "1 koperasi dengan kurang dari 5 penyimpan tidak dijumlahkan.",
    ]
    await changed(owner_engine, "UPDATE province_users SET until = '2026-01-01'")
    assert await made(clock_engine, row) == "left"
