"""What was counted on the shelf: "opname", "hitung stok beras 45 kg", one good a line or several in one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.understand import goods, ideas
from bot.understand.goods import Named
from bot.understand.tokens import normal, split

_BEGIN = re.compile(
    r"\s*/?(?:(?:catat|mulai|hasil|buat|ini|lakukan)\s+)*(?:(?:stok|stock)\s+)?"
    r"(?:op[nm]ame(?:\s+(?:stok|stock|barang|gerai|toko|gudang))?"
    r"|(?:hitung(?:an)?|penghitungan|perhitungan)\s+(?:ulang\s+)?(?:fisik\s+)?(?:stok|stock|barang)(?:\s+(?:barang|fisik|gerai|toko|gudang))?"
    r"|(?:hitung|cek)(?:an)?\s+fisik)(?!\w)[\s:,.=-]*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_ASKED = re.compile(r"\?|\b(?:kapan|berapa|brp|terakhir|gimana|bagaimana|cara(?:nya)?)\b")
_BETWEEN = re.compile(r"[\n;]+|,(?!\d)|(?<!\d),|\s+dan\s+", re.IGNORECASE)
_NONE = re.compile(r"\b(?:0|nol|kosong|habis|nihil|tidak ada|tdk ada|ga ada|gak ada)\b")
_MARK = re.compile(r"^[\s\-*•·]+|^\s*\d{1,2}[.)]\s+")

_ELSE = frozenset(
    {
        "sale",
        "buy",
        "restock",
        "pay",
        "returned",
        "lost",
        "on_credit",
        "deposit",
        "withdraw",
        "reverse",
        "cancel",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A good that was counted: all it may be, and thousandths of its unit where that is certain."""

    goods: tuple[int, ...]
    certain: bool
    quantity: int | None


def begins(text: str) -> str | None:
    """Return what a message counts, "" where it only says that it counts; None for any other sentence."""
    found = _BEGIN.fullmatch(text)
    return found["rest"].strip() if found else None


def is_question(text: str) -> bool:
    """Say whether it asks about a count instead of telling one."""
    return _ASKED.search(text.casefold()) is not None


def is_something_else(text: str) -> bool:
    """Say whether a sentence records something of its own: "jual beras 2 karung" answers no question for a count."""
    return not _ELSE.isdisjoint(ideas.around(text))


def read(text: str, known: Sequence[Named]) -> tuple[list[Counted], list[str]]:
    """Read goods with their counts; second, the pieces that name no good of the list."""
    found: list[Counted] = []
    strange: list[str] = []
    for piece in _BETWEEN.split(text):
        said = _MARK.sub("", piece).strip(" .:=-")
        if not said:
            continue
        named = goods.find(said, known)
        if not named:
            strange.append(said)
        for at, one in enumerate(named):
            quantity = one.quantity
            if quantity is None and at + 1 == len(named):
                quantity = _last(said, [good for good in known if good.id in one.goods])
            found.append(Counted(goods=one.goods, certain=one.certain, quantity=quantity))
    return found, strange


def _last(said: str, meant: Sequence[Named]) -> int | None:
    """Read the count that a piece ends with: nothing else is said there, so a large one counts too."""
    plain = normal(said).casefold()
    words = [token.text for token in split(plain)]
    name = max((len(split(normal(good.words))) for good in meant), default=0)
    read = set()
    for good in meant:
        if plain.strip().endswith(good.words):
            return None  # "beras 5 kg" is a name, no count
        ends = [words[-n:] for n in (2, 1) if len(words) > n]
        read.add(
            next((q for end in ends if (q := quantity(" ".join(end), good.unit)) is not None), None)
        )
    return read.pop() if len(read) == 1 and name else None


def quantity(text: str, unit: str) -> int | None:
    """Read an answer to how many lie there: "45", "45 kg", "habis"; None when it says anything else."""
    said = goods.quantity(text, unit)
    if said is not None:
        return said
    return 0 if _NONE.search(text.casefold()) and len(text.split()) <= 2 else None
