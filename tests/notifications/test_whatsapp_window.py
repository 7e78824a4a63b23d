"""WhatsApp's free window, templates, tiers and late failures: the delivery against a Graph server, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core import database
from notifications import metrics, statuses, templates, windows
from notifications.messages import Address, Button, Content, Message, Purpose, Say
from notifications.senders import whatsapp
from notifications.statuses import Status, TemplateStatus
from tests.conftest import KEYS
from tests.notifications.conftest import QUICK, owed, put, row, until
from tests.notifications.graph import PHONE_ID, TOKEN, Answer, Graph, start
from tests.notifications.test_addresses import execute, reached

FAST = replace(QUICK, sweep=0.1, settled=0.05)
HERE = "Koperasi Desa Merah Putih Uji"
OWED = (Purpose.RECEIPT, Purpose.APPROVAL, Purpose.NOTICE, Purpose.REMINDER)
PULLED = (Purpose.REPLY, Purpose.STATEMENT, Purpose.ANNOUNCEMENT)
YES_NO = ((Button(label=Say("button-right"), data="r:y"), Button(label=Say("button-wrong"), data="r:n")),)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Line:
    """A WhatsApp number with people who wrote to it, seen from our side."""

    graph: Graph
    owner: AsyncEngine
    clock: AsyncEngine
    app: AsyncEngine
    sender: whatsapp.WhatsAppSender
    speak: Any
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def person(self, chat: str, *, hours_ago: float = 1.0, phone: str | None = None) -> None:
        """Let somebody have written so long ago."""
        await execute(
            self.owner,
            (
                ("INSERT INTO chat.contacts (account, chat, phone_hash, phone_sealed, bsuid, heard_at)"
                " VALUES ($1, $2, $3, $4, NULL, $5)"),
                PHONE_ID, chat, chat.encode(), KEYS.seal((phone or f"62{chat[1:]}").encode()),
                datetime.now(UTC) - timedelta(hours=hours_ago),
            ),
        )  # fmt: skip

    async def writes(self, chat: str) -> int:
        """Let somebody write now."""
        await execute(self.owner, ("UPDATE chat.contacts SET heard_at = $2 WHERE chat = $1", chat, datetime.now(UTC)))  # fmt: skip
        async with database.transaction(self.app, koperasi_id=7) as db:
            return await windows.opened(db, PHONE_ID, chat, datetime.now(UTC))

    async def owe(self, chat: str, text: str | Content = "halo", **more: Any) -> Message:
        message = owed(None, text, to=to(chat), **more)
        await put(self.clock, message)
        return message

    def begin(self, **more: Any) -> Any:
        return self.speak(sender=self.sender, timing=FAST, now=self.now, **more)

    async def becomes(self, message: Message, state: str, reason: str | None = None) -> Any:
        found: Any = None

        async def so() -> bool:
            nonlocal found
            found = await row(self.clock, message.id)
            return found["state"] == state and (reason is None or found["reason"] == reason)

        try:
            await until(so)
        except AssertionError:
            raise AssertionError((found["state"], found["reason"])) from None
        return found

    async def told(self, message: Message, state: str, **more: Any) -> None:
        """Tell a status of the message taken last."""
        given: dict[str, Any] = {"account": PHONE_ID, "tracker": f"7/{message.id}", "at": datetime.now(UTC)}  # fmt: skip
        given["message_id"] = self.graph.taken[-1]["id"]
        async with database.transaction(self.clock) as db:
            await statuses.take(db, Status(**(given | {"state": state} | more)))

    async def template(self, name: str, state: str) -> None:
        """Tell what became of a template."""
        status = TemplateStatus(account=PHONE_ID, name=name, state=state, reason=None, at=datetime.now(UTC))  # fmt: skip
        async with database.transaction(self.clock) as db:
            await statuses.take_template(db, status)


def to(chat: str) -> Address:
    return Address(channel="whatsapp", account=PHONE_ID, chat=chat)


def parameters(message: dict[str, Any]) -> list[str]:
    return [one["text"] for one in message["template"]["components"][0]["parameters"]]


@pytest.fixture
async def line(owner_engine, clock_engine, app_engine, speak) -> AsyncIterator[Line]:
    graph = Graph()
    runner = await start(graph)
    sender = whatsapp.connect(TOKEN, PHONE_ID, graph.url, per_second=0, answer_seconds=0.3)
    founded = (
        "INSERT INTO cooperatives (koperasi_id, code, name, region, zone, created_at)"
        " VALUES (7, 'uji', $1, '64', 'Asia/Makassar', now())"
    )
    await execute(owner_engine, (founded, HERE))
    yield Line(
        graph=graph, owner=owner_engine, clock=clock_engine, app=app_engine, sender=sender, speak=speak
    )  # fmt: skip
    await sender.close()
    await runner.cleanup()


@pytest.mark.parametrize("purpose", Purpose)
async def test_for_a_day_after_a_person_wrote_anything_is_said_freely(line: Line, purpose):
    await line.person("w111", hours_ago=23.7, phone="6281234")
    message = await line.owe("w111", purpose=purpose)
    line.begin()
    stored = await line.becomes(message, "sent")
    assert line.graph.last["text"]["body"] == "Tautan: halo"
    assert (line.graph.taken[0]["to"], stored["template"]) == ("6281234", None)
    assert line.graph.taken[0]["biz_opaque_callback_data"] == f"7/{message.id}"


@pytest.mark.parametrize("purpose", OWED)
async def test_after_the_day_what_is_owed_goes_out_as_its_template_on_one_line(line: Line, purpose):
    await line.person("w111", hours_ago=23.9)
    said = Content(lines=(Say("sheet-link", {"link": "a*b*\tc"}), Say(""), Say("sheet-safety")))
    message = await line.owe("w111", said, purpose=purpose)
    line.begin()
    stored = await line.becomes(message, "sent")
    wanted = templates.find(purpose, [])
    assert wanted is not None
    assert line.graph.last["template"]["name"] == stored["template"] == wanted.name
    who, text = parameters(line.graph.taken[0])
    assert who == HERE
    assert text.startswith("Tautan: a*b∗ c · Jangan berikan")
    assert "\n" not in text


async def test_a_templates_buttons_bring_back_what_the_messages_own_would(line: Line):
    await line.person("w111", hours_ago=48)
    content = Content(lines=(Say("sheet-link", {"link": "x"}),), buttons=YES_NO)
    message = await line.owe("w111", content, purpose=Purpose.RECEIPT)
    line.begin()
    await line.becomes(message, "sent")
    said = line.graph.last["template"]
    assert said["name"] == "kopdes_bukti_benar"
    assert [one["parameters"][0]["payload"] for one in said["components"][1:]] == ["r:y", "r:n"]


@pytest.mark.parametrize("purpose", PULLED)
async def test_answers_balances_and_announcements_wait_until_the_person_writes(line: Line, purpose):
    await line.person("w111", hours_ago=25)
    message = await line.owe("w111", purpose=purpose)
    line.begin()
    await line.becomes(message, "held", "window")
    assert line.graph.requests == []
    assert await line.writes("w111") == 1
    await line.becomes(message, "sent")
    assert line.graph.last["text"]["body"] == "Tautan: halo"


async def test_what_was_held_while_its_person_was_writing_is_let_go(line: Line):
    await line.person("w111", hours_ago=25)
    message = await line.owe("w111", purpose=Purpose.STATEMENT)
    line.begin()
    await line.becomes(message, "held", "window")
    await execute(line.owner, ("UPDATE chat.contacts SET heard_at = now()",))
    await line.becomes(message, "sent")


async def test_a_window_the_channel_calls_closed_is_closed_and_the_same_row_goes_as_a_template(
    line: Line,
):
    await line.person("w111")
    line.graph.error(131047)
    message = await line.owe("w111", purpose=Purpose.RECEIPT)
    line.begin()
    await line.becomes(message, "sent")
    first, second = line.graph.requests
    assert (first["type"], second["type"]) == ("text", "template")
    assert first["biz_opaque_callback_data"] == second["biz_opaque_callback_data"]


async def test_an_answer_the_channel_calls_too_late_waits_for_the_person_and_is_not_tried_on_and_on(
    line: Line,
):
    await line.person("w111")
    line.graph.error(131047, times=3)
    message = await line.owe("w111")
    line.begin()
    await line.becomes(message, "held", "window")
    await asyncio.sleep(5 * FAST.sweep)
    await line.becomes(message, "held", "window")
    assert len(line.graph.requests) == 1


async def test_a_closed_window_told_afterwards_goes_as_a_template_too(line: Line):
    await line.person("w111")
    message = await line.owe("w111", purpose=Purpose.RECEIPT)
    line.begin()
    await line.becomes(message, "sent")
    await line.told(message, "failed", code="131047")
    await until(lambda: len(line.graph.taken) == 2)
    stored = await line.becomes(message, "sent")
    assert line.graph.last["type"] == "template"
    assert stored["failures"] == [line.graph.taken[0]["id"]]
    assert stored["message_id"] == line.graph.taken[1]["id"]


async def test_a_stopped_template_holds_its_purpose_and_approval_lets_it_go(line: Line):
    await line.person("w111", hours_ago=48)
    await line.template("kopdes_bukti", "PAUSED")
    receipt = await line.owe("w111", purpose=Purpose.RECEIPT)
    notice = await line.owe("w111", purpose=Purpose.NOTICE)
    line.begin()
    await line.becomes(receipt, "held", "template")
    await line.becomes(notice, "sent")
    assert len(line.graph.requests) == 1
    await line.template("kopdes_bukti", "APPROVED")
    await line.becomes(receipt, "sent")


@pytest.mark.parametrize("code", [132015, 132016, 132001])
async def test_a_template_the_channel_refuses_is_tried_again_after_an_hour(line: Line, code):
    await line.person("w111", hours_ago=48)
    await line.person("w222", hours_ago=48)
    before = metrics.ALARMS.labels("template")._value.get()
    line.graph.error(code)
    first = await line.owe("w111", purpose=Purpose.RECEIPT)
    line.begin()
    await line.becomes(first, "held", "template")
    second = await line.owe("w222", purpose=Purpose.RECEIPT)
    await line.becomes(second, "held", "template")
    assert len(line.graph.requests) == 1
    assert metrics.ALARMS.labels("template")._value.get() == before + 1
    line.ahead = timedelta(hours=1, minutes=1)
    await line.becomes(first, "sent")
    await line.becomes(second, "sent")


async def test_who_writes_need_not_wait_for_a_template(line: Line):
    await line.person("w111", hours_ago=48)
    await line.template("kopdes_bukti", "DISABLED")
    message = await line.owe("w111", purpose=Purpose.RECEIPT)
    line.begin()
    await line.becomes(message, "held", "template")
    await line.writes("w111")
    await line.becomes(message, "sent")
    assert line.graph.last["type"] == "text"


async def a_tier(line: Line, limit: int) -> None:
    """Let the number write to so many people a day outside their window."""
    await execute(
        line.owner,
        (
            ("INSERT INTO mouths (channel, account, holder, fence, until, tier)"
            " VALUES ('whatsapp', $1, 'x', 1, '-infinity', $2)"), PHONE_ID, limit,
        ),
    )  # fmt: skip


async def test_a_full_tier_keeps_back_reminders_first_and_nobody_who_wrote(line: Line):
    await a_tier(line, 5)  # Reminders may use four.
    for chat in ("w1", "w2", "w3", "w4", "w5", "w6", "w7"):
        await line.person(chat, hours_ago=48)
    await line.person("w8")
    line.begin()
    for chat in ("w1", "w2", "w3", "w4"):
        await line.becomes(await line.owe(chat, purpose=Purpose.REMINDER), "sent")
    late = await line.owe("w5", purpose=Purpose.REMINDER)
    await line.becomes(late, "waiting", "tier")
    await line.becomes(await line.owe("w1", purpose=Purpose.REMINDER), "sent")  # Counted already.
    await line.becomes(await line.owe("w6", purpose=Purpose.RECEIPT), "sent")
    kept = await line.owe("w7", purpose=Purpose.RECEIPT)
    await line.becomes(kept, "waiting", "tier")
    await line.becomes(await line.owe("w8", purpose=Purpose.REMINDER), "sent")
    await line.writes("w5")
    await line.becomes(late, "sent")
    line.ahead = timedelta(hours=24, minutes=5)
    await line.becomes(kept, "sent")


async def test_a_tier_is_counted_across_a_change_of_holders(line: Line):
    await a_tier(line, 1)
    await line.person("w1", hours_ago=48)
    await line.person("w2", hours_ago=48)
    first = line.begin()
    await line.becomes(await line.owe("w1", purpose=Purpose.RECEIPT), "sent")
    first.stop.set()
    await first.task
    again = whatsapp.connect(TOKEN, PHONE_ID, line.graph.url, per_second=1000, answer_seconds=0.3)
    line.speak(sender=again, timing=FAST, now=line.now)
    await line.becomes(await line.owe("w2", purpose=Purpose.RECEIPT), "waiting", "tier")
    await again.close()


async def test_a_chat_without_a_number_of_its_own_is_lost(line: Line):
    await execute(line.owner, reached("w111", channel="whatsapp", account=PHONE_ID))
    receipt = await line.owe("w111", purpose=Purpose.RECEIPT)
    answer = await line.owe("w111")
    line.begin()
    await line.becomes(receipt, "unaddressed", "no-number")
    await line.becomes(answer, "failed", "no-number")
    assert line.graph.requests == []


async def test_an_unknown_outcome_is_resolved_by_its_status(line: Line):
    await line.person("w111")
    line.graph.answers.append(Answer(seconds=1.0, takes=True))
    message = await line.owe("w111")
    line.begin()
    await line.becomes(message, "waiting", "no-answer")
    await line.becomes(await line.owe("w111", "jawaban"), "sent")  # It waits for nothing.
    await line.told(message, "delivered", message_id="wamid.1")
    stored = await line.becomes(message, "sent")
    assert (stored["message_id"], len(line.graph.requests)) == ("wamid.1", 2)


async def test_an_unknown_outcome_without_a_status_goes_out_once_more_after_a_minute_marked(
    line: Line,
):
    await line.person("w111")
    line.graph.answers.append(Answer(drop=True))
    message = await line.owe("w111", purpose=Purpose.RECEIPT)
    line.begin()
    stored = await line.becomes(message, "waiting", "no-answer")
    assert stored["not_before"] >= datetime.now(UTC) + timedelta(seconds=50)
    line.ahead = timedelta(seconds=61)
    await line.becomes(message, "sent")
    assert line.graph.last["text"]["body"].endswith("_(kirim ulang)_")


async def test_two_undeliverable_messages_in_a_month_end_the_chat(line: Line):
    await line.person("w111")
    await execute(line.owner, reached("w111", channel="whatsapp", account=PHONE_ID))
    line.begin()
    for expected in ("failed", "unaddressed"):
        message = await line.owe("w111", purpose=Purpose.RECEIPT)
        await line.becomes(message, "sent")
        await line.told(message, "failed", code="131026")
        await line.becomes(message, expected, "undeliverable")


async def test_a_failure_of_the_channels_own_told_afterwards_is_tried_again_unmarked(line: Line):
    await line.person("w111")
    message = await line.owe("w111", purpose=Purpose.RECEIPT)
    line.begin()
    await line.becomes(message, "sent")
    await line.told(message, "failed", code="131000")
    await until(lambda: len(line.graph.taken) == 2)
    assert line.graph.last["text"]["body"] == "Tautan: halo"
    await line.becomes(message, "sent")


async def test_what_would_only_take_something_away_is_not_needed(line: Line):
    await line.person("w111")
    gone = await line.owe("w111", Content(delete=True), edit="wamid.9")
    bare = await line.owe("w111", Content(), edit="wamid.9")
    line.begin()
    for message in (gone, bare):
        await line.becomes(message, "cancelled", "not-needed")
    assert line.graph.requests == []


async def test_an_edit_is_a_new_message(line: Line):
    await line.person("w111")
    message = await line.owe("w111", edit="wamid.9")
    line.begin()
    stored = await line.becomes(message, "sent")
    assert stored["message_id"] == line.graph.taken[0]["id"]


async def test_many_late_failures_are_followed_soon_and_answers_do_not_wait_for_them(line: Line):
    line.begin()
    messages = []
    for n in range(30):
        await line.person(f"w{n}")
        messages.append(await line.owe(f"w{n}", purpose=Purpose.STATEMENT))
    for message in messages:
        await line.becomes(message, "sent")
    by_tracker = {taken["biz_opaque_callback_data"]: taken["id"] for taken in line.graph.taken}
    for message in messages:
        await line.told(message, "failed", code="131051", message_id=by_tracker[f"7/{message.id}"])
    answer = await line.owe("w1")
    await line.becomes(answer, "sent")
    for message in messages:
        await line.becomes(message, "failed", "rejected")
