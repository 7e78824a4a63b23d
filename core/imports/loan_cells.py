"""Read one cell of a sheet of loans: a rate, what it is for, a method, a count, a state."""

from __future__ import annotations

import re
from decimal import Decimal

from core.imports.cells import BadCell, words
from core.loans.terms import Method
from core.sheets import Cell, fold

_MOST = 1_000  # per cent
_PLACES = 6


def rate(cell: Cell) -> Decimal:
    """Read per cent, zero or more: 1.5, 1,5, 18, 1,5%. At most six decimals."""
    if isinstance(cell, float):
        text = f"{Decimal(repr(cell)):f}"
    elif isinstance(cell, int) and not isinstance(cell, bool):
        text = str(cell)
    else:
        text = words(cell)
    found = re.fullmatch(r"([0-9]{1,4})(?:[.,]([0-9]{1,20}))?\s*%?", text, re.ASCII)
    if found is None:
        raise BadCell("import-not-a-rate", value=text[:40])
    number = Decimal(f"{found[1]}.{(found[2] or '').rstrip('0')}")
    if number > _MOST or len((found[2] or "").rstrip("0")) > _PLACES:
        raise BadCell("import-not-a-rate", value=text[:40])
    return number


_PERS = {
    "month": "bulan bln perbulan perbln sebulan bulanan month",
    "year": "tahun thn pertahun perthn setahun tahunan year",
}


def per(cell: Cell) -> str:
    """Read whether a rate is for a month or a year."""
    return _one_of(_PERS, cell, "import-not-a-period")


_METHODS = {
    Method.FLAT.value: "flat tetap",
    Method.MENURUN.value: "menurun efektif sliding slidingrate",
    Method.ANUITAS.value: "anuitas annuitas annuity",
    Method.JATUH_TEMPO.value: "jatuhtempo musiman bullet",
}


def method(cell: Cell) -> Method:
    """Read how principal and interest are spread."""
    return Method(_one_of(_METHODS, cell, "import-not-a-method"))


_STATES = {
    "running": "berjalan jalan aktif cair dicairkan",
    "approved": "disetujui setuju acc",
}


def is_running(cell: Cell) -> bool:
    """Read whether a loan was paid out already, or waits for it."""
    return _one_of(_STATES, cell, "import-not-a-state") == "running"


def count(cell: Cell) -> int:
    """Read a whole number of instalments, zero or more: 12, 12 bulan, 12x."""
    text = words(cell)
    found = re.fullmatch(
        r"([0-9]{1,4})\s*(?:x|kali|bulan|bln|angsuran)?", text.casefold(), re.ASCII
    )
    if found is None:
        raise BadCell("import-not-a-count", value=text[:40])
    return int(found[1])


def _one_of(known: dict[str, str], cell: Cell, reason: str) -> str:
    text = words(cell)
    said = fold(text)
    for value, forms in known.items():
        if said in forms.split():
            return value
    raise BadCell(reason, value=text[:40])
