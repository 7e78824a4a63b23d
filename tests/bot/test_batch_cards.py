"""How a list is divided into cards: in its order, each with as much as there is room for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.batch_sizes import divided


@pytest.mark.parametrize(
    ("weights", "room", "cards"),
    [
        ([10], 100, [1]),
        ([50, 50], 100, [2]),
        ([50, 51], 100, [1, 1]),
        ([500, 10, 10], 100, [1, 2]),  # one that is too long stands alone
        ([10, 500, 10], 100, [1, 1, 1]),
        ([40, 40, 40, 40, 40], 100, [2, 2, 1]),
    ],
)
def test_rows_aredivided(weights: list[int], room: int, cards: list[int]):
    assert divided(weights, room) == cards


@given(st.lists(st.integers(1, 300), min_size=1, max_size=200), st.integers(1, 900))
def test_every_row_is_on_one_card_and_no_card_could_take_the_next(weights: list[int], room: int):
    cards = divided(weights, room)
    assert sum(cards) == len(weights)
    at = 0
    for count in cards:
        own = weights[at : at + count]
        assert count == 1 or sum(own) <= room
        at += count
        if at < len(weights):
            assert sum(own) + weights[at] > room
