"""Which of a sentence's amounts is a fee, or the shop's part: `transfer brilink 500rb fee 5rb`, `bagian toko 2rb`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.understand import amounts, dates, periods
from bot.understand.marks import mark
from bot.understand.tokens import Token, normal, split
from core.money import Rupiah

_SHARE = frozenset(
    {"fee", "feenya", "admin", "adminnya", "adm", "bagian", "komisi", "komisinya", "jatah"}
)
_BETWEEN = frozenset(
    {"toko", "tokonya", "koperasi", "kop", "gerai", "kita", "agen", "nya", "sebesar", "cuma", "hanya", "bank", "untuk",
     "utk", "kami", "brilink", "ppob", ":", "="}
)  # fmt: skip
_INCLUDED = frozenset({"termasuk", "include", "inc", "trmsk"})
_LONG_AGO = date(2000, 1, 1)  # only what is no money matters of days and months


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The certain amount beside the share, and the share; None: not said, or not to be told apart."""

    rest: Rupiah | None
    share: Rupiah | None


def read(text: str) -> Shares:
    """Tell the two apart; "505rb termasuk fee 5rb" is 500rb and 5rb."""
    plain = normal(text)
    tokens = split(plain)
    labels = mark(tokens, plain)
    periods.scan(tokens, labels, _LONG_AGO)
    dates.scan(tokens, labels, _LONG_AGO)
    found = [one for one in amounts.scan(tokens, labels) if not one.quantity]
    own = [one for one in found if _is_share(tokens, one.start)]
    others = [one for one in found if one not in own]
    share = own[0].exact if len(own) == 1 else None
    rest = others[0].exact if len(others) == 1 else None
    included = any(token.text in _INCLUDED for token in tokens)
    if included and share is not None and rest is not None:
        rest = rest - share if rest > share else None
    return Shares(rest=rest, share=share)


def _is_share(tokens: list[Token], at: int) -> bool:
    """Say whether an amount stands right behind a word for a share."""
    at -= 1
    while at >= 0 and tokens[at].text in _BETWEEN:
        at -= 1
    return at >= 0 and tokens[at].text in _SHARE
