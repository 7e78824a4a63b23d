"""A message without what is personal in it: placeholders for names, figures, addresses and links.

A word in no list is kept, since the lists grow by it, unless something says that it is a name: a member's
name with a slip, a common given name, a capital, a title or `dari` before it.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from bot.understand import names, words
from bot.understand.directory import Directory, fold
from bot.understand.marks import Label, mark
from bot.understand.strangers import is_strange
from bot.understand.tokens import Token, normal, split

NAME, FIGURE, NUMBER, LINK = "<nama>", "<angka>", "<nomor>", "<tautan>"
_LINK = re.compile(r"\S*(?:://|www\.|t\.me/|wa\.me/|@)\S+", re.IGNORECASE)
_MARK = "\ue000"  # stands for a link while the text is taken apart
_LONG = 6  # digits: more are no amount but a number of something
_BEFORE = words.words("names", "honorifics") | words.words("names", "before")


@cache
def _given() -> frozenset[str]:
    return frozenset(fold(name) for name in words.words("given", "names"))


def masked(text: str, directory: Directory) -> str:
    """Return a text, in one line, by which nobody can be found."""
    plain = normal(_LINK.sub(f" {_MARK} ", text.replace(_MARK, " ")))
    tokens = split(plain)
    labels = mark(tokens, plain)
    for found in names.mentions(tokens, labels, directory):
        labels[found.start : found.end] = [Label.NAME] * (found.end - found.start)
    before = {after.start: first.text for first, after in pairwise(tokens)}
    pieces: list[str] = []
    last = ""
    for token, label in zip(tokens, labels, strict=True):
        piece = _piece(token, label, before.get(token.start, ""), directory)
        if piece == last and piece in (NAME, NUMBER, FIGURE):
            continue
        last = piece
        pieces.append(piece if token.glued else f" {piece}")
    return " ".join("".join(pieces).split())


def _piece(token: Token, label: Label, before: str, directory: Directory) -> str:
    if token.text == _MARK:
        return LINK
    if label is Label.NAME:
        return NAME
    digits = sum(char.isdigit() for char in token.text)
    if label in {Label.IDENTITY, Label.NUMBER} or digits > _LONG:
        return NUMBER
    if digits:
        return FIGURE
    if not token.is_word:
        return " " if token.text == "\n" else token.raw
    return NAME if _may_be_name(token, before, directory) else token.text


def _may_be_name(token: Token, before: str, directory: Directory) -> bool:
    if token.text in _BEFORE or not is_strange(token):
        return False
    folded = fold(token.text)
    if folded in _given() or directory.with_word(folded) or directory.like_word(folded):
        return True
    return token.raw[:1].isupper() or before in _BEFORE
