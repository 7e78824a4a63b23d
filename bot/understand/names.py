"""Who is meant: names with titles, spellings and slips of the pen, looked up in one directory.

A name fits a member when every word of it is one of the member's. Exactly one fitting member is
`one`; a shared name, a name with a word that nobody has, a title alone are questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.understand import atoms, ideas, strangers, words
from bot.understand.directory import Directory, fold
from bot.understand.marks import Label, Labels, mark
from bot.understand.mentioned import Mention, Strength, settle
from bot.understand.readings import PeopleReading
from bot.understand.strangers import is_strange
from bot.understand.tokens import Token, normal, split

_FUZZY_WORDS = 12  # words per message that are looked up with one slip

_HONORIFICS = words.words("names", "honorifics")
_CONNECTING = words.words("names", "connecting")
_JOINING = frozenset(
    {"dan", "&", "sama", "n", "dgn", "dengan", "serta", "+", "/", ",", "karo", "wan", "lawan"}
)
_CALENDAR = frozenset(
    {
        *words.numbers("dates", "weekdays"),
        *words.numbers("dates", "months"),
        *words.numbers("dates", "short_months"),
    }
)
_CALENDAR_BEFORE = frozenset(
    {"hari", "hr", "bulan", "bln", "tgl", "tanggal", "malam", "mlm", "suka", "-"}
)
_PARTS = frozenset({"\n", ",", ";", "dan", "&", "+", "serta"})
_CALENDAR_AFTER = frozenset({"lalu", "depan", "ini", "kemarin", "kmrn", "tgl", "-"})


def find(text: str, directory: Directory) -> PeopleReading:
    """Read who is meant by a text that is, or contains, a name or number."""
    plain = normal(text)
    tokens = split(plain)
    labels = mark(tokens, plain)
    found = mentions(tokens, labels, directory, asked=True)
    return settle(found, directory) if found else strangers.others(tokens, labels, directory)


def mentions(
    tokens: Sequence[Token], labels: Labels, directory: Directory, *, asked: bool = False
) -> list[Mention]:
    """Find every name and number of a member, and label their tokens.

    `asked` says the text answers "who?": everyday words count as names, figures as numbers.
    """
    finder = _Finder(tokens, labels, directory, asked=asked)
    return finder.numbers() + finder.names()


@dataclass(slots=True)
class _Hit:
    at: int
    fits: frozenset[int]
    strength: Strength
    literal: bool


class _Finder:
    def __init__(
        self, tokens: Sequence[Token], labels: Labels, directory: Directory, *, asked: bool
    ) -> None:
        self.tokens = tokens
        self.labels = labels
        self.directory = directory
        self.asked = asked
        self.fuzzy_left = _FUZZY_WORDS

    def free(self, at: int) -> Token | None:
        if 0 <= at < len(self.tokens) and self.labels[at] is Label.FREE:
            return self.tokens[at]
        return None

    def numbers(self) -> list[Mention]:
        """Find member numbers: labelled ones, and `A 12` where the letters are the book's."""
        found: list[Mention] = []
        for at, token in enumerate(self.tokens):
            if not token.is_number or not token.text.isdigit():
                continue
            letters = self._letters(at)
            labelled = self.labels[at] is Label.NUMBER
            answer = self.asked and len(self.tokens) == 1
            if len(token.text) > 9 or not (
                labelled or answer or (letters and self._known(letters, at))
            ):
                continue
            fits = self.directory.numbered(letters, int(token.text))
            start = at
            while letters and self.tokens[start].text != letters:
                start -= 1
            self.labels[start : at + 1] = [Label.NUMBER] * (at + 1 - start)
            said = "".join(t.raw for t in self.tokens[start : at + 1])
            found.append(
                Mention(
                    start=start,
                    end=at + 1,
                    fits=fits,
                    strength=Strength.LITERAL,
                    exact=True,
                    number=True,
                    beside=self._beside(start, at + 1, capital=True),
                    said=said,
                )
            )
        return found

    def _letters(self, at: int) -> str:
        back = at - 1
        if back >= 1 and self.tokens[back].text in {"-", ".", "/"}:
            back -= 1
        if back < 0 or not self.tokens[back].is_word or len(self.tokens[back].text) > 4:
            return ""
        word = self.tokens[back].text
        return word if self._is_prefix(word) or self.labels[back] is Label.NUMBER else ""

    def _is_prefix(self, word: str) -> bool:
        return word not in {"no", "rp"} and self.directory.numbered_prefix(word)

    def _known(self, letters: str, at: int) -> bool:
        after = self.free(at + 1)
        if self.labels[at] is not Label.FREE or (after is not None and atoms.unit(after.text)[0]):
            return False
        return bool(self.directory.numbered(letters, int(self.tokens[at].text)))

    def names(self) -> list[Mention]:
        """Find the names: runs of words that one member's name has."""
        found: list[Mention] = []
        run: list[_Hit] = []
        for at in range(len(self.tokens)):
            hit = self._hit(at, run)
            if hit is None:
                if run and not self._bridges(at):
                    self._close(run, found)
                    run = []
                continue
            if run and (not run[-1].fits & hit.fits or self._repeats(run, hit)):
                if hit.strength is Strength.FUZZY:
                    continue
                self._close(run, found)
                run = []
            if run:
                hit.fits &= run[-1].fits
            run.append(hit)
        if run:
            self._close(run, found)
        return self._chosen(found)

    def _repeats(self, run: Sequence[_Hit], hit: _Hit) -> bool:
        word = fold(self.tokens[hit.at].text)
        return any(fold(self.tokens[other.at].text) == word for other in run)

    def _bridges(self, at: int) -> bool:
        """Whether a token may stand inside a name: `bin`, an initial and its point, a title."""
        token = self.tokens[at]
        if token.text in _CONNECTING or token.text == "." or token.text in _HONORIFICS:
            return True
        return token.is_word and len(token.text) == 1

    def _hit(self, at: int, run: Sequence[_Hit]) -> _Hit | None:
        token = self.free(at)
        if token is None or not token.is_word:
            return None
        word = token.text
        everyday = word in words.vocabulary()
        if len(word) == 1 and not (word == "m" and at + 1 < len(self.tokens)):
            return None
        literal = self.directory.is_written(word)
        fits = self.directory.with_word(fold(word))
        if fits and word in _HONORIFICS:
            fits = self._called_so(at, fits)
        if fits and everyday and not literal:
            return None
        if fits:
            weak = everyday and not self.asked
            strength = Strength.WEAK if weak else Strength.LITERAL if literal else Strength.FOLDED
            return _Hit(at=at, fits=fits, strength=strength, literal=literal)
        if everyday or len(word) < 4 or self.fuzzy_left <= 0 or ideas.of_word(word):
            return None
        self.fuzzy_left -= 1
        fits = self.directory.like_word(fold(word))
        if not fits or (len(word) == 4 and not run):
            return None
        return _Hit(at=at, fits=fits, strength=Strength.FUZZY, literal=False)

    def _called_so(self, at: int, fits: frozenset[int]) -> frozenset[int]:
        """Keep whom a title is the very name of: `Galuh`, `Bu Bendahara`, not the Bu of `Bu Rusmini`."""
        if self.asked and len(self.tokens) == 1:
            return fits
        before, after = self.free(at - 1), self.free(at + 1)
        if after is not None and after.text == ".":
            after = self.free(at + 2)
        near = {token.text for token in (before, after) if token is not None}
        own = frozenset(i for i in fits if near & set(self.directory.literal(i)))
        if own or (after and after.is_word and self.directory.with_word(fold(after.text))):
            return own
        return frozenset(i for i in fits if len(self.directory.literal(i)) == 1)

    def _close(self, run: Sequence[_Hit], found: list[Mention]) -> None:
        """Turn a run of words into a mention."""
        start, end = run[0].at, run[-1].at + 1
        fits = run[-1].fits
        by_father = False
        if len(run) == 1:
            word = fold(self.tokens[start].text)
            own = frozenset(i for i in fits if not self.directory.is_fathers(i, word))
            by_father = not own
            fits = own or fits
        said = [self.tokens[hit.at].text for hit in run]
        folded = {fold(word) for word in said}
        if len(run) > 1:
            same = frozenset(i for i in fits if self.directory.literal(i) == tuple(said))
            fits = same or fits
        strength = max(hit.strength for hit in run)
        if any(hit.strength is Strength.FUZZY for hit in run):
            strength = Strength.FUZZY
        full = len(run) > 1 and all(self.directory.core(i) <= folded for i in fits)
        while start and self._titled(start):
            start -= 1
        first, last = self._stranger(start, run[0].at, end, full=full)
        mention = Mention(
            start=start,
            end=end,
            fits=fits,
            strength=strength,
            exact=all(hit.literal for hit in run),
            stranger=by_father or (first, last) != (start, end),
            beside=self._beside(start, end, capital=self.tokens[run[0].at].raw[:1].isupper()),
            said=self._said(first, last),
        )
        if strength is Strength.WEAK:
            judged = self._everyday(mention, run)
            if judged is None:
                return
            mention = judged
        found.append(mention)

    def _titled(self, start: int) -> bool:
        before = self.free(start - 1)
        if before is None:
            return False
        if before.text == "." and start > 1:
            return (
                self.tokens[start - 2].text in _HONORIFICS or len(self.tokens[start - 2].text) == 1
            )
        return before.text in _HONORIFICS

    def _said(self, start: int, end: int) -> str:
        pieces = [("" if t.glued else " ") + t.raw for t in self.tokens[start:end]]
        return "".join(pieces).strip(" .")

    def _stranger(self, start: int, first: int, end: int, *, full: bool) -> tuple[int, int]:
        """Widen a name by a neighbouring word that seems part of it, but is nobody's."""
        place, after = end, self.free(end)
        capital = self.tokens[first].raw[:1].isupper()
        if (
            after is not None
            and after.text == "."
            and end + 1 < len(self.tokens)
            and len(self.tokens[end - 1].text) <= 2
        ):
            place, after = end + 1, self.free(end + 1)
        if after is not None and is_strange(after):  # noqa: SIM102
            if after.raw[:1].isupper() or (not capital and not full):
                return start, place + 1
        before = self.free(start - 1)
        if before is None or not is_strange(before) or full:
            return start, end
        return (start - 1 if before.raw[:1].isupper() and capital else start), end

    def _beside(self, start: int, end: int, *, capital: bool) -> str:
        """Return the somebody unknown who is named along with a member: `Budi dan Slamet`."""
        sides = (
            self._joined(start - 1, -1, capital=capital),
            self._joined(end, 1, capital=capital),
        )
        return " ".join(side for side in sides if side)

    def _joined(self, at: int, step: int, *, capital: bool) -> str:
        joint, other = self.free(at), self.free(at + step)
        if joint is None or joint.text not in _JOINING:
            return ""
        while other is not None and other.text in _HONORIFICS | {"."}:
            at += step
            other = self.free(at + step)
        if other is None or not is_strange(other) or self.directory.with_word(fold(other.text)):
            return ""
        first = last = at + step
        while (more := self.free(last + step)) is not None and is_strange(more):
            last += step
        beyond = self.free(last + step)
        ends = beyond is None or not beyond.is_word or beyond.text in _JOINING
        named = other.raw[:1].isupper() or (not capital and (joint.text != "," or ends))
        return self._said(min(first, last), max(first, last) + 1) if named else ""

    def _everyday(self, mention: Mention, run: Sequence[_Hit]) -> Mention | None:
        """Judge a name that is also an everyday word, such as Kamis, Juli or Rela."""
        first = run[0].at
        word = self.tokens[first].text
        before = self.tokens[first - 1].text if first else ""
        after = self.tokens[mention.end].text if mention.end < len(self.tokens) else ""
        if len(run) > 1:
            return replace(mention, strength=Strength.LITERAL)
        titled = mention.start < first
        if titled:
            return replace(mention, strength=Strength.LITERAL)
        figures_before = first > 0 and self.tokens[first - 1].is_number
        if before in _CALENDAR_BEFORE and not (before == "-" and self._opens(first - 1)):
            return None
        if after in _CALENDAR_AFTER or (figures_before and word in _CALENDAR):
            return None
        if before in {"dari", "an", "oleh", "nama"} and word not in _CALENDAR:
            return replace(mention, strength=Strength.LITERAL)
        if self._opens(first) or (before == "-" and self._opens(first - 1)):
            return mention
        if word in _CALENDAR:
            return replace(mention, doubtful=True)
        return mention if self.tokens[first].raw[:1].isupper() else None

    def _opens(self, at: int) -> bool:
        return at == 0 or self.tokens[at - 1].text in {"\n", ":"}

    def _chosen(self, found: list[Mention]) -> list[Mention]:
        """Drop everyday words where a certain name stands, and label the rest.

        In another line or part of a list they stand for somebody of their own; what may as well be
        a day keeps its label.
        """
        firm = [m for m in found if m.strength > Strength.WEAK]
        chosen: list[Mention] = []
        for mention in found:
            alone = mention in firm or not firm
            if not alone and self._overshadowed(mention, firm):
                continue
            calendar = not alone and self.tokens[mention.start].text in _CALENDAR
            kept = replace(mention, doubtful=True) if calendar else mention
            chosen.append(kept)
            if not kept.doubtful or not firm:
                self.labels[kept.start : kept.end] = [Label.NAME] * (kept.end - kept.start)
        return chosen

    def _overshadowed(self, weak: Mention, firm: Sequence[Mention]) -> bool:
        """Whether a certain name stands in the same part; a word for a day needs figures there, or a line alone."""
        calendar = self.tokens[weak.start].text in _CALENDAR
        cuts = {"\n"} if calendar else _PARTS
        begin, end = weak.start, weak.end
        while begin and self.tokens[begin - 1].text not in cuts:
            begin -= 1
        while end < len(self.tokens) and self.tokens[end].text not in cuts:
            end += 1
        if any(begin <= m.start < end for m in firm):
            return True
        words_there = sum(token.is_word for token in self.tokens[begin:end])
        figures = any(token.is_number for token in self.tokens[begin:end])
        return calendar and not figures and words_there > weak.end - weak.start
