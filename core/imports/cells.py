"""Read one cell as an amount, a day, a name, a phone; a bad one says why."""

from __future__ import annotations

import re
from datetime import date, datetime

from core import people
from core.money import Rupiah
from core.permissions import Role
from core.sheets import Broken, Cell, fold

LARGEST_AMOUNT: Rupiah = 10**14  # a hundred trillion: 20,000 of them still fit a book
EARLIEST = date(1945, 8, 17)
_LONGEST_ADDRESS = 300
_EXACT = 2**53  # a float above is no longer every whole number


class BadCell(Exception):  # noqa: N818 - says what the cell is
    """A cell that cannot be read. `reason` is the key of a text, facts are what it names."""

    def __init__(self, reason: str, **facts: object) -> None:
        """Keep the reason and its facts."""
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


def amount(cell: Cell) -> Rupiah:
    """Read whole rupiah, zero or more: 50000, 50.000, 50,000, Rp50.000, Rp 50.000,00."""
    shown = _shown(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise BadCell("import-not-an-amount", value=shown)
    if isinstance(cell, float):
        if cell != cell or abs(cell) >= _EXACT:  # noqa: PLR0124 - not a number is unlike itself
            raise BadCell("import-amount-too-large", value=shown)
        if not cell.is_integer():
            raise BadCell("import-not-whole", value=shown)
        cell = int(cell)
    found = cell if isinstance(cell, int) else _written_amount(cell, shown)
    if found < 0:
        raise BadCell("import-negative", value=shown)
    if found > LARGEST_AMOUNT:
        raise BadCell("import-amount-too-large", value=shown)
    return found


def _written_amount(text: str, shown: str) -> Rupiah:
    bare = re.sub(r"^(rp|idr)\s*\.?\s*", "", text.strip(), flags=re.IGNORECASE)
    is_negative = bool(re.fullmatch(r"-.*|\(.*\)", bare))
    if is_negative:
        bare = re.sub(r"^(rp|idr)\s*\.?\s*", "", bare.strip("-() "), flags=re.IGNORECASE)
    bare = re.sub(r"([.,]00|,-)$", "", bare)  # "50.000,00", "50.000,-"
    if re.fullmatch(r"[0-9]{1,30}", bare):
        found = int(bare)
    elif re.fullmatch(r"[0-9]{1,3}(?:([.,\s'])[0-9]{3})(?:\1[0-9]{3}){0,8}", bare):
        found = int(re.sub(r"[^0-9]", "", bare))
    elif re.fullmatch(r"([0-9]+|[0-9]{1,3}([.,][0-9]{3})+)[.,][0-9]+", bare):
        raise BadCell("import-not-whole", value=shown)
    else:
        raise BadCell("import-not-an-amount", value=shown)
    return -found if is_negative else found


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january", "feb peb februari pebruari february", "mar mrt maret march",
            "apr april", "mei may", "jun juni june", "jul juli july",
            "agu agt ags agust agustus aug august", "sep sept september",
            "okt oct oktober october", "nov nop november nopember", "des dec desember december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


def day(cell: Cell) -> date:
    """Read a day: a real date, 24/11/2026, 24-11-2026, 2026-11-24, 24 Nov 2026. The day stands first."""
    shown = _shown(cell)
    if isinstance(cell, datetime):
        return _possible(cell.date(), shown)
    if isinstance(cell, date):
        return _possible(cell, shown)
    if not isinstance(cell, str):
        raise BadCell("import-not-a-date", value=shown)
    text = re.sub(r"[ T]00:00(:00(\.0+)?)?$", "", " ".join(cell.split()))
    if match := re.fullmatch(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})", text):
        parts = (int(match[4]), int(match[3]), int(match[1]))
    elif match := re.fullmatch(r"([0-9]{4})([/-])([0-9]{1,2})\2([0-9]{1,2})", text):
        parts = (int(match[1]), int(match[3]), int(match[4]))
    elif match := re.fullmatch(r"([0-9]{1,2})[ -]([A-Za-z]+)\.?[ -]([0-9]{4})", text):
        parts = (int(match[3]), _MONTHS.get(match[2].casefold(), 0), int(match[1]))
    else:
        raise BadCell("import-not-a-date", value=shown)
    try:
        found = date(*parts)
    except ValueError:
        raise BadCell("import-not-a-date", value=shown) from None
    return _possible(found, shown)


def _possible(found: date, shown: str) -> date:
    if found < EARLIEST:
        raise BadCell("import-date-too-early", value=shown)
    return found


def words(cell: Cell) -> str:
    """Read text; a number is its digits."""
    if isinstance(cell, Broken):
        raise BadCell(_broken(cell))
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise BadCell("import-not-text", value=_shown(cell))
    if isinstance(cell, float):
        if not cell.is_integer() or abs(cell) >= 10**17:
            raise BadCell("import-not-text", value=_shown(cell))
        return str(int(cell))
    return str(cell).strip()


def name(cell: Cell) -> str:
    """Read a person's name: at most 100 characters after cleaning, with a letter in it."""
    found = people.clean_name(words(cell))
    if len(found) > people.LONGEST_NAME:
        raise BadCell("import-name-too-long", limit=people.LONGEST_NAME)
    if not any(character.isalpha() for character in found):
        raise BadCell("import-not-a-name")
    return found


def address(cell: Cell) -> str | None:
    """Read an address."""
    found = people.clean_name(words(cell))
    if len(found) > _LONGEST_ADDRESS:
        raise BadCell("import-address-too-long", limit=_LONGEST_ADDRESS)
    return found or None


def phone(cell: Cell) -> str:
    """Read a phone number; a spreadsheet may have taken its leading zero."""
    found = people.normal_phone(words(cell).strip("'"))
    if found is None:
        raise BadCell("import-not-a-phone")
    return found


def nik(cell: Cell) -> str:
    """Read a NIK: 16 digits. A float lost its last digits unless it is below 2^53."""
    if isinstance(cell, float) and abs(cell) >= _EXACT:
        raise BadCell("import-nik-rounded")
    found = people.normal_nik(words(cell).strip("'"))
    if found is None or not found.strip("0"):
        raise BadCell("import-not-a-nik")
    return found


_GENDERS = {
    "L": "l lk laki lakilaki pria cowok male m",
    "P": "p pr perempuan wanita cewek female f",
}


def gender(cell: Cell) -> str:
    """Read L or P, or the words for them."""
    said = fold(words(cell))
    for letter, known in _GENDERS.items():
        if said in known.split():
            return letter
    raise BadCell("import-not-a-gender", value=_shown(cell))


def number(cell: Cell) -> str:
    """Read a member's number: letters, digits, dots, dashes, slashes; at most 20."""
    found = words(cell).upper()
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9./-]{0,19}", found):
        raise BadCell("import-not-a-number", value=_shown(cell))
    return found


_ROLES = {fold(role.value): role for role in Role} | {
    "wakilketuausaha": Role.WAKIL_USAHA,
    "wakilketuabidangusaha": Role.WAKIL_USAHA,
    "wakilketuaanggota": Role.WAKIL_ANGGOTA,
    "wakilketuakeanggotaan": Role.WAKIL_ANGGOTA,
    "wakilketuabidangkeanggotaan": Role.WAKIL_ANGGOTA,
}


def role(cell: Cell) -> Role:
    """Read an office."""
    found = _ROLES.get(fold(words(cell)))
    if found is None:
        raise BadCell("import-not-a-role", value=_shown(cell))
    return found


def _broken(cell: Broken) -> str:
    return "import-formula" if cell.shown == "=" else "import-cell-error"


def _shown(cell: Cell) -> str:
    """Quote what stands in a cell, in short. What it quotes is never a phone or a NIK."""
    if isinstance(cell, Broken):
        raise BadCell(_broken(cell), value=cell.shown)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        cell = int(cell)
    return str(cell)[:40]
