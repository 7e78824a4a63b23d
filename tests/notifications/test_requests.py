"""The clock and the mouth for requests: reminders, what lapsed, cards nobody needs, typed PINs taken away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.simulator.faults import Kind
from bot.simulator.world import Content as Shown
from core import database, identities
from core.accounts import SavingsKind
from core.approvals import asking, waiting
from core.approvals.request import Approval
from core.cooperatives import Cooperative
from core.permissions import Role
from notifications import messages
from notifications.messages import Button, Content, Say
from notifications.requests import approvals_job, asked, is_decided, shown
from notifications.scheduler import ticks
from tests.builders_core import AT, TODAY, a_cooperative, a_member, an_officer, pays
from tests.conftest import KEYS
from tests.notifications.conftest import owed, put, row, until

LINES, WHY = (Say("operation-tarik"),), (Say("approval-why-limit", {"limit": 5_000_000}),)


async def a_request(
    engine: AsyncEngine, *, village: str = "64.72.05.1003", linked: bool = True
) -> tuple[Cooperative, Approval]:
    """A treasurer without a chat asks the chair, who has one if `linked`."""
    async with database.transaction(engine) as db:
        here = await a_cooperative(db, village=village)
        rina = await an_officer(db, here, Role.BENDAHARA)
        hendra = await an_officer(db, here, Role.KETUA, name="Hendra")
        siti = await a_member(db, here)
        await pays(db, rina, siti, SavingsKind.SUKARELA, 10_000_000)
        if linked:
            chat = ("telegram", "7", f"of-hendra-{here.id}")
            await identities.link(
                db, koperasi_id=here.id, person_id=hendra.person_id, chat=chat, at=AT
            )
        made = await asking.submit(
            db, maker=rina, chat=None, kind="withdrawal", facts={"amount": 6_000_000, "note": None},
            shown=shown(LINES, WHY), operation="card", on=TODAY, today=TODAY, at=AT, keys=KEYS,
            member_id=siti.id,
        )  # fmt: skip
    return here, made.approval


async def rows(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as db:
        found = await db.execute(
            text(
                "SELECT koperasi_id, person_id, chat, purpose, state, facts, expires_at FROM outbox"
                " ORDER BY seq"
            )
        )
        return list(found.all())


async def test_every_cooperatives_requests_are_looked_at_as_the_clock(
    clock_engine: AsyncEngine, owner_engine: AsyncEngine
):
    one, first = await a_request(owner_engine)
    other, _ = await a_request(owner_engine, village="64.72.05.1002")
    silent, _ = await a_request(owner_engine, village="64.01.01.2009", linked=False)
    assert await approvals_job(clock_engine, KEYS, AT + timedelta(hours=23)) == 0
    assert await approvals_job(clock_engine, KEYS, AT + timedelta(hours=25)) == 2
    assert await approvals_job(clock_engine, KEYS, AT + timedelta(hours=25)) == 0
    found = await rows(owner_engine)
    assert [(row.koperasi_id, row.chat, row.purpose) for row in found] == [
        (here.id, f"of-hendra-{here.id}", "approval") for here in (one, other)
    ]
    assert {row.expires_at for row in found} == {first.expires_at}
    said = messages.unseal(found[0].facts, KEYS)
    assert [line.key for line in said.lines][:3] == [
        "approval-reminder", "approval-asked", "approval-maker-office",
    ]  # fmt: skip
    assert LINES[0] in said.lines
    assert WHY[0] in said.lines
    assert [button.data for line in said.buttons for button in line] == [
        f"a:{one.id}:1:y", f"a:{one.id}:1:n",
    ]  # fmt: skip
    assert await approvals_job(clock_engine, KEYS, AT + timedelta(days=7)) == 3
    lapsed = (await rows(owner_engine))[2:]
    assert [(row.koperasi_id, row.purpose, row.state) for row in lapsed] == [
        (here.id, "notice", "unaddressed") for here in (one, other, silent)
    ]
    assert await approvals_job(clock_engine, KEYS, AT + timedelta(days=30)) == 0


async def test_what_an_operator_has_done_ahead_of_time_is_said_now(owner_engine: AsyncEngine):
    await a_request(owner_engine)
    ahead = datetime.now(UTC) + timedelta(days=2)
    assert await approvals_job(owner_engine, KEYS, ahead) == 1
    async with owner_engine.connect() as db:
        waits = await db.scalar(text("SELECT not_before <= now() FROM outbox"))
    assert waits is True


async def test_where_nothing_is_due_the_clock_asks_one_question(
    clock_engine: AsyncEngine, owner_engine: AsyncEngine
):
    await a_request(owner_engine)
    await a_request(owner_engine, village="64.72.05.1002")
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(clock_engine.sync_engine, "before_cursor_execute", note)
    try:
        assert await approvals_job(clock_engine, KEYS, AT + timedelta(hours=23)) == 0
    finally:
        event.remove(clock_engine.sync_engine, "before_cursor_execute", note)
    assert len(asked) == 1


async def test_the_scheduler_looks_at_requests(
    clock_engine: AsyncEngine, owner_engine: AsyncEngine
):
    await a_request(owner_engine)
    (tick,) = [tick for tick in ticks(KEYS) if tick.name == "approvals"]
    assert await tick.look(clock_engine, AT + timedelta(hours=25)) == 1


async def test_a_card_whose_request_was_decided_need_not_be_said(
    clock_engine: AsyncEngine, owner_engine: AsyncEngine
):
    here, approval = await a_request(owner_engine)
    content = asked(approval, Say("approval-maker", {"name": "Rina"}), here.zone)
    claimed: Any = owed(1001, content, koperasi_id=here.id)

    async def reason(one: Content = content) -> str | None:
        async with database.transaction(clock_engine, koperasi_id=here.id) as db:
            return await is_decided(db, claimed, one)

    assert await reason() is None
    later = AT + timedelta(days=8)
    async with database.transaction(clock_engine, koperasi_id=here.id) as db:
        await waiting.expire(db, koperasi_id=here.id, at=later, keys=KEYS)
    assert await reason() == "request-expired"
    for data in ("a:1", "r:1:1:y", "a:1:99:y"):
        button = Button(label=Say("button-approve"), data=data)
        assert await reason(Content(lines=LINES, buttons=((button,),))) is None
    assert await reason(Content(lines=LINES)) is None


def taking_away(chat: int, message: str, **more: Any) -> Any:
    return owed(chat, Content(lines=(), delete=True), edit=message, **more)


async def test_what_was_typed_is_deleted_before_the_answer_and_may_be_done_twice(
    app_engine, clock_engine, village, speak
):
    chat = village.chat(1001)
    typed = village.world.add_message(village.bot, chat, chat.person, Shown(text="804713"))
    village.fault(Kind.ACCEPT_THEN_DROP, method="deleteMessage")
    deletion, answer = taking_away(1001, str(typed.id)), owed(1001, "dihapus")
    await put(app_engine, deletion, answer)
    speak()
    await until(lambda: village.texts(1001)[-1:] == ["dihapus"])
    assert typed.deleted
    methods = [request.method for request in village.requests]
    assert methods == ["deleteMessage", "deleteMessage", "sendMessage"]
    stored = await row(clock_engine, deletion.id)
    assert stored["state"] == "sent"
    assert KEYS.unseal(stored["words"]).decode() == '["",[]]'


async def test_a_message_that_is_gone_holds_nothing_up(app_engine, clock_engine, village, speak):
    deletion = taking_away(1001, "999999")
    await put(app_engine, deletion, owed(1001, "lanjut"))
    speak()
    await until(lambda: village.texts(1001) == ["lanjut"])
    assert (await row(clock_engine, deletion.id))["state"] == "sent"


def test_a_deletion_survives_its_seal():
    content = Content(lines=(), delete=True)
    assert messages.unseal(messages.seal(content, KEYS), KEYS) == content
    plain = Content(lines=LINES)
    assert messages.unseal(messages.seal(plain, KEYS), KEYS).delete is False
    assert messages.unpack(messages.pack((*LINES, *WHY))) == (*LINES, *WHY)
