"""The menu by hat, and the small words around a conversation: batal, which card, doubts."""

from __future__ import annotations

from dataclasses import replace

from bot.conversations import forms
from bot.state import Draft
from bot.talk import Reply, Turn, button, called, say
from bot.understand import ideas, words
from bot.understand.intents import RECORDS
from bot.understand.readings import AmountKind, PeopleKind, Reading
from core.permissions import Action, may
from notifications.messages import Button

_MEMBER = ("saldo", "pinjaman", "riwayat")
_OFFICER = (
    ("catat", Action.RECORD_TRADE),
    ("anggota", Action.SEE_MEMBERS),
    ("kas", Action.SEE_BOOKS),
    ("laporan", Action.SEE_BOOKS),
    ("persetujuan", Action.APPROVE),
    ("pengurus", Action.APPOINT),
)


async def show(turn: Turn) -> Reply:
    """Show what this chat can do: buttons by hat, two in a row."""
    names: list[str] = []
    lines = []
    if turn.standing is not None:
        here = turn.here
        lines.append(
            say(
                "menu-hello",
                name=called(here.name, here.gender),
                cooperative=here.cooperative.name,
            )
        )
        if here.member:
            names.extend(_MEMBER)
        names.extend(name for name, action in _OFFICER if may(here.roles, action))
        if len(turn.links) > 1:
            names.append("ganti")
    if turn.province is not None:
        lines.append(say("menu-hello-province", name=called(turn.province.name, None)))
        names.append("pantau")
    if not names and turn.standing is None:
        return Reply(lines=(say("welcome"),))
    names.append("bantuan")
    buttons = [button(f"menu-{name}", f"m:{name}") for name in names]
    buttons.extend(_of_practice(turn))
    rows: list[tuple[Button, ...]] = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    return Reply(lines=tuple(lines), buttons=tuple(rows))


def _of_practice(turn: Turn) -> list[Button]:
    """Offer officers the practice book; in it its lessons and the way back."""
    if turn.standing is None or not turn.here.roles:
        return []
    if not turn.here.cooperative.is_practice:
        return [button("menu-latihan", "la:start")]
    return [button("menu-pelajaran", "la:list"), button("button-practice-stop", "la:stop")]


def nearest(turn: Turn, text: str = "") -> tuple[str, ...]:
    """Name the two things nearest to what was said; what says nothing leaves those nearest to who says it."""
    names: list[str] = []
    if turn.standing is not None:
        names = [name for name, action in _OFFICER if may(turn.here.roles, action)]
        if turn.here.member:
            names.extend((*_MEMBER, "simulasi", "cek"))
    if turn.province is not None:
        names.extend(("pantau", "pengumuman"))
    said = ideas.around(text)
    names.sort(key=lambda name: -len(said & words.words("things", name)))
    return tuple(names[:2]) or ("bantuan",)


async def record(turn: Turn) -> Reply:
    """Begin a new record by asking which operation it is."""
    return forms.ask_operation(turn, Draft())


async def cancel(turn: Turn) -> Reply:
    """Leave whatever is half filled; nothing was recorded."""
    state = turn.state
    if state.form is None and not state.cards and state.joining is None:
        return Reply(lines=(say("cancel-nothing"),), buttons=((button("button-menu", "m:menu"),),))
    for card in state.cards:
        state = state.closing(card.id, "cancelled")
    state = replace(state.asking(None), joining=None)
    return Reply(
        lines=(say("cancel-done"),),
        buttons=((button("button-menu", "m:menu"),),),
        remove_keyboard=False,
        state=state,
    )


async def which_card(turn: Turn) -> Reply:
    """A typed ya with several open cards means none of them for certain."""
    return Reply(lines=(say("which-card", count=len(turn.state.cards)),))


def is_doubtful(reading: Reading) -> bool:
    """Say whether something in the message forbids a card: a no, a not yet, a question, a correction."""
    return bool(set(reading.doubts) - {"markup", "several_dates", "unclear_date"})


def speaks_of_money(reading: Reading) -> bool:
    """Say whether a message without a known operation still looks like one."""
    known = reading.people.kind in (PeopleKind.ONE, PeopleKind.SEVERAL, PeopleKind.MISMATCH)
    recording = [intent for intent in reading.intents if intent in RECORDS]
    return bool(recording) or reading.amount.kind is not AmountKind.NONE or known


def _ways_on(turn: Turn) -> tuple[tuple[Button, ...], ...]:
    return (tuple(button(f"menu-{name}", f"m:{name}") for name in (*nearest(turn)[:1], "menu")),)


async def doubt(turn: Turn, reading: Reading) -> Reply:
    """Ask instead of recording: what was said is not certain to have happened."""
    for code in ("too_long", "total_differs", "negated", "not_yet", "question", "correction"):
        if code in reading.doubts:
            return Reply(
                lines=(say(f"doubt-{code}".replace("_", "-")),),
                buttons=_ways_on(turn),
            )
    return Reply(
        lines=(say("doubt-other"),),
        buttons=_ways_on(turn),
    )
