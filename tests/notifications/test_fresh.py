"""Words made at the second they are said: said, needless, waiting, held; a database away; a bug."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core import database
from notifications import fresh, messages
from notifications.fresh import Hold, Maker
from notifications.messages import Content, Fact, Fresh, Purpose
from tests.conftest import KEYS
from tests.notifications.conftest import owed, put, row, saying, until
from tests.notifications.test_delivery import done

_KINDS = itertools.count(1)


@pytest.fixture
def kind() -> Iterator[Callable[[Maker], str]]:
    """Register makers under names of their own; they are forgotten after the test."""
    before = dict(fresh.FRESH)

    def register(made: Maker) -> str:
        name = f"test-{next(_KINDS)}"
        fresh.maker(name)(made)
        return name

    yield register
    fresh.FRESH.clear()
    fresh.FRESH.update(before)


def making(made: Any) -> Maker:
    async def same(*_given: Any) -> Any:
        return made

    return same


def due(chat: int, kind: str, **facts: Any) -> Any:
    content = Content(fresh=Fresh(kind=kind, facts=facts))
    return owed(chat, content, purpose=Purpose.REMINDER)


def test_facts_come_back_as_they_were_kept():
    facts: dict[str, Fact] = {"loan": 4, "on": date(2026, 12, 1), "note": None, "late": True}
    content = Content(fresh=Fresh(kind="instalment", facts=facts))
    assert messages.unseal(messages.seal(content, KEYS), KEYS) == content


async def test_a_maker_reads_the_books_of_its_cooperative_when_the_row_is_said(
    app_engine, clock_engine, village, speak, kind
):
    seen: list[Any] = []

    async def reading(db, one, facts, keys, now):
        raw = await database.driver(db)
        seen.append(
            (
                await raw.fetchval("SELECT current_setting('kopdes.koperasi_id')"),
                await raw.fetchval("SELECT current_user"),
                one.person_id,
                facts,
                keys is KEYS,
                abs((now - datetime.now(UTC)).total_seconds()) < 5,
            )
        )
        return saying("sekarang")

    message = due(1001, kind(reading), loan=4)
    await put(app_engine, message)
    speak()
    await done(clock_engine, message)
    assert village.texts(1001) == ["sekarang"]
    ((here, login, person, facts, keys, now),) = seen
    assert (here, person, facts, keys, now) == ("7", 1, {"loan": 4}, True, True)
    assert "clock" in login
    stored = await row(clock_engine, message.id)
    assert "sekarang" in KEYS.unseal(stored["words"]).decode()


async def test_what_need_not_be_said_is_cancelled_with_its_reason(
    app_engine, clock_engine, village, speak, kind
):
    message = due(1001, kind(making("paid")))
    await put(app_engine, message, owed(1001, "lain", purpose=Purpose.REMINDER))
    speak()
    await done(clock_engine, message)
    stored = await row(clock_engine, message.id)
    assert (stored["state"], stored["reason"]) == ("cancelled", "paid")
    await until(lambda: village.texts(1001) == ["lain"])


async def test_what_waits_until_an_instant_lets_the_others_of_its_chat_go_first(
    app_engine, clock_engine, village, speak, kind
):
    later = datetime.now(UTC) + timedelta(seconds=1)

    async def waiting(_db, _row, _facts, _keys, now):
        return saying("nanti") if now >= later else later

    message = due(1001, kind(waiting))
    await put(app_engine, message, owed(1001, "dulu", purpose=Purpose.REMINDER))
    speak()
    await until(lambda: village.texts(1001) == ["dulu"])
    stored = await row(clock_engine, message.id)
    assert (stored["state"], stored["attempts"], stored["not_before"]) == ("waiting", 0, later)
    await done(clock_engine, message)
    assert village.texts(1001) == ["dulu", "nanti"]
    assert datetime.now(UTC) >= later


async def test_what_is_held_is_not_said_until_it_is_let_go(
    app_engine, owner_engine, clock_engine, village, speak, kind
):
    made: list[Any] = [Hold(reason="paused")]

    async def asked(*_given):
        return made[0]

    message = due(1001, kind(asked))
    await put(app_engine, message)
    speak()

    async def held() -> bool:
        return bool((await row(clock_engine, message.id))["state"] == "held")

    await until(held)
    stored = await row(clock_engine, message.id)
    assert (stored["reason"], stored["attempts"], stored["done_at"]) == ("paused", 0, None)
    made[0] = saying("lanjut")
    async with owner_engine.connect() as db:
        await (await database.driver(db)).execute("UPDATE outbox SET state = 'waiting'")
    await done(clock_engine, message)
    assert village.texts(1001) == ["lanjut"]


async def test_a_database_that_is_away_brings_the_maker_again(
    app_engine, clock_engine, village, speak, kind
):
    asked = itertools.count(1)

    async def ending(db, *_given):
        if next(asked) <= 2:
            raw = await database.driver(db)
            await raw.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return saying("kembali")

    message = due(1001, kind(ending))
    await put(app_engine, message)
    speak()
    await done(clock_engine, message)
    assert village.texts(1001) == ["kembali"]
    stored = await row(clock_engine, message.id)
    assert (stored["state"], stored["attempts"], stored["resent"]) == ("sent", 3, False)


async def test_a_makers_bug_and_an_unknown_kind_fail_and_the_others_go_on(
    app_engine, clock_engine, village, speak, kind
):
    async def wrong(*_given):
        raise KeyError("amount")

    endless = Content(fresh=Fresh(kind="anything"))
    bad = [due(1001, kind(wrong)), due(1001, "no-such-kind"), due(1001, kind(making(endless)))]
    await put(app_engine, *bad, good := owed(1001, "baik", purpose=Purpose.REMINDER))
    speak()
    await done(clock_engine, *bad, good)
    for message in bad:
        stored = await row(clock_engine, message.id)
        assert (stored["state"], stored["reason"]) == ("failed", "render")
    assert village.texts(1001) == ["baik"]


def test_a_kind_has_one_maker(kind):
    name = kind(making("x"))
    with pytest.raises(AssertionError):
        fresh.maker(name)(making("y"))
