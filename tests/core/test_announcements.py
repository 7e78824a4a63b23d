"""Announcements in core: whom an audience means, what may be said, who decides, when it begins and ends."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy.ext.asyncio import AsyncConnection

from core import consents, corrections, database, identities
from core.accounts import SavingsKind
from core.announcements import announcement, estimate, files, reach
from core.announcements.announcement import PROVINCE, Announcement, Message, State
from core.announcements.audience import Activity, Audience, pack, unpack
from core.announcements.files import NotAnAttachment
from core.consents import Consent
from core.cooperatives import Cooperative
from core.hours import Hours
from core.permissions import Role
from tests.builders_core import (
    AT,
    TODAY,
    a_cooperative,
    a_member,
    an_officer,
    appointed,
    leaves,
    pays,
    refused,
)
from tests.conftest import KEYS
from tests.core.loan_books import a_running_loan

MEMBERS = Audience(members=True)
EVERYBODY = Audience(members=True, roles=tuple(Role))


async def linked(
    db: AsyncConnection, here: Cooperative, person: int, *, chat: str | None = None
) -> None:
    name = ("telegram", "42", chat or f"{here.id}-{person}")
    await identities.link(db, koperasi_id=here.id, person_id=person, chat=name, at=AT)


async def some(
    db: AsyncConnection, count: int, *, village: str = "64.72.05.1003", chats: int | None = None
) -> tuple[Cooperative, list[int]]:
    """A cooperative with so many members; the first `chats` of them (all, if not said) are linked."""
    here = await a_cooperative(db, village=village)
    people = [(await a_member(db, here, f"Anggota {n}")).id for n in range(count)]
    for person in people[:chats]:
        await linked(db, here, person)
    return here, people


async def meant(
    db: AsyncConnection, audience: Audience, *, here: Cooperative | None = None, region: str = "64"
) -> list[tuple[int, int]]:
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT koperasi_id, person_id FROM announce.people($1, $2, $3::text::jsonb, $4)"
        " ORDER BY 1, 2",
        here.id if here else PROVINCE,
        region,
        json.dumps(pack(audience)),
        TODAY,
    )
    return [(row["koperasi_id"], row["person_id"]) for row in rows]


def composed(**facts: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "koperasi_id": PROVINCE,
        "announcement_id": uuid4(),
        "composer": "official:1",
        "message": Message(
            text="Rapat hari Minggu", sender="Kaltim", composer="Dewi", where="Kaltim"
        ),
        "region": "64",
        "audience": MEMBERS,
        "people": 10,
        "second_above": 1000,
        "chat": ("telegram", "42", "1"),
        "told_in": 0,
        "told": "reply/1",
        "at": AT,
        "keys": KEYS,
    }
    return given | facts


async def written(db: AsyncConnection, **facts: Any) -> Announcement:
    return await announcement.submit(db, **composed(**facts))


async def test_an_audience_comes_back_as_it_was_kept() -> None:
    for audience in (
        EVERYBODY,
        Audience(roles=(Role.KETUA,), regions=("64.02",), cooperatives=("64-0001", "64-0002")),
        Audience(members=True, activity=Activity.WAJIB, months=3),
        Audience(members=True, classes=("macet", "diragukan")),
        Audience(members=True, regions=("64.02", "64.72"), activity=Activity.IDLE, months=6),
    ):
        assert unpack(pack(audience)) == audience


async def test_regions_and_cooperatives_narrow_whom_the_province_means(db: AsyncConnection) -> None:
    samarinda, (sari,) = await some(db, 1)
    paser, (budi,) = await some(db, 1, village="64.01.01.2010")
    everyone = [(samarinda.id, sari), (paser.id, budi)]
    assert await meant(db, MEMBERS) == everyone
    assert await meant(db, MEMBERS, region="64.01") == everyone[1:]
    assert await meant(db, replace(MEMBERS, regions=("64.72",))) == everyone[:1]
    assert await meant(db, replace(MEMBERS, cooperatives=(paser.code,))) == everyone[1:]
    assert (
        await meant(db, replace(MEMBERS, regions=("64.7",))) == []
    )  # No region: 64.7 is not 64.72.
    assert await meant(db, replace(MEMBERS, regions=("64.01",)), region="64.72") == []
    assert await meant(db, replace(MEMBERS, regions=("64.01", "64.72"))) == everyone
    assert (
        await meant(db, replace(MEMBERS, regions=("64.01", "64.72")), region="64.01")
        == everyone[1:]
    )
    assert await meant(db, replace(MEMBERS, regions=("64.02", "64.03"))) == []


async def test_offices_are_meant_by_role_and_who_is_both_is_meant_once(db: AsyncConnection) -> None:
    here, (sari, budi) = await some(db, 2)
    ketua = await appointed(db, here, Role.KETUA, name="Hendra")
    assert ketua not in (sari, budi)
    both = await appointed(
        db, here, Role.BENDAHARA, name="Anggota 0", member_number=f"A-{sari:03d}"
    )
    assert both == sari
    assert await meant(db, Audience(roles=(Role.KETUA,)), here=here) == [(here.id, ketua)]
    assert await meant(db, EVERYBODY, here=here) == [
        (here.id, n) for n in sorted((sari, budi, ketua))
    ]


async def test_who_left_or_has_not_joined_yet_is_not_meant(db: AsyncConnection) -> None:
    here = await a_cooperative(db)
    stays = await a_member(db, here, "Sari")
    await leaves(db, await a_member(db, here, "Budi"), here, TODAY)
    await a_member(db, here, "Tuti", joined=TODAY + timedelta(days=1))
    assert await meant(db, MEMBERS, here=here) == [(here.id, stays.id)]


async def test_activity_looks_at_what_was_recorded_and_not_reversed(db: AsyncConnection) -> None:
    here = await a_cooperative(db)
    rina = await an_officer(db, here, phone="0811111111")
    wajib, sukarela, undone, long_ago, idle = [
        await a_member(db, here, f"Anggota {n}", dues_from=date(2026, 1, 1)) for n in range(5)
    ]
    await pays(db, rina, wajib, SavingsKind.WAJIB, 20_000)
    await pays(db, rina, sukarela, SavingsKind.SUKARELA, 20_000)
    done = await pays(db, rina, undone, SavingsKind.WAJIB, 20_000)
    await corrections.reverse(
        db, officer=rina, number=done.entry, on=TODAY, reason="salah orang", operation="undo",
        at=AT, source="telegram", approver="person:99",
    )  # fmt: skip
    await pays(db, rina, long_ago, SavingsKind.WAJIB, 20_000, on=date(2026, 8, 23))
    recorded = await meant(db, MEMBERS.of_members(activity=Activity.RECORDED, months=3), here=here)
    paid = await meant(db, MEMBERS.of_members(activity=Activity.WAJIB, months=3), here=here)
    assert recorded == [(here.id, wajib.id), (here.id, sukarela.id)]
    assert paid == [(here.id, wajib.id)]
    inactive = await meant(db, MEMBERS.of_members(activity=Activity.IDLE, months=3), here=here)
    assert inactive == [(here.id, one.id) for one in (undone, long_ago, idle)]


async def test_collectibility_means_members_with_a_running_loan_of_that_class(
    db: AsyncConnection,
) -> None:
    here, people = await some(db, 3)
    for person in people[:2]:
        await a_running_loan(db, person, koperasi_id=here.id)
    raw = await database.driver(db)
    await raw.execute(
        "UPDATE loans SET class = 'macet' WHERE koperasi_id = $1 AND member_id = $2",
        here.id,
        people[0],
    )
    late = MEMBERS.of_members(classes=("diragukan", "macet"))
    assert await meant(db, late, here=here) == [(here.id, people[0])]
    assert await meant(db, MEMBERS.of_members(classes=("lancar",)), here=here) == [
        (here.id, people[1])
    ]


async def test_the_reach_names_channels_those_who_said_stop_and_villages_without_a_chat(
    db: AsyncConnection,
) -> None:
    here, people = await some(db, 6, chats=4)
    await consents.withdraw(
        db, koperasi_id=here.id, person_id=people[0], purposes=(Consent.ANNOUNCEMENT,),
        channel="telegram", at=AT + timedelta(hours=1),
    )  # fmt: skip
    found = await reach.in_cooperative(db, koperasi_id=here.id, audience=MEMBERS, on=TODAY)
    assert (found.channels, found.stopped, found.unreached) == ((("telegram", 3),), 1, 2)
    ((village, count),) = found.villages
    assert (count, found.people) == (2, 3)
    assert ", " in village  # The village and its district: names repeat.


async def test_people_who_share_a_chat_get_it_once(db: AsyncConnection) -> None:
    here, people = await some(db, 3, chats=0)
    for person in people:
        await linked(db, here, person, chat="together")
    found = await reach.in_cooperative(db, koperasi_id=here.id, audience=MEMBERS, on=TODAY)
    assert found.people == 1


@pytest.mark.parametrize(("members", "told"), [(4, None), (5, 5)])
async def test_the_province_sees_no_figure_of_fewer_than_five_members(
    db: AsyncConnection, members: int, told: int | None
) -> None:
    await some(db, members * 2, chats=members)
    found = await reach.in_region(db, region="64", audience=MEMBERS, on=TODAY)
    assert found.channels == (("telegram", told),)
    assert found.unreached == told
    assert [count for _, count in found.villages] == [told]


async def test_officers_are_counted_exactly_for_the_province(db: AsyncConnection) -> None:
    here, _ = await some(db, 1)
    await linked(db, here, await appointed(db, here, Role.KETUA, name="Hendra"))
    audience = Audience(roles=(Role.KETUA,))
    found = await reach.in_region(db, region="64", audience=audience, on=TODAY)
    assert found.channels == (("telegram", 1),)


@pytest.mark.parametrize(
    ("text", "with_file", "refusal"),
    [
        ("   \n\t ", False, announcement.TextEmpty),
        ("!!! ... 🎉", False, announcement.TextEmpty),
        ("a" * 10_000, False, announcement.TextTooLong),
        ("🎉 a" * 834, False, announcement.TextTooLong),  # counted as channels do: 🎉 is two
        ("a" * 901, True, announcement.TextTooLong),
    ],
)
async def test_a_text_that_says_nothing_or_too_much_is_refused(
    text: str, with_file: bool, refusal: Any
) -> None:
    with pytest.raises(refusal):
        announcement.require_text(text, with_file=with_file)


async def test_a_text_is_kept_as_it_was_written(db: AsyncConnection) -> None:
    text = '<b>Rapat</b> & "iuran" <script>alert(1)</script> https://contoh.id * _x_'
    message = Message(text=f"  {text} ", sender="Kaltim", composer="Dewi", where="Kaltim")
    assert (await written(db, message=message)).message.text == text


async def test_the_same_card_again_writes_nothing_more(db: AsyncConnection) -> None:
    card = uuid4()
    first = await written(db, announcement_id=card)
    again = await written(db, announcement_id=card, people=99)
    assert (again.number, again.people) == (first.number, 10)
    assert (await written(db)).number == first.number + 1


@pytest.mark.parametrize(("people", "state"), [(1000, State.SENDING), (1001, State.WAITING)])
async def test_above_so_many_people_a_second_person_is_needed(
    db: AsyncConnection, people: int, state: State
) -> None:
    assert (await written(db, people=people)).state is state


async def test_who_composed_it_neither_approves_nor_rejects_it(db: AsyncConnection) -> None:
    this = await written(db, people=2000)
    async with refused(db, announcement.OwnAnnouncement):
        await announcement.approve(db, this, by="official:1", at=AT)
    async with refused(db, announcement.OwnAnnouncement):
        await announcement.reject(db, this, by="official:1", because="rejected", at=AT)
    approved = await announcement.approve(db, this, by="official:2", at=AT)
    assert (approved.state, approved.has_pilot) == (State.PILOT, True)


async def test_each_step_is_refused_where_it_makes_no_sense(db: AsyncConnection) -> None:
    this = await written(db)
    for step in (announcement.resume, announcement.try_again):
        async with refused(db, announcement.NotNow):
            await step(db, this)
    async with refused(db, announcement.NotNow):
        await announcement.approve(db, this, by="official:2", at=AT)
    paused = await announcement.pause(db, this)
    async with refused(db, announcement.NotNow):
        await announcement.pause(db, paused)
    assert (await announcement.resume(db, paused)).state is State.SENDING
    stopped = await announcement.stop(db, paused)
    for late in (announcement.pause, announcement.resume, announcement.stop):
        async with refused(db, announcement.NotNow):
            await late(db, stopped)


async def test_a_paused_pilot_goes_on_as_a_pilot(db: AsyncConnection) -> None:
    this = await written(db, people=2000)
    approved = await announcement.approve(db, this, by="official:2", at=AT)
    paused = await announcement.pause(db, approved)
    assert (await announcement.resume(db, paused)).state is State.PILOT


async def test_a_correction_needs_somebody_who_got_it_and_stops_what_it_corrects(
    db: AsyncConnection,
) -> None:
    wrong = await written(db)
    async with refused(db, announcement.NobodyGotIt):
        await written(db, corrects=wrong)
    counted = replace(wrong, counts={"sent": 3})
    right = await written(db, corrects=counted, people=5000, second_above=9999)
    assert (right.corrects, right.has_pilot) == (wrong.id, False)
    found = await announcement.read(db, koperasi_id=PROVINCE, number=wrong.number, keys=KEYS)
    assert (found.state, found.because) == (State.CANCELLED, "corrected")


async def test_a_number_that_is_not_there_is_refused(db: AsyncConnection) -> None:
    async with refused(db, announcement.NoSuchAnnouncement):
        await announcement.read(db, koperasi_id=PROVINCE, number=9, keys=KEYS)


MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # 08:00 in Kaltim
AT_NOON = datetime(2026, 11, 23, 3, 47, tzinfo=UTC)  # 11:47: Zuhur begins
AFTER = datetime(2026, 11, 23, 4, 53, tzinfo=UTC)


def test_messages_lie_in_allowed_hours_and_go_on_after_a_prayer() -> None:
    start = AT_NOON - timedelta(minutes=10)
    spans = estimate.spans(60_000, 30, Hours(), start)
    assert list(spans) == [(start, 0), (AFTER, 10 * 60 * 30)]
    ends = estimate.ends(60_000, 30, Hours(), start)
    assert abs(ends - AFTER - timedelta(seconds=1400)) < timedelta(seconds=1)


def test_at_night_it_begins_in_the_morning_and_at_any_time_where_no_hours_are_kept() -> None:
    night = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 22:00
    assert estimate.begins(Hours(), night) == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert estimate.begins(None, night) == night
    assert estimate.ends(0, 30, None, night) == night
    assert estimate.ends(500_000, 0, None, night) == night


@pytest.mark.parametrize(("count", "rate", "stars"), [(5000, 30, 0), (5000, 31, 500), (1, 100, 1)])
def test_only_what_goes_faster_than_the_free_pace_costs(count: int, rate: int, stars: int) -> None:
    assert estimate.stars(count, rate) == stars


def drawn(kind: str, width: int = 60, height: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, kind)
    return out.getvalue()


def test_pictures_and_papers_may_be_attached() -> None:
    assert files.checked("a.JPG", drawn("JPEG")).mime == "image/jpeg"
    assert files.checked("b.png", drawn("PNG")).mime == "image/png"
    assert files.checked(" c  \n d.pdf", b"%PDF-1.7").name == "c d.pdf"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"),
        ("a.pdf", drawn("JPEG")),
        ("a.png", drawn("JPEG")),
        ("a.jpg", b"\xff\xd8\xff and nothing more"),
        ("a.png", drawn("PNG")[:60]),
        ("long.png", drawn("PNG", 2100, 100)),
        ("wide.png", drawn("PNG", 9_000, 1_001)),
    ],
)
def test_what_a_channel_would_refuse_to_show_is_not_attached(name: str, content: bytes) -> None:
    with pytest.raises(NotAnAttachment):
        files.checked(name, content)


async def test_a_file_is_kept_sealed_and_forgotten_unless_its_card_was_confirmed(
    db: AsyncConnection,
) -> None:
    used, unused = uuid4(), uuid4()
    attached = files.checked("b.png", drawn("PNG"))
    for file_id in (used, unused):
        await files.keep(db, koperasi_id=PROVINCE, file_id=file_id, file=attached, at=AT, keys=KEYS)
    await written(db, file=used)
    raw = await database.driver(db)
    sealed = await raw.fetchval("SELECT content_sealed FROM announcement_files LIMIT 1")
    assert attached.content not in sealed
    assert await files.forget(db, at=AT + timedelta(days=3)) == 1

    async def found(file_id: UUID) -> Any:
        return await files.read(db, koperasi_id=PROVINCE, file_id=file_id, keys=KEYS)

    assert await found(used) == attached
    assert await found(unused) is None
