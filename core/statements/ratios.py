"""Ratios of a cooperative (domain 2.6), as numbers: no one is called healthy by them. The same as /pantau shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from core.accounts import SUKARELA
from core.money import Rupiah
from core.statements import assembly, lines
from core.statements.figures import Figures, Period, year_of

_OWN: Final = ("EPK", "EWJ", "EHB", "ECU", "ECR")  # modal sendiri; modal penyertaan and SHU are not
NAMES: Final = {
    "own_capital": "Modal sendiri terhadap aset",
    "liquidity": "Kas dan bank terhadap simpanan sukarela",
    "lent": "Pokok pinjaman terhadap simpanan anggota",
    "bopo": "Beban usaha terhadap pendapatan usaha, sejak 1 Januari (BOPO)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A part of a whole, both whole rupiah."""

    part: Rupiah
    whole: Rupiah

    @property
    def said(self) -> str:
        """Write it per cent with one digit, half-up; of nothing there is none."""
        if self.whole <= 0:
            return "–"
        percent = (Decimal(self.part) * 100 / self.whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return f"{percent}%".replace(".", ",")


def ratios(found: Figures, period: Period) -> dict[str, Ratio]:
    """Work the ratios out of the statements' lines at the end of a period, by NAMES."""
    last = period.last
    at, held = assembly.position(found, last), found.balances(last)
    result = assembly.result_of(found, year_of(last))
    costs = result["costs"] + sum(result[key] for key in lines.DIRECT)
    return {
        "own_capital": Ratio(part=sum(at[key] for key in _OWN), whole=at["assets"]),
        "liquidity": Ratio(part=at["KAS"], whole=-held.get(SUKARELA, 0)),
        "lent": Ratio(part=held.get("113100", 0), whole=at["SMP"]),
        "bopo": Ratio(part=-costs, whole=result["income"]),
    }


def recomputed(held: Mapping[str, Rupiah], earned: Mapping[str, Rupiah]) -> dict[str, Ratio]:
    """Work the same ratios out of accounts alone, by their codes as /pantau does.

    `held` is what accounts hold, debits positive; `earned` income and costs since 1 January, credits positive.
    """

    def owned(*begin: str) -> Rupiah:
        return sum(amount for code, amount in held.items() if code.startswith(begin))

    def made(*begin: str) -> Rupiah:
        return sum(amount for code, amount in earned.items() if code.startswith(begin))

    assets, cash = owned("1"), owned("1110", "1111", "1112", "1119", "1121", "1122")
    return {
        "own_capital": Ratio(part=-owned("31", "32", "33", "34"), whole=assets),
        "liquidity": Ratio(part=cash, whole=-owned(SUKARELA)),
        "lent": Ratio(part=owned("113100"), whole=-owned("2110", "2111", "2112")),
        "bopo": Ratio(
            part=-made("511", "512", *(f"52{n}" for n in range(1, 9))),
            whole=made("411", "412", "413"),
        ),
    }
