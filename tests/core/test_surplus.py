"""The published examples of domain 2.5, and what must hold of every split."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.surplus import Base, NotHundred, TotalTooSmall, parts, pools, split


def percent(**shares: str) -> dict[str, Decimal]:
    return {name: Decimal(share) for name, share in shares.items()}


def one(number: str, simpanan: int, usaha: int) -> Base:
    return Base(number=number, simpanan=simpanan, usaha=usaha)


@pytest.mark.parametrize(
    ("shu", "modal", "usaha", "budi", "totals", "gets"),
    [
        # Koperasi "Mandiri Sejahtera", KSP "Anugerah", "Karya Jaya" (domain 2.5)
        (40_000_000, "25", "30", one("Budi", 3_000_000, 1_000_000), (60_000_000, 100_000_000), (500_000, 120_000)),
        (2_000_000, "20", "30", one("Widya", 500_000, 1_000_000), (10_000_000, 15_000_000), (20_000, 40_000)),
        (6_400_000, "25", "0", one("Susilo", 8_000_000, 0), (16_000_000, 0), (800_000, 0)),
    ],
)  # fmt: skip
def test_the_published_examples(shu, modal, usaha, budi, totals, gets):
    rest = str(100 - int(modal) - int(usaha))
    found = split(
        shu, percent(cadangan=rest, jasa_modal=modal, jasa_usaha=usaha), [budi],
        total_simpanan=totals[0], total_usaha=totals[1],
    )  # fmt: skip
    (part,) = found.parts
    assert (part.jasa_modal, part.jasa_usaha, part.total) == (*gets, sum(gets))
    assert sum(found.pools.values()) == shu


def test_the_common_split_and_the_printed_one_that_adds_up_to_105():
    common = percent(
        cadangan="40", anggota="40", pengurus="5", karyawan="5", pendidikan="5", sosial="5"
    )
    assert pools(1_000_001, common)["cadangan"] == 400_001  # the larger remainder
    with pytest.raises(NotHundred) as refused:
        pools(1_000_001, {**common, "desa": Decimal(5)})
    assert refused.value.facts == {"sum": "105"}
    with pytest.raises(NotHundred) as refused:
        pools(1, {"a": Decimal(100), "b": Decimal("1e-40")})
    assert refused.value.facts["sum"] == f"100.{'0' * 39}1"


def test_decimals_of_a_per_cent_are_exact():
    thirds = percent(a="33.33", b="33.33", c="33.34")
    assert pools(100, thirds) == {"a": 33, "b": 33, "c": 34}
    assert pools(10_000, thirds) == {"a": 3_333, "b": 3_333, "c": 3_334}


def test_a_loss_is_not_divided():
    found = split(-5_000, percent(cadangan="50", jasa_modal="50"), [one("A-001", 10, 10)])
    assert dict(found.pools) == {"cadangan": 0, "jasa_modal": 0}
    assert found.parts[0].total == 0


def test_a_pool_nobody_has_a_share_of_stays_whole_and_gives_nothing():
    whole = percent(jasa_modal="50", jasa_usaha="50")
    found = split(1_000, whole, [one("A-001", 0, 3), one("A-002", 0, 1)])
    assert dict(found.pools) == {"jasa_modal": 500, "jasa_usaha": 500}
    assert [(part.jasa_modal, part.jasa_usaha) for part in found.parts] == [(0, 375), (0, 125)]
    assert split(1_000, whole, []).parts == ()
    with pytest.raises(TotalTooSmall):
        split(1_000, whole, [one("A-001", 10, 3)], total_simpanan=9)


def test_of_some_members_each_has_the_share_of_the_whole():
    assert parts(1_000, {"A-001": 1, "A-002": 1}, total=4) == {"A-001": 250, "A-002": 250}
    assert parts(1_000, {"A-001": 2}, total=3) == {"A-001": 667}
    assert parts(1_000, {"A-003": 1, "A-002": 1}, total=3) == {"A-002": 334, "A-003": 333}


WEIGHTS = st.dictionaries(
    st.text("AB0123", min_size=1, max_size=4), st.integers(0, 10**12), min_size=1
)


@given(pool=st.integers(0, 10**12), weights=WEIGHTS, data=st.data())
def test_members_parts_lose_no_rupiah_whatever_their_order_and_grow_with_their_share(
    pool, weights, data
):
    found = parts(pool, weights)
    whole = sum(weights.values())
    assert sum(found.values()) == (pool if whole else 0)
    shuffled = data.draw(st.permutations(list(weights.items())))
    assert parts(pool, dict(shuffled)) == found
    ranked = sorted(weights, key=lambda number: weights[number])
    assert all(
        found[low] <= found[high]
        for low, high in itertools.pairwise(ranked)
        if weights[low] < weights[high]
    )
    for number, weight in weights.items():
        assert not whole or abs(found[number] * whole - pool * weight) < whole


@given(pool=st.integers(0, 10**12), weights=WEIGHTS, others=st.integers(1, 10**12))
def test_the_named_members_never_get_more_than_the_pool(pool, weights, others):
    whole = sum(weights.values()) + others
    found = parts(pool, weights, total=whole)
    assert sum(found.values()) <= pool
    for number, weight in weights.items():
        assert abs(found[number] * whole - pool * weight) < whole


@given(
    shu=st.integers(0, 10**15),
    cuts=st.lists(st.integers(0, 10_000), min_size=1, max_size=6),
    data=st.data(),
)
def test_pools_add_up_to_the_surplus_whatever_their_order(shu, cuts, data):
    edges = [0, *sorted(cuts), 10_000]
    shares = [Decimal(high - low) / 100 for low, high in itertools.pairwise(edges)]
    percentages = {f"pool{n}": share for n, share in enumerate(shares)}
    found = pools(shu, percentages)
    assert sum(found.values()) == shu
    shuffled = data.draw(st.permutations(list(percentages.items())))
    again = pools(shu, dict(shuffled))
    assert sum(again.values()) == shu
    for name, share in percentages.items():  # an equal remainder may go to another pool
        assert abs(again[name] - found[name]) <= 1
        assert abs(found[name] * 100 - shu * share) < 100
