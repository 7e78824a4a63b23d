"""Whom an announcement is for: a region, cooperatives, members or offices, and which of the members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.permissions import Role
from core.rules import CLASSES

LONGEST = 36  # months that can be looked back


class Activity(StrEnum):
    """What a member did in the last months."""

    RECORDED = "recorded"  # anything was recorded for the member, and not reversed
    WAJIB = "wajib"  # simpanan wajib was paid
    IDLE = "idle"  # nothing was recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Members or holders of offices, or both; nothing narrows it that is not said.

    Activity and classes look at members; who holds an office is not looked at then.
    """

    members: bool = False
    roles: tuple[Role, ...] = ()
    regions: tuple[str, ...] = ()  # below the composer's own; none: all of it
    cooperatives: tuple[str, ...] = ()  # codes; none: all
    activity: Activity | None = None
    months: int = 0
    classes: tuple[str, ...] = ()  # of a running loan

    def __post_init__(self) -> None:
        """Refuse what cannot be meant: our own mistakes."""
        assert self.members or self.roles
        assert (self.activity is None) == (self.months == 0)
        assert 0 <= self.months <= LONGEST
        assert set(self.classes) <= set(CLASSES)
        assert not (self.narrows_members and (self.roles or not self.members))

    @property
    def narrows_members(self) -> bool:
        """Whether it looks at what members did or owe."""
        return self.activity is not None or bool(self.classes)

    def of_members(
        self, *, activity: Activity | None = None, months: int = 0, classes: tuple[str, ...] = ()
    ) -> Audience:
        """Return the members of the same place, or those of them who did or owe this."""
        return Audience(
            members=True,
            regions=self.regions,
            cooperatives=self.cooperatives,
            activity=activity,
            months=months,
            classes=classes,
        )

    def of_offices(self, *roles: Role, members: bool = False) -> Audience:
        """Return who holds these offices in the same place, and the members too when said so."""
        return Audience(
            roles=roles, members=members, regions=self.regions, cooperatives=self.cooperatives
        )


def pack(audience: Audience) -> dict[str, Any]:
    """Make JSON of it, as announce.people reads it: what does not narrow is left out."""
    packed: dict[str, Any] = {
        "members": audience.members,
        "roles": [role.value for role in audience.roles],
    }
    if len(audience.regions) == 1:
        packed["region"] = audience.regions[
            0
        ]  # as announcements kept one before there were several
    elif audience.regions:
        packed["regions"] = list(audience.regions)
    if audience.cooperatives:
        packed["cooperatives"] = list(audience.cooperatives)
    if audience.activity is not None:
        packed |= {"activity": audience.activity.value, "months": audience.months}
    if audience.classes:
        packed["classes"] = list(audience.classes)
    return packed


def unpack(packed: Mapping[str, Any]) -> Audience:
    """Read it back."""
    activity = packed.get("activity")
    return Audience(
        members=packed["members"],
        roles=tuple(Role(role) for role in packed["roles"]),
        regions=tuple(packed.get("regions") or filter(None, (packed.get("region"),))),
        cooperatives=tuple(packed.get("cooperatives", ())),
        activity=Activity(activity) if activity else None,
        months=packed.get("months", 0),
        classes=tuple(packed.get("classes", ())),
    )


def below(region: str, above: str) -> bool:
    """Say whether a region is another one or lies in it: 64.02 in 64."""
    return region == above or region.startswith(f"{above}.")
