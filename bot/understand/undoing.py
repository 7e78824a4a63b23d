"""What is taken back: `transaksi barusan dibatalkan`, `salah catat`, `batalin yg barusan dong`."""

from __future__ import annotations

from bot.understand.evidence import Evidence
from bot.understand.readings import Intent

_SHORT = 5  # words of a sentence that says nothing else


def taken_back(e: Evidence) -> tuple[Intent, ...]:
    """Take back what was recorded: `transaksi barusan dibatalkan`, `salah catat`."""
    if e.any("help") and not e.amount:
        return ()  # "gimana cara batalkan transaksi yang salah"
    operation = e.any("deposit", "withdraw", "instalment", "mandatory", "principal", "voluntary")
    operation = operation or e.any("sale", "buy", "restock", "disburse", "pay", "save", "savings")
    if e.any("reverse") and (e.any("transaction", "history") or operation or e.amount):
        return (Intent.REVERSAL,)
    if e.all("cancel", "transaction") and not (operation or e.amount or e.person):
        return (Intent.REVERSAL,)  # "yang barusan cancel saja"
    just_now = e.dated and e.words <= _SHORT and not e.person  # "batalin yg barusan dong"
    return (Intent.REVERSAL,) if e.any("miswritten") or (e.any("reverse") and just_now) else ()
