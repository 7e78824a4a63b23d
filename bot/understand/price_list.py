"""How goods are added, priced and counted by chat: "tambah barang beras 5 kg harga 75rb HET 78rb"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understand import amounts, goods
from bot.understand.readings import AmountKind
from bot.understand.tokens import normal
from core.goods import kinds

_ADD = re.compile(
    r"(?:(?:tambah(?:kan|in)?|daftarkan|buat|masukkan)\s+(?:barang|produk)(?:\s+baru)?"
    r"|(?:barang|produk)\s+baru)\s*:?\s+(?P<rest>.+)"
)
_CHANGE = re.compile(
    r"(?:ubah|ganti|atur|set|naikkan|turunkan)\s+(?P<what>harga|het|barang|satuan|golongan)\s+(?P<rest>.+)"
)
_NOW = re.compile(r"(?P<what>harga|het|golongan)\s+(?P<rest>.+?\s(?:jadi|menjadi|sekarang)\s+.+)")
_OPENING = re.compile(r"stok(?:\s+awal)?\s+(?P<rest>\S.*\bmodal\b.+)|stok\s+awal\s+(?P<plain>.+)")
_SUM = r"(?:rp\.?\s*)?\d[\d.,]*\s*(?:rb|rbu|ribu|k|jt|juta)?"
_PRICED = re.compile(  # "harga beras 16rb per kg", "barang beras kg 16rb"
    r"(?:harga(?:\s+jual)?|barang|produk)\s+"
    rf"(?P<rest>(?!.*\b(?:naik|turun|beli|modal|berapa|brp|kemarin|pinjaman)\b)[^?]+?\s+{_SUM}"
    r"(?:\s*(?:/\s*|per\s+|se)[^\W\d_]+)?)"
)
_REMOVE = re.compile(r"(?:hapus|hilangkan|tutup)\s+(?:barang|produk)\s+(?P<rest>.+)")
_PRICES = re.compile(r"(?:lihat\s+|minta\s+)?(?:daftar|list)\s+(?:harga|barang)(?:\s+barang)?")
_STOCK = re.compile(
    r"(?:(?:cek|lihat|daftar|sisa|info)\s+)?(?:stok|stock)(?:\s+barang)?(?P<rest>(?:\s+\S+){0,6}?)"
    r"(?:\s+(?:berapa|brp|ada))?\s*\??"
)
_CLAUSE = re.compile(
    r"\s*\b(?:(?:naik|turun)\s+(?=jadi|menjadi))?(harga(?:\s+jual)?(?:nya)?|het(?:nya)?|satuan(?:nya)?|golongan(?:nya)?|stok(?:nya)?|modal(?:nya)?|jadi|menjadi|sekarang)\b\s*"
)
_PER = re.compile(r"(?:/|\bper\b|\bse(?=\w))\s*([^\W\d_]+)\s*$")
_WITHOUT_STOCK = re.compile(r"\btanpa\s+stok\b|\btidak\s+pakai\s+stok\b")
_TRAILING = re.compile(
    r"^(?P<name>.*\S)\s+(?P<amount>(?:rp\.?\s*)?\d[\d.,]*\s*(?:rb|ribu|k|jt|juta)?)$"
)
_MONEY = re.compile(r"[a-z]|\d[.,]?\d{3}")
_COUNT = re.compile(r"(\d+(?:[.,]\d{1,3})?)\s*([^\W\d_]*)")


class NotPlain(ValueError):  # noqa: N818 - says what it is
    """An amount, unit or count in such a sentence that is not certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a sentence says of a good. Prices in rupiah a unit; quantity in thousandths, its value in rupiah."""

    name: str
    unit: str | None = None
    price: int | None = None
    ceiling: int | None = None
    stocked: bool | None = None
    offered: bool | None = None
    quantity: int | None = None
    value: int | None = None
    account: str | None = None  # of the stock of its kind


def read(text: str) -> Listed | None:
    """Read what is to be kept of a good; None for any other sentence. Raises NotPlain."""
    plain = " ".join(normal(text).casefold().split()).rstrip(".!")
    if found := _ADD.fullmatch(plain):
        return _listed(found["rest"], "")
    if found := _REMOVE.fullmatch(plain):
        return Listed(name=found["rest"], offered=False)
    if found := _OPENING.fullmatch(plain):
        return _listed(found["rest"] or found["plain"], "stok")
    if found := _CHANGE.fullmatch(plain) or _NOW.fullmatch(plain):
        return _listed(found["rest"], found["what"])
    if found := _PRICED.fullmatch(plain):
        return _listed(found["rest"], "harga")
    return None


def asks_prices(text: str) -> bool:
    """Say whether somebody asks for the price list."""
    return _PRICES.fullmatch(" ".join(text.casefold().split()).rstrip("?.! ")) is not None


def asks_stock(text: str) -> str | None:
    """Return what stock somebody asks for, "" for all of it; None for any other sentence."""
    found = _STOCK.fullmatch(" ".join(text.casefold().split()))
    return found["rest"].strip() if found else None


def _listed(rest: str, what: str) -> Listed:
    """Read the name and the clauses after it; `what` says what a number right after the name is."""
    stocked = False if _WITHOUT_STOCK.search(rest) else None
    name, *clauses = _CLAUSE.split(_WITHOUT_STOCK.sub(" ", rest))
    said: dict[str, str] = {}
    for key, value in zip(clauses[::2], clauses[1::2], strict=True):
        short = key.split()[0].removesuffix("nya")
        said[what if short in ("jadi", "menjadi", "sekarang") else short] = value.strip()
    unit = said.get("satuan")
    if what != "stok" and not said.keys() & {"harga", "het"}:
        name, unit = _priced(name, unit, said, what or "harga", plainly=bool(what))
    quantity = value = None
    if what == "stok" and "stok" not in said:
        name, said["stok"] = _counted(name)
    if "stok" in said:
        quantity, value = _stock(said, alone=what == "stok")
    if "harga" in said and (per := _PER.search(said["harga"])):
        unit = unit or per[1]
        said["harga"] = said["harga"][: per.start()]
    if unit is None and "stok" in said and (counted := _COUNT.match(said["stok"])):
        unit = counted[2] or None
    account = kinds.named(said["golongan"]) if "golongan" in said else None
    if account is None and (what == "golongan" or "golongan" in said):
        raise NotPlain(rest)
    kept = goods.unit_of(unit) if unit else None
    if not name.strip() or (unit and kept is None):
        raise NotPlain(rest)
    return Listed(
        name=name.strip(" -,:"),
        unit=kept,
        price=_amount(said.get("harga")),
        ceiling=_amount(said.get("het")),
        stocked=stocked,
        quantity=quantity,
        value=value,
        account=account,
    )


def _priced(
    name: str, unit: str | None, said: dict[str, str], what: str, *, plainly: bool
) -> tuple[str, str | None]:
    """Take `16rb`, `16rb per kg` or `kg 16rb` off the end of a name; a bare number after it may be part of it."""
    whole = name
    if (per := _PER.search(name)) and goods.unit_of(per[1]):
        unit, name = unit or per[1], name[: per.start()].rstrip()
    found = _TRAILING.match(name)
    if found is None or not (plainly or per or _MONEY.search(found["amount"])):
        return whole, said.get("satuan")
    name, said[what] = found["name"], found["amount"]
    head, _, last = name.rpartition(" ")
    if unit is None and head and not head[-1].isdigit() and goods.unit_of(last):
        name, unit = head, last
    return name, unit


def _counted(name: str) -> tuple[str, str]:
    """Split `beras 5 kg 10 karung 700rb`: the count and what it cost are the last two things said."""
    found = re.match(r"^(.*\S)\s+(\d[\d.,]*\s*[^\W\d_]+\s+(?:rp\.?\s*)?\d[\d.,]*\s*\w*)$", name)
    if found is None:
        raise NotPlain(name)
    return found[1], found[2]


def _stock(said: dict[str, str], *, alone: bool) -> tuple[int, int]:
    """Read `10 karung` with `modal 700rb`, or both in one."""
    counted = _COUNT.match(said["stok"])
    if counted is None:
        raise NotPlain(said["stok"])
    whole, _, part = counted[1].replace(".", ",").partition(",")
    cost = said.get("modal") or (said["stok"][counted.end() :] if alone else None)
    value = _amount(cost)
    if value is None or not int(whole + part):
        raise NotPlain(said["stok"])
    return int(whole) * 1000 + int(part.ljust(3, "0") or 0), value


def _amount(said: str | None) -> int | None:
    if said is None:
        return None
    reading = amounts.read(said.strip(" ,.-"))
    if reading.kind is not AmountKind.EXACT or not reading.value:
        raise NotPlain(said)
    return reading.value
