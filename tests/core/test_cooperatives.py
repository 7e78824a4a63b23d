"""Founding cooperatives: codes, villages, rules; the whole province at once and never twice."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import cooperatives, database, rules
from core.cooperatives import Cooperative, Founding, NoSuchCooperative, NoSuchVillage
from core.tables.ledger import books
from core.tables.places import cooperative_villages, villages
from core.tables.places import cooperatives as table
from core.verify import verify
from tests.builders_core import AT, TODAY, VILLAGE, a_cooperative, a_member, pays, refused
from tests.builders_core import an_officer as officer_of

BERAU = ("64.03.01.2001", "64.03.01.2002")


async def found(
    db: AsyncConnection, *served: str, name: str = "Koperasi", **own: str
) -> Cooperative:
    (made,) = await cooperatives.found_many(
        db, [Founding(name=name, villages=served, rules=own)], by="test", at=AT
    )
    return made


async def served_by(db: AsyncConnection, made: Cooperative) -> list[str]:
    rows = await db.execute(
        select(cooperative_villages.c.village)
        .where(cooperative_villages.c.koperasi_id == made.id)
        .order_by(cooperative_villages.c.village)
    )
    return list(rows.scalars())


async def some_villages(db: AsyncConnection, region: str, count: int) -> list[str]:
    rows = await db.execute(
        select(villages.c.code).where(villages.c.region == region).order_by(villages.c.code)
    )
    return list(rows.scalars())[:count]


async def test_a_cooperative_has_its_own_id_code_region_zone_and_an_empty_book(
    db: AsyncConnection,
):
    first = await found(db, VILLAGE)
    second = await found(db, VILLAGE)  # A village may get another: its code is no key.
    assert second.id == first.id + 1
    assert (first.code, second.code) == (f"64-{first.id:04d}", f"64-{second.id:04d}")
    assert (first.region, first.zone) == ("64.72", "Asia/Makassar")
    for made in (first, second):
        assert await cooperatives.by_code(db, f" {made.code} ") == made
        await database.enter(db, made.id)
        assert (await verify(db, made.id)).finding is None
        assert await served_by(db, made) == [VILLAGE]
    heads = (await db.execute(select(books.c.head))).scalars().all()
    assert len(set(heads)) == len(heads) == 2


async def test_two_villages_share_one_cooperative(db: AsyncConnection):
    shared = await some_villages(db, "64.03", 2)
    made = await found(db, *shared, name="Koperasi Desa Merah Putih Sindu Batu Raja")
    assert await served_by(db, made) == shared
    assert (made.region, made.code[:3]) == ("64.03", "64-")
    assert await served_by(db, await found(db, VILLAGE, VILLAGE)) == [VILLAGE]


async def test_a_village_that_is_not_on_the_list_founds_nothing(db: AsyncConnection):
    for unknown in ("64.99.99.9999", "64.72", ""):
        async with refused(db, NoSuchVillage, code=unknown):
            await found(db, VILLAGE, unknown)
    assert await cooperatives.list_all(db) == []


async def test_an_unknown_code_is_refused(db: AsyncConnection):
    await found(db, VILLAGE)
    for code in ("64-9999", "", "64"):
        async with refused(db, NoSuchCooperative, code=code):
            await cooperatives.by_code(db, code)


async def test_cooperatives_are_listed_by_code(db: AsyncConnection):
    made = [await found(db, VILLAGE) for _ in range(3)]
    assert await cooperatives.list_all(db) == made


async def test_each_cooperative_counts_its_own_people(db: AsyncConnection):
    first, second = await found(db, VILLAGE), await found(db, VILLAGE)
    assert await cooperatives.take_ids(db, first.id, "person", 5) == 1
    assert await cooperatives.take_ids(db, first.id, "person") == 6
    assert await cooperatives.take_ids(db, second.id, "person") == 1
    assert await cooperatives.take_ids(db, first.id, "officer") == 1
    with pytest.raises(AssertionError):
        await cooperatives.take_ids(db, first.id, "dragon")


async def test_each_cooperative_numbers_its_own_entries(db: AsyncConnection):
    from core.accounts import SavingsKind  # noqa: PLC0415 - one test here keeps books

    for _ in range(2):
        made = await a_cooperative(db)
        rina, siti = await officer_of(db, made), await a_member(db, made)
        assert (rina.person_id, siti.id) == (1, 2)
        assert (await pays(db, rina, siti, SavingsKind.SUKARELA, 1_000)).entry == 1


async def test_a_change_of_people_is_marked(db: AsyncConnection):
    made = await found(db, VILLAGE)
    await cooperatives.people_changed(db, made.id)
    assert (await cooperatives.by_code(db, made.code)).people_version == made.people_version + 1
    await a_member(db, made)
    assert (await cooperatives.by_code(db, made.code)).people_version == made.people_version + 2


async def test_rules_of_the_founding_hold_from_the_beginning_and_others_by_default(
    db: AsyncConnection,
):
    made = await found(db, VILLAGE, wajib="10000", usp="none")
    for day in (rules.FOUNDED, TODAY):
        held = await rules.in_force(db, made.id, day)
        assert (held.wajib, held.usp, held.pokok, held.due_day) == (10_000, "none", 100_000, 10)
    await rules.set_rule(
        db, koperasi_id=made.id, name="wajib", value="15000", since=TODAY, by="t", at=AT
    )
    await rules.set_rule(
        db, koperasi_id=made.id, name="wajib", value="25000", since=TODAY, by="t", at=AT
    )
    assert (await rules.in_force(db, made.id, TODAY)).wajib == 25_000
    assert (await rules.in_force(db, made.id, TODAY.replace(day=23))).wajib == 10_000
    other = await found(db, VILLAGE)
    assert (await rules.in_force(db, other.id, TODAY)).wajib == 20_000


def test_an_unusual_name_is_only_pointed_out():
    assert cooperatives.is_usual_name("Koperasi Desa Merah Putih Lempake")
    assert cooperatives.is_usual_name("Koperasi Kelurahan Merah Putih Lempake")
    assert not cooperatives.is_usual_name("Koperasi Maju Jaya")
    assert not cooperatives.is_usual_name("Koperasi Desa Merah Putih")


async def test_the_seed_founds_one_per_village_with_names_that_differ(db: AsyncConnection):
    assert await cooperatives.seed_kaltim(db, at=AT) == 1_038
    made = await cooperatives.list_all(db)
    assert len(made) == 1_038
    assert len({one.name for one in made}) == 1_038
    assert len({one.code for one in made}) == 1_038
    assert all(cooperatives.is_usual_name(one.name) for one in made)
    kinds = Counter(one.name.split()[1] for one in made)
    assert kinds == {"Desa": 841, "Kelurahan": 197}
    regions = Counter(one.region for one in made)
    assert (len(regions), regions["64.72"], regions["64.02"], regions["64.11"]) == (10, 59, 237, 50)
    pairs = (
        await db.execute(
            select(
                table.c.name,
                table.c.region,
                villages.c.name,
                villages.c.district,
                villages.c.region,
            )
            .join(cooperative_villages, cooperative_villages.c.koperasi_id == table.c.koperasi_id)
            .join(villages, villages.c.code == cooperative_villages.c.village)
        )
    ).all()
    assert len(pairs) == 1_038
    clashes = Counter(
        (kind, village) for name, _, village, _, _ in pairs for kind in [name.split()[1]]
    )
    for name, region, village, district, of in pairs:
        kind = name.split()[1]
        alone = clashes[kind, village] == 1
        after = "" if alone else f" Kecamatan {district}"
        assert name == f"Koperasi {kind} Merah Putih {village}{after}"
        assert region == of
    assert any("Kecamatan" in name for name, *_ in pairs)


async def test_a_second_seed_founds_none_and_the_first_leaves_what_was_there(db: AsyncConnection):
    shared = await some_villages(db, "64.03", 2)
    made = await found(db, *shared)
    assert await cooperatives.seed_kaltim(db, at=AT) == 1_036
    assert await cooperatives.seed_kaltim(db, at=AT) == 0
    everything = await cooperatives.list_all(db)
    assert len(everything) == 1_037  # As many as were formed, when two villages share one.
    assert await served_by(db, made) == shared
    licences = await db.execute(
        text("SELECT value, count(*) FROM rules WHERE name = 'usp' GROUP BY value")
    )
    assert [tuple(row) for row in licences] == [("none", 1_036)]
    assert await db.scalar(select(func.count()).select_from(books)) == 1_037
