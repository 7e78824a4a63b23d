"""Delivery against a simulated Telegram: what is owed arrives, in order, and once, whatever goes wrong."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.simulator.faults import Kind
from bot.simulator.world import Content as Shown
from core import database
from notifications import bell as bells
from notifications import lease, metrics, outbox
from notifications.messages import Button, Content, Purpose, Say
from tests.conftest import KEYS
from tests.notifications.conftest import (
    ACCOUNT,
    QUICK,
    owed,
    put,
    row,
    saying,
    states,
    to,
    until,
)

MARK = "\n\n(kirim ulang)"


async def done(engine, *messages) -> None:
    """Wait until none of these rows waits or is in flight."""

    async def ended() -> bool:
        rows = [await row(engine, message.id) for message in messages]
        return all(one["state"] not in ("waiting", "claimed", "unaddressed") for one in rows)

    await until(ended)


async def test_what_is_owed_is_said_and_kept_with_its_words(
    app_engine, clock_engine, village, speak
):
    message = owed(1001, "Siti & Ani <b>")
    await put(app_engine, message)
    speak()
    await done(clock_engine, message)
    assert village.texts(1001) == ["Siti & Ani <b>"]
    stored = await row(clock_engine, message.id)
    assert (stored["state"], stored["attempts"], stored["resent"]) == ("sent", 1, False)
    assert int(stored["message_id"]) in village.bot.chats[1001].messages
    assert "Siti &amp; Ani" in KEYS.unseal(stored["words"]).decode()


async def test_each_chat_hears_its_messages_in_order_and_once(
    app_engine, clock_engine, village, speak
):
    speaking = speak()
    messages = [owed(1001 + n % 5, str(n)) for n in range(60)]
    for message in messages:
        await put(app_engine, message)
        bells.wake(speaking.bell)
    await done(clock_engine, *messages)
    for chat in range(5):
        assert village.texts(1001 + chat) == [str(n) for n in range(60) if n % 5 == chat]


async def test_a_reply_is_said_before_the_announcements_that_wait(
    app_engine, clock_engine, village, speak
):
    many = [owed(1001 + n % 9, f"umum {n}", purpose=Purpose.ANNOUNCEMENT) for n in range(30)]
    reply = owed(1009, "jawaban")
    await put(app_engine, *many, reply)
    speak(per_second=30)
    await done(clock_engine, reply)
    assert len(village.requests) <= 3
    assert "jawaban" in village.texts(1009)


async def test_slow_pushes_leave_room_for_a_reply(app_engine, clock_engine, village, speak):
    for chat in range(1001, 1009):
        village.fault(Kind.HANG, chat_id=chat, seconds=2)
    speaking = speak(answer_seconds=1.5)
    pushes = [owed(1000 + n, "umum", purpose=Purpose.ANNOUNCEMENT) for n in range(1, 9)]
    await put(app_engine, *pushes)
    bells.wake(speaking.bell)
    await until(lambda: len(village.requests) == 7)
    reply = owed(1009, "jawaban")
    began = time.monotonic()
    await put(app_engine, reply)
    bells.wake(speaking.bell)
    await done(clock_engine, reply)
    assert time.monotonic() - began < 1
    assert len(village.requests) == 8


async def test_nothing_at_all_is_requested_while_the_channel_wants_silence(
    app_engine, clock_engine, village, speak
):
    village.fault(Kind.RETRY_AFTER, retry_after=1, chat_id=1001)
    messages = [owed(1001 + n % 9, str(n)) for n in range(40)]
    await put(app_engine, *messages[:20])
    speaking = speak()
    await until(lambda: any(r.status == 429 for r in village.requests))
    await put(app_engine, *messages[20:])
    for _ in range(5):
        bells.wake(speaking.bell)
        bells.answer_callback(speaking.bell, "telegram", ACCOUNT, "no-such-button")
        await asyncio.sleep(0.05)
    await done(clock_engine, *messages)
    refused = next(r for r in village.requests if r.status == 429)
    # Those already on their way when the refusal came are nobody's fault.
    meanwhile = [r for r in village.requests if 0.05 < r.at - refused.at < 1.0]
    assert meanwhile == []
    assert sum(len(village.texts(chat)) for chat in range(1001, 1010)) == 40
    assert village.texts(1001) == [str(n) for n in range(40) if n % 9 == 0]
    first = await row(clock_engine, messages[0].id)
    assert (first["attempts"], first["resent"]) == (1, False)


async def test_the_silence_is_kept_for_the_next_holder(app_engine, clock_engine, village, speak):
    village.fault(Kind.RETRY_AFTER, retry_after=1)
    message = owed(1001)
    await put(app_engine, message)
    first = speak()
    await until(lambda: village.requests)
    refused_at = village.requests[0].at
    first.stop.set()
    await first.task
    speak()
    await done(clock_engine, message)
    assert village.requests[-1].at - refused_at >= 1.0
    assert len(village.requests) == 2


async def reached(engine, *chats: tuple[int, str]) -> None:
    """Let person 1 of these cooperatives be reached in these chats."""
    async with engine.connect() as db:
        raw = await database.driver(db)
        await raw.execute("SET session_replication_role = replica")  # people are not the subject
        for koperasi_id, chat in chats:
            await raw.execute(
                "INSERT INTO addresses (koperasi_id, person_id, channel, account, chat, linked_at)"
                " VALUES ($1, 1, 'telegram', $2, $3, now())",
                koperasi_id,
                ACCOUNT,
                chat,
            )
        await raw.execute("RESET session_replication_role")


async def test_a_blocked_chat_ends_the_address_everywhere_and_the_row_with_its_reason(
    app_engine, clock_engine, owner_engine, village, speak
):
    await reached(owner_engine, (7, "1001"), (8, "1001"), (7, "1002"))
    village.bot.chats[1001].blocked = True
    message, unknown = owed(1001), owed(5555)
    await put(app_engine, message, unknown, owed(1002))
    speak()
    await done(clock_engine, message, unknown)
    for ended, reason in ((message, "blocked"), (unknown, "chat-not-found")):
        stored = await row(clock_engine, ended.id)
        assert (stored["state"], stored["reason"]) == ("failed", reason)
    async with owner_engine.connect() as db:
        raw = await database.driver(db)
        found = await raw.fetch("SELECT chat, reason, ended_at FROM addresses ORDER BY 1, 2")
    assert [(r["chat"], r["reason"], r["ended_at"] is not None) for r in found] == [
        ("1001", "blocked", True),
        ("1001", "blocked", True),
        ("1002", None, False),
    ]


async def unaddressed(engine, *messages) -> None:
    """Wait until these rows have lost their chat."""

    async def lost() -> bool:
        rows = [await row(engine, message.id) for message in messages]
        return all(one["state"] == "unaddressed" for one in rows)

    await until(lost)


def counted(purpose: Purpose, state: str, reason: str) -> float:
    return float(metrics.OUTCOMES.labels("telegram", purpose.value, state, reason)._value.get())


async def test_a_receipt_whose_chat_is_gone_waits_thirty_days_for_the_persons_next_one(
    app_engine, clock_engine, owner_engine, village, speak
):
    await reached(owner_engine, (7, "1001"))
    village.bot.chats[1001].blocked = True
    purposes = (Purpose.RECEIPT, Purpose.APPROVAL, Purpose.NOTICE)
    made_at = datetime.now(UTC) - timedelta(days=3)
    soon = made_at + timedelta(days=5)
    kept = [owed(1001, purpose.value, purpose=purpose, made_at=made_at) for purpose in purposes]
    short = owed(1001, "sebentar", purpose=Purpose.RECEIPT, made_at=made_at, expires_at=soon)
    reply = owed(1001, "jawaban")
    before = counted(Purpose.RECEIPT, "unaddressed", "blocked")
    await put(app_engine, *kept, short, reply)
    speak()
    await unaddressed(clock_engine, *kept, short)
    await done(clock_engine, reply)
    for message in (*kept, short):
        stored = await row(clock_engine, message.id)
        assert [stored[name] for name in ("channel", "account", "chat", "done_at")] == [None] * 4
        assert (stored["reason"], stored["attempts"]) == ("blocked", 0)
        wanted = soon if message is short else made_at + timedelta(days=30)
        assert stored["expires_at"] == wanted
    assert (await row(clock_engine, reply.id))["state"] == "failed"
    assert counted(Purpose.RECEIPT, "unaddressed", "blocked") == before + 2
    async with database.transaction(app_engine, koperasi_id=7) as db:
        sent = await outbox.address_waiting(db, 7, 1, to(1002), datetime.now(UTC))
    assert sent == 4
    await done(clock_engine, *kept, short)
    assert village.texts(1002) == [purpose.value for purpose in purposes] + ["sebentar"]
    stored = await row(clock_engine, kept[0].id)
    assert (stored["state"], stored["attempts"], stored["reason"]) == ("sent", 1, None)


async def test_what_lost_its_chat_goes_to_another_one_that_was_linked_meanwhile(
    app_engine, clock_engine, owner_engine, village, speak
):
    village.bot.chats[1001].blocked = True
    await reached(owner_engine, (7, "1001"), (7, "1002"), (8, "1003"))
    receipt = owed(1001, "tanda terima", purpose=Purpose.RECEIPT)
    await put(app_engine, receipt)
    speak(timing=replace(QUICK, sweep=0.2, settled=0.1))
    await done(clock_engine, receipt)
    assert (await row(clock_engine, receipt.id))["state"] == "sent"
    assert village.texts(1002) == ["tanda terima"]
    assert village.texts(1003) == []


async def test_a_message_the_channel_rejects_fails_and_the_next_one_goes_on(
    app_engine, clock_engine, village, speak
):
    lines = tuple(Say("sheet-link", {"link": "x" * 900}) for _ in range(5))
    long, good = owed(1001, Content(lines=lines)), owed(1001, "baik")
    await put(app_engine, long, good)
    speak()
    await done(clock_engine, long, good)
    assert (await row(clock_engine, long.id))["reason"] == "rejected"
    assert village.texts(1001) == ["baik"]


async def test_words_that_cannot_be_made_fail_as_a_bug_and_the_others_go_on(
    app_engine, clock_engine, village, speak
):
    bad = owed(1001, Content(lines=(Say("no-such-key"),)))
    lacking = owed(1001, Content(lines=(Say("sheet-link"),)))
    await put(app_engine, bad, lacking, owed(1001, "baik"), good := owed(1002, "baik"))
    speak()
    await done(clock_engine, bad, lacking, good)
    assert [(await row(clock_engine, m.id))["reason"] for m in (bad, lacking)] == ["render"] * 2
    await until(lambda: village.texts(1001) == ["baik"])


async def test_an_answer_of_a_broken_gateway_brings_the_message_once_more_marked(
    app_engine, clock_engine, village, speak
):
    village.fault(Kind.HTML502, times=2)
    message = owed(1001, "setoran")
    await put(app_engine, message)
    speak()
    await done(clock_engine, message)
    assert village.texts(1001) == ["setoran" + MARK]
    stored = await row(clock_engine, message.id)
    assert (stored["state"], stored["attempts"], stored["resent"]) == ("sent", 3, True)


async def test_an_unanswered_receipt_comes_once_more_marked_and_no_third_time(
    app_engine, clock_engine, village, speak
):
    village.fault(Kind.ACCEPT_THEN_HANG, chat_id=1001)
    village.fault(Kind.ACCEPT_THEN_DROP, chat_id=1002, times=2)
    once, twice = (owed(chat, "bukti", purpose=Purpose.RECEIPT) for chat in (1001, 1002))
    await put(app_engine, once, twice)
    speak()
    await done(clock_engine, once, twice)
    assert village.texts(1001) == ["bukti", "bukti" + MARK]
    assert village.texts(1002) == ["bukti", "bukti" + MARK]
    assert (await row(clock_engine, once.id))["state"] == "sent"
    stored = await row(clock_engine, twice.id)
    assert (stored["state"], stored["reason"]) == ("unknown", "no-answer")


async def test_an_unanswered_reminder_is_dropped_and_listed(
    app_engine, clock_engine, village, speak
):
    village.fault(Kind.HANG, chat_id=1001)
    message = owed(1001, "jatuh tempo", purpose=Purpose.REMINDER)
    await put(app_engine, message, after := owed(1001, "lain", purpose=Purpose.REMINDER))
    speak()
    await done(clock_engine, message, after)
    assert village.texts(1001) == ["lain"]
    assert (await row(clock_engine, message.id))["state"] == "unknown"


async def test_a_channel_out_of_reach_loses_nothing_and_marks_nothing(
    app_engine, clock_engine, village, speak
):
    sender = village.sender()
    sender.bot._base_url = sender.bot._base_url.replace(village.running.url, "http://127.0.0.1:9")
    messages = [owed(1001 + n % 3, str(n), purpose=Purpose.REMINDER) for n in range(9)]
    await put(app_engine, *messages)
    speak(sender=sender)

    async def tried() -> bool:
        return bool((await row(clock_engine, messages[0].id))["reason"] == "unreachable")

    await until(tried)
    sender.bot._base_url = sender.bot._base_url.replace("http://127.0.0.1:9", village.running.url)
    await done(clock_engine, *messages)
    assert [len(village.texts(chat)) for chat in (1001, 1002, 1003)] == [3, 3, 3]
    assert village.texts(1001) == ["0", "3", "6"]


async def test_an_edit_puts_the_words_in_place_and_may_be_done_twice(
    app_engine, clock_engine, village, speak
):
    chat = village.chat(1001)
    card = village.world.add_message(village.bot, chat, None, Shown(text="kartu"))
    village.fault(Kind.ACCEPT_THEN_DROP, method="editMessageText")
    button = Button(label=Say("resent"), data="ok:1")
    message = owed(1001, saying("Tercatat", buttons=((button,),)), edit=str(card.id))
    await put(app_engine, message)
    speak()
    await done(clock_engine, message)
    assert village.texts(1001) == ["Tercatat"]
    assert [[b["callback_data"] for b in line] for line in card.content.buttons or ()] == [["ok:1"]]
    stored = await row(clock_engine, message.id)
    assert (stored["state"], stored["resent"], stored["message_id"]) == (
        "sent",
        False,
        str(card.id),
    )
    assert len(village.requests) == 2
    assert village.requests[1].status == 400  # Not modified: it was done the first time.


async def test_an_edit_of_a_vanished_message_becomes_a_new_one(
    app_engine, clock_engine, village, speak
):
    message = owed(1001, "Tercatat", edit="999999")
    await put(app_engine, message)
    speak()
    await done(clock_engine, message)
    assert village.texts(1001) == ["Tercatat"]
    assert (await row(clock_engine, message.id))["attempts"] == 1


async def test_expired_rows_are_never_sent(app_engine, clock_engine, village, speak):
    late = owed(1001, "basi", expires_at=datetime.now(UTC) - timedelta(seconds=1))
    await put(app_engine, late, good := owed(1001, "segar"))
    speak()
    await done(clock_engine, good)
    assert village.texts(1001) == ["segar"]


async def test_a_check_stops_what_need_not_be_said_any_more(
    app_engine, clock_engine, village, speak
):
    async def paid(db: AsyncConnection, one: outbox.Claimed, content: Content) -> str | None:
        raw = await database.driver(db)
        assert await raw.fetchval("SELECT current_setting('kopdes.koperasi_id')") == "7"
        return "paid" if content.lines[0].facts["link"] == "lunas" else None

    due = owed(1001, "lunas", purpose=Purpose.REMINDER)
    other = owed(1001, "belum", purpose=Purpose.REMINDER)
    await put(app_engine, due, other, owed(1002, "lunas"))
    speak(checks={Purpose.REMINDER: paid})
    await done(clock_engine, due, other)
    stored = await row(clock_engine, due.id)
    assert (stored["state"], stored["reason"]) == ("cancelled", "paid")
    assert village.texts(1001) == ["belum"]
    await until(lambda: village.texts(1002) == ["lunas"])


async def test_two_mouths_one_speaks_and_the_other_takes_over(
    app_engine, clock_engine, village, speak
):
    first, second = speak(), speak()
    await until(lambda: first.bell.speaking or second.bell.speaking)
    messages = [owed(1001, str(n)) for n in range(5)]
    await put(app_engine, *messages)
    await done(clock_engine, *messages)
    assert bool(first.bell.speaking) != bool(second.bell.speaking)
    assert village.texts(1001) == ["0", "1", "2", "3", "4"]
    speaker, other = (first, second) if first.bell.speaking else (second, first)
    speaker.stop.set()
    await speaker.task
    await put(app_engine, more := owed(1001, "5"))
    await done(clock_engine, more)
    assert other.bell.speaking
    assert village.texts(1001)[-1] == "5"


async def test_what_a_killed_holder_had_in_flight_is_unknown_purpose_by_purpose(
    app_engine, clock_engine, village, speak
):
    receipt = owed(1001, "bukti", purpose=Purpose.RECEIPT)
    reminder = owed(1002, "jatuh tempo", purpose=Purpose.REMINDER)
    waiting = owed(1002, "lain", purpose=Purpose.REMINDER)
    await put(app_engine, receipt, reminder, waiting)
    async with clock_engine.connect() as db:
        dead = await lease.take(db, channel="telegram", account=ACCOUNT, holder="dead", seconds=0.5)
        assert dead is not None
        claimed = await outbox.claim(db, dead, now=datetime.now(UTC), levels=[1, 2])
        assert len(claimed) == 2
    began = time.monotonic()
    speak()
    await done(clock_engine, receipt, reminder, waiting)
    assert time.monotonic() - began > 0.4
    assert village.texts(1001) == ["bukti" + MARK]
    assert village.texts(1002) == ["lain"]
    stored = await row(clock_engine, reminder.id)
    assert (stored["state"], stored["reason"]) == ("unknown", "holder-died")


async def test_a_holder_killed_in_mid_broadcast_loses_nothing_and_doubles_only_what_is_marked(
    app_engine, clock_engine, own_database, village, speak
):
    messages = [owed(1001 + n % 9, str(n), purpose=Purpose.ANNOUNCEMENT) for n in range(60)]
    await put(app_engine, *messages)
    for chat in (1002, 1005, 1007):
        village.fault(Kind.ACCEPT_THEN_HANG, chat_id=chat, seconds=5)
    place = own_database.urls.clock, village.running.url
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.notifications.speaker", *place
    )
    await until(lambda: len(village.requests) > 20, seconds=20)
    victim.kill()
    await victim.wait()
    killed_at = time.monotonic()
    village.world.faults.clear()
    speak()
    await until(lambda: len(village.requests) > 30)
    assert time.monotonic() - killed_at < 5
    await done(clock_engine, *messages)
    marked = 0
    for chat in range(1001, 1010):
        heard = village.texts(chat)
        marked += sum(text.endswith(MARK) for text in heard)
        unmarked = [text for text in heard if not text.endswith(MARK)]
        assert len(unmarked) == len(set(unmarked))
        expected = [str(n) for n in range(60) if 1001 + n % 9 == chat]
        assert list(dict.fromkeys(text.removesuffix(MARK) for text in heard)) == expected
    assert 3 <= marked <= outbox.MOST_AT_ONCE
    assert await states(clock_engine) == ["sent"] * 60


async def test_a_mouth_that_lost_its_lease_stops_at_once_and_comes_back(
    app_engine, clock_engine, owner_engine, village, speak
):
    speaking = speak()
    await until(lambda: speaking.bell.speaking)
    async with owner_engine.connect() as db:
        raw = await database.driver(db)
        await raw.execute(
            "UPDATE mouths SET holder = 'other', fence = fence + 1,"
            " until = now() + interval '0.7 seconds'"
        )
    await put(app_engine, message := owed(1001))
    bells.wake(speaking.bell)
    await until(lambda: not speaking.bell.speaking)
    assert village.requests == []
    await done(clock_engine, message)
    assert (await row(clock_engine, message.id))["fence"] == 3


async def test_a_ring_in_another_process_is_heard_by_notify(
    app_engine, clock_engine, own_database, village, speak
):
    speaking = speak(timing=type(QUICK)(lease=5, renew=1, poll=30, farewell=3))
    await until(lambda: speaking.bell.speaking)
    elsewhere = bells.Bell()
    ringing = asyncio.create_task(bells.ring(elsewhere, own_database.urls.app))
    try:
        await asyncio.sleep(0.3)
        await put(app_engine, message := owed(1001))
        bells.wake(elsewhere)
        bells.answer_callback(elsewhere, "telegram", ACCOUNT, "pressed-1")
        await done(clock_engine, message)
        await until(lambda: any(r.method == "answerCallbackQuery" for r in village.requests))
    finally:
        ringing.cancel()


async def test_delivery_goes_on_after_the_database_cut_every_connection(
    app_engine, clock_engine, owner_engine, own_database, village, speak
):
    speaking = speak(timing=type(QUICK)(lease=2, renew=0.3, poll=0.1, farewell=3))
    await put(app_engine, before := owed(1001, "sebelum"))
    await done(clock_engine, before)
    async with owner_engine.connect() as db:
        raw = await database.driver(db)
        await raw.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await put(owner_engine, after := owed(1001, "sesudah"))
    await done(owner_engine, after)
    assert village.texts(1001) == ["sebelum", "sesudah"]
    assert not speaking.task.done()


async def test_a_stop_lets_what_is_in_flight_end_and_gives_the_lease_away(
    app_engine, clock_engine, village, speak
):
    village.fault(Kind.ACCEPT_THEN_HANG, seconds=0.2)
    speaking = speak(answer_seconds=2)
    await put(app_engine, owed(1001, "satu"), owed(1001, "dua"))
    bells.wake(speaking.bell)
    await until(lambda: village.requests)
    speaking.stop.set()
    await speaking.task
    assert "claimed" not in await states(clock_engine)
    async with clock_engine.connect() as db:
        assert await lease.take(db, channel="telegram", account=ACCOUNT, holder="next")


async def test_paced_sending_never_exceeds_what_telegram_enforces(
    app_engine, clock_engine, village, speak
):
    village.world.limits.enforce = True
    messages = [owed(2000 + n, str(n), purpose=Purpose.ANNOUNCEMENT) for n in range(50)]
    for n in range(50):
        village.chat(2000 + n)
    await put(app_engine, *messages)
    began = time.monotonic()
    speak(per_second=30)
    await done(clock_engine, *messages)
    assert {r.status for r in village.requests} == {200}
    assert 49 * 0.035 <= time.monotonic() - began < 49 * 0.035 + 1.5
