"""Loans from banks by chat: what is left and due next, and the package a bank asks for before it lends."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from bot.conversations import asides
from bot.talk import Reply, Turn, say
from core.accounts import chart
from core.permissions import Action, NotAllowed, may, who_may
from core.rules import Rules
from core.statements import bank_package as packages
from core.treasury import bank_loans
from core.treasury.bank_loans import BankLoan
from notifications import bank_package
from notifications.messages import Say

Step = Callable[[Turn], Awaitable[Reply]]
_BANK = r"(?:bank|lpdb|himbara)"
_PACKAGE = re.compile(
    rf"\s*/?(?:buat|minta|siapkan|kirim)?\s*(?:paket|berkas|proposal)\s+(?:pengajuan\s+|kelayakan\s+)?pinjaman(?:\s+(?:ke\s+)?{_BANK})?[\s.!?]*",
    re.IGNORECASE,
)
_STATUS = re.compile(
    rf"\s*/?(?:lihat\s+|cek\s+|status\s+|sisa\s+|jadwal\s+)?(?:pinjaman|u?h?utang|angsuran|kredit)\s+(?:dari\s+|ke\s+)?{_BANK}(?:\s+(?:kita|koperasi|berapa))?[\s.!?]*",
    re.IGNORECASE,
)
_SHOWN = 5  # loans in one message


def spoken(turn: Turn, text: str) -> tuple[str, Step] | None:
    """Read "paket pinjaman bank" and "pinjaman bank"; nothing for any other sentence."""
    if not asides.may_come(turn):
        return None
    if not turn.here.roles:
        return None
    if _PACKAGE.fullmatch(text):
        return "bank-package", _package
    return ("bank-loans", _status) if _STATUS.fullmatch(text) else None


async def _package(turn: Turn) -> Reply:
    """Send the package as a PDF. Refuses what it would refuse."""
    _require(turn)
    await packages.months_of(turn.db, turn.koperasi_id, None, turn.today)
    who = turn.here.person_id
    return Reply(lines=(), fresh=bank_package.content(person_id=who, today=turn.today))


async def _status(turn: Turn) -> Reply:
    """Say of each loan what is left, late and due next; who borrows; what the village is owed."""
    _require(turn)
    found, held = (
        await bank_loans.debts(turn.db, turn.koperasi_id),
        turn.here.rules.on(turn.today),
    )
    lines = [say("bank-loans-head", on=turn.today)]
    if found.is_empty:
        lines.append(say("bank-loans-none"))
    running = [one for one in found.loans if one.left]
    for one in running[:_SHOWN]:
        lines += _lines(one, held, turn)
    lines += [
        say("bank-loan-other", name=chart()[code].name, amount=amount)
        for code, amount in found.other.items()
    ]
    if found.loans and not running:
        lines.append(say("bank-loans-paid"))
    if len(running) + len(found.other) > 1:
        lines.append(say("bank-loans-total", amount=found.total))
    if found.village:
        lines.append(say("bank-loans-village", amount=found.village))
    if held.borrower != "koperasi":
        lines.append(say("bank-loans-borrower"))
    return Reply(lines=tuple(lines))


def _lines(one: BankLoan, held: Rules, turn: Turn) -> list[Say]:
    rate = f"{one.rate.normalize():f}".replace(".", ",")
    said = [
        say("bank-loan", name=one.called, amount=one.amount, on=one.received_on),
        say("bank-loan-terms", rate=rate, months=one.months, grace=one.grace),
        say("bank-loan-left", amount=one.left),
    ]
    if late := one.late(held, turn.today):
        said.append(say("bank-loan-late", amount=late))
    if due := one.next(held, turn.today):
        asked = due.principal + due.interest
        said.append(say("bank-loan-next", n=due.n, months=one.months, on=due.due, amount=asked))
        said.append(say("bank-loan-parts", principal=due.principal, interest=due.interest))
    return said


def _require(turn: Turn) -> None:
    if not may(turn.here.roles, Action.SEE_BOOKS):
        raise NotAllowed(who=who_may(Action.SEE_BOOKS))
