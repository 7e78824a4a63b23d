"""The whole message: what is wanted, of whom, how much, when; and what makes it doubtful."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bot.understand import answers, commands, dates, intents, notes, rows, treasury, unpaid, words
from bot.understand.directory import Directory
from bot.understand.marks import Label
from bot.understand.notes import Note
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
_REASON = re.compile(
    r"\b(?:karena|krn|karna|soalnya|sebab|alasan(?:nya)?)[\s:]+(.{1,500})",
    re.IGNORECASE | re.DOTALL,
)
_WRONG = re.compile(
    r"(?:[,;.:-]|\bterakhir|\btadi|\bbarusan)\s*(salah\s+\w.{0,200}|keliru\b.{0,200})",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/.-]{0,39}")
_TAKEN_BACK = ("no", "cancel", "reverse", "not_yet")  # "catatan: batal" is no mere note
_DESCRIBED = frozenset({Intent.EXPENSE, Intent.SALE, Intent.PURCHASE, *treasury.RECORDS})
_TRADED = frozenset({Intent.SALE, Intent.PURCHASE})  # done, whoever pays later
_REASONED = frozenset({Intent.LOAN_RESTRUCTURING, Intent.LOAN_WRITE_OFF, Intent.LOAN_WITHDRAWAL})
_BY_COUNT = frozenset({Intent.LOAN_APPLICATION, Intent.LOAN_RESTRUCTURING, Intent.SIMULATION})
_CITES = frozenset(
    {
        Intent.REVERSAL,
        Intent.CHECK_RECEIPT,
        Intent.CONFIRM_RECEIPT,
        Intent.DISPUTE_RECEIPT,
        Intent.RECEIPT_PICTURE,
    }
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
    if row.date.kind not in {DateKind.NONE, DateKind.DAY}:
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
    command, rest = commands.split(plain)
    if command is not None:
        return _commanded(command, rest, text=text, today=today, directory=directory)
    answer = answers.short(plain, directory, asked=expecting is not None)
    if answer is not None:
        return replace(answer, text=text)
    if expecting is Slot.NOTE:
        return Reading(text=text, note=plain.strip() or None)
    if expecting is Slot.DATE and re.fullmatch(r"\s*[0-9]{1,2}\s*", plain):
        return Reading(text=text, date=dates.read(f"tgl {plain}", today))
    announced = answers.announcement(plain)
    if announced is not None:
        return replace(announced, text=text)
    return _sentence(plain, text=text, today=today, directory=directory, expecting=expecting)


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


def _look(plain: str, today: date, directory: Directory, *, asked: bool) -> Sentence:
    """Look at a text, and once more without the notes that only their place tells."""
    stated = notes.marked(plain)
    sentence = look(plain, today, directory, asked=asked, notes=stated)
    phrases = frozenset(idea.start for idea in sentence.ideas if idea.end > idea.start + 1)
    more = notes.unmarked(plain, sentence.tokens, list(sentence.labels), phrases)
    wanted = sentence.whole.intents() if more else ()
    if not more or (wanted and not set(wanted) & (intents.RECORDS | {Intent.REVERSAL})):
        return sentence
    return look(plain, today, directory, asked=asked, notes=[*stated, *more])


def _sentence(
    plain: str, *, text: str, today: date, directory: Directory, expecting: Slot | None
) -> Reading:
    who = expecting is Slot.MEMBER and len(plain.split()) <= answers.LONGEST
    sentence = _look(plain, today, directory, asked=who)
    whole = sentence.whole
    wanted = whole.intents()
    recorded = any(i in intents.RECORDS for i in wanted) and not treasury.is_one(wanted)
    batch = rows.split(sentence) if not wanted or recorded else None
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
    if not wanted and not whole.amounts:
        polite = (("thanks", Intent.THANKS), ("greeting", Intent.GREETING))
        wanted = tuple(intent for name, intent in polite if name in whole.ideas)[:1]
    intent = wanted[0] if len(wanted) == 1 else row_list[0].intent if row_list else None
    reading = Reading(
        text=text,
        intent=intent,
        intents=wanted,
        amount=amount,
        date=batch.date if row_list and batch else sentence.date(),
        period=sentence.period(),
        people=people,
        note=_note(batch.notes if row_list and batch else sentence.notes),
        rows=row_list,
        total=total,
        by_bank=all(row.by_bank for row in row_list)
        and whole.by_bank
        and bool(set(wanted) & intents.NEEDS_MEMBER),
        settles="settle" in whole.ideas,
        from_savings="from_savings" in whole.ideas,
        rate=sentence.rate,
        rest=sentence.rest(),
    )
    reading = _completed(reading, whole)
    return replace(reading, doubts=tuple(_doubts(reading, sentence, batch, text)))


def _note(stated: Iterable[Note]) -> str | None:
    return "\n".join(note.text for note in stated) or None


def _completed(reading: Reading, whole: Part) -> Reading:
    """Add what belongs to the kind of intent: a note, a receipt's number."""
    intent = reading.intent
    people = reading.people
    if intent in {Intent.INVITE, Intent.RECEIPT_PICTURE, Intent.CHECK_RECEIPT}:
        reading = replace(reading, amount=AmountReading())  # figures there are no money
    count = reading.period.count
    if count is not None and count < 1 and reading.intents and not set(reading.intents) & _BY_COUNT:
        why = "negative" if count else "zero"
        reading = replace(reading, amount=AmountReading(kind=AmountKind.REFUSE, why=why))
    if intent in _DESCRIBED and not reading.rows:
        described = reading.note or whole.description() or None
        reading = replace(reading, note=described)
    of_nobody = intents.RECORDS - intents.NEEDS_MEMBER
    open_buy = bool(reading.intents) and of_nobody - {Intent.SALE} >= set(reading.intents)
    if intent in of_nobody or open_buy:  # "beli karpet 50rb": no member is called Karpet
        stranger = people.kind in {PeopleKind.UNKNOWN, PeopleKind.SELF}
        return replace(reading, people=PeopleReading() if stranger else people)
    if intent in _REASONED:
        reason = _REASON.search(whole.said())
        return replace(reading, note=reading.note or (reason[1].strip() if reason else None))
    if intent in _CITES:
        reference = _reference(whole, intent)
        reason = _REASON.search(whole.said())
        if reason is None and intent is Intent.REVERSAL:
            reason = _WRONG.search(whole.said())
        named = any(not m.number or m.said[:1].isalpha() for m in whole.mentions)
        asks = intent in {Intent.REVERSAL, Intent.RECEIPT_PICTURE}
        if not named or not asks or people.kind is PeopleKind.UNKNOWN:
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
    if intent in {Intent.CHECK_RECEIPT, Intent.RECEIPT_PICTURE}:
        codes = [c for c in _CODE.findall(whole.said()) if any(x.isdigit() for x in c)]
        return codes[-1] if codes else None
    return None


def _doubts(
    reading: Reading,
    sentence: Sentence,
    batch: rows.Batch | None,
    text: str,
) -> Iterable[str]:
    """Name every reason why this must not be shown as a card."""
    said = sentence.whole.ideas
    records = [i for i in reading.intents if i in intents.RECORDS]
    if records:
        yield from _unfit(said, sentence)
        ahead = any(sentence.paid_ahead) and records != [Intent.DEPOSIT_MANDATORY]
        days = (reading.date, *(row.date for row in reading.rows))
        happened = "not_yet" not in said or (set(records) <= _TRADED and unpaid.alone(text))
        if any(day.kind is DateKind.FUTURE for day in days) or not happened or ahead:
            yield "not_yet"
    if (
        reading.intent is Intent.REVERSAL
        and said & {"miswritten", "correction"}
        and sentence.amounts
    ):
        yield "correction"
    if sentence.cut:
        yield "too_long"
    if batch is not None:
        yield from _unlike(reading, batch)
    needs = any(i in intents.NEEDS_MEMBER for i in records)
    if (needs or not reading.intents) and _marked_up(text, sentence):
        yield "markup"
    if needs and any(m.doubtful for m in sentence.mentions):
        yield "name_or_date"
    lone = reading.intent is Intent.EXPENSE and not reading.rows
    if lone and reading.people.kind is not PeopleKind.NONE and "wages" not in said:
        yield "with_member"


def _unlike(reading: Reading, batch: rows.Batch) -> Iterable[str]:
    if batch.differs:
        yield "total_differs"
    if reading.rows and batch.mixed:
        yield "several_dates"
    if reading.rows and reading.date.kind in {DateKind.ASK, DateKind.REFUSE}:
        yield "unclear_date"


def _marked_up(text: str, sentence: Sentence) -> bool:
    """Whether markup stands around the name or the rest of the sentence; a note may have it."""
    if not sentence.notes:
        return bool(_MARKUP.search(text))
    plain = sentence.text
    raw = text if len(text) == len(plain) else plain  # normal text lacks the backtick
    hidden = raw is plain and "`" in text
    return hidden or any(_MARKUP.search(notes.outside(t, sentence.notes)) for t in (raw, plain))


def _unfit(said: frozenset[str], sentence: Sentence) -> Iterable[str]:
    following = zip(sentence.tokens, [*sentence.tokens[1:], None], strict=True)
    wrong = any(t.text == "salah" and (n is None or n.text != "satu") for t, n in following)
    refused = [i for i in sentence.ideas if i.name in {"no", "cancel"}]
    opening = {note.text.lower().split()[0].strip(".,!") for note in sentence.notes}
    taken_back = opening & frozenset().union(*(words.words("intents", k) for k in _TAKEN_BACK))
    if taken_back or any(sentence.tokens[i.start].text != "salah" for i in refused):
        yield "negated"
    if wrong or said & {"correction", "miswritten"}:
        yield "correction"
    if "ask" in said or any(token.text == "?" for token in sentence.tokens):
        yield "question"
    if "not_yet" in said and "done" in said:
        yield "question"
