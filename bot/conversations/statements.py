"""What a person may see: balances, history, what is kept; the own for members, any member's for officers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.conversations import cards, findings, forms, loans, looks, term_savings
from bot.state import Draft, Form
from bot.talk import Reply, Turn, button, say
from bot.understand import grammar, names
from bot.understand.readings import AmountKind, Intent, PeopleKind, Reading, Slot
from core import dues, holds, interest, movements, savings
from core.accounts import SavingsKind
from core.calendar import month_of
from core.errors import Refusal
from core.loans import registers
from core.looks import What
from core.movements import Movement
from core.people import Member, Standing
from core.permissions import Action, may
from notifications.messages import Button, Say

_KINDS = {kind.code: kind.value for kind in SavingsKind}
_WHAT = {Intent.HISTORY_INQUIRY: "history", Intent.LOAN_INQUIRY: "loans"}
_LOOKS = {"history": What.HISTORY, "loans": What.LOANS, "balance": What.SAVINGS}
_LOAN_KINDS = {"disbursement": "history-loan-lent", "recovery": "history-loan-recovered"}
_LONGEST = 2_000  # lines of history that can be paged back to
_PAGE = 8  # lines of history in one message


class OthersAreNotShown(Refusal):
    """A member sees only the own figures."""

    text = "refusal-others-not-shown"


class NoMembership(Refusal):
    """An officer who is no member has no savings."""

    text = "refusal-no-membership"


async def balance_lines(turn: Turn, here: Standing, member: Member) -> tuple[Say, ...]:
    """Say what a member holds by kind, and how simpanan wajib stands."""
    held = await savings.balances(turn.db, koperasi_id=here.cooperative.id, member_id=member.id)
    rule = here.rules.on(turn.today)
    paid = await dues.position(turn.db, cooperative=here.cooperative, member=member)
    promised = await holds.held(turn.db, koperasi_id=here.cooperative.id, member_id=member.id)
    lines = [
        say("balance-sukarela", balance=held.sukarela),
        *((say("balance-held", held=promised),) if promised else ()),
        say("balance-wajib", balance=held.wajib),
        say("balance-pokok", balance=held.pokok),
    ]
    if held.pokok < rule.pokok:
        lines.append(say("balance-pokok-remaining", remaining=rule.pokok - held.pokok))
    late = paid.arrears(month_of(turn.today))
    through = paid.paid_through()
    if late:
        owed = sum(paid.owed(month) for month in late)
        lines.append(say("balance-wajib-late", count=len(late), first=late[0], owed=owed))
    elif through:
        lines.append(say("balance-wajib-through", month=through))
    lines.extend(await term_savings.balance_lines(turn, member))
    lines.extend(await loans.line(turn, member))
    return tuple(lines)


def _own(turn: Turn) -> Member:
    if turn.here.member is None:
        raise NoMembership
    return turn.here.member


async def balance(turn: Turn) -> Reply:
    """/saldo: the own balance; an officer without membership is asked whose."""
    if turn.here.member is None and may(turn.here.roles, Action.SEE_MEMBERS):
        reply = Reply(
            lines=(say("balance-whose"),), buttons=((button("menu-anggota", "m:anggota"),),)
        )
        return _asking(turn, reply, "balance", ())
    return await _balance(turn, _own(turn), own=True)


def _asking(turn: Turn, reply: Reply, what: str, choices: tuple[str, ...]) -> Reply:
    """Remember the open question: a typed name or number answers it; a form waits behind it."""
    before = turn.state.form
    if before and before.asking == "who":
        before = before.before
    form = Form(draft=Draft(operation=what), asking="who", choices=choices, before=before)
    return replace(reply, state=turn.state.asking(form))


def answering(turn: Turn, reply: Reply) -> Reply:
    """Close the question of who is meant: the form that was open before it goes on."""
    form = turn.state.form
    if reply.state is not None or form is None or form.asking != "who":
        return reply
    return replace(reply, state=turn.state.asking(form.before))


async def answered(
    turn: Turn,
    form: Form,
    text: str,
    show: Callable[[Reading, Turn], Awaitable[Reply]] | None = None,
) -> Reply | None:
    """Take a typed name as the answer to "yang mana?"; None when it is none, or more than that.

    `show` answers instead of what the question's own name says.
    """
    what = form.draft.operation
    directory = await turn.services.directories.of(turn.db, turn.here.cooperative, turn.today)
    alone = grammar.read(text, today=turn.today, directory=directory, expecting=Slot.MEMBER)
    found = names.find(text, directory)
    said_more = alone.intents or alone.rows or alone.amount.kind is not AmountKind.NONE
    if said_more or found.kind in (PeopleKind.NONE, PeopleKind.SELF):
        return None
    intent = next((one for one, name in _WHAT.items() if name == what), Intent.BALANCE_INQUIRY)
    reading = Reading(text=text, intent=intent, people=found)
    step = show or {"history": history_of, "loans": loans.asked}.get(what or "", balance_of)
    return answering(turn, await step(reading, turn))


async def _balance(turn: Turn, member: Member, *, own: bool) -> Reply:
    head = (
        say("balance-own", on=turn.today)
        if own
        else say("balance-of", name=member.name, number=member.number, on=turn.today)
    )
    target = "m:riwayat" if own else f"u:history:{member.id}"
    return Reply(
        lines=(head, *await balance_lines(turn, turn.here, member)),
        buttons=((button("menu-riwayat", target),),),
    )


async def balance_of(reading: Reading, turn: Turn) -> Reply:
    """Answer whose balance is meant: "saldo saya" is the member's, "saldo Siti" the officer's."""
    member = await meant(turn, reading)
    if isinstance(member, Reply):
        return member
    return await _balance(turn, member, own=member.id == turn.here.person_id)


async def history_of(reading: Reading, turn: Turn) -> Reply:
    """What moved: the own, or for officers a member's."""
    member = await meant(turn, reading)
    if isinstance(member, Reply):
        return member
    return await history_page(turn, member, 0)


async def meant(turn: Turn, reading: Reading, what: str | None = None) -> Member | Reply:
    """Find whose figures are asked for; somebody else's are for officers only.

    `what` is what a button of the question "yang mana?" shows; by itself what the reading asks for.
    """
    kind, here = reading.people.kind, turn.here
    if kind in (PeopleKind.NONE, PeopleKind.SELF):
        if here.member is None and may(here.roles, Action.SEE_MEMBERS):
            return await balance(turn)
        return _own(turn)
    named_self = kind is PeopleKind.ONE and reading.people.members[0].id == here.person_id
    if named_self and here.member:
        return here.member
    if not may(here.roles, Action.SEE_MEMBERS):
        raise OthersAreNotShown
    if kind is PeopleKind.ONE:
        found = await cards.member_of(turn, reading.people.members[0].id)
        asked = _LOOKS.get(what or (_WHAT.get(reading.intent, "") if reading.intent else ""))
        await looks.seen(turn, found.id, asked or (What.STATEMENT if what else What.SAVINGS))
        return found
    return await _which(turn, reading, what)


async def _which(turn: Turn, reading: Reading, what: str | None) -> Reply:
    offered = reading.people.members[:5]
    hints = await cards.hints(turn, [m.id for m in offered])
    what = what or (_WHAT.get(reading.intent, "balance") if reading.intent else "balance")
    key = "ask-member-which" if offered else "ask-member-unknown"
    reply = Reply(
        lines=(say(key, said=reading.people.said[:60]),),
        buttons=tuple(
            (
                button(
                    "choice-member",
                    f"u:{what}:{m.id}",
                    name=m.name,
                    number=m.number,
                    hint=hints.get(m.id, ""),
                ),
            )
            for m in offered
        ),
    )
    return _asking(turn, reply, what, tuple(f"u:{what}:{m.id}" for m in offered))


async def history(turn: Turn) -> Reply:
    """/riwayat: the own history, newest first."""
    return await history_page(turn, _own(turn), 0)


async def _moves(turn: Turn, member: Member, limit: int) -> list[tuple[int, Say]]:
    """Say what moved in savings and loans, newest first, each with its entry's number."""
    who = {"koperasi_id": turn.koperasi_id, "member_id": member.id}
    said: list[tuple[int, Say]] = [
        (
            move.entry,
            say(
                _moved_by(move),
                entry=move.entry,
                on=move.on,
                kind=_KINDS.get(move.code, "lain"),
                amount=abs(move.amount),
                balance=move.balance,
            ),
        )
        for move in await movements.history(turn.db, **who, limit=limit)
    ]
    for moved in await registers.moved(turn.db, **who, limit=limit):
        key = _LOAN_KINDS.get(moved.kind, "history-loan-paid")
        if moved.amount < 0:
            key = "history-loan-back"
        line = say(key, entry=moved.entry, on=moved.on, loan=moved.label, amount=abs(moved.amount))
        said.append((moved.entry, line))
    return sorted(said, key=lambda one: one[0], reverse=True)[:limit]


def _moved_by(move: Movement) -> str:
    """Name the line of a movement: interest is called so."""
    if move.kind == interest.KIND:
        return "history-interest"
    return "history-in" if move.amount > 0 else "history-out"


async def history_page(turn: Turn, member: Member, offset: int) -> Reply:
    """Show a page of a member's history; the next one is a button."""
    offset = min(offset, _LONGEST)
    found = await _moves(turn, member, offset + _PAGE + 1)
    found = found[offset:]
    if not found:
        return Reply(lines=(say("history-empty", name=member.name),))
    lines = [say("history-head", name=member.name, number=member.number)]
    lines.extend(line for _, line in found[:_PAGE])
    lines.extend(await findings.below(turn, [entry for entry, _ in found[:_PAGE]]))
    buttons: tuple[tuple[Button, ...], ...] = ()
    if len(found) > _PAGE:
        buttons = ((button("button-older", f"l:history-{member.id}:{offset + _PAGE}"),),)
    return Reply(lines=tuple(lines), buttons=buttons)


async def record_for(turn: Turn, member_id: int) -> Reply:
    """Begin a record for a member chosen from a list."""
    return forms.ask_operation(turn, Draft(member=member_id))
