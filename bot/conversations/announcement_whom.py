"""Read whom a sentence means: "ke semua ketua di Kukar", "kepada seluruh koperasi", "ke anggota yang menunggak"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.understand.tokens import normal
from core.announcements.audience import Activity, Audience
from core.permissions import Role

ALL_ROLES = tuple(Role)
LATE = ("perhatian", "kurang-lancar", "diragukan", "macet")
_ODD = 50  # characters in a head that are not read: marks nobody sees
_MONTHS = 3  # that "aktif" looks back
_ROLES = {
    "wakil ketua usaha": Role.WAKIL_USAHA,
    "wakil ketua keanggotaan": Role.WAKIL_ANGGOTA,
    "wakil ketua anggota": Role.WAKIL_ANGGOTA,
    "ketua": Role.KETUA,
    "sekretaris": Role.SEKRETARIS,
    "bendahara": Role.BENDAHARA,
    "pengawas": Role.PENGAWAS,
    "pengelola": Role.PENGELOLA,
    "manajer": Role.PENGELOLA,
    "pendamping": Role.PENDAMPING,
}
_NICKNAMES = {
    "kukar": "kutai kartanegara",
    "kubar": "kutai barat",
    "kutim": "kutai timur",
    "ppu": "penajam paser utara",
    "mahulu": "mahakam ulu",
    "kaltim": "kalimantan timur",
}
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "info ya dong nih umumkan pengumuman umumin diumumkan mengumumkan siarkan broadcast kirim buat bikin sampaikan "
        "beritahukan beri tahu beritahu kabarkan infokan informasikan tolong tlg mohon harap mau saya "
        "ulun silakan bantu ke kepada untuk bagi semua seluruh para setiap tiap yang yg di dan serta se "
        "kab kabupaten kota provinsi kecuali bahwa agar supaya kami kita orang semuanya koperasi kopdes "
        "pengurus anggota warga masyarakat desa kelurahan merah putih kdmp kkmp wilayah daerah belum "
        "sudah aktif menunggak nunggak macet lancar tidak ",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whom a sentence means, and what of it could not be read."""

    audience: Audience
    regions: tuple[str, ...]  # codes it names
    places: bool  # it speaks of regions or of all cooperatives
    unit: bool  # it speaks of a unit: announcing to one is not there yet
    unread: str  # words that name something else: a cooperative, a village


def head_of(text: str, note: str | None) -> str:
    """Return what stands before the text that is announced."""
    found = text.rfind(note) if note else -1
    return text if found < 0 else text[:found]


def as_written(text: str, head: str, note: str | None) -> str | None:
    """Return the text that is announced as it was typed: what is read was smoothed and cut to a length.

    `head` is what stands before it in the text as it is read.
    """
    if not note:
        return None
    most = min(len(text), 2 * len(head) + _ODD)
    ends = next((n for n in range(most) if len(normal(text[:n])) >= len(head)), most)
    return text[ends:].strip()


def read(head: str, regions: Mapping[str, str], *, default: Audience) -> Whom:
    """Read a sentence's head; `regions` are codes and names, `default` is meant when it names nobody."""
    words = " ".join(re.findall(r"\w+", head.lower()))
    for nickname, name in _NICKNAMES.items():
        words = re.sub(rf"\b{nickname}\b", name, words)
    named, words = _take_regions(words, regions)
    roles, words = _take_roles(words)
    unit = re.search(r"\b(unit|gerai|toko)\b", words) is not None
    members = re.search(r"\b(anggota|warga|masyarakat)\b", words) is not None
    everybody = re.search(r"\b(semua orang|semuanya)\b", words) is not None
    officers = re.search(r"\b(pengurus|koperasi|kopdes)\b", words) is not None and not members
    left = [word for word in words.split() if word not in _SMALL and not word.isdigit()]
    audience = default
    if everybody or (re.search(r"\bpengurus\b", words) and members):
        audience = default.of_offices(*ALL_ROLES, members=True)
    elif roles:
        audience = default.of_offices(*roles, members=members)
    elif members:
        audience = default.of_members()
    elif officers:
        audience = default.of_offices(*ALL_ROLES)
    if members and not roles and not everybody:
        audience = _narrowed(audience, words)
    return Whom(
        audience=audience,
        regions=named,
        places=bool(named)
        or re.search(r"\b(semua|seluruh)\s+(koperasi|kopdes)\b", words) is not None,
        unit=unit,
        unread="" if unit else " ".join(left)[:60],
    )


def _narrowed(audience: Audience, words: str) -> Audience:
    if re.search(r"\b(menunggak|nunggak|macet|tidak lancar)\b", words):
        return audience.of_members(classes=LATE)
    if re.search(r"\baktif\b", words) and not re.search(r"\btidak aktif\b", words):
        return audience.of_members(activity=Activity.RECORDED, months=_MONTHS)
    return audience


def _take_regions(words: str, regions: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    found = []
    for code, name in sorted(regions.items(), key=lambda one: -len(one[1])):
        plain = plain_region(name)
        if re.search(rf"\b{re.escape(plain)}\b", words):
            found.append(code)
            words = re.sub(rf"\b{re.escape(plain)}\b", " ", words)
    return tuple(found), words


def _take_roles(words: str) -> tuple[tuple[Role, ...], str]:
    found: list[Role] = []
    for name, role in _ROLES.items():
        if re.search(rf"\b{name}\b", words):
            found.append(role)
            words = re.sub(rf"\b{name}\b", " ", words)
    return tuple(dict.fromkeys(found)), words


def plain_region(name: str) -> str:
    """Name a region as people do: without Kabupaten and Kota."""
    return re.sub(r"^(kabupaten|kota|provinsi)\s+", "", name.lower())


def narrowest(codes: Iterable[str]) -> str | None:
    """Return the one region that is meant, when a sentence names one (a province beside its kabupaten: that)."""
    longest = sorted(codes, key=len)
    return longest[-1] if longest else None
