"""Texts that are answered as a whole: yes and no, thanks, `batalkan no 26`, an announcement."""

from __future__ import annotations

import re

from bot.understand import words
from bot.understand.directory import Directory, fold
from bot.understand.readings import Intent, Reading

_AUDIENCE = re.compile(
    r"^(?:\s|:|,|ke(?:pada)?\b|untuk\b|bahwa\b|semua\b|seluruh\b|para\b|pengurus\b|koperasi\b|anggota\b|kopdes\b|desa\b)*",
    re.IGNORECASE,
)
_FILLERS = frozenset(
    {
        "dong",
        "deh",
        "lah",
        "saja",
        "aja",
        "nih",
        "min",
        "admin",
        "gan",
        "bos",
        "kok",
        "sih",
        "sudah",
        "saya",
        "itu",
        "sekali",
        "banget",
        "yah",
        "kak",
    }
) | words.words("names", "honorifics")
LONGEST = 6  # words of a short answer
_PLEASE = frozenset(
    {"tolong", "tlg", "mau", "ingin", "mohon", "bantu", "dulu", "kartu", "kartunya"}
)
_POLITE = frozenset(
    {"ya", "tolong", "banyak", "atas", "bantuannya", "bantuan", "dibantu", "infonya", "semua"}
    | {"semuanya", "terima", "kasih", "makasih", "ok", "oke", "siap", "sama", "kembali", "dulu"}
)
_SAVE = frozenset({"simpan", "simpen", "simpankan", "disimpan"})
_REVERSAL = re.compile(
    r"\s*(?:(?:tolong|tlg|mohon|minta|mau|saya|min|bu|pak)\s+){0,3}"
    r"(?:batal(?:kan|in)?|dibatalkan|hapus(?:kan|in)?|anulir)\s+"
    r"(?:(?:transaksi|trx|bukti|catatan|entri|kwitansi|kuitansi|nota|struk)\s+)?"
    r"(?:(?:no|nomor|nomer|nmr)\b\s*\.?\s*)?#?\s*([0-9]{1,9})(?!\w|[.,/-]\w)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"(?:karena|krn|karna|soalnya|sebab)\s+(.{1,500})|(salah\b.{0,500})", re.IGNORECASE | re.DOTALL
)
_ANOTHER = re.compile(
    r"(?:(?:dan|sama|&)\s+)?(?:no\w{0,3}\b\.?\s*)?#?[0-9]{1,9}(?![\w.])", re.IGNORECASE
)
_CODE_CHECK = re.compile(
    r"\s*(?:tolong\s+)?(?:cek|chek|check|periksa)\s+(kode\s+)?(?:bukti\s+)?"
    r"([A-Z0-9]{4})([-\s]?)([A-Z0-9]{4})[\s.!]*",
    re.IGNORECASE,
)
_ANSWERS = (
    ("yes", Intent.YES),
    ("no", Intent.NO),
    ("cancel", Intent.CANCEL),
    ("right", Intent.CONFIRM_RECEIPT),
    ("wrong", Intent.DISPUTE_RECEIPT),
)


def short(plain: str, directory: Directory, *, asked: bool) -> Reading | None:
    """Read a text that is nothing but one command or answer; None when it is more than that.

    `asked` says the bot waits for a slot: `simpan` may be part of the answer then.
    """
    return (
        _reversal(plain)
        or _code_check(plain, directory)
        or _one_word(plain, asked=asked)
        or _short_answer(plain)
    )


def _alone(plain: str, intent: Intent, *, reference: str | None = None) -> Reading:
    return Reading(text=plain, intent=intent, intents=(intent,), reference=reference)


def _reversal(plain: str) -> Reading | None:
    """Read `batalkan no 26`, `hapus bukti #26, salah orang`: a receipt's number, no amount."""
    found = _REVERSAL.match(plain)
    if found is None:
        return None
    tail = plain[found.end() :].strip(" .,;:!?-\n")
    reason = _REASON.match(tail)
    spoken = re.findall(r"[^\W_]+", tail.lower())
    more = _ANOTHER.match(tail)  # the first of several: its card says which
    if not reason and not more and not all(word in _FILLERS | _POLITE for word in spoken):
        return None  # "batalkan transaksi 3 hari lalu", "batalkan 26 ribu Siti"
    note = (reason[1] or reason[2]).strip() if reason else None
    corrected = bool(reason and re.search(r"\d", tail))
    return Reading(
        text=plain,
        intent=Intent.REVERSAL,
        intents=(Intent.REVERSAL,),
        reference=found[1],
        note=note,
        doubts=("correction",) if corrected else (),
    )


def _code_check(plain: str, directory: Directory) -> Reading | None:
    """Read `cek ABCD-2345`, `cek kode ABCD2345`; a member's number or name is none."""
    found = _CODE_CHECK.fullmatch(plain)
    if found is None:
        return None
    first, gap, second = found[2], found[3], found[4]
    if not found[1]:
        digits = any(c.isdigit() for c in first + second)
        member = second.isdigit() and directory.numbered(
            "" if first.isdigit() else first.lower(), int(second)
        )
        known = first.lower() in words.vocabulary() or directory.with_word(fold(first.lower()))
        if member or (gap == " " and known) or not (digits or (gap == "-" and first.isupper())):
            return None
    return _alone(plain, Intent.CHECK_RECEIPT, reference=f"{first}{gap}{second}")


def _spoken(plain: str) -> list[str]:
    pieces = [piece.strip(".,!;:()\"'") for piece in plain.lower().split()]
    return [p for p in pieces if p and any(c.isalnum() or ord(c) > 0x2000 for c in p)]


def _one_word(plain: str, *, asked: bool) -> Reading | None:
    """Read `catat`, `ubah`, `simpan` and thanks that stand alone, politeness apart."""
    said = [piece for piece in _spoken(plain) if not _is_emoji(piece)]
    if not said or len(said) > LONGEST + 4 or "?" in plain:
        return None
    core = [piece for piece in said if piece not in _FILLERS | _PLEASE]
    for name, intent in (("record", Intent.RECORD), ("edit", Intent.EDIT)):
        if core and all(piece in words.words("intents", name) for piece in core):
            return _alone(plain, intent)
    if not asked and (answer := _saved(plain, core)) is not None:
        return answer
    thanked = _without(" ".join(said), words.words("intents", "thanks"))
    if thanked != " ".join(said):
        left = _without(thanked, words.words("intents", "greeting")).split()
        if all(piece in _FILLERS | _POLITE for piece in left):
            return _alone(plain, Intent.THANKS)
    return None


def _saved(plain: str, core: list[str]) -> Reading | None:
    """`simpan` under a card is yes, `jangan simpan` is no."""
    saves = [at for at, piece in enumerate(core) if piece in _SAVE]
    others = [piece for piece in core if piece not in _SAVE]
    if len(saves) != 1:
        return None
    yes, no = (words.words("intents", name) for name in ("yes", "no"))
    if all(piece in yes for piece in others):
        return _alone(plain, Intent.YES)
    refused = len(others) == 1 and others[0] in no and saves == [1] and "," not in plain
    return _alone(plain, Intent.NO) if refused else None


def _without(text: str, entries: frozenset[str]) -> str:
    for entry in sorted(entries, key=lambda e: (-len(e), e)):
        text = re.sub(rf"(?<!\S){re.escape(entry)}(?!\S)", " ", text)
    return text


def _short_answer(plain: str) -> Reading | None:
    """Read a text that is nothing but yes, no, cancel, BENAR, BUKAN or a greeting."""
    said = _spoken(plain)
    if not said or len(said) > LONGEST + 4:
        return None
    phrase = " ".join(said)
    if phrase in words.words("intents", "cancel"):
        both = (Intent.CANCEL, Intent.REVERSAL) if phrase == "batalkan" else (Intent.CANCEL,)
        return Reading(text=plain, intent=Intent.CANCEL, intents=both)
    content = [piece for piece in said if piece not in _FILLERS and not _is_emoji(piece)]
    if not content:
        return None
    found: list[Intent] = []
    for name, intent in _ANSWERS:
        if any(piece in words.words("intents", name) for piece in content):
            found.append(intent)
    known = set().union(*(words.words("intents", name) for name, _ in _ANSWERS))
    if found and all(piece in known or _is_reference(piece) for piece in content):
        return _answer(plain, found, [piece for piece in content if piece not in known])
    polite = words.words("intents", "greeting") | {"semua", "semuanya"}
    if not _without(" ".join(content), polite).strip():
        return _alone(plain, Intent.GREETING)
    return None


def _answer(plain: str, found: list[Intent], others: list[str]) -> Reading | None:
    receipt = [i for i in found if i in {Intent.CONFIRM_RECEIPT, Intent.DISPUTE_RECEIPT}]
    if others and not receipt:
        return None
    yes, no = Intent.YES in found, Intent.NO in found or Intent.CANCEL in found
    if (yes and no) or "?" in plain:
        return Reading(text=plain, intents=tuple(found)) if not others else None
    first = receipt[0] if receipt else Intent.CANCEL if Intent.CANCEL in found else found[0]
    intents_ = tuple(dict.fromkeys((first, *found)))
    return Reading(
        text=plain, intent=first, intents=intents_, reference=others[0] if others else None
    )


def _is_reference(piece: str) -> bool:
    return bool(re.fullmatch(r"[a-z]{0,4}[-/#]?[0-9][0-9a-z/-]{0,20}", piece))


def _is_emoji(piece: str) -> bool:
    return all(ord(c) > 0x2000 for c in piece) and not any(
        piece in words.words("intents", n) for n, _ in _ANSWERS
    )


_HEAD = re.compile(
    r"\s*(?:(?:ke(?:pada)?|untuk|buat|bagi)\s[^:\n]{1,60}?[\s,]\s*)?"
    r"(?:(?:tolong|tlg|mohon|harap|mau|saya|ulun|silakan|bantu)\s+){0,3}",
    re.IGNORECASE,
)


def announcement(plain: str) -> Reading | None:
    """Read `umumkan kepada seluruh koperasi: ...`; figures and days in it are only text.

    Whom it is for may stand before: `kepada semua ketua, mohon diumumkan: ...`.
    """
    for phrase in sorted(words.words("intents", "announce"), key=lambda e: (-len(e), e)):
        found = re.match(rf"{_HEAD.pattern}{re.escape(phrase)}(?!\w)", plain, re.IGNORECASE)
        if found is None:
            continue
        tail = plain[found.end() :]
        head, mark, body = tail.partition(":")
        line_head, line, line_body = tail.partition("\n")
        if line and len(line_head) <= len(head):
            mark, body = line, line_body
            head = line_head
        if not mark or len(head) > 120 or head.count("/") > 1:
            body = tail
        note = _AUDIENCE.sub("", body, count=1) if body is tail else body
        return Reading(
            text=plain,
            intent=Intent.ANNOUNCEMENT,
            intents=(Intent.ANNOUNCEMENT,),
            note=note.strip() or None,
        )
    return None
