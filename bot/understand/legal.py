"""Sentences about legal documents and the annual meeting: "NIB 1234567890123 terbit 3 mei 2025", "kuorum 40 dari 73"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.understand import dates
from core.documents import Document, Kind
from core.meetings import Meeting

_KINDS: tuple[tuple[str, Kind], ...] = (
    (r"npak|akta(?:\s+(?:pendirian|notaris|koperasi))?(?:\s+npak)?", Kind.DEED),
    (r"sk(?:\s+(?:pengesahan|ahu(?!-)|kemenkumham|badan\s+hukum))?|badan\s+hukum", Kind.DECREE),
    (r"nik(?:\s+koperasi)?|nomor\s+induk\s+koperasi", Kind.NIK),
    (r"npwp(?:\s+koperasi)?", Kind.NPWP),
    (r"rekening(?:\s+(?:bank|koperasi|bri|bpd|mandiri|bni|btn|bsi|kaltimtara))*", Kind.ACCOUNT),
    (r"nib(?:\s+koperasi)?", Kind.NIB),
    (r"izin(?:\s+usaha)?", Kind.PERMIT),
)
_PERMITS = {"usp": "simpan pinjam", "ksp": "simpan pinjam", "sp": "simpan pinjam"}
KINDS = "|".join(f"(?P<{kind.value}>{words})" for words, kind in _KINDS)
_UNTIL = r"(?:berlaku\s+)?(?:sampai|s/d|hingga|sd)|berakhir|kedaluwarsa|kadaluarsa"
_FROM = r"terbit|tertanggal|tanggal|tgl"
_DOCUMENT = re.compile(
    rf"\s*(?:catat\s+|simpan\s+|dokumen\s+)?(?:{KINDS})\s*(?:nomor|no\.?|:)*\s*(?P<number>(?:(?!\s(?:{_FROM}|{_UNTIL})\s)[\w./ -]){{1,60}}?)"
    rf"(?:[\s,;]+(?:{_FROM})\s+(?P<issued>(?!berlaku)[\w ./-]{{5,25}}?))?"
    rf"(?:[\s,;]+(?:{_UNTIL})\s+(?P<expires>[\w ./-]{{5,25}}?))?[\s.!]*",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\s*/?(?:daftar\s+|cek\s+|lihat\s+|kelengkapan\s+)?(?:dokumen|legalitas|dokumen\s+legal)"
    r"(?:\s+(?:koperasi|legal|kita|apa\s+yang\s+kurang))?[\s?.!]*",
    re.IGNORECASE,
)
_LACKING = frozenset(  # words of "dokumen koperasi apa yg belum lengkap?"
    {
        "ada", "apa", "aja", "belum", "blm", "cek", "daftar", "dilengkapi", "dimiliki", "dokumen", "harus",
        "hilang", "ini", "itu", "kami", "kelengkapan", "kita", "koperasi", "kurang", "legal", "legalitas",
        "lengkap", "lihat", "mana", "masih", "perlu", "saja", "sudah", "sdh", "untuk", "ya", "yang", "yg",
    }
)  # fmt: skip
_QUORUM = re.compile(
    r"\s*/?(?:cek\s+|berapa\s+|brp\s+|hitung\s+)*kuorum(?:nya)?(?:\s+(?:untuk\s+)?(?:rapat(?:\s+anggota)?(?:\s+tahunan)?|rat)(?:nya)?)?(?:\s+(?:berapa|brp|brapa|barapa))?(?:\s+(?:hadir\s+)?(?P<present>\d{1,6})(?:\s+(?:orang|anggota))?"
    r"(?:(?:\s+dari\s+|\s*/\s*)(?P<members>\d{1,6}))?)?(?:\s+(?:orang|anggota))?[\s?.!]*",
    re.IGNORECASE,
)
_MEETING = re.compile(
    r"\s*/?(?:kapan\s+|jadwal\s+|batas\s+)?(?:rapat\s+anggota(?:\s+tahunan)?|rat)(?:\s+(?:kapan|koperasi))?[\s?.!]*",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"\s*(?:catat\s+)?(?:rapat\s+anggota(?:\s+tahunan)?|rat)\b(?P<second>\s+kedua)?\s*(?:tahun\s+)?(?:buku\s+)?"
    r"(?P<year>20\d\d)?\b(?P<rest>.*hadir.*)",
    re.IGNORECASE | re.DOTALL,
)
_PRESENT = re.compile(
    r"\b(?:di)?hadir(?:i)?\s*:?\s*(?P<after>\d{1,6})(?:\s+(?:orang|anggota))?"
    r"|\b(?P<before>\d{1,6})\s+(?:orang\s+|anggota\s+)?hadir(?!i?\s*:?\s*\d)",
    re.IGNORECASE,
)
_MINUTES = re.compile(
    r"(?:nomor\s+|no\.?\s*)?(?:berita\s+acara|ba)\b(?:\s+rat)?(?:\s+(?:nomor|no\.?))?[\s:]*(?P<number>[\w./-]{1,60})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """A question for the quorum; of whom nobody said how many there are, the book's members."""

    present: int | None
    members: int | None


def asks_documents(text: str) -> bool:
    """Whether the list of documents is asked for."""
    if _LIST.fullmatch(text):
        return True
    said = text.lower().rstrip(" ?!.").split()
    named = not {"dokumen", "legalitas"}.isdisjoint(said)
    return named and len(said) > 1 and _LACKING.issuperset(said)


def asks_meeting(text: str) -> bool:
    """Whether it is asked when the annual meeting is due."""
    return _MEETING.fullmatch(text) is not None


def quorum(text: str) -> Quorum | None:
    """Read a question for the quorum."""
    said = _QUORUM.fullmatch(text)
    if said is None:
        return None
    number = {name: int(value) if value else None for name, value in said.groupdict().items()}
    return Quorum(present=number["present"], members=number["members"])


def document(text: str, today: date) -> Document | None:
    """Read a document with its number and days; nothing when it is none, or a day cannot be read."""
    said = _DOCUMENT.fullmatch(text)
    if said is None:
        return None
    days = [_day(said[name], today) for name in ("issued", "expires")]
    if any(said[name] and not day for name, day in zip(("issued", "expires"), days, strict=True)):
        return None
    kind, number, permit = kind_of(said), said["number"], ""
    if kind is Kind.PERMIT:
        number, permit = _permitted(number)
    named = f"{said[kind.value]} {permit}".strip()
    if not _is_number(kind, named, number, dated=days[0] is not None):
        return None
    return Document(kind=kind, number=number, permit=permit, issued_on=days[0], expires_on=days[1])


def kind_of(said: re.Match[str]) -> Kind:
    """Return the kind whose words were found."""
    return next(kind for _, kind in _KINDS if said[kind.value])


def _permitted(said: str) -> tuple[str, str]:
    """Part "apotek no 503/12" into the number and what is permitted."""
    words = said.split()
    begins = next((n for n, word in enumerate(words) if re.search(r"\d", word)), len(words))
    named = [word for word in words[:begins] if word.lower().strip(".:") not in ("no", "nomor")]
    return " ".join(words[begins:]), permit(" ".join(named))


def permit(said: str) -> str:
    """Return what a permit is for, as it is called here."""
    named = " ".join(said.lower().split())
    return _PERMITS.get(named, named)


def _is_number(kind: Kind, named: str, number: str, *, dated: bool) -> bool:
    """Whether it is a document that is named: money, a person's NIK and a day off are spoken of alike."""
    digits = sum(map(str.isdigit, number))
    if kind is Kind.DECREE:
        return "AHU" in number.upper() or (" " in named and digits >= 4)
    if kind is Kind.NIK:
        return digits == 13 or (" " in named and digits >= 4)
    if kind is Kind.ACCOUNT:
        return digits >= 8
    if kind is Kind.PERMIT:
        return digits >= 4 and (" " in named or "/" in number)
    return digits >= 4 or (kind is Kind.DEED and dated and digits > 0)


def meeting(text: str, today: date) -> Meeting | None:
    """Read that a meeting was held; minutes stay empty when they are not named. Today, where no day is said."""
    said = _HELD.fullmatch(text)
    if said is None:
        return None
    rest = said["rest"]
    minutes = _MINUTES.search(rest)
    rest = rest.replace(minutes[0], " ") if minutes else rest
    present = _PRESENT.search(rest)
    if present is None:
        return None
    rest = rest.replace(present[0], " ")
    held = dates.read(rest, today).day or today
    return Meeting(
        year=int(said["year"]) if said["year"] else held.year - 1,
        held_on=held,
        present=int(present["after"] or present["before"]),
        minutes=minutes["number"].rstrip(".") if minutes else "",
        second=bool(said["second"]),
    )


def _day(said: str | None, today: date) -> date | None:
    return dates.read(f"tanggal {said}", today).day if said else None
