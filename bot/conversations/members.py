"""Finding members: the list page by page, and what can be done with one."""

from __future__ import annotations

from bot.conversations import cards, closing_spoken, loans, looks, monthly, offices, statements
from bot.talk import Reply, Turn, button, say
from core import people
from core.calendar import business_date
from core.looks import What
from core.people import Member
from core.permissions import Action, NotAllowed, may, who_may
from notifications import addresses
from notifications.messages import Button

_PAGE = 10
_LOOKS = {
    "history": What.HISTORY, "loans": What.LOANS, "show": What.SAVINGS, "balance": What.SAVINGS,
}  # fmt: skip


def _require(turn: Turn, action: Action) -> None:
    if not may(turn.here.roles, action):
        raise NotAllowed(who=who_may(action))


async def listing(turn: Turn) -> Reply:
    """/anggota: the members by number."""
    return await _listing(turn, 0)


async def _listing(turn: Turn, offset: int) -> Reply:
    _require(turn, Action.SEE_MEMBERS)
    found = await people.active_members(
        turn.db,
        koperasi_id=turn.here.cooperative.id,
        on=turn.today,
        limit=_PAGE + 1,
        offset=offset,
    )
    if not found:
        return Reply(lines=(say("members-none"),))
    await looks.seen(turn, None, What.MEMBERS)
    lines = [say("members-head", first=offset + 1, last=offset + min(len(found), _PAGE))]
    lines.extend(say("members-row", number=m.number, name=m.name) for m in found[:_PAGE])
    choices = [button("choice-number", f"u:show:{m.id}", number=m.number) for m in found[:_PAGE]]
    rows: list[tuple[Button, ...]] = [tuple(choices[i : i + 3]) for i in range(0, len(choices), 3)]
    if len(found) > _PAGE:
        rows.append((button("button-next", f"l:members:{offset + _PAGE}"),))
    rows.append((button("button-unreached", "l:unreached:0"),))
    return Reply(lines=tuple(lines), buttons=tuple(rows))


async def _unreached(turn: Turn, offset: int) -> Reply:
    """List who gets no messages: since when and why, and how they can be."""
    _require(turn, Action.SEE_MEMBERS)
    here = turn.here.cooperative
    found = await addresses.unreachable(
        turn.db, here.id, on=turn.today, limit=_PAGE + 1, offset=offset
    )
    if not found:
        return Reply(lines=(say("unreached-none"),))
    await looks.seen(turn, None, What.MEMBERS)
    lines = [say("unreached-head")]
    lines.extend(
        say(
            "unreached-row",
            name=one.name,
            number=one.number or "-",
            why=one.reason or "never",
            on=business_date(one.lost_at or turn.now, here.zone),
        )
        for one in found[:_PAGE]
    )
    lines.append(say("unreached-how"))
    more = button("button-next", f"l:unreached:{offset + _PAGE}")
    return Reply(lines=tuple(lines), buttons=((more,),) if len(found) > _PAGE else ())


async def page(turn: Turn, name: str, offset: str) -> Reply:
    """Turn a list's page: l:members:10, l:history-12:8."""
    start = min(int(offset), 100_000)
    if name == "members":
        return await _listing(turn, start)
    if name == "unreached":
        return await _unreached(turn, start)
    if name == "offices":
        return await offices.page(turn, start)
    if name in ("loans", "arrears"):
        _require(turn, Action.SEE_MEMBERS)
        return await loans.listing(turn, start, late=name == "arrears")
    if name.startswith("history-"):
        member_id = int(name.removeprefix("history-"))
        if member_id != turn.here.person_id:
            _require(turn, Action.SEE_MEMBERS)
        member = await cards.member_of(turn, member_id)
        await looks.seen(turn, member.id, What.HISTORY)
        return await statements.history_page(turn, member, start)
    return Reply(lines=(say("button-old"),))


async def chosen(turn: Turn, what: str, member_id: str) -> Reply:
    """A member was chosen: show, history, balance, record, invite."""
    _require(turn, Action.SEE_MEMBERS)
    member = await cards.member_of(turn, int(member_id))
    await _note(turn, member.id, what)
    if what == "record":
        _require(turn, Action.RECORD_SAVINGS)
        return await statements.record_for(turn, member.id)
    if what == "invite":
        return await offices.invite_member(turn, member)
    if (told := await _told(turn, member, what)) is not None:
        return statements.answering(turn, told)
    if what not in ("show", "balance"):
        return Reply(lines=(say("button-old"),))
    lines = await statements.balance_lines(turn, turn.here, member)
    buttons = [button("menu-riwayat", f"u:history:{member.id}")]
    if await loans.line(turn, member):
        buttons.append(button("menu-pinjaman", f"u:loans:{member.id}"))
    if may(turn.here.roles, Action.RECORD_SAVINGS):
        buttons.append(button("menu-catat", f"u:record:{member.id}"))
    if may(turn.here.roles, Action.INVITE):
        buttons.append(button("button-invite", f"u:invite:{member.id}"))
    head = say("balance-of", name=member.name, number=member.number, on=turn.today)
    return statements.answering(turn, Reply(lines=(head, *lines), buttons=(tuple(buttons),)))


async def _told(turn: Turn, member: Member, what: str) -> Reply | None:
    if what == "history":
        return await statements.history_page(turn, member, 0)
    if what == "loans":
        return await loans.of_member(turn, member)
    if what == "shu":
        return await closing_spoken.of_member(turn, member)
    return await monthly.chosen(turn, member, what)


async def _note(turn: Turn, member_id: int, what: str) -> None:
    if what not in ("record", "invite"):
        await looks.seen(turn, member_id, _LOOKS.get(what, What.STATEMENT))
