"""Results and assets per unit usaha and in total: what an account belongs to, the rest is *bersama*; every row foots.

`core/data/units.csv` says which unit an account is of. An account marked `by_counter` is of the unit of the account it
was posted against, where that has one: stock lost (529000 against 114000) is the gerai's, cash lost from the common box is not.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from core import accounts
from core.money import Rupiah
from core.statements import assembly, lines
from core.statements.figures import RESULT, Figures, Period
from core.statements.tables import Column, Report, Row

SHARED: Final = "bersama"
UNITS: Final = {
    "simpan-pinjam": "Simpan pinjam",
    "gerai": "Gerai",
    "jasa": "Jasa/agen",
    SHARED: "Bersama",
}
_COLUMNS: Final = (
    *(Column(key=unit, title=title) for unit, title in UNITS.items()),
    Column(key="total", title="Jumlah", sums=tuple(UNITS)),
)
_SAID: Final = (
    "Bersama: yang tidak tercatat untuk satu unit, seperti gaji, listrik, kas induk, bank, dan utang bank; tidak dibagi dengan kunci.",
)


@cache
def _mapped() -> Mapping[str, tuple[str, bool]]:
    text = files("core.data").joinpath("units.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["code"]: (row["unit"], row["by_counter"] == "yes") for row in rows}


def unit_of(code: str, other: str) -> str:
    """Say which unit a movement on an account is of; `other` is the account on its other side."""
    unit, by_counter = _mapped().get(code, (SHARED, False))
    return _mapped().get(other, (SHARED, False))[0] if by_counter else unit


def results(found: Figures, period: Period) -> dict[str, dict[str, Rupiah]]:
    """Return every line of the PHU by unit, with the sums; the units add up to the whole."""
    codes: dict[str, dict[str, Rupiah]] = {unit: {} for unit in UNITS}
    for one in found.within(period):
        if one.closing:
            continue
        for code, other, amount in (
            (one.credit, one.debit, one.amount),
            (one.debit, one.credit, -one.amount),
        ):
            if code[0] in RESULT:
                of = codes[unit_of(code, other)]
                of[code] = of.get(code, 0) + amount
    return {unit: assembly.result_lines(of) for unit, of in codes.items()}


def income_statement(found: Figures, period: Period) -> Report:
    """Perhitungan Hasil Usaha of a period, a column for each unit, one for what is shared, and the whole."""
    by_unit = results(found, period)
    whole = assembly.result_of(found, period)
    return Report(
        name="phu-unit",
        title="Perhitungan Hasil Usaha per Unit",
        period=assembly.said(period),
        columns=_COLUMNS,
        rows=tuple(assembly.result_rows([*by_unit.values(), whole])),
        notes=_SAID,
    )


def positions(found: Figures, period: Period) -> dict[str, dict[str, Rupiah]]:
    """Return every line of assets and liabilities at the period's end by unit, with the sums."""
    chart = accounts.chart()
    by_unit: dict[str, dict[str, Rupiah]] = {
        unit: dict.fromkeys((*lines.ASSETS, *lines.DEBTS), 0) for unit in UNITS
    }
    for code, amount in found.balances(period.last).items():
        line, of = chart[code].line, by_unit[unit_of(code, "")]
        if line in of:
            of[line] += amount if line in lines.ASSETS else -amount
    return {unit: _summed(of) for unit, of in by_unit.items()}


def _summed(of: dict[str, Rupiah]) -> dict[str, Rupiah]:
    assets, debts = (sum(of[key] for key in keys) for keys in (lines.ASSETS, lines.DEBTS))
    return of | {"assets": assets, "liabilities": -debts, "net": assets - debts}


def sheet(found: Figures, period: Period) -> Report:
    """Assets and liabilities on the period's last day by unit; what a unit owns beyond its debts, others gave it.

    Equity is the cooperative's, so there is none per unit. Liabilities are negative: the rows foot.
    """
    by_unit = positions(found, period)
    at = assembly.position(found, period.last)
    kept = {key: at[key] for key in (*lines.ASSETS, *lines.DEBTS)}
    columns = [*by_unit.values(), _summed(kept)]

    def row(key: str, name: str, sign: int, *sums: str) -> Row:
        cells = tuple(sign * one[key] for one in columns)
        return Row(key=key, name=name, cells=cells, total=bool(sums), sums=sums)

    rows = [
        Row(key="head_assets", name="ASET", heading=True),
        *(row(key, name, 1) for key, name in lines.ASSETS.items()),
        row("assets", "Jumlah aset", 1, *lines.ASSETS),
        Row(key="head_liabilities", name="LIABILITAS", heading=True),
        *(row(key, name, -1) for key, name in lines.DEBTS.items()),
        row("liabilities", "Jumlah liabilitas", 1, *lines.DEBTS),
        row(
            "net", "Aset setelah liabilitas (dibiayai ekuitas bersama)", 1, "assets", "liabilities"
        ),
    ]
    return Report(
        name="neraca-unit",
        title="Aset dan Liabilitas per Unit",
        period=f"per {period.last:%d-%m-%Y}",
        columns=_COLUMNS,
        rows=tuple(rows),
        notes=_SAID,
    )


BY_UNIT: Final[Mapping[str, Callable[[Figures, Period], Report]]] = {
    "phu-unit": income_statement,
    "neraca-unit": sheet,
}
