"""What a dashboard's address asks for, held against what there is and what the official may see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.calendar import month_of, next_month
from core.monitoring.figures import BY_NAME, Figure
from core.monitoring.reading import MONTHS, require_region

_REGION = re.compile(r"64(?:\.\d\d)?")
_NUMBER = re.compile(r"[1-9]\d{0,2}")


class WrongAddress(Exception):  # noqa: N818 - named by what is wrong
    """An address nobody was given: a value in it is not one of those offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A page: of which region and month, coloured and charted by which figure, in which order."""

    region: str
    month: date
    figure: Figure
    sort: str  # a figure's name, or "name"
    falling: bool
    page: int


def months(today: date) -> list[date]:
    """List the months that may be chosen, this one first."""
    return [next_month(month_of(today), -back) for back in range(MONTHS)]


def read(
    query: Mapping[str, str], *, own: str, names: Mapping[str, str], today: date, newest: date
) -> Asked:
    """Read an address; of which month is not said: `newest`. Raises WrongAddress, OutsideYourRegion."""
    region = query.get("region", own)
    if not _REGION.fullmatch(region) or region not in names:
        raise WrongAddress
    require_region(region, own, names[region])
    offered = {f"{one:%Y-%m}": one for one in months(today)}
    month = offered.get(query.get("month", f"{newest:%Y-%m}"))
    figure = BY_NAME.get(query.get("figure", "collection"))
    sort, falling, page = (
        query.get("sort", "name"),
        query.get("falling", "0"),
        query.get("page", "1"),
    )
    if month is None or figure is None or falling not in ("0", "1"):
        raise WrongAddress
    if (sort != "name" and sort not in BY_NAME) or not _NUMBER.fullmatch(page):
        raise WrongAddress
    return Asked(
        region=region,
        month=month,
        figure=figure,
        sort=sort,
        falling=falling == "1",
        page=int(page),
    )
