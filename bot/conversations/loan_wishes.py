"""A member's own wish for a loan: what it names besides amount and tenor is purpose, product, guarantor."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.conversations import loan_application, loan_application_slots, wishes
from bot.talk import Reply, Turn, one_line
from bot.understand import grammar, names
from bot.understand.directory import Directory
from bot.understand.readings import Intent, PeopleKind, PeopleReading, Reading
from core.permissions import Action, may

_FLAGS = re.IGNORECASE | re.DOTALL
_LEAD = (
    r"(?:saya|aku|kami|mau|ingin|pengen|pengin|mohon|minta|boleh|bisa|tolong|dibantu|bantu|"
    r"ajukan|mengajukan|pengajuan|permohonan)"
)
_WISH = re.compile(
    rf"[\W_]*(?:(?:{_LEAD}\s+)*(?:pinjam|meminjam|minjam)|(?:{_LEAD}\s+)+pinjaman(?!\s+(?:saya|aku|kami)\b))\b",
    _FLAGS,
)
_NEXT = r"(?=[,;]|\b(?:untuk|utk|buat|guna|keperluan|produk|penjamin|tenor|selama)\b|$)"
_GUARANTOR = re.compile(rf"\b(?:dengan\s+)?penjamin(?:nya)?\s+(.+?){_NEXT}", _FLAGS)
_PRODUCT = re.compile(rf"\bproduk(?:nya)?\s+(.+?)(?=\s+\d|{_NEXT})", _FLAGS)
_TIMES = re.compile(r"\b(\d{1,3})\s*(?:x|kali)\s*(?:angsuran|cicilan|angsur|cicil|bayar)\b", _FLAGS)
_TENOR = r"(?=[,;]|\b(?:tenor|selama|dicicil|diangsur)\b|\b\d{1,3}\s*(?:x|kali|bulan|bln|minggu|tahun)\b|$)"
_FOR = re.compile(
    rf"\b(?:(?:untuk|utk|buat|guna|keperluan)\s+(.+?)|"
    rf"((?:bayar|membayar|beli|membeli|biaya|modal|tambah|tambahan|renovasi|perbaiki|memperbaiki|"
    rf"berobat|hajatan)\s+(?!\d|rp).+?)){_TENOR}",
    _FLAGS,
)
_NAMED_FOR = re.compile(r"\b(?:atas nama|a\.?n\.?)\s+\S", _FLAGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A wish taken apart: what the grammar reads, and what it would take for a person."""

    plain: str
    purpose: str | None = None
    product: str | None = None
    guarantor: str | None = None


def is_wish(turn: Turn, reading: Reading) -> bool:
    """Say whether a member who records for nobody asks for a loan in these words."""
    here = turn.here
    if here.member is None or may(here.roles, Action.RECORD_LOANS) or reading.rows:
        return False
    may_be = (Intent.LOAN_APPLICATION, Intent.LOAN_REPAYMENT, None)
    return reading.intent in may_be and _WISH.match(reading.text) is not None


def apart(text: str) -> Wish:
    """Take a wish apart: `pinjam 3 juta produk mingguan untuk modal warung, penjamin Budi 500rb`."""
    text, guarantor = _cut(text, _GUARANTOR)
    text, product = _cut(text, _PRODUCT)
    text = _TIMES.sub(r"tenor \1 bulan", text)
    begins = _WISH.match(text)
    at = begins.end() if begins else 0
    rest, purpose = _cut(text[at:], _FOR)
    # Said as the grammar knows it best: "mohon dibantu pinjaman" is "pinjam".
    plain = f"pinjam {rest}" if begins else text
    return Wish(plain=plain, purpose=purpose, product=product, guarantor=guarantor)


def _cut(text: str, pattern: re.Pattern[str]) -> tuple[str, str | None]:
    found = pattern.search(text)
    if found is None:
        return text, None
    said = next(one for one in found.groups() if one)
    return f"{text[: found.start()]} {text[found.end() :]}", one_line(said.strip(" .,;!?"))


async def asked(reading: Reading, turn: Turn) -> Reply:
    """Show the card of the own wish; a wish for somebody else is refused."""
    wish = apart(reading.text)
    directory = await turn.services.directories.of(turn.db, turn.here.cooperative, turn.today)
    plain = grammar.read(wish.plain, today=turn.today, directory=directory)
    if plain.intent is not Intent.LOAN_APPLICATION:
        return await wishes.of_member(reading, turn)
    if _NAMED_FOR.search(reading.text) or _is_person(wish.purpose, directory):
        raise loan_application_slots.OnlyOwnApplication
    purpose = wish.purpose
    if plain.people.kind is PeopleKind.UNKNOWN and not plain.people.members:
        # Behind "pinjam" stands what it is for: pinjam 1 juta sawah.
        purpose = purpose or one_line(plain.people.said)
        plain = replace(plain, people=PeopleReading())
    doubts = tuple(dict.fromkeys((*reading.doubts, *plain.doubts)))
    said = {"purpose": purpose, "product_said": wish.product, "guarantor_said": wish.guarantor}
    extra = {key: value for key, value in said.items() if value}
    return await loan_application.by_member(replace(plain, doubts=doubts), turn, extra)


def _is_person(purpose: str | None, directory: Directory) -> bool:
    """Say whether a loan is for a member: `untuk Budi` is, `untuk beli pupuk Budi` is for pupuk."""
    if not purpose:
        return False
    found = names.find(purpose, directory)
    if found.kind not in (PeopleKind.ONE, PeopleKind.SEVERAL, PeopleKind.MISMATCH):
        return False
    return bool(found.said) and purpose.lower().startswith(found.said.lower().split()[0])
