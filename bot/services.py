"""What every turn may use: engines, keys, the people it may speak of; made once by bot.app."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.understand.directory import Directory
from bot.understand.readings import Member
from core import people
from core.cooperatives import Cooperative
from core.sealing import Keys
from notifications.announcing import Pace

_KEPT = 200  # cooperatives whose members are kept in memory: about 1 MB each thousand members


@dataclass(slots=True)
class Directories:
    """The members of each cooperative as the reader needs them, read again when somebody changed."""

    _kept: OrderedDict[int, tuple[tuple[int, date], Directory]] = field(default_factory=OrderedDict)

    @property
    def nobody(self) -> Directory:
        """The directory of a chat that speaks in no cooperative."""
        return Directory([])

    async def of(self, db: AsyncConnection, cooperative: Cooperative, on: date) -> Directory:
        """Return a cooperative's directory: active members on a day."""
        version = (cooperative.people_version, on)
        known = self._kept.get(cooperative.id)
        if known and known[0] == version:
            self._kept.move_to_end(cooperative.id)
            return known[1]
        found = await people.active_members(db, koperasi_id=cooperative.id, on=on)
        directory = Directory([Member(id=m.id, number=m.number, name=m.name) for m in found])
        self._kept[cooperative.id] = (version, directory)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Made once per process, handed to every turn."""

    app: AsyncEngine
    province: AsyncEngine
    keys: Keys
    directories: Directories = field(default_factory=Directories)
    wake: Callable[[], None]  # tells the mouth that rows were committed
    answer_callback: Callable[[str, str, str], None]  # channel, account, callback id: best effort
    learnt: dict[str, str] = field(
        default_factory=dict
    )  # channel -> the name or number it is known by
    address: str = ""  # where people open our pages
    pace: Pace = field(default_factory=Pace)  # of pushes: what a card estimates by

    @property
    def telegram_username(self) -> str | None:
        """The bot's name, for links; None until it is known."""
        return self.learnt.get("telegram")

    @property
    def whatsapp_number(self) -> str | None:
        """The number people write to, for links; None until it is known."""
        return self.learnt.get("whatsapp")
