"""The register of fixed assets, and what they lose month by month."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import assets
from core.assets import Asset, AssetKind
from core.calendar import next_month
from core.rules import RuleBook


def an_asset(**facts: object) -> Asset:
    default = {
        "number": 1, "entry": 7, "kind": AssetKind.EQUIPMENT, "name": "Kulkas", "cost": 5_000_000,
        "residual": 200_000, "months": 48, "acquired_on": date(2026, 1, 31),
    }  # fmt: skip
    return Asset(**(default | facts))  # type: ignore[arg-type]  # each is the field's own


@pytest.mark.parametrize(
    ("month", "lost"),
    [
        (date(2025, 12, 31), 0),
        (date(2026, 1, 1), 100_000),
        (date(2029, 12, 31), 100_000),
        (date(2030, 1, 1), 0),
    ],
)
def test_an_asset_wears_off_from_the_month_it_came_until_its_life_is_over(
    month: date, lost: int
) -> None:
    assert assets.depreciation_of(an_asset(), month) == lost


def test_land_never_wears_off() -> None:
    land = an_asset(kind=AssetKind.LAND, months=AssetKind.LAND.months(RuleBook(()).on(date.max)))
    assert assets.depreciation_of(land, date(2026, 5, 1)) == 0


@given(
    cost=st.integers(1, 10**12), part=st.integers(0, 100), months=st.integers(1, 130),
    day=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)  # fmt: skip
def test_the_months_add_up_to_cost_less_residual_and_differ_by_a_rupiah_at_most(
    cost: int, part: int, months: int, day: date
) -> None:
    residual = cost * part // 100
    asset = an_asset(cost=cost, residual=residual, months=months, acquired_on=day)
    lost = [
        assets.depreciation_of(asset, next_month(day.replace(day=1), after))
        for after in range(months)
    ]
    assert sum(lost) == cost - residual
    assert max(lost) - min(lost) <= 1
