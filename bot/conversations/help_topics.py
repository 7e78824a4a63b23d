"""Help with one thing: "bantu tutup kas", "cara catat angsuran"; without a thing all there is."""

from __future__ import annotations

from bot.conversations import welcome
from bot.talk import Reply, Turn, button, say
from bot.understand import ideas
from bot.understand.readings import Reading
from bot.understand.tokens import normal, split
from notifications.messages import Say

_MOST = 2  # topics of one answer
_SAVINGS = {
    "mandatory",
    "voluntary",
    "principal",
    "savings",
    "simpanan",
    "deposit",
    "save",
    "withdraw",
}
# The narrower topic first: its text, the ideas and the plain words that speak of it.
_OF_OFFICERS = (
    (say("help-cash"), {"close_cash", "cash", "cash_question"}, {"selisih", "laci"}),
    (say("help-reversal"), {"reverse", "miswritten", "correction"}, {"pembatalan", "salah"}),
    (say("help-bank"), {"bank", "from_bank", "to_bank"}, set[str]()),
    (say("help-loans"), {"loan", "borrow", "instalment", "apply", "disburse"}, set[str]()),
    (
        say("help-shop"),
        {"sale", "buy", "restock", "price", "goods", "on_credit", "stay"},
        {"stok", "opname", "pemasok"},
    ),
    (say("help-costs"), {"costs"}, {"pengeluaran", "nota"}),
    (
        say("help-savings"),
        _SAVINGS,
        set[str](),
    ),
    (say("help-reports"), {"report"}, {"neraca", "shu", "buku"}),
    (say("help-papers"), set[str](), {"dokumen", "legalitas", "rapat", "rat", "kuorum"}),
    (say("help-announce"), {"announce"}, {"pengumuman"}),
    (say("help-practice"), set[str](), {"latihan", "belajar", "pelajaran"}),
)
_OF_MEMBERS = (
    (say("help-own-loan"), {"loan", "borrow", "instalment", "apply"}, set[str]()),
    (
        say("help-own-savings"),
        _SAVINGS,
        set[str](),
    ),
)


async def asked(reading: Reading, turn: Turn) -> Reply:
    """Say how the thing is done that is asked about, by the hats of who asks."""
    topics = _OF_OFFICERS if turn.here.roles else _OF_MEMBERS
    spoken = ideas.around(reading.text)
    written = {token.text for token in split(normal(reading.text))}
    found: list[Say] = [line for line, about, named in topics if spoken & about or written & named]
    if not found:
        return await welcome.help_me(turn)
    return Reply(
        lines=tuple(found[:_MOST]),
        buttons=((button("button-help-all", "m:bantuan"), button("button-menu", "m:menu")),),
    )
