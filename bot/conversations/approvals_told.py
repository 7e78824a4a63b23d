"""What is told of an approved request, by kind: its approver's answer and the others' notices."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.conversations import (
    allowance_told,
    cards,
    cash_seals,
    closing,
    erasure,
    everyday,
    interest_told,
    leaving,
    loan_told,
    reversals,
    savings,
    savings_receipts,
    stock_counts,
    term_savings,
    treasury,
)
from bot.conversations.operations import SAVINGS
from bot.state import Draft
from bot.talk import Notice, Turn, say
from core import corrections, people
from core import everyday as everyday_book
from core.announcements.announcement import Announcement
from core.approvals.books import Opened
from core.approvals.queue import Decided
from core.leaving import EXIT, Left
from core.ledger import Entry
from core.savings import Recorded
from core.term_savings import Term
from core.treasury import book as treasury_book
from notifications import announcement_words, requests
from notifications.messages import Say

Told = tuple[tuple[Say, ...], tuple[Notice, ...]]


async def of_savings(turn: Turn, decided: Decided) -> Told:
    """The receipt of a deposit or withdrawal; the member gets it with BENAR and BUKAN."""
    approval, done = decided.approval, decided.result
    assert isinstance(done, Recorded)
    assert approval.member_id is not None
    assert approval.maker_person is not None
    member = await cards.member_of(turn, approval.member_id)
    recorder = await people.name(
        turn.db, koperasi_id=turn.koperasi_id, person_id=approval.maker_person
    )
    said, notice = await savings_receipts.receipt(
        turn,
        SAVINGS[approval.facts["operation"]],
        member,
        done,
        await savings.chat_of(turn, member),
        on=approval.on,
        note=approval.facts["note"],
        by=savings_receipts.By(
            person_id=approval.maker_person,
            name=recorder,
            chat=approval.chat,
            approved=names_of(decided),
        ),
    )
    return said, (notice,) if notice else ()


async def of_everyday(turn: Turn, decided: Decided) -> Told:
    """The receipt of an expense or a purchase."""
    approval, done = decided.approval, decided.result
    assert isinstance(done, everyday_book.Recorded)
    recorder = await people.name(
        turn.db, koperasi_id=turn.koperasi_id, person_id=approval.maker_person or 0
    )
    photo = approval.facts.get("photo")
    draft = Draft(
        operation=approval.facts["operation"],
        on=approval.on,
        note=approval.facts["note"],
        extra={"photo": photo, "supplier": approval.facts.get("supplier")},
    )
    lines = await everyday.receipt_lines(
        turn, draft, done, recorder=recorder, approver=names_of(decided)
    )
    return lines, await everyday.notices(turn, draft, done, recorder=recorder)


async def of_reversal(turn: Turn, decided: Decided) -> Told:
    """The reversing entry; the member gets the same lines."""
    approval, entry = decided.approval, decided.result
    assert isinstance(entry, Entry)
    original = await corrections.described(
        turn.db, koperasi_id=turn.koperasi_id, number=approval.facts["entry"]
    )
    recorder = await people.name(
        turn.db, koperasi_id=turn.koperasi_id, person_id=approval.maker_person or 0
    )
    lines = (
        say("receipt-number", entry=entry.number),
        *await reversals.receipt_lines(
            turn, original, on=approval.on, reason=approval.facts["reason"]
        ),
        say("receipt-recorder", name=recorder),
        say("receipt-approver", name=names_of(decided)),
    )
    notice = reversals.of_member(original, lines)
    return lines, (notice,) if notice else ()


async def of_opening(turn: Turn, decided: Decided) -> Told:
    """What a file opened."""
    done = decided.result
    assert isinstance(done, Opened)
    first = say("file-members-written", count=done.count)
    if done.table == "balances":
        first = say("receipt-number", entry=done.entries[0])
    return (
        first,
        *requests.lines_of(decided.approval),
        say("receipt-approver", name=names_of(decided)),
    ), ()


async def of_announcement(_turn: Turn, decided: Decided) -> Told:
    """What goes out now, and that a few get it first; the composer's own message tells how far it is."""
    done = decided.result
    assert isinstance(done, Announcement)
    first = (say("announcement-pilot"),) if done.has_pilot else ()
    return (
        say("announcement-goes-out", number=done.number),
        announcement_words.quoted(done.message.text, announcement_words.EXCERPT),
        *first,
        say("receipt-approver", name=names_of(decided)),
    ), ()


async def of_terms(turn: Turn, decided: Decided) -> Told:
    """Savings that were put away or paid out: the receipt, which the member gets too."""
    approval, done = decided.approval, decided.result
    assert approval.member_id is not None
    entry = done.entry if isinstance(done, Term) else done[0]
    recorder = await people.name(
        turn.db, koperasi_id=turn.koperasi_id, person_id=approval.maker_person or 0
    )
    lines = (
        say("receipt-number", entry=entry),
        *requests.lines_of(approval),
        say("receipt-recorder", name=recorder),
        say("receipt-approver", name=names_of(decided)),
    )
    return lines, (term_savings.of_member(approval.member_id, lines),)


async def of_treasury(turn: Turn, decided: Decided) -> Told:
    """The office's other money: the receipt, which the member whose money it was gets too."""
    approval, done = decided.approval, decided.result
    assert isinstance(done, treasury_book.Recorded)
    recorder = await people.name(
        turn.db, koperasi_id=turn.koperasi_id, person_id=approval.maker_person or 0
    )
    lines = (
        say("receipt-number", entry=done.entry),
        *requests.lines_of(approval),
        say("receipt-recorder", name=recorder),
        say("receipt-approver", name=names_of(decided)),
    )
    return lines, treasury.notices(done, lines)


async def of_leaving(turn: Turn, decided: Decided) -> Told:
    """A membership that ended: the receipt; who left gets it too."""
    approval, done = decided.approval, decided.result
    assert isinstance(done, Left)
    recorder = await people.name(
        turn.db, koperasi_id=turn.koperasi_id, person_id=approval.maker_person or 0
    )
    lines = (
        say("receipt-number", entry=done.entry) if done.entry else say("exit-nothing-held"),
        *requests.lines_of(approval),
        say("receipt-recorder", name=recorder),
        say("receipt-approver", name=names_of(decided)),
    )
    notice = leaving.of_member(done, lines) if approval.kind == EXIT else None
    return lines, (notice,) if notice else ()


def names_of(decided: Decided) -> str:
    """Name who approved."""
    return ", ".join(vote.name for vote in decided.votes if vote.approved)


TOLD: dict[str, Callable[[Turn, Decided], Awaitable[Told]]] = {
    "deposit": of_savings,
    "withdrawal": of_savings,
    "everyday": of_everyday,
    "treasury": of_treasury,
    "reversal": of_reversal,
    "opening-balances": of_opening,
    "member-exit": of_leaving,
    "member-death": of_leaving,
    "term-deposit": of_terms,
    "term-withdrawal": of_terms,
    "erasure": erasure.told,
    "cash-seal": cash_seals.told,
    "stock-count": stock_counts.told,
    "savings-interest": interest_told.of_interest,
    "announcement": of_announcement,
    "allowance": allowance_told.of_allowance,
    **dict.fromkeys(
        (
            "month-close",
            "month-reopen",
            "year-close",
            "year-reopen",
            "shu-policy",
            "shu-split",
            "shu-take-back",
            "shu-to-savings",
            "shu-payment",
        ),
        closing.told,
    ),
    **loan_told.TOLD,
}
