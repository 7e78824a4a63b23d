"""The whole message: what is wanted, of whom, how much, when; and what makes it doubtful."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bot.understand import dates, intents, rows, words
from bot.understand.directory import Directory
from bot.understand.marks import Label
from bot.understand.readings import (
    AmountKind,
    AmountReading,
    DateKind,
    Intent,
    PeopleKind,
    PeopleReading,
    Reading,
    Row,
    Slot,
)
from bot.understand.sentence import Part, Sentence, look
from bot.understand.tokens import normal

_MARKUP = re.compile(
    r"<[a-zA-Z/!&][^<>\n]{0,200}>|&(?:[a-z]{2,6}|#[0-9]{1,5});|https?:|www\.|t\.me/"
    r"|\[[^\[\]\n]{1,200}\]\(|`|\{\{|\$\{|\\x|;\s{0,3}(?:drop|delete|insert|update|select)\b"
    r"|(?<!\w)(?:\*{1,2}|__?|~{1,2}|\|\|)(?=[^\W\d_])[^*_~|\n]{1,80}(?<=\w)(?:\*{1,2}|__?|~{1,2}|\|\|)(?!\w)",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:^|[\s,(.;])(?:ket|keterangan|catatan|memo|note|berita)\s{0,3}[:=]\s{0,3}", re.IGNORECASE
)
_REASON = re.compile(
    r"\b(?:karena|krn|karna|soalnya|sebab)\s+(.{1,500})", re.IGNORECASE | re.DOTALL
)
_AUDIENCE = re.compile(
    r"^(?:\s|:|,|ke(?:pada)?\b|untuk\b|bahwa\b|semua\b|seluruh\b|para\b|pengurus\b|koperasi\b|anggota\b|kopdes\b|desa\b)*",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/.-]{0,39}")
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
_SHORT_ANSWER = 6  # words
_ANSWERS = (
    ("yes", Intent.YES),
    ("no", Intent.NO),
    ("cancel", Intent.CANCEL),
    ("right", Intent.CONFIRM_RECEIPT),
    ("wrong", Intent.DISPUTE_RECEIPT),
)
_DESCRIBED = frozenset({Intent.EXPENSE, Intent.SALE, Intent.PURCHASE})
_CITES = frozenset(
    {Intent.REVERSAL, Intent.CHECK_RECEIPT, Intent.CONFIRM_RECEIPT, Intent.DISPUTE_RECEIPT}
)


def clear(reading: Reading) -> bool:
    """Whether a reading may be shown as a card at once: everything is said, nothing is in doubt."""
    if reading.doubts or reading.date.kind not in {DateKind.NONE, DateKind.DAY}:
        return False
    if reading.rows:
        return all(_row_clear(row) for row in reading.rows)
    if reading.intent is Intent.REVERSAL:
        return True
    if reading.intent is Intent.ANNOUNCEMENT:
        return bool(reading.note)
    return _row_clear(Row(intent=reading.intent, people=reading.people, amount=reading.amount))


def _row_clear(row: Row) -> bool:
    if row.intent not in intents.RECORDS or row.amount.kind is not AmountKind.EXACT:
        return False
    if row.intent not in intents.NEEDS_MEMBER:
        return True
    own = row.people.kind is PeopleKind.SELF and row.people.exact
    return own or row.people.kind is PeopleKind.ONE


def read(text: str, *, today: date, directory: Directory, expecting: Slot | None = None) -> Reading:
    """Read one message of somebody on a business day.

    `expecting` is the slot the bot has just asked for: a bare answer fills it. A bare number
    below 1,000 stays a question even then.
    """
    plain = normal(text)
    command, rest = _command(plain)
    if command is not None:
        return _commanded(command, rest, text=text, today=today, directory=directory)
    answer = _short_answer(plain)
    if answer is not None:
        return replace(answer, text=text)
    if expecting is Slot.NOTE:
        return Reading(text=text, note=plain.strip() or None)
    if expecting is Slot.DATE and re.fullmatch(r"\s*[0-9]{1,2}\s*", plain):
        return Reading(text=text, date=dates.read(f"tgl {plain}", today))
    announced = _announcement(plain)
    if announced is not None:
        return replace(announced, text=text)
    return _sentence(plain, text=text, today=today, directory=directory, expecting=expecting)


def _command(plain: str) -> tuple[Intent | None, str]:
    stripped = plain.strip()
    if not stripped.startswith("/"):
        return None, ""
    first, _, rest = stripped.partition(" ")
    return intents.COMMANDS.get(first.split("@")[0].split("\n")[0].lower()), rest.strip()


def _commanded(
    command: Intent, rest: str, *, text: str, today: date, directory: Directory
) -> Reading:
    """Read `/saldo Siti`, `/cek 12`, `/catat wajib Siti 50rb`, `/pengumuman ...`."""
    if command is Intent.ANNOUNCEMENT:
        return Reading(text=text, intent=command, intents=(command,), note=rest or None)
    if command in {Intent.START, Intent.CHECK_RECEIPT}:
        return Reading(text=text, intent=command, intents=(command,), reference=rest or None)
    inner = _sentence(rest, text=text, today=today, directory=directory, expecting=None)
    if command is Intent.RECORD and inner.intents:
        return inner
    return replace(inner, intent=command, intents=(command,), rows=(), doubts=())


def _short_answer(plain: str) -> Reading | None:
    """Read a text that is nothing but yes, no, cancel, BENAR, BUKAN or a greeting."""
    pieces = [piece.strip(".,!;:()\"'") for piece in plain.lower().split()]
    said = [
        piece for piece in pieces if piece and any(c.isalnum() or ord(c) > 0x2000 for c in piece)
    ]
    if not said or len(said) > _SHORT_ANSWER + 4:
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
    polite = (
        words.words("intents", "greeting")
        | words.words("intents", "thanks")
        | {"semua", "semuanya"}
    )
    phrases = " ".join(content)
    for entry in sorted(polite, key=lambda e: (-len(e), e)):
        phrases = re.sub(rf"(?<!\S){re.escape(entry)}(?!\S)", " ", phrases)
    if not phrases.strip():
        return Reading(text=plain, intent=Intent.GREETING, intents=(Intent.GREETING,))
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


def _announcement(plain: str) -> Reading | None:
    """Read `umumkan kepada seluruh koperasi: ...`; figures and days in it are only text."""
    start = re.match(
        r"\s*(?:(?:tolong|tlg|mohon|harap|mau|saya|ulun|silakan|bantu)\s+){0,3}", plain
    )
    begin = start.end() if start else 0
    for phrase in sorted(words.words("intents", "announce"), key=lambda e: (-len(e), e)):
        found = re.match(rf"{re.escape(phrase)}(?!\w)", plain[begin:], re.IGNORECASE)
        if found is None:
            continue
        tail = plain[begin + found.end() :]
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


def _sentence(
    plain: str, *, text: str, today: date, directory: Directory, expecting: Slot | None
) -> Reading:
    note_mark = _NOTE.search(plain)
    note = plain[note_mark.end() :].strip() if note_mark else None
    who = expecting is Slot.MEMBER and len(plain.split()) <= _SHORT_ANSWER
    sentence = look(
        plain, today, directory, asked=who, note_from=note_mark.start() if note_mark else None
    )
    whole = sentence.whole
    wanted = whole.intents()
    batch = (
        rows.split(sentence) if not wanted or any(i in intents.RECORDS for i in wanted) else None
    )
    people, amount = whole.people(), whole.amount()
    if (
        who
        and people.kind in {PeopleKind.ONE, PeopleKind.SEVERAL}
        and amount.why in {"bare", "quantity_only"}
    ):
        amount = AmountReading()
    row_list: tuple[Row, ...] = ()
    total: AmountReading | None = None
    if batch is not None:
        wanted = tuple(dict.fromkeys(row.intent for row in batch.rows if row.intent)) or wanted
        total = batch.total
        if len(batch.rows) > 1:
            row_list = batch.rows
            amount = AmountReading()
            people = PeopleReading()
        elif not batch.differs:
            amount = batch.rows[0].amount
    if not wanted and "greeting" in whole.ideas and not whole.amounts:
        wanted = (Intent.GREETING,)
    intent = wanted[0] if len(wanted) == 1 else row_list[0].intent if row_list else None
    reading = Reading(
        text=text,
        intent=intent,
        intents=wanted,
        amount=amount,
        date=sentence.date(),
        period=sentence.period(),
        people=people,
        note=note,
        rows=row_list,
        total=total,
        rest=sentence.rest(),
    )
    reading = _completed(reading, whole)
    return replace(reading, doubts=tuple(_doubts(reading, sentence, batch, text, note_mark)))


def _completed(reading: Reading, whole: Part) -> Reading:
    """Add what belongs to the kind of intent: a note, a receipt's number."""
    intent = reading.intent
    people = reading.people
    if intent in _DESCRIBED and not reading.rows:
        described = reading.note or whole.description() or None
        reading = replace(reading, note=described)
    if intent in intents.RECORDS - intents.NEEDS_MEMBER:
        stranger = people.kind in {PeopleKind.UNKNOWN, PeopleKind.SELF}
        return replace(reading, people=PeopleReading() if stranger else people)
    if intent in _CITES:
        reference = _reference(whole, intent)
        reason = _REASON.search(whole.said())
        named = any(not m.number or m.said[:1].isalpha() for m in whole.mentions)
        if not named or intent is not Intent.REVERSAL or people.kind is PeopleKind.UNKNOWN:
            people = PeopleReading()
        if people.kind is PeopleKind.ONE and any(m.number for m in whole.mentions):
            reference = None  # the number is the member's
        note = reading.note or (reason[1].strip() if reason else None)
        return replace(reading, reference=reference, note=note, people=people)
    return reading


def _reference(whole: Part, intent: Intent | None) -> str | None:
    """Return the receipt's number as written: labelled figures, or any code behind the word."""
    for at, label in enumerate(whole.labels):
        if label is Label.NUMBER and whole.tokens[at].is_number:
            start = whole.tokens[at].start
            text = whole.sentence.text
            while start and re.match(r"[A-Za-z0-9/.-]", text[start - 1]):
                start -= 1
            found = _CODE.match(text, start)
            return found.group().rstrip(".") if found else whole.tokens[at].raw
    if intent is Intent.CHECK_RECEIPT:
        codes = [c for c in _CODE.findall(whole.said()) if any(x.isdigit() for x in c)]
        return codes[-1] if codes else None
    return None


def _doubts(
    reading: Reading,
    sentence: Sentence,
    batch: rows.Batch | None,
    text: str,
    note_mark: re.Match[str] | None,
) -> Iterable[str]:
    """Name every reason why this must not be shown as a card."""
    said = sentence.whole.ideas
    records = [i for i in reading.intents if i in intents.RECORDS]
    if records:
        yield from _unfit(said, sentence)
        ahead = any(sentence.paid_ahead) and records != [Intent.DEPOSIT_MANDATORY]
        if reading.date.kind is DateKind.FUTURE or "not_yet" in said or ahead:
            yield "not_yet"
    if (
        reading.intent is Intent.REVERSAL
        and said & {"miswritten", "correction"}
        and sentence.amounts
    ):
        yield "correction"
    if sentence.cut:
        yield "too_long"
    if batch is not None and batch.differs:
        yield "total_differs"
    needs = any(i in intents.NEEDS_MEMBER for i in records)
    said_here = text if note_mark is None else text[: note_mark.start() + 1]
    if (needs or not reading.intents) and _MARKUP.search(said_here):
        yield "markup"
    if needs and any(m.doubtful for m in sentence.mentions):
        yield "name_or_date"
    lone = reading.intent is Intent.EXPENSE and not reading.rows
    if lone and reading.people.kind is not PeopleKind.NONE and "wages" not in said:
        yield "with_member"


def _unfit(said: frozenset[str], sentence: Sentence) -> Iterable[str]:
    following = zip(sentence.tokens, [*sentence.tokens[1:], None], strict=True)
    wrong = any(t.text == "salah" and (n is None or n.text != "satu") for t, n in following)
    refused = [i for i in sentence.ideas if i.name in {"no", "cancel"}]
    if any(sentence.tokens[i.start].text != "salah" for i in refused):
        yield "negated"
    if wrong or said & {"correction", "miswritten"}:
        yield "correction"
    if "ask" in said or any(token.text == "?" for token in sentence.tokens):
        yield "question"
    if "not_yet" in said and "done" in said:
        yield "question"
