"""Cash seals against the chain: the hash a seal keeps, and that the book held then what was counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import asyncpg

from core.verify_rows import Account, Written, Wrong

_MOST = 100_000  # seals of one cooperative


@dataclass(slots=True, kw_only=True)
class Seals:
    """The seals of a book by the entry they were made after, and what its cash boxes moved by day so far."""

    of: Mapping[int, list[asyncpg.Record]]
    moved: dict[str, dict[date, int]] = field(default_factory=lambda: defaultdict(dict))

    def check(self, accounts: Mapping[int, Account], written: Written, chain: bytes) -> None:
        """Take an entry in, `chain` being the hash after it; raise Wrong for a seal that does not hold there."""
        on = written.entry["on"]
        for line in written.lines:
            for side, sign in (("debit", 1), ("credit", -1)):
                account = accounts[line[side]]
                if account.code.startswith("111"):
                    days = self.moved[account.code]
                    days[on] = days.get(on, 0) + sign * line["amount"]
        for seal in self.of.get(number := written.entry["number"], ()):
            if seal["hash"] != chain:
                raise Wrong(
                    number, f"the cash seal of {seal['on']} has another hash than entry {number}"
                )
            for code, counted in zip(seal["boxes"], seal["counted"], strict=True):
                held = sum(amount for day, amount in self.moved[code].items() if day <= seal["on"])
                if held != counted:
                    raise Wrong(
                        number,
                        f"the cash seal of {seal['on']} counted {counted} in {code}, the book held"
                        f" {held} after entry {number}",
                    )


async def seals_of(raw: asyncpg.Connection[Any], koperasi_id: int) -> Seals:
    """Read a book's seals."""
    found: dict[int, list[asyncpg.Record]] = defaultdict(list)
    for row in await raw.fetch(
        'SELECT "on", entry, hash, boxes, counted FROM cash_seals WHERE koperasi_id = $1'
        " ORDER BY entry LIMIT $2",
        koperasi_id,
        _MOST,
    ):
        found[row["entry"]].append(row)
    return Seals(of=found)
