"""Where a chat stands: its half-filled form, its open cards, what they became; kept sealed in PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from core.sealing import Keys
from notifications.messages import Button

CARD_GOOD_FOR = timedelta(hours=24)
_OPEN_CARDS = 20  # more are dropped, oldest first; their buttons are answered kindly
_DONE_CARDS = 40
_NUMBERED = 20  # as many as a list of buttons that a channel writes out as lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a batch."""

    operation: str
    member: int
    amount: int
    note: str | None = None
    cash: str = ""  # the cash box or bank it goes through; empty: Kas
    loan: int = 0  # of several loans the one that is paid; 0: the only one


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known of an operation that is not recorded yet. Amount in rupiah."""

    operation: str | None = None  # a name of bot.conversations.operations
    member: int | None = None
    amount: int | None = None
    on: date | None = None  # none: the day of the card
    months: tuple[date, ...] = ()
    note: str | None = None
    rows: tuple[Row, ...] = ()  # a batch, instead of member and amount
    parts: int = 1  # a batch too long for one message is confirmed card by card
    part: int = 1
    rest: tuple[Row, ...] = ()  # rows of the cards that follow
    extra: dict[str, Any] = field(default_factory=dict)  # what single operations need besides


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A draft with the slot that was asked for last and the choices that were offered."""

    draft: Draft
    asking: str | None = None
    mark: str = ""  # its buttons carry it: those of an older question no longer apply
    choices: tuple[str, ...] = ()  # data of the offered buttons: typed 1-9 choose them
    before: Form | None = None  # what a question in between left open


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card as it was shown: its id is the operation's id in the book."""

    id: str
    koperasi_id: int  # the cooperative it was shown in: it is recorded nowhere else
    draft: Draft
    shown_at: datetime
    said_in: str  # the update that was answered with it: finds its message again

    def is_stale(self, now: datetime) -> bool:
        """A card is good for 24 hours."""
        return now - self.shown_at > CARD_GOOD_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that is kept between two messages of a chat."""

    form: Form | None = None
    cards: tuple[Card, ...] = ()  # open ones, newest last
    shown: str | None = None  # id of the card that was the last thing shown
    done: tuple[
        tuple[str, str], ...
    ] = ()  # (card id, what became of it): entry number or "cancelled"
    wishes: tuple[tuple[str, str], ...] = ()  # (mark, what a member said) until it is passed on
    joining: dict[str, Any] | None = None  # an invite whose own contact is awaited
    offered: tuple[str, ...] = ()  # data of the last answer's buttons: typed numbers press them
    offered_at: datetime | None = None
    other: tuple[int, State] | None = None  # how the other of real and practice book was left

    def card(self, card_id: str) -> Card | None:
        """Find an open card."""
        return next((card for card in self.cards if card.id == card_id), None)

    def outcome(self, card_id: str) -> str | None:
        """Say what became of a card: an entry's number, or "cancelled"."""
        return next((what for known, what in self.done if known == card_id), None)

    def showing(self, card: Card) -> State:
        """Return the state after a card was shown."""
        return replace(self, form=None, cards=(*self.cards, card)[-_OPEN_CARDS:], shown=card.id)

    def closing(self, card_id: str, outcome: str) -> State:
        """Return the state after a card was recorded or cancelled."""
        return replace(
            self,
            cards=tuple(card for card in self.cards if card.id != card_id),
            shown=None,
            done=(*self.done, (card_id, outcome))[-_DONE_CARDS:],
        )

    def afresh(self) -> State:
        """Return the state of a chat that now speaks elsewhere: what was open belongs to the old place."""
        return State(done=self.done)

    def changing(self, here: int, there: int) -> State:
        """Return the state of another book as it was left; this one's is kept, and nothing counts as shown last."""
        left = self.other[1] if self.other and self.other[0] == there else State()
        return replace(left, shown=None, other=(here, replace(self, other=None)))

    def offering(self, rows: Sequence[Sequence[Button]], now: datetime) -> State:
        """Return the state after an answer with these buttons: numbers mean them and none before."""
        data = tuple(button.data for row in rows for button in row)
        return replace(self, offered=data[:_NUMBERED], offered_at=now if data else None)

    def asking(self, form: Form | None) -> State:
        """Return the state with another question open."""
        return replace(self, form=form, shown=None)


def seal(state: State, keys: Keys) -> bytes:
    """Encrypt a state for the chat's row: drafts carry notes and amounts."""
    return keys.seal(json.dumps(asdict(state), default=_written, separators=(",", ":")).encode())


def _written(value: object) -> str:
    assert isinstance(value, date | datetime), value
    return value.isoformat()


def unseal(sealed: bytes | None, keys: Keys) -> State:
    """Read a state back; a chat without one stands at the beginning."""
    if sealed is None:
        return State()
    return _state(json.loads(keys.unseal(sealed)))


def _state(raw: dict[str, Any]) -> State:
    other = raw.get("other")  # of an older release: none
    return State(
        form=_form(raw["form"]),
        cards=tuple(
            Card(
                id=card["id"],
                koperasi_id=card["koperasi_id"],
                draft=_draft(card["draft"]),
                shown_at=datetime.fromisoformat(card["shown_at"]),
                said_in=card["said_in"],
            )
            for card in raw["cards"]
        ),
        shown=raw["shown"],
        done=tuple((known, what) for known, what in raw["done"]),
        wishes=tuple((mark, said) for mark, said in raw["wishes"]),
        joining=raw["joining"],
        offered=tuple(raw.get("offered", ())),  # of an older release: none
        offered_at=datetime.fromisoformat(raw["offered_at"]) if raw.get("offered_at") else None,
        other=(other[0], _state(other[1])) if other else None,
    )


def _form(raw: dict[str, Any] | None) -> Form | None:
    if raw is None:
        return None
    return Form(
        draft=_draft(raw["draft"]),
        asking=raw["asking"],
        mark=raw["mark"],
        choices=tuple(raw["choices"]),
        before=_form(raw.get("before")),
    )


def _draft(raw: dict[str, Any]) -> Draft:
    return Draft(
        operation=raw["operation"],
        member=raw["member"],
        amount=raw["amount"],
        on=date.fromisoformat(raw["on"]) if raw["on"] else None,
        months=tuple(date.fromisoformat(month) for month in raw["months"]),
        note=raw["note"],
        rows=tuple(Row(**row) for row in raw["rows"]),
        parts=raw["parts"],
        part=raw["part"],
        rest=tuple(Row(**row) for row in raw["rest"]),
        extra=raw["extra"],
    )
