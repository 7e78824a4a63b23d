"""A table sent to the bot: checked whole, shown as a card, written down by ✅, all of it or nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import delete

from bot.conversations import requests
from bot.state import CARD_GOOD_FOR
from bot.talk import FileWanted, Reply, Turn, button, say
from core.accounts import SavingsKind
from core.approvals import asking
from core.approvals.books import FileIsGone
from core.errors import Refusal
from core.imports import balances, goods, members
from core.imports.rows import Remark
from core.permissions import Action, NotAllowed, may, who_may
from core.tables.people import files
from notifications.messages import Fact, Say
from notifications.requests import shown

_SHEETS = (".xlsx", ".csv", ".xls", ".xlsm", ".ods", ".txt")
_SHOWN = 12  # remarks in one message
_MISSING = "refusal-sheet-column-missing"

Plan = members.Plan | balances.Plan | goods.Plan


class SavingsColumns(Refusal):
    """Opening balances are not for every office that may add members. Facts: who may."""

    text = "refusal-savings-columns"


def _require(turn: Turn, action: Action) -> None:
    if not may(turn.here.roles, action):
        raise NotAllowed(who=who_may(action))


def _require_some(turn: Turn) -> None:
    """Let pass who may send some file; what is in it decides further."""
    if not may(turn.here.roles, Action.RECORD_TRADE):
        _require(turn, Action.ADD_MEMBERS)


async def received(turn: Turn) -> Reply:
    """Check a file of members, of opening balances or of goods; show its card, or everything wrong with it."""
    sent = turn.incoming.document
    assert sent is not None
    if turn.standing is None or not turn.standing.roles:
        return Reply(lines=(say("not-text"),))
    _require_some(turn)
    if not sent.name.lower().endswith(_SHEETS):
        return Reply(lines=(say("file-not-a-table"),))
    if sent.is_unfetched:
        raise FileWanted
    if sent.content is None:
        return Reply(lines=(say(f"file-{sent.problem}"),))
    plan = await _check(turn, sent.content, sent.name)
    if plan.errors:
        return Reply(lines=_remarks("file-errors", plan.errors))
    await turn.db.execute(
        delete(files).where(files.c.koperasi_id == turn.koperasi_id, files.c.expires_at <= turn.now)
    )
    file_id = uuid4()
    await _keep(turn, file_id, sent.name, sent.content, turn.now + CARD_GOOD_FOR)
    warnings = _remarks("file-warnings", plan.warnings) if plan.warnings else ()
    why = (say("approval-why-opening"),) if _brings_money(plan) else ()
    return Reply(
        lines=(*_card(plan, sent.name), *why, *warnings),
        buttons=(
            (
                button("button-save", f"d:{file_id.hex}:save"),
                button("button-edit", f"d:{file_id.hex}:edit"),
                button("button-cancel", f"d:{file_id.hex}:cancel"),
            ),
        ),
    )


async def _keep(turn: Turn, number: UUID, name: str, content: bytes, until: datetime) -> None:
    await turn.db.execute(
        files.insert().values(
            koperasi_id=turn.koperasi_id,
            id=number,
            name_sealed=turn.keys.seal(name.encode()),
            content_sealed=turn.keys.seal(content),
            size=len(content),
            made_by=turn.here.recorder,
            made_at=turn.now,
            expires_at=until,
        )
    )


def _brings_money(plan: Plan) -> bool:
    if isinstance(plan, members.Plan):
        return any(plan.total(kind) for kind in SavingsKind)
    return isinstance(plan, balances.Plan)


async def _check(turn: Turn, content: bytes, name: str) -> Plan:
    """Members when it has their columns, opening balances or goods when it has theirs."""
    common = {"cooperative": turn.here.cooperative, "on": turn.today, "name": name}
    readers: tuple[Callable[..., Awaitable[Plan]], ...] = (
        partial(members.check, keys=turn.keys),
        balances.check,
        goods.check,
    )
    missing: Refusal | None = None
    for read in readers:
        try:
            plan = await read(turn.db, content, **common)
        except Refusal as refusal:
            if refusal.text != _MISSING:
                raise
            missing = missing or refusal
            continue
        trade = isinstance(plan, goods.Plan)
        _require(turn, Action.RECORD_TRADE if trade else Action.ADD_MEMBERS)
        if _brings_money(plan) and not may(turn.here.roles, Action.IMPORT_BALANCES):
            raise SavingsColumns(who=who_may(Action.IMPORT_BALANCES))
        return plan
    assert missing is not None
    raise missing


def _card(plan: Plan, name: str) -> tuple[Say, ...]:
    if isinstance(plan, balances.Plan):
        total = sum(opening.amount for opening in plan.openings)
        return (
            say("operation-saldo-awal"),
            say("file-name", name=name[:80]),
            say("file-accounts", count=len(plan.openings), total=total),
            say("card-date", on=plan.on),
        )
    if isinstance(plan, goods.Plan):
        value = sum(one.value for one in plan.goods)
        named = say("file-goods-stock", value=value) if value else None
        return (
            say("operation-barang"),
            say("file-name", name=name[:80]),
            say("file-goods", count=len(plan.goods), added=plan.added),
            *((named,) if named else ()),
        )
    return (
        say("operation-impor-anggota"),
        say("file-name", name=name[:80]),
        say("file-members", count=len(plan.members)),
        *(say(f"file-{kind}", total=plan.total(kind)) for kind in SavingsKind if plan.total(kind)),
        say("card-date", on=plan.on),
    )


def _remarks(head: str, remarks: Sequence[Remark]) -> tuple[Say, ...]:
    lines = [say(head, count=len(remarks))]
    for remark in remarks[:_SHOWN]:
        facts: dict[str, Fact] = {
            key: value if isinstance(value, Fact) else str(value)
            for key, value in remark.facts.items()
        }
        where = "file-remark" if remark.row else "file-remark-column"
        lines.append(say(where, row=remark.row, column=remark.column))
        lines.append(Say(remark.reason, facts))
    if len(remarks) > _SHOWN:
        lines.append(say("file-remarks-more", count=len(remarks) - _SHOWN))
    return tuple(lines)


async def pressed(turn: Turn, file_id: str, what: str) -> Reply:
    """✅ writes the file down, ❌ forgets it; a second ✅ finds it gone. Opening balances need a second person."""
    _require_some(turn)
    number = UUID(hex=file_id)
    row = (  # Taken out by reading it: pressed in two chats at once, one of them finds it gone.
        await turn.db.execute(
            delete(files)
            .where(
                files.c.koperasi_id == turn.koperasi_id,
                files.c.id == number,
                files.c.made_by == turn.here.recorder,
                files.c.expires_at > turn.now,
            )
            .returning(files.c.name_sealed, files.c.content_sealed)
        )
    ).one_or_none()
    if row is None:
        raise FileIsGone
    if what == "edit":
        return Reply(lines=(say("file-edit"),), edit=True)
    if what != "save":
        return Reply(lines=(say("card-cancelled"),), edit=True)
    name = turn.keys.unseal(row.name_sealed).decode()
    content = turn.keys.unseal(row.content_sealed)
    plan = await _check(turn, content, name)
    if plan.errors:
        return Reply(lines=_remarks("file-errors", plan.errors))
    if isinstance(plan, balances.Plan) or _brings_money(plan):
        return await _ask(turn, number, plan, name, content)
    if isinstance(plan, goods.Plan):
        await goods.apply(turn.db, plan, officer=turn.here, at=turn.now)
        return Reply(lines=(say("good-kept"), *_card(plan, name)), edit=True)
    source = turn.incoming.chat.channel
    written = await members.apply(
        turn.db, plan, keys=turn.keys, at=turn.now, recorder=turn.here.recorder, source=source
    )
    return Reply(
        lines=(say("file-members-written", count=written.members), *_card(plan, name)), edit=True
    )


async def _ask(turn: Turn, number: UUID, plan: Plan, name: str, content: bytes) -> Reply:
    """Let opening balances wait for a second person; the file is kept until it is decided.

    Under an id of its own: a second ✅ finds the card's file gone.
    """
    kept = uuid4()
    submitted = await asking.submit(
        turn.db,
        maker=turn.here,
        chat=turn.incoming.chat.key,
        kind="opening-balances",
        facts={
            "file": kept.hex,
            "table": "balances" if isinstance(plan, balances.Plan) else "members",
        },
        shown=shown(_card(plan, name), (say("approval-why-opening"),)),
        operation=f"file/{number.hex}",
        on=plan.on,
        today=requests.today(turn),
        at=turn.now,
        keys=turn.keys,
    )
    until = submitted.approval.expires_at + timedelta(days=1)
    await _keep(turn, kept, name, content, until)
    return await requests.waits(turn, submitted)
