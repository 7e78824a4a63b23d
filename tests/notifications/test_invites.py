"""Invites that run out unused are told of two days before, to who made them, once for each day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from core import database, identities
from core.cooperatives import Cooperative
from core.permissions import Role
from notifications.jobs import invites
from notifications.messages import Content
from tests.builders_core import a_cooperative, a_member, an_officer
from tests.conftest import KEYS
from tests.notifications.test_reminders import VILLAGES, changed, linked, owed, rows
from tests.notifications.test_reminding import made, said

MADE = datetime(2026, 11, 24, 2, tzinfo=UTC)
ENDS = MADE + identities.INVITE_GOOD_FOR  # 8 December, 10:00 in Kaltim
TWO_DAYS_BEFORE = ENDS - timedelta(days=2)
DAY = date(2026, 12, 8)


class Village:
    """A chairman and a secretary with chats, and a member who was invited."""

    def __init__(self, here: Cooperative, ketua: int, secretary: int, member: int) -> None:
        self.here, self.ketua, self.secretary, self.member = here, ketua, secretary, member


async def a_village(owner: AsyncEngine, village: str = VILLAGES[0], by: str = "cli") -> Village:
    async with database.transaction(owner) as db:
        here = await a_cooperative(db, village=village)
        ketua = (await an_officer(db, here, Role.KETUA, name="Haji Udin")).person_id
        secretary = (await an_officer(db, here, Role.SEKRETARIS, name="Nurul")).person_id
        for person in (ketua, secretary):
            await linked(db, here, person)
        member = (await a_member(db, here, "Siti Aminah", phone="081234567890")).id
    made_here = Village(here, ketua, secretary, member)
    await invited(owner, made_here, member, by=by.format(secretary=secretary))
    return made_here


async def invited(
    owner: AsyncEngine, village: Village, person: int, *, by: str = "cli", at: datetime = MADE
) -> None:
    async with database.transaction(owner, koperasi_id=village.here.id) as db:
        await identities.invite(
            db, keys=KEYS, by=by, at=at, koperasi_id=village.here.id, person_id=person
        )


async def test_the_ketua_is_told_two_days_before_once_and_may_invite_anew(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    early = TWO_DAYS_BEFORE - timedelta(seconds=1)
    assert await invites.invites_job(clock_engine, KEYS, early) == 0
    for hours in (0, 1, 30):
        now = TWO_DAYS_BEFORE + timedelta(hours=hours)
        assert await invites.invites_job(clock_engine, KEYS, now) == (hours == 0)
    name = f"invites/{DAY}/{village.ketua}"
    assert await owed(clock_engine) == [name]
    (row,) = await rows(clock_engine)
    assert row["purpose"] == "notice"
    text = await said(clock_engine, name, TWO_DAYS_BEFORE)
    assert text.startswith("1 undangan belum dipakai dan berakhir 8 Desember 2026: Siti Aminah\n")
    content = await made(clock_engine, name, TWO_DAYS_BEFORE)
    assert isinstance(content, Content)
    assert [[one.data for one in line] for line in content.buttons] == [
        [f"eo:{village.here.id}:{village.ketua}:invite:{village.member}"]
    ]


async def test_an_invite_made_in_chat_is_told_to_who_made_it(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine, by="person:{secretary}")
    assert await invites.invites_job(clock_engine, KEYS, TWO_DAYS_BEFORE) == 1
    assert await owed(clock_engine) == [f"invites/{DAY}/{village.secretary}"]
    await changed(owner_engine, "DELETE FROM outbox")
    await changed(
        owner_engine, "UPDATE officers SET until = '2026-12-01' WHERE role = 'sekretaris'"
    )
    assert await invites.invites_job(clock_engine, KEYS, TWO_DAYS_BEFORE) == 1
    assert await owed(clock_engine) == [f"invites/{DAY}/{village.ketua}"]


async def test_many_invites_of_a_day_are_one_message(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    for number in range(7):
        async with database.transaction(owner_engine, koperasi_id=village.here.id) as db:
            member = await a_member(db, village.here, f"Anggota {number}")
        later = MADE + timedelta(hours=number)
        await invited(owner_engine, village, member.id, at=later)
    assert await invites.invites_job(clock_engine, KEYS, TWO_DAYS_BEFORE) == 1
    text = await said(clock_engine, f"invites/{DAY}/{village.ketua}", TWO_DAYS_BEFORE)
    assert text.startswith("8 undangan belum dipakai")
    assert "dan 3 orang lain." in text


async def test_used_replaced_linked_and_left_are_no_news(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    here = village.here.id

    async def news() -> int:
        found = await invites.invites_job(clock_engine, KEYS, TWO_DAYS_BEFORE)
        await changed(owner_engine, "DELETE FROM outbox")
        return found

    assert await news() == 1
    await changed(owner_engine, "UPDATE chat.invites SET used_at = now()")
    assert await news() == 0
    await changed(owner_engine, "UPDATE chat.invites SET used_at = NULL")
    await changed(owner_engine, "UPDATE members SET left_on = '2026-12-01'")
    assert await news() == 0
    await changed(owner_engine, "UPDATE members SET left_on = NULL")
    async with database.transaction(owner_engine, koperasi_id=here) as db:
        await linked(db, village.here, village.member)
    assert await news() == 0
    await changed(
        owner_engine, "UPDATE addresses SET ended_at = now() WHERE person_id = $1", village.member
    )
    assert await news() == 1
    await invited(owner_engine, village, village.member, at=MADE + timedelta(days=3))
    assert await news() == 0


async def test_who_joined_before_it_was_said_is_not_named(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    assert await invites.invites_job(clock_engine, KEYS, TWO_DAYS_BEFORE) == 1
    async with database.transaction(owner_engine, koperasi_id=village.here.id) as db:
        await linked(db, village.here, village.member)
    name = f"invites/{DAY}/{village.ketua}"
    assert await made(clock_engine, name, TWO_DAYS_BEFORE) == "nothing"


async def test_the_door_shows_a_cooperatives_own_invites_without_their_codes(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, app_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    other = await a_village(owner_engine, VILLAGES[1])
    query = "SELECT * FROM chat.expiring($1, $2)"
    for one in (village, other):
        async with database.transaction(clock_engine, koperasi_id=one.here.id) as db:
            raw = await database.driver(db)
            found = [dict(row) for row in await raw.fetch(query, MADE, ENDS)]
        assert found == [{"person_id": one.member, "made_by": "cli", "expires_at": ENDS}]
    async with database.transaction(clock_engine) as db:
        assert await (await database.driver(db)).fetch(query, MADE, ENDS) == []
    async with app_engine.connect() as db:
        raw = await database.driver(db)
        assert not await raw.fetchval(
            "SELECT has_function_privilege('chat.expiring(timestamptz, timestamptz)', 'EXECUTE')"
        )
