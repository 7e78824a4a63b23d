"""Where a chat stands: what is kept comes back as it was, and nothing grows without end."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from bot.state import Card, Draft, Form, Row, State, seal, unseal
from core.sealing import Keys
from tests.conftest import KEYS

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
rupiah = st.integers(1, 10**15)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
rows = st.builds(Row, operation=texts, member=st.integers(1, 2**31 - 1), amount=rupiah)
drafts = st.builds(
    Draft,
    operation=st.none() | texts,
    member=st.none() | st.integers(1, 2**31 - 1),
    amount=st.none() | rupiah,
    on=st.none() | days,
    months=st.lists(days, max_size=4).map(tuple),
    note=st.none() | texts,
    rows=st.lists(rows, max_size=4).map(tuple),
    parts=st.integers(1, 9),
    part=st.integers(1, 9),
    rest=st.lists(rows, max_size=4).map(tuple),
    extra=st.dictionaries(texts, st.none() | texts | rupiah | st.lists(rupiah, max_size=3)),
)
cards = st.builds(
    Card,
    id=texts,
    koperasi_id=st.integers(0, 2000),
    draft=drafts,
    shown_at=st.datetimes(timezones=st.just(UTC)),
)
states = st.builds(
    State,
    form=st.none()
    | st.builds(
        Form,
        draft=drafts,
        asking=st.none() | texts,
        mark=texts,
        choices=st.lists(texts, max_size=5).map(tuple),
    ),
    cards=st.lists(cards, max_size=3).map(tuple),
    shown=st.none() | texts,
    done=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
    wishes=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
    joining=st.none() | st.dictionaries(texts, st.none() | texts | rupiah),
    offered=st.lists(texts, max_size=9).map(tuple),
    offered_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@given(states)
def test_what_is_sealed_comes_back_as_it_was(state: State) -> None:
    assert unseal(seal(state, KEYS), KEYS) == state


def test_a_chat_without_a_state_stands_at_the_beginning() -> None:
    assert unseal(None, KEYS) == State()


def test_a_sealed_state_shows_nothing_and_opens_with_its_own_key_alone() -> None:
    sealed = seal(State(wishes=(("a1", "mau tarik 20rb untuk Siti"),)), KEYS)
    assert b"Siti" not in sealed
    with pytest.raises(InvalidTag):
        unseal(sealed, Keys("another secret key, as long as this"))


def a_card(number: int = 1, **draft: Any) -> Card:
    return Card(
        id=f"card{number}", koperasi_id=1, draft=Draft(**draft), shown_at=NOW, said_in=str(number)
    )


def test_a_card_is_good_for_twenty_four_hours_and_not_a_second_more() -> None:
    card = a_card()
    assert not card.is_stale(NOW + timedelta(hours=24))
    assert card.is_stale(NOW + timedelta(hours=24, seconds=1))


def test_the_oldest_open_cards_make_room_for_new_ones() -> None:
    state = State()
    for number in range(100):
        state = state.showing(a_card(number))
    assert state.card("card99") is not None
    assert state.card("card0") is None
    assert len(state.cards) <= 20
    assert len(seal(state, KEYS)) < 50_000


def test_what_became_of_a_card_is_remembered_but_not_for_ever() -> None:
    state = State()
    for number in range(100):
        state = state.showing(a_card(number)).closing(f"card{number}", str(number))
    assert state.outcome("card99") == "99"
    assert state.outcome("card0") is None
    assert state.cards == ()


def test_showing_a_card_ends_the_form_and_asking_takes_the_card_out_of_sight() -> None:
    form = Form(draft=Draft(amount=50_000), asking="member")
    state = State(form=form).showing(a_card())
    assert (state.form, state.shown) == (None, "card1")
    asking = state.asking(form)
    assert (asking.form, asking.shown) == (form, None)
    assert asking.card("card1") is not None


def test_a_chat_that_speaks_elsewhere_takes_nothing_open_with_it() -> None:
    state = State(form=Form(draft=Draft()), wishes=(("a", "x"),), joining={"code": "x"})
    state = state.showing(a_card()).closing("card0", "7")
    fresh = state.afresh()
    assert (fresh.form, fresh.cards, fresh.shown, fresh.wishes, fresh.joining) == (
        None,
        (),
        None,
        (),
        None,
    )
    assert fresh.outcome("card0") == "7"


def test_a_state_of_an_older_release_has_no_numbers():
    kept = json.loads(KEYS.unseal(seal(State(), KEYS)))
    del kept["offered"], kept["offered_at"]
    assert unseal(KEYS.seal(json.dumps(kept).encode()), KEYS) == State()
