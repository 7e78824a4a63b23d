"""Read whom a sentence means: "ke semua ketua di Kukar", "kepada seluruh koperasi", "ke anggota yang menunggak".

Every word is accounted for: what is not understood is named, so that it is asked and nobody is told who was not meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from bot.understand import words as vocabulary
from bot.understand.tokens import normal
from core.announcements.audience import LONGEST, Activity, Audience, below
from core.permissions import Role

ALL_ROLES = tuple(Role)
CODE = re.compile(r"\b\d{2}-\d{3,6}\b")  # of a cooperative
LATE = ("perhatian", "kurang-lancar", "diragukan", "macet")
MONTHS = 3  # that "aktif" looks back, when it is not said
_LONGEST_HEAD = 140  # characters before the colon
_MOST_WORDS = 12  # of a head without a colon
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
_TO = frozenset({"ke", "kepada", "untuk", "bagi"})
_JOINING = _TO | frozenset(
    re.findall(r"\w+", "di dan serta yang yg se dari kab kabupaten kota provinsi")
)
_OF_A_NAME = frozenset(
    re.findall(r"\w+", "desa kelurahan merah putih kdmp kkmp koperasi kopdes wilayah daerah")
)
_SMALL = (
    _JOINING
    | _OF_A_NAME
    | frozenset(
        re.findall(
            r"\w+",
            "anggota warga masyarakat pengurus semua seluruh para setiap tiap bahwa agar supaya kami kita "
            "hanya khusus saja aja segera sekarang pak bu bapak ibu info ya dong nih",
        )
    )
)
_EXCEPT = re.compile(
    r"\b(?:kecuali|selain|bukan|tanpa|atau|unit|gerai|toko|"
    r"(?:tidak|tak|tdk|nggak|gak|belum|blm|kurang)(?! (?:aktif|lancar)\b)|belum aktif|kurang aktif)\b.*"
)
_MONTH = (
    r"(?:januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember|"
    r"jan|feb|mar|apr|jun|jul|agu|ags|sep|okt|nov|des)"
)
_WHEN = re.compile(
    r"\b(?:pada )?(?:(?:hari |malam )?(?:senin|selasa|rabu|kamis|jumat|jum at|sabtu|ahad|minggu)(?: depan| ini)?|"
    r"hari ini|besok|lusa|nanti|(?:tanggal|tgl) \d{1,2}(?: (?:\d{1,2}\b|"
    + _MONTH
    + r"))?(?: \d{4})?|"
    r"\d{1,2} " + _MONTH + r"(?: \d{4})?|(?:jam|pukul|pkl) \d{1,2}(?: \d{2}\b)?|bulan depan|"
    r"pagi|siang|sore|malam|wita|wib|wit)\b"
)
_ACTIVE = {
    r"(?:tidak|tak|tdk|nggak|gak) aktif|nonaktif|pasif": Activity.IDLE,
    r"(?:masih )?aktif|bertransaksi": Activity.RECORDED,
    r"(?:sudah )?(?:membayar|bayar) (?:simpanan )?wajib": Activity.WAJIB,
}
_LAST_MONTHS = r"(?: (?:dalam |selama )?(\d{1,3}) bulan(?: terakhir| ini)?)?"
_LOANS = r"\b(?:(?:dengan )?(?:pinjaman|kredit|angsuran)(?:nya)? )?(?:yang )?"
_CLASSES = {
    r"menunggak|nunggak|tidak lancar": LATE,
    r"kurang lancar": ("kurang-lancar",),
    r"diragukan": ("diragukan",),
    r"macet": ("macet",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whom a sentence means, and what of it could not be read."""

    audience: Audience | None  # of no place yet; none: it does not say who
    regions: tuple[str, ...]  # codes of regions it names
    codes: tuple[str, ...]  # codes of cooperatives
    places: bool  # it speaks of other places than the own: of regions, or of all cooperatives
    unread: str  # words that were not understood: a cooperative's name, a person's, an exception
    unclear: bool  # they cannot be a cooperative's name
    cooperative: bool  # it speaks of a cooperative or a village
    at: str  # a time for sending

    @property
    def named(self) -> bool:
        """Whether it says who, or where."""
        return self.audience is not None or self.places or bool(self.codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An announcement as it was typed: whom it is for and its text."""

    whom: Whom
    text: str | None


def split(typed: str, regions: Mapping[str, str]) -> Said:
    """Part a sentence into whom it is for and its text: at the colon, else where the audience ends.

    Where that is not certain, the words of doubt are the unread ones.
    """
    verb = _verb().match(typed)
    if verb is None:
        typed = normal(typed)  # Marks nobody sees stand in the verb.
        verb = _verb().match(typed)
    rest = typed[verb.end() :].lstrip(" \t") if verb else typed
    told = verb is not None and _words(verb[1]).endswith((" ke", " kepada", "tahu", " semua"))
    mark = re.search(r"\n|(?<![0-9])[:：](?!//)|[:：](?!//|[0-9])", rest)
    head = rest[: mark.start()] if mark else ""
    if mark is None or len(head) > _LONGEST_HEAD or re.search(r"[.!?;]\s", head):
        return _unmarked(rest.strip(), regions, told=told)
    text = rest[mark.end() :].strip() or None
    if verb is None:  # "kepada semua ketua, mohon diumumkan: …"
        head = _inside().sub(" ", head)
    whom = read(head, regions)
    of_people = told or _words(head).partition(" ")[0] in _TO
    if whom.unread and not whom.named and not of_people:
        text = rest.strip()  # "umumkan penting: besok libur": it says nobody.
    elif not whom.named and not whom.unread and of_people:
        whom = _doubted(whom, head)
    return Said(whom=whom, text=text)


def says_more(typed: str) -> bool:
    """Say whether more than "umumkan" was typed: a text, or whom it is for."""
    verb = _verb().match(typed)
    return verb is not None and bool(re.search(r"\w", typed[verb.end() :]))


_POLITELY = r"(?:(?:tolong|tlg|mohon|harap|mau|saya|ulun|silakan|bantu)\s+){0,3}"


@cache
def _spoken() -> str:
    verbs = sorted(vocabulary.words("intents", "announce"), key=lambda one: (-len(one), one))
    return "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in verbs)


@cache
def _verb() -> re.Pattern[str]:
    return re.compile(rf"\s*{_POLITELY}(/?(?:{_spoken()})(?:@\w+)?)(?!\w)", re.IGNORECASE)


@cache
def _inside() -> re.Pattern[str]:
    return re.compile(rf"\b{_POLITELY}(?:{_spoken()})(?!\w)", re.IGNORECASE)


def _unmarked(typed: str, regions: Mapping[str, str], *, told: bool) -> Said:
    tokens = list(re.finditer(r"\S+", typed))
    if not told and _words(typed).partition(" ")[0] not in _TO:
        return Said(whom=read("", regions), text=typed or None)
    ends = 0
    for count, token in enumerate(tokens[:_MOST_WORDS], 1):
        found = read(typed[: token.end()], regions)
        if not found.unread and not found.at:
            ends = count
    head = typed[: tokens[ends - 1].end()] if ends else ""
    text = typed[len(head) :].strip(" ,") or None
    whom = read(head, regions)
    next_words = _words(text or "")
    of_all = re.search(r"\b(?:semua|seluruh) (?:koperasi|kopdes)$", _words(head))
    last = _words(head).rpartition(" ")[2]
    open_ended = last in _JOINING or (last in _OF_A_NAME and not of_all)
    if not whom.named or (text and (open_ended or _EXCEPT.match(next_words))):
        whom = _doubted(whom, " ".join(next_words.split()[:4]) or head)
    return Said(whom=whom, text=text)


def _doubted(whom: Whom, said: str) -> Whom:
    return replace(whom, unread=" ".join(said.split())[:60], unclear=True)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", normal(text).lower()))


def read(head: str, regions: Mapping[str, str]) -> Whom:
    """Read what stands before the text; `regions` are codes and names."""
    plain = normal(head).lower()
    codes = tuple(dict.fromkeys(CODE.findall(plain)))
    words = _words(CODE.sub(" ", plain))
    for nickname, name in _NICKNAMES.items():
        words = re.sub(rf"\b{nickname}\b", name, words)
    excepted = _EXCEPT.search(words)
    words = words[: excepted.start()] if excepted else words
    at = " ".join(found[0] for found in _WHEN.finditer(words))
    words = _WHEN.sub(" ", words)
    named, words = _take_regions(words, regions)
    roles, words = _take_roles(words)
    audience, words, odd = _people(roles, words)
    left = [word for word in words.split() if word not in _SMALL]
    unread = " ".join((*left, *odd, excepted[0] if excepted else ""))
    all_of_them = re.search(r"\b(semua|seluruh)\s+(koperasi|kopdes)\b", words) is not None
    return Whom(
        audience=audience,
        regions=named,
        codes=codes,
        places=bool(named) or all_of_them,
        unread=unread.strip()[:60],
        unclear=bool(excepted or odd),
        cooperative=bool(codes) or bool(_OF_A_NAME & set(words.split())),
        at=at,
    )


def places(said: str, regions: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """Find the regions that a sentence names, by nickname too, and return its other words."""
    words = _words(said)
    for nickname, name in _NICKNAMES.items():
        words = re.sub(rf"\b{nickname}\b", name, words)
    return _take_regions(words, regions)


def _people(roles: tuple[Role, ...], words: str) -> tuple[Audience | None, str, list[str]]:
    """Say who is meant, what is left of the words, and which of them fit nobody."""
    everybody = re.search(r"\b(semua orang|semuanya)\b", words)
    words = re.sub(r"\b(semua orang|semuanya)\b", " ", words)
    officers = re.search(r"\bpengurus\b", words) is not None
    members = re.search(r"\b(anggota|warga|masyarakat)\b", words) is not None
    activity, months, words = _take_activity(words)
    classes, words = _take_classes(words)
    odd = ["pengurus"] if roles and officers else []
    if months > LONGEST or (activity and not months):
        activity, odd = None, [*odd, f"{months} bulan"]
    if (activity or classes) and (roles or officers or everybody):
        odd, activity, classes = [*odd, "aktif" if activity else "menunggak"], None, ()
    if everybody or (officers and members):
        return Audience(members=True, roles=ALL_ROLES), words, odd
    if roles:
        return Audience(members=members, roles=roles), words, odd
    if activity or classes:
        months = months if activity else 0
        found = Audience(members=True, activity=activity, months=months, classes=classes)
        stray = [] if members or not re.search(r"\b(koperasi|kopdes)\b", words) else ["koperasi"]
        return (
            found,
            words,
            odd + stray,
        )  # Members may be idle, and cooperatives: it must be said which.
    if members:
        return Audience(members=True), words, odd
    if officers or re.search(r"\b(koperasi|kopdes)\b", words):
        return Audience(roles=ALL_ROLES), words, odd
    return None, words, odd


def _take_activity(words: str) -> tuple[Activity | None, int, str]:
    for pattern, activity in _ACTIVE.items():
        found = re.search(rf"\b(?:{pattern})\b{_LAST_MONTHS}", words)
        if found:
            months = MONTHS if found[1] is None else int(found[1])
            return activity, months, f"{words[: found.start()]} {words[found.end() :]}"
    return None, 0, words


def _take_classes(words: str) -> tuple[tuple[str, ...], str]:
    for pattern, classes in _CLASSES.items():
        found = re.search(rf"{_LOANS}(?:{pattern})\b", words)
        if found:
            return classes, f"{words[: found.start()]} {words[found.end() :]}"
    return (), words


def _take_regions(words: str, regions: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    found = []
    for code, name in sorted(regions.items(), key=lambda one: -len(one[1])):
        plain = plain_region(name)
        if re.search(rf"\b{re.escape(plain)}\b", words):
            found.append(code)
            words = re.sub(rf"\b{re.escape(plain)}\b", " ", words)
    return _meant(found), words


def _meant(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the regions that are meant: of a province beside its kabupaten, the kabupaten."""
    named = sorted(codes)
    return tuple(
        one for one in named if not any(other != one and below(other, one) for other in named)
    )


def _take_roles(words: str) -> tuple[tuple[Role, ...], str]:
    found: list[Role] = []
    for name, role in _ROLES.items():
        if re.search(rf"\b{name}\b", words):
            found.append(role)
            words = re.sub(rf"\b{name}\b", " ", words)
    return tuple(dict.fromkeys(found)), words


def codes_in(said: str) -> tuple[str, ...]:
    """Return the codes of cooperatives that an answer consists of; none when it says anything else."""
    return () if name_of(CODE.sub(" ", said)) else tuple(dict.fromkeys(CODE.findall(said)))


def plain_region(name: str) -> str:
    """Name a region as people do: without Kabupaten and Kota."""
    return re.sub(r"^(kabupaten|kota|provinsi)\s+", "", name.lower())


def name_of(cooperative: str) -> str:
    """Name a cooperative by the words that are its own: "Koperasi Desa Merah Putih Tanjung Batu" by the last two."""
    return " ".join(word for word in _words(cooperative).split() if word not in _SMALL)
