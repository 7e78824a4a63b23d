"""The uniform chart of accounts (Permenkop 2/2024 lines, Simkopdes codes) and how accounts are named."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Literal

CASH = "111000"
PLACES = (
    "111000",
    "111100",
    "111200",
    "112100",
    "112200",
)  # cash boxes and banks members pay through
BANKS = ("112100", "112200")
HELD = "215000"  # Titipan / setoran belum teridentifikasi: what came in and nobody could name
SOURCES = (*PLACES, HELD)  # what may be debited when a member's money is written down
OPENING = "399000"  # Penyeimbang saldo awal: the other side of every opening balance
POKOK = "310000"
WAJIB = "320000"
SUKARELA = "211000"


class SavingsKind(StrEnum):
    """The three kinds of savings members hold; pokok and wajib are equity, sukarela is a debt to them."""

    POKOK = "pokok"
    WAJIB = "wajib"
    SUKARELA = "sukarela"

    @property
    def code(self) -> str:
        """The chart's code of this kind."""
        return {"pokok": POKOK, "wajib": WAJIB, "sukarela": SUKARELA}[self.value]

    def account(self, member_id: int) -> str:
        """The key of a member's account of this kind."""
        return key(self.code, member=member_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartAccount:
    """One row of the chart. `normal` is D (debit) or K (kredit); balances are positive on that side."""

    code: str
    name: str
    normal: Literal["D", "K"]
    line: str
    cash_flow: str | None
    subledger: str | None
    floor: int | None


def key(
    code: str, *, member: int | None = None, loan: int | None = None, unit: int | None = None
) -> str:
    """Name an account as ledger.post does: 211000:m12, 113100:m12:l3, 111000."""
    parts = [code]
    for mark, number in (("m", member), ("l", loan), ("u", unit)):
        if number is not None:
            parts.append(f"{mark}{number}")
    return ":".join(parts)


@cache
def chart() -> dict[str, ChartAccount]:
    """Read the chart that ships with the product, by code."""
    text = files("core.data").joinpath("chart.csv").read_text(encoding="utf-8")
    accounts: dict[str, ChartAccount] = {}
    for row in csv.DictReader(text.splitlines()):
        normal: Literal["D", "K"] = "D" if row["normal"] == "D" else "K"
        accounts[row["code"]] = ChartAccount(
            code=row["code"],
            name=row["name"],
            normal=normal,
            line=row["line"],
            cash_flow=row["cash_flow"] or None,
            subledger=row["subledger"] or None,
            floor=int(row["floor"]) if row["floor"] else None,
        )
    return accounts
