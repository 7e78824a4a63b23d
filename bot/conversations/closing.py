"""Tutup bulan, tutup tahun, SHU: cards that another officer approves; one member's part may be paid at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

from bot.conversations import cash_places, forms, promises, requests, savings
from bot.conversations.operations import PERIODS
from bot.state import Card, Draft
from bot.talk import Notice, Reply, Turn, one_line, say
from bot.understand.readings import Reading
from core import closing, people, year_end
from core.accounts import SUKARELA, chart
from core.approvals.queue import Decided
from core.approvals.request import Approval
from core.checklist import Check
from core.closing import Closed
from core.errors import Refusal
from core.people import Member
from core.permissions import NotAllowed, may, who_may
from core.shu import policy, sharing, undoing
from core.shu.plan import Plan
from core.shu.policy import Policy
from core.shu.sharing import Paid, Shared, ToSavings
from notifications import requests as papers
from notifications.messages import Content, Purpose, Say

MONTH, YEAR, POLICY, SAVINGS = "month", "year", "policy", "savings"
_KINDS = {
    "tutupbulan": "month-close",
    "bukabulan": "month-reopen",
    "tutuptahun": "year-close",
    "bukatahun": "year-reopen",
    "aturshu": "shu-policy",
    "bagishu": "shu-split",
    "batalshu": "shu-take-back",
    "shusukarela": "shu-to-savings",
    "bayarshu": "shu-payment",
}
# What is computed when it is executed: another figure by then is shown first.
MOVING = {_KINDS[name]: name for name in ("tutuptahun", "bagishu", "shusukarela")}


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take nothing more over: the sentence was read when the card was asked for."""
    return draft


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal."""
    return "amount" if isinstance(refusal, sharing.MoreThanPart) else None


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Fill in how much of a part is paid: all of it, unless said; ask why something is reopened."""
    if draft.operation in ("bukabulan", "bukatahun", "batalshu") and not one_line(draft.note):
        await _both(turn, draft)  # refused before anybody gives a reason
        return forms.ask(
            turn,
            draft,
            "note",
            say("ask-take-back-why" if draft.operation == "batalshu" else "ask-reopen-why"),
        )
    if draft.operation != "bayarshu" or draft.amount:
        return draft
    assert draft.member is not None
    member = await _member(turn, draft.member)
    amount = await sharing.require_part(
        turn.db, koperasi_id=turn.koperasi_id, member=member, amount=None
    )
    return replace(draft, amount=amount)


async def _member(turn: Turn, member_id: int) -> Member:
    return await people.member(turn.db, koperasi_id=turn.koperasi_id, member_id=member_id)


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    return ("member", "amount", "on", "cash") if draft.operation == "bayarshu" else ("note",)


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """There is no slot of its own to ask for."""
    return await forms.proceed(turn, draft)


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """There is none to take over."""
    return draft


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """There is none to hear."""
    return None


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what ✅ would ask for; refuse what it would refuse."""
    lines, why = await _both(turn, draft)
    return (*lines, *why)


async def _both(turn: Turn, draft: Draft) -> tuple[list[Say], tuple[Say, ...]]:
    action = PERIODS[draft.operation or ""].action
    if not may(turn.here.roles, action):
        raise NotAllowed(who=who_may(action))
    lines = await _LINES[draft.operation or ""](turn, draft)
    head = say(PERIODS[draft.operation or ""].heading)
    if draft.operation != "bayarshu":
        return [head, *lines], (say("approval-why-closing"),)
    member = await _member(turn, draft.member or 0)
    chat = await savings.chat_of(turn, member)
    on = draft.on or turn.today
    why = savings.second_person(turn, member, chat, on=on, paid_out=draft.amount or 0)
    return [head, *lines], why


async def lines_of_request(turn: Turn, approval: Approval) -> tuple[Say, ...]:
    """Say what a request of MOVING would do now. Refuses what it refuses now."""
    name = MOVING[approval.kind]
    extra = {YEAR: approval.facts["year"]} if YEAR in approval.facts else {}
    lines = await _LINES[name](turn, Draft(operation=name, on=approval.on, extra=extra))
    return (say(PERIODS[name].heading), *lines)


async def _close_month(turn: Turn, draft: Draft) -> list[Say]:
    month = date.fromisoformat(draft.extra[MONTH])
    found = await closing.checks(
        turn.db, cooperative=turn.here.cooperative, month=month, today=requests.today(turn),
        explained=bool(one_line(draft.note)),
    )  # fmt: skip
    lines = [say("card-month", month=month), *map(check_line, found)]
    if any(check.stops for check in found):
        lines.append(say("closing-stopped"))
    elif draft.note:
        lines.append(say("card-note", note=draft.note[:200]))
    return lines


def check_line(check: Check) -> Say:
    """Say one line of the list: in order, or what is missing."""
    if check.ok:
        return say(f"check-{check.item.value}-ok")
    facts = {
        name: value for name, value in check.facts.items() if isinstance(value, int | str | date)
    }
    return say(f"check-{check.item.value}", **facts)


async def _reopen_month(turn: Turn, draft: Draft) -> list[Say]:
    month = date.fromisoformat(draft.extra[MONTH])
    await closing.require_reopenable(turn.db, koperasi_id=turn.koperasi_id, month=month)
    reason = (draft.note or "")[:200]
    return [say("card-month", month=month), say("closing-reopens"), say("card-note", note=reason)]


async def _close_year(turn: Turn, draft: Draft) -> list[Say]:
    year = draft.extra[YEAR]
    found = await year_end.require_closable(turn.db, koperasi_id=turn.koperasi_id, year=year)
    result = "year-surplus" if found.surplus >= 0 else "year-loss"
    return [
        say("card-year", year=str(year)),
        say(result, amount=abs(found.surplus)),
        say("year-result", income=found.income, costs=found.costs),
    ]


async def _reopen_year(turn: Turn, draft: Draft) -> list[Say]:
    year = draft.extra[YEAR]
    await year_end.require_reopenable(turn.db, koperasi_id=turn.koperasi_id, year=year)
    return [say("card-year", year=str(year)), say("card-note", note=(draft.note or "")[:200])]


async def _set_policy(turn: Turn, draft: Draft) -> list[Say]:
    found = policy.of_facts(draft.extra[POLICY])
    await policy.require_settable(turn.db, koperasi_id=turn.koperasi_id, policy=found)
    return policy_lines(found)


def policy_lines(found: Policy) -> list[Say]:
    """Say what the RAT decided."""
    return [
        say("card-year", year=str(found.year)),
        *(
            say("shu-pool-percent", pool=_pool(name), percent=_percent(share))
            for name, share in found.pools.items()
        ),
        say(f"shu-modal-{found.modal_base.value}"),
        say(f"shu-usaha-{found.usaha_base.value}"),
        say(f"shu-outside-{found.outside.value}"),
        say(f"shu-departed-{found.departed.value}"),
        say("shu-minutes", minutes=found.minutes, on=found.decided_on),
    ]


def _pool(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _percent(share: Any) -> str:
    return f"{share.normalize():f}".replace(".", ",")


async def _share(turn: Turn, draft: Draft) -> list[Say]:
    found = await sharing.shareable(
        turn.db, koperasi_id=turn.koperasi_id, year=draft.extra[YEAR], today=requests.today(turn)
    )
    if found.shu < 0:
        covered = await sharing.cover_of(turn.db, koperasi_id=turn.koperasi_id, lost=-found.shu)
        return [
            say("card-year", year=str(found.year)),
            say("year-loss", amount=-found.shu),
            say("shu-loss-covered", amount=covered, left=-found.shu - covered),
        ]
    return plan_lines(found)


async def _take_back(turn: Turn, draft: Draft) -> list[Say]:
    found = await undoing.require_untouched(
        turn.db, koperasi_id=turn.koperasi_id, year=draft.extra[YEAR]
    )
    return [
        say("card-year", year=str(found.year)),
        say("year-surplus" if found.shu >= 0 else "year-loss", amount=abs(found.shu)),
        say("shu-taken-back"),
        say("card-note", note=(draft.note or "")[:200]),
    ]


def plan_lines(found: Plan) -> list[Say]:
    """Say how a surplus is divided, in rupiah."""
    lines = [say("card-year", year=str(found.year)), say("year-surplus", amount=found.shu)]
    if found.outside:
        lines.append(say("shu-outside", amount=found.outside))
    lines += [say("shu-pool", pool=_pool(name), amount=sum_) for name, sum_ in found.pools.items()]
    paid = found.paid
    lines.append(say("shu-members", count=len(paid), amount=sum(one.total for one in paid)))
    if found.policy.minutes:
        lines.append(say("shu-minutes", minutes=found.policy.minutes, on=found.policy.decided_on))
    return lines


async def _all_to_savings(turn: Turn, draft: Draft) -> list[Say]:
    held = await sharing.all_unpaid(
        turn.db, koperasi_id=turn.koperasi_id, today=requests.today(turn)
    )
    return [
        say("card-amount", amount=sum(amount for _, amount in held)),
        say("card-date", on=draft.on or turn.today),
        say("shu-to-savings", count=len(held)),
    ]


async def _pay(turn: Turn, draft: Draft) -> list[Say]:
    member = await _member(turn, draft.member or 0)
    amount = await sharing.require_part(
        turn.db, koperasi_id=turn.koperasi_id, member=member, amount=draft.amount
    )
    place = _place(draft)
    return [
        say("card-member", name=member.name, number=member.number),
        say("card-amount", amount=amount),
        say("card-date", on=draft.on or turn.today),
        say("shu-paid-to", place=chart()[place].name),
    ]


def _place(draft: Draft) -> str:
    return SUKARELA if draft.extra.get(SAVINGS) else cash_places.of(draft)


_LINES: dict[str, Callable[[Turn, Draft], Awaitable[list[Say]]]] = {
    "tutupbulan": _close_month,
    "bukabulan": _reopen_month,
    "tutuptahun": _close_year,
    "bukatahun": _reopen_year,
    "aturshu": _set_policy,
    "bagishu": _share,
    "batalshu": _take_back,
    "shusukarela": _all_to_savings,
    "bayarshu": _pay,
}


async def record(turn: Turn, card: Card) -> Reply:
    """Let it wait for the second person; a part that one officer may pay is paid."""
    draft = card.draft
    lines, why = await _both(turn, draft)
    if promises.broken(card, (*lines, *why)):
        return await _anew(turn, card)
    name = draft.operation or ""
    facts: dict[str, Any] = {"reason": one_line(draft.note)}
    if name == "bayarshu" and not why:
        return await _paid(turn, card, lines)
    if name == "bayarshu":
        facts = {"member": draft.member, "amount": draft.amount, "place": _place(draft)}
    elif name == "aturshu":
        facts = draft.extra[POLICY]
    else:
        facts |= {part: draft.extra[part] for part in (MONTH, YEAR) if part in draft.extra}
    return await requests.ask(
        turn, card, kind=_KINDS[name], facts=facts, lines=lines, why=why, member_id=draft.member
    )


async def _anew(turn: Turn, card: Card) -> Reply:
    closed = replace(turn, state=turn.state.closing(card.id, "renewed"))
    return await forms.show(closed, card.draft, say("card-changed"))


async def _paid(turn: Turn, card: Card, lines: list[Say]) -> Reply:
    draft = card.draft
    member = await _member(turn, draft.member or 0)
    done = await sharing.pay(
        turn.db, cooperative=turn.here.cooperative, member=member, amount=draft.amount or 0,
        place=_place(draft), on=draft.on or turn.today, at=turn.now, recorder=turn.here.recorder,
        source=turn.incoming.chat.channel, operation=card.id,
    )  # fmt: skip
    said = (
        say("receipt-number", entry=done.entry),
        *lines,
        say("shu-left", amount=done.left),
        say("receipt-recorder", name=turn.here.name),
    )
    return Reply(
        lines=said,
        edit=True,
        state=turn.state.closing(card.id, str(done.entry)),
        notices=(_of_member(member.id, said),),
    )


def _of_member(member_id: int, lines: tuple[Say, ...]) -> Notice:
    return Notice(
        person_id=member_id, purpose=Purpose.RECEIPT, content=Content(lines=lines), id=uuid4(),
        keep_days=30,
    )  # fmt: skip


async def told(_turn: Turn, decided: Decided) -> tuple[tuple[Say, ...], tuple[Notice, ...]]:
    """Say what an approved closing, policy, split or payment did; who was paid reads it too."""
    done = decided.result
    names = ", ".join(vote.name for vote in decided.votes if vote.approved)
    entries: tuple[int, ...] = done if isinstance(done, tuple) else ()
    head: list[Say] = [say("closing-done")]
    if isinstance(done, Closed):
        head = [say("month-closed", through=done.through)]
        entries = done.entries
    elif isinstance(done, year_end.Result | Shared | ToSavings):
        entries = done.entries
    elif isinstance(done, Paid):
        entries = (done.entry,)
    lines = (
        *([say("receipt-number", entry=entries[-1])] if entries else head),
        *papers.lines_of(decided.approval),
        *([say("shu-left", amount=done.left)] if isinstance(done, Paid) else ()),
        say("receipt-approver", name=names),
    )
    member = decided.approval.member_id
    paid = isinstance(done, Paid) and member is not None
    return lines, ((_of_member(member, lines),) if paid and member else ())
