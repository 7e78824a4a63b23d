"""What needs a second person waits, is decided by the right one, and is done once, as of that moment."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database, identities, ledger, people
from core.accounts import SavingsKind
from core.approvals import asking, queue, waiting
from core.approvals.asking import Submitted
from core.approvals.queue import Decided
from core.approvals.request import (
    ApprovalExpired,
    DecidedBefore,
    MakerLeft,
    NoSuchApproval,
    NotYourApproval,
    NotYourRequest,
    OwnApproval,
    RejectedBefore,
    State,
    VotedBefore,
    WithdrawnBefore,
)
from core.approvers import NOBODY
from core.cooperatives import Cooperative
from core.ledger import BookIsClosed
from core.people import Member, Standing
from core.permissions import Role
from core.savings import AboveLimit, BackDated, NotEnoughSavings, OwnSavings, Recorded
from core.tables.people import officers
from core.verify import verify
from tests.builders_core import (
    AT,
    TODAY,
    a_cooperative,
    a_member,
    an_officer,
    book,
    leaves,
    pays,
    refused,
    takes,
)
from tests.conftest import KEYS

SUKARELA = SavingsKind.SUKARELA
PENGURUS = (Role.KETUA, Role.WAKIL_USAHA, Role.WAKIL_ANGGOTA, Role.SEKRETARIS, Role.BENDAHARA)


class Village(NamedTuple):
    """A cooperative, its treasurer, its chair, its secretary, a member with a million."""

    here: Cooperative
    rina: Standing
    hendra: Standing
    dewi: Standing
    siti: Member


@pytest.fixture
async def village(db: AsyncConnection) -> Village:
    here = await a_cooperative(db)
    made = Village(
        here,
        await an_officer(db, here, Role.BENDAHARA),
        await an_officer(db, here, Role.KETUA, name="Hendra"),
        await an_officer(db, here, Role.SEKRETARIS, name="Dewi"),
        await a_member(db, here),
    )
    await pays(db, made.rina, made.siti, SUKARELA, 10_000_000, operation="before")
    return made


def chat(name: str) -> tuple[str, str, str]:
    return ("telegram", "7", name)


async def is_linked(db: AsyncConnection, here: Cooperative, person_id: int, name: str) -> None:
    await identities.link(db, koperasi_id=here.id, person_id=person_id, chat=chat(name), at=AT)


async def asks(
    db: AsyncConnection, maker: Standing, member: Member, amount: int = 6_000_000, **more: Any
) -> Submitted:
    """Ask to pay out sukarela."""
    default: dict[str, Any] = {
        "chat": chat("of-" + maker.name), "operation": "card-1", "on": TODAY, "today": TODAY, "at": AT,
        "member_id": member.id, "facts": {"operation": "tarik", "amount": amount, "note": None},
        "shown": {"lines": [], "why": []}, "kind": "withdrawal", "keys": KEYS,
    }  # fmt: skip
    return await asking.submit(db, maker=maker, **(default | more))


async def says_yes(db: AsyncConnection, voter: Standing, number: int = 1, **more: Any) -> Decided:
    default: dict[str, Any] = {"chat": None, "today": TODAY, "at": AT, "keys": KEYS}
    return await queue.approve(db, number=number, voter=voter, **(default | more))


async def says_no(db: AsyncConnection, voter: Standing, number: int = 1, **more: Any) -> Decided:
    default: dict[str, Any] = {
        "chat": None, "today": TODAY, "at": AT, "keys": KEYS, "reason": "salah jumlah",
    }  # fmt: skip
    return await queue.reject(db, number=number, voter=voter, **(default | more))


async def state_of(db: AsyncConnection, here: Cooperative, number: int = 1) -> State:
    return (await queue.read(db, koperasi_id=here.id, number=number, keys=KEYS)).state


def names(asked: Sequence[Any]) -> list[str]:
    return [one.name for one in asked]


async def test_nothing_is_recorded_until_it_is_approved_and_then_once(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, _, siti = village
    asked = await asks(db, rina, siti, on=date(2026, 11, 20))
    assert (asked.approval.number, names(asked.eligible), asked.repeated) == (1, ["Hendra"], False)
    assert len(await book(db, here)) == 1
    done = await says_yes(db, hendra)
    assert isinstance(done.result, Recorded)
    assert (done.done, done.still_needed, done.result.balance) == (True, 0, 4_000_000)
    assert (await book(db, here))[1] == (
        2, "withdraw-sukarela", date(2026, 11, 20), rina.recorder, f"211000:m{siti.id}", "111000",
        6_000_000,
    )  # fmt: skip
    row = (
        await db.execute(
            text("SELECT approver, operation, source FROM ledger.entries WHERE number = 2")
        )
    ).one()
    assert tuple(row) == (hendra.recorder, "card-1", "telegram")
    async with refused(db, DecidedBefore, number=1, by="Hendra"):
        await says_yes(db, hendra)
    async with refused(db, DecidedBefore):
        await says_no(db, hendra)
    assert len(await book(db, here)) == 2
    assert (await verify(db, here.id)).finding is None


async def test_the_same_card_asks_once(db: AsyncConnection, village: Village):
    first = await asks(db, village.rina, village.siti)
    again = await asks(db, village.rina, village.siti)
    assert (again.approval.number, again.repeated) == (first.approval.number, True)
    assert names(again.eligible) == ["Hendra"]


async def test_what_is_asked_and_why_not_is_sealed(db: AsyncConnection, village: Village):
    facts = {"operation": "tarik", "amount": 6_543_210, "note": "untuk Budi Santoso"}
    await asks(db, village.rina, village.siti, facts=facts, shown={"lines": [["x", {}]]})
    await says_no(db, village.hendra, reason="tidak kenal Budi Santoso")
    for table in ("approvals", "approval_votes"):
        for row in await db.execute(text(f"SELECT t::text FROM {table} t")):
            assert "Santoso" not in row[0]
            assert "6543210" not in row[0]
    kept = await queue.read(db, koperasi_id=village.here.id, number=1, keys=KEYS)
    assert (kept.facts, kept.shown) == (facts, {"lines": [["x", {}]]})
    (vote,) = await queue.votes_of(db, kept, KEYS)
    assert (vote.name, vote.approved, vote.reason) == ("Hendra", False, "tidak kenal Budi Santoso")
    assert "Santoso" not in repr(kept) + repr(vote)


@pytest.mark.parametrize("role", Role)
async def test_with_a_ketua_nobody_else_decides(db: AsyncConnection, village: Village, role: Role):
    await asks(db, village.rina, village.siti)
    other = await an_officer(db, village.here, role, name="Orang Lain")
    if role is Role.KETUA:
        assert (await says_yes(db, other)).done
        return
    async with refused(db, NotYourApproval, number=1, who="Hendra (ketua)"):
        await says_yes(db, other)
    assert await state_of(db, village.here) is State.WAITING


@pytest.mark.parametrize("role", Role)
async def test_where_the_ketua_asks_another_pengurus_decides(db: AsyncConnection, role: Role):
    here = await a_cooperative(db)
    hendra = await an_officer(db, here, Role.KETUA, name="Hendra")
    siti = await a_member(db, here)
    await pays(db, hendra, siti, SUKARELA, 10_000_000)
    other = await an_officer(db, here, role, name="Orang Lain")
    asked = await asks(db, hendra, siti)
    if role in PENGURUS:
        assert names(asked.eligible) == ["Orang Lain"]
        assert (await says_yes(db, other)).done
        return
    assert asked.eligible == ()
    async with refused(db, NotYourApproval):
        await says_yes(db, other)


async def test_nobody_decides_the_own_request_or_the_own_money(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, dewi, _ = village
    own = await a_member(db, here, "Hendra", person_id=hendra.person_id)
    await pays(db, rina, own, SUKARELA, 10_000_000)
    asked = await asks(db, rina, own)
    assert names(asked.eligible) == ["Dewi"]
    for officer in (rina, hendra):
        async with refused(db, OwnApproval, number=1, who="Dewi (sekretaris)"):
            await says_yes(db, officer)
        async with refused(db, OwnApproval):
            await says_no(db, officer)
    assert (await says_yes(db, dewi)).done


async def test_the_ketuas_own_savings_wait_for_another(db: AsyncConnection, village: Village):
    here, rina, hendra, dewi, _ = village
    own = await a_member(db, here, "Hendra", person_id=hendra.person_id)
    facts = {
        "operation": "sukarela",
        "kind": "sukarela",
        "amount": 50_000,
        "months": [],
        "note": "x",
    }
    asked = await asks(db, hendra, own, kind="deposit", facts=facts)
    assert names(asked.eligible) == ["Rina Kartika", "Dewi"]
    assert (await says_yes(db, dewi)).result.balance == 50_000
    assert (await book(db, here))[1][3] == hendra.recorder
    assert rina.person_id != dewi.person_id


async def test_persons_who_are_barred_by_name_do_not_decide(db: AsyncConnection, village: Village):
    here, rina, hendra, dewi, siti = village
    asked = await asks(db, rina, siti, barred=[hendra.person_id])
    assert names(asked.eligible) == ["Dewi"]
    async with refused(db, OwnApproval):
        await says_yes(db, hendra)
    assert (await says_yes(db, dewi)).done
    assert here.id


@pytest.mark.parametrize("whose", ["maker", "member"])
async def test_nobody_decides_from_the_makers_or_the_members_chat(
    db: AsyncConnection, village: Village, whose: str
):
    here, rina, hendra, dewi, siti = village
    await is_linked(db, here, hendra.person_id, "shared")
    await is_linked(db, here, dewi.person_id, "of-dewi")
    await is_linked(db, here, rina.person_id if whose == "maker" else siti.id, "shared")
    asked = await asks(db, rina, siti, chat=chat("elsewhere"))
    assert names(asked.eligible) == ["Dewi"]
    assert asked.eligible[0].chat == chat("of-dewi")
    async with refused(db, NotYourApproval, who="Dewi (sekretaris)"):
        await says_yes(db, hendra, chat=chat("shared"))
    assert (await says_yes(db, dewi, chat=chat("of-dewi"))).done


async def test_a_chat_the_maker_left_since_does_not_decide_either(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, _, siti = village
    await is_linked(db, here, rina.person_id, "first")
    await asks(db, rina, siti, chat=chat("first"))
    await is_linked(db, here, rina.person_id, "second")
    await is_linked(db, here, hendra.person_id, "first")
    async with refused(db, NotYourApproval):
        await says_yes(db, hendra, chat=chat("first"))
    pending = await waiting.pending(
        db, voter=hendra, chat=chat("first"), today=TODAY, at=AT, keys=KEYS
    )
    assert pending == []


async def test_two_are_needed_the_ketua_first_then_another(db: AsyncConnection, village: Village):
    here, rina, hendra, dewi, siti = village
    usaha = await an_officer(db, here, Role.WAKIL_USAHA, name="Usman")
    asked = await asks(db, rina, siti, needed=2)
    assert names(asked.eligible) == ["Hendra"]
    async with refused(db, NotYourApproval):
        await says_yes(db, dewi)
    first = await says_yes(db, hendra)
    assert (first.done, first.still_needed, names(first.eligible)) == (False, 1, ["Dewi", "Usman"])
    assert len(await book(db, here)) == 1
    async with refused(
        db, VotedBefore, number=1, who="Dewi (sekretaris), Usman (wakil ketua usaha)"
    ):
        await says_yes(db, hendra)
    async with refused(db, OwnApproval):
        await says_yes(db, rina)
    second = await says_yes(db, usaha)
    assert (second.done, second.still_needed) == (True, 0)
    kept = await db.scalar(text("SELECT approver FROM ledger.entries WHERE number = 2"))
    assert kept == f"{hendra.recorder},{usaha.recorder}"


async def test_the_second_of_two_may_say_no(db: AsyncConnection, village: Village):
    here, rina, hendra, dewi, siti = village
    await asks(db, rina, siti, needed=2)
    await says_yes(db, hendra)
    assert (await says_no(db, dewi)).approval.state is State.REJECTED
    async with refused(db, RejectedBefore, by="Dewi"):
        await says_yes(db, dewi)
    assert len(await book(db, here)) == 1


async def test_a_second_from_the_firsts_own_chat_is_none(db: AsyncConnection, village: Village):
    here, rina, hendra, dewi, siti = village
    for one in (hendra, dewi):
        await is_linked(db, here, one.person_id, "one-phone")
    await asks(db, rina, siti, needed=2)
    first = await says_yes(db, hendra, chat=chat("one-phone"))
    assert first.eligible == ()
    async with refused(db, NotYourApproval, who=NOBODY):
        await says_yes(db, dewi, chat=chat("one-phone"))


async def test_a_rejection_says_why_and_records_nothing(db: AsyncConnection, village: Village):
    await asks(db, village.rina, village.siti)
    with pytest.raises(AssertionError):
        await says_no(db, village.hendra, reason=" ")
    done = await says_no(db, village.hendra)
    assert (done.approval.state, done.votes[0].reason) == (State.REJECTED, "salah jumlah")
    async with refused(db, RejectedBefore, number=1, by="Hendra"):
        await says_yes(db, village.hendra)
    assert len(await book(db, village.here)) == 1


async def test_what_the_moment_forbids_is_refused_and_waits_on(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, _, siti = village
    await asks(db, rina, siti, amount=9_000_000)
    await takes(db, rina, siti, 4_000_000)
    async with refused(db, NotEnoughSavings, available=6_000_000):
        await says_yes(db, hendra)
    assert await state_of(db, here) is State.WAITING
    assert (await queue.votes_of(db, await _first(db, here), KEYS)) == ()
    await pays(db, rina, siti, SUKARELA, 3_000_000)
    assert (await says_yes(db, hendra)).result.balance == 0


async def _first(db: AsyncConnection, here: Cooperative) -> Any:
    return await queue.read(db, koperasi_id=here.id, number=1, keys=KEYS)


async def test_a_member_who_left_meanwhile_gets_nothing(db: AsyncConnection, village: Village):
    here, rina, hendra, _, siti = village
    await asks(db, rina, siti)
    await leaves(db, siti, here, TODAY)
    async with refused(db, people.MemberHasLeft):
        await says_yes(db, hendra)
    assert await state_of(db, here) is State.WAITING


async def test_a_month_closed_meanwhile_is_not_written_into(db: AsyncConnection, village: Village):
    here, rina, hendra, _, siti = village
    end = date(2026, 10, 31)
    await asks(db, rina, siti, on=end)
    await ledger.close(db, koperasi_id=here.id, through=end, at=AT, by="t", reason="tutup buku")
    async with refused(db, BookIsClosed):
        await says_yes(db, hendra)


async def an_office_ends(db: AsyncConnection, officer: Standing) -> None:
    await db.execute(
        update(officers)
        .where(
            officers.c.koperasi_id == officer.cooperative.id,
            officers.c.person_id == officer.person_id,
        )
        .values(until=TODAY)
    )


async def test_a_maker_whose_office_ended_is_not_done_for(db: AsyncConnection, village: Village):
    await asks(db, village.rina, village.siti)
    await an_office_ends(db, village.rina)
    async with refused(db, MakerLeft, number=1):
        await says_yes(db, village.hendra)
    assert (await says_no(db, village.hendra)).done


async def test_an_approver_whose_office_ended_decides_no_more_and_the_next_one_may(
    db: AsyncConnection, village: Village
):
    await asks(db, village.rina, village.siti)
    await an_office_ends(db, village.hendra)
    async with refused(db, NotYourApproval, who="Dewi (sekretaris)"):
        await says_yes(db, village.hendra)
    assert (await says_yes(db, village.dewi)).done


async def test_a_request_lapses_after_its_days(db: AsyncConnection, village: Village):
    here, rina, hendra, _, siti = village
    asked = await asks(db, rina, siti)
    assert asked.approval.expires_at == AT + timedelta(days=7)
    late = AT + timedelta(days=7)
    for refusing in (says_yes, says_no):
        async with refused(db, ApprovalExpired, number=1):
            await refusing(db, hendra, at=late)
    assert (
        await waiting.expire(db, koperasi_id=here.id, at=late - timedelta(seconds=1), keys=KEYS)
        == []
    )
    lapsed = await waiting.expire(db, koperasi_id=here.id, at=late, keys=KEYS)
    assert [(one.number, one.state) for one in lapsed] == [(1, State.EXPIRED)]
    assert await waiting.expire(db, koperasi_id=here.id, at=late, keys=KEYS) == []
    async with refused(db, ApprovalExpired, number=1):
        await says_yes(db, hendra)
    async with refused(db, ApprovalExpired, number=1):
        await queue.withdraw(db, number=1, maker=rina, at=late, keys=KEYS)


async def test_only_its_maker_takes_a_request_back(db: AsyncConnection, village: Village):
    here, rina, hendra, _, siti = village
    await asks(db, rina, siti)
    async with refused(db, NotYourRequest, number=1):
        await queue.withdraw(db, number=1, maker=hendra, at=AT, keys=KEYS)
    done = await queue.withdraw(db, number=1, maker=rina, at=AT, keys=KEYS)
    assert done.state is State.WITHDRAWN
    async with refused(db, WithdrawnBefore, number=1):
        await says_yes(db, hendra)
    assert len(await book(db, here)) == 1


async def test_what_was_never_asked_cannot_be_decided(db: AsyncConnection, village: Village):
    async with refused(db, NoSuchApproval, number=9):
        await says_yes(db, village.hendra, 9)
    await asks(db, village.rina, village.siti)
    there = await a_cooperative(db, village="64.72.05.1002")
    other = await an_officer(db, there, Role.KETUA, name="Lain")
    async with refused(db, NoSuchApproval, number=1):
        await says_yes(db, other)


async def test_a_reminder_comes_after_a_day_and_daily_to_who_may_decide_by_now(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, _, siti = village
    await asks(db, rina, siti)

    async def due(hours: int) -> list[list[str]]:
        now = AT + timedelta(hours=hours)
        found = await waiting.remind(db, koperasi_id=here.id, today=TODAY, at=now, keys=KEYS)
        return [names(asked) for _, asked in found]

    assert await due(25) == []  # nobody has a chat: it counts as not reminded of
    await is_linked(db, here, hendra.person_id, "of-hendra")
    assert await due(23) == []
    assert await due(25) == [["Hendra"]]
    assert await due(26) == []
    assert await due(50) == [["Hendra"]]
    await says_no(db, hendra)
    assert await due(100) == []


async def test_a_member_gives_the_own_consent_and_nobody_else(
    db: AsyncConnection, village: Village
):
    here, rina, hendra, _, siti = village
    asked = await asks(db, rina, siti, voter="member")
    assert names(asked.eligible) == [siti.name]
    async with refused(db, NotYourApproval):
        await says_yes(db, hendra)
    own = await people.standing(db, koperasi_id=here.id, person_id=siti.id, on=TODAY)
    assert own is not None
    assert (await says_yes(db, own)).done


async def test_a_members_consent_does_not_come_from_the_officers_chat(
    db: AsyncConnection, village: Village
):
    here, rina, _, _, siti = village
    await is_linked(db, here, siti.id, "shared")
    asked = await asks(db, rina, siti, voter="member", chat=chat("shared"))
    assert asked.eligible == ()
    own = await people.standing(db, koperasi_id=here.id, person_id=siti.id, on=TODAY)
    assert own is not None
    async with refused(db, NotYourApproval):
        await says_yes(db, own, chat=chat("shared"))


async def test_without_an_approver_the_operations_refuse_what_needs_one(
    db: AsyncConnection, village: Village
):
    here, rina, _, _, siti = village
    own = await a_member(db, here, "Rina", person_id=rina.person_id, joined=date(2025, 1, 1))
    async with refused(db, AboveLimit, amount=5_000_001, limit=5_000_000):
        await takes(db, rina, siti, 5_000_001)
    assert (await takes(db, rina, siti, 5_000_000)).balance == 5_000_000
    old = TODAY - timedelta(days=366)
    lama = await a_member(db, here, "Lama", joined=date(2025, 1, 1))
    for moving in (pays(db, rina, lama, SUKARELA, 1, on=old), takes(db, rina, lama, 1, on=old)):
        async with refused(db, BackDated, on=old, days=365):
            await moving
    assert (await pays(db, rina, lama, SUKARELA, 1, on=old + timedelta(days=1))).balance == 1
    async with refused(db, OwnSavings):
        await pays(db, rina, own, SUKARELA, 1)
    lifted = {"approver": "person:99"}
    assert (await pays(db, rina, own, SUKARELA, 9, on=old, **lifted)).balance == 9
    assert (await takes(db, rina, own, 9, on=old, **lifted)).balance == 0
    async with refused(db, NotEnoughSavings):  # an approver lifts nothing else
        await takes(db, rina, own, 9, **lifted)


async def test_two_approvers_at_one_moment_execute_once(
    app_engine: AsyncEngine, owner_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        rina = await an_officer(db, here, Role.BENDAHARA)
        chairs = [await an_officer(db, here, Role.KETUA, name=f"Ketua {n}") for n in "ab"]
        siti = await a_member(db, here)
        await pays(db, rina, siti, SUKARELA, 10_000_000, operation="before")
    async with database.transaction(app_engine, koperasi_id=here.id) as db:
        await asks(db, rina, siti)

    async def press(chair: Standing) -> str:
        try:
            async with database.transaction(app_engine, koperasi_id=here.id) as db:
                await says_yes(db, chair)
        except DecidedBefore:
            return "late"
        return "done"

    assert sorted(await asyncio.gather(*map(press, chairs * 3))) == ["done"] + ["late"] * 5
    async with database.transaction(app_engine, koperasi_id=here.id) as db:
        assert len(await book(db, here)) == 2
        assert (await verify(db, here.id)).finding is None


async def test_the_clock_asks_reminds_and_lets_lapse(
    clock_engine: AsyncEngine, owner_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        hendra = await an_officer(db, here, Role.KETUA, name="Hendra")
        siti = await a_member(db, here)
        await is_linked(db, here, hendra.person_id, "of-hendra")
    async with database.transaction(clock_engine, koperasi_id=here.id) as db:
        asked = await asking.submit(
            db, maker=None, koperasi_id=here.id, chat=None, kind="withdrawal", member_id=siti.id,
            facts={"amount": 1, "note": None}, shown={}, operation="job/1", on=TODAY, today=TODAY,
            at=AT, keys=KEYS,
        )  # fmt: skip
        assert names(asked.eligible) == ["Hendra"]
        assert (asked.approval.maker, asked.approval.source) == ("clock", "clock")
        day = AT + timedelta(days=1)
        assert (
            len(await waiting.remind(db, koperasi_id=here.id, today=TODAY, at=day, keys=KEYS)) == 1
        )
        week = AT + timedelta(days=8)
        assert len(await waiting.expire(db, koperasi_id=here.id, at=week, keys=KEYS)) == 1
