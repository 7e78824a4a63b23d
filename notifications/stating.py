"""What monthly balances say: the lines of a closed month, made from the books at the second they are said.

One list of lines serves the text, the picture and the paper (notifications.papers): their figures cannot differ.
On a channel that charges for a push these rows will wait for the member's next message until a last day;
the place for it is `_asked`, which may return an instant until which the row waits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core import people
from core.accounts import SavingsKind
from core.calendar import business_date
from core.consents import Consent
from core.database import driver
from core.people import Standing
from core.permissions import Action, may
from core.reports.cooperative import CooperativeMonth, month_of_cooperative
from core.reports.flow import Flow
from core.reports.province import ProvinceMonth, month_of_region
from core.reports.statement import KINDS, LoanOfMonth, Statement, Wajib, statement
from core.sealing import Keys
from core.texts import render
from notifications import fresh, reach
from notifications.fresh import Made
from notifications.messages import Attachment, Button, Content, Fact, Fresh, Say
from notifications.outbox import Claimed

_LONGEST = 40  # characters of a name
_LOANS = 3  # told whole, where they fit
LIMIT = 700  # bytes of a statement
_TABLE = 16  # transactions on the paper's one page

MEMBER, BOOKS, REGION = "statement", "statement-books", "statement-region"


def content(kind: str, month: date, **facts: Fact) -> Content:
    """Make the content of a row: which month, and nothing that the books will know better."""
    return Content(fresh=Fresh(kind=kind, facts={"month": month, **facts}))


# -- a member's ----------------------------------------------------------------------------------------


def lines(found: Statement) -> tuple[Say, ...]:
    """Say a member's month in less than 700 bytes: as many loans whole as fit, of the others the sum."""
    for whole in range(min(_LOANS, len(found.loans)), -1, -1):
        said = (*_of_savings(found), *_of_loans(found.loans, whole), Say("statement-wrong"))
        text = "\n".join(render(line.key, line.facts) for line in said)
        if len(text.encode()) < LIMIT or not whole:
            break
    return said


def _of_savings(found: Statement) -> list[Say]:
    who = {
        "name": found.member.name[:_LONGEST],
        "number": found.member.number,
        "cooperative": found.cooperative.name[:_LONGEST],
    }
    said = [Say("statement-head", {"through": found.through}), Say("statement-who", who)]
    for kind in KINDS:
        flow = found.savings[kind]
        said += [Say(f"statement-{kind.value}", {"balance": flow.closing}), *_moved(flow)]
        if kind is SavingsKind.SUKARELA and found.interest:
            said.append(Say("statement-interest", {"amount": found.interest}))
        if kind is SavingsKind.WAJIB:
            said += _of_wajib(found.wajib)
    return said


def _of_loans(loans: tuple[LoanOfMonth, ...], whole: int) -> list[Say]:
    said = [line for loan in loans[:whole] for line in _of_loan(loan)]
    others = loans[whole:]
    if others:
        left = sum(loan.outstanding for loan in others)
        key = "statement-loans-more" if whole else "statement-loans-all"
        said.append(Say(key, {"count": len(others), "outstanding": left}))
        late = [(loan.late_since, loan.late) for loan in others if loan.late_since]
        if late:
            since, amount = min(late)[0], sum(amount for _, amount in late)
            said.append(Say("statement-loan-late", {"amount": amount, "since": since}))
    return said


def _moved(flow: Flow) -> list[Say]:
    """Say what came in and went out; nothing when nothing moved."""
    facts = {"came_in": flow.came_in, "went_out": flow.went_out}
    said = []
    if flow.came_in and flow.went_out:
        said.append(Say("statement-in-out", facts))
    elif flow.came_in:
        said.append(Say("statement-in", facts))
    elif flow.went_out:
        said.append(Say("statement-out", facts))
    if flow.corrected:
        said.append(Say("statement-corrected", {"amount": flow.corrected}))
    return said


def _of_wajib(wajib: Wajib) -> list[Say]:
    """Say how simpanan wajib stands."""
    if wajib.owed_since:
        facts: dict[str, Fact] = {
            "count": wajib.months_owed,
            "first": wajib.owed_since,
            "owed": wajib.owed,
        }
        return [Say("statement-wajib-late", facts)]
    if wajib.through:
        return [Say("statement-wajib-through", {"month": wajib.through})]
    return []


def _of_loan(loan: LoanOfMonth) -> list[Say]:
    if loan.claim:
        return [Say("statement-loan-claim", {"loan": loan.label, "amount": loan.claim})]
    if loan.settled_on:
        said = [Say("statement-loan-settled", {"loan": loan.label, "on": loan.settled_on})]
    else:
        facts: dict[str, Fact] = {"loan": loan.label, "outstanding": loan.outstanding}
        said = [Say("statement-loan", facts)]
    if loan.lent:
        said.append(Say("statement-loan-lent", {"amount": loan.lent}))
    paid = loan.paid
    if paid.amount < 0:
        said.append(Say("statement-loan-back", {"amount": -paid.amount}))
    elif paid.amount:
        parts = {"principal": paid.principal, "interest": paid.interest, "penalty": paid.penalty}
        key = "statement-loan-paid-fined" if paid.penalty else "statement-loan-paid"
        said.append(Say(key, {"amount": paid.amount, **parts}))
    if loan.late_since:
        said.append(Say("statement-loan-late", {"amount": loan.late, "since": loan.late_since}))
    if loan.penalty_left:
        said.append(Say("statement-loan-fined", {"amount": loan.penalty_left}))
    if loan.next_due:
        said.append(Say("statement-loan-next", {"on": loan.next_due, "amount": loan.next_amount}))
    return said


def buttons(koperasi_id: int, member_id: int, month: date) -> tuple[tuple[Button, ...], ...]:
    """Offer the own month as a picture and as a paper; a family may share the chat."""
    return _drawn_and_printed(f"s:{koperasi_id}:{member_id}:{month:%Y-%m}:{{}}")


def buttons_of_member(member_id: int, month: date) -> tuple[tuple[Button, ...], ...]:
    """Offer an officer a member's month as a picture and as a paper."""
    return _drawn_and_printed(f"u:{month:%Y-%m}-{{}}:{member_id}")


def _drawn_and_printed(data: str) -> tuple[tuple[Button, ...], ...]:
    return (
        (
            Button(label=Say("button-statement-picture"), data=data.format("png")),
            Button(label=Say("button-statement-paper"), data=data.format("pdf")),
        ),
    )


def picture_of(month: date) -> Attachment:
    """Make the picture of a month: it draws the lines it is sent with."""
    return Attachment(kind="statement-picture", facts={"month": month})


def paper(found: Statement, on: date) -> Attachment:
    """Make the paper: the lines it is sent with, and tables of the same values; `on` is the day it is made."""
    kinds = [[kind.value, *_row(found.savings[kind])] for kind in KINDS]
    whole = [sum(column) for column in zip(*map(_row, found.savings.values()), strict=True)]
    moves = [
        [move.entry, move.on.isoformat(), _what(move.code, move.amount), move.amount, move.reverses]
        for move in found.moves[:_TABLE]
    ]
    return Attachment(
        kind="statement-paper",
        facts={
            "month": found.month,
            "cooperative": found.cooperative.name,
            "name": found.member.name,
            "number": found.member.number,
            "kinds": json.dumps(kinds),
            "total": json.dumps(whole),
            "moves": json.dumps(moves),
            "more": max(0, len(found.moves) - _TABLE),
            "entry": found.last_entry,
            "on": on,
        },
    )


def _row(flow: Flow) -> list[int]:
    return [flow.opening, flow.came_in, flow.went_out, flow.corrected, flow.closing]


def _what(code: str, amount: int) -> str:
    """Name what moved: of a kind of savings, or of a loan."""
    kinds = {kind.code: kind.value for kind in SavingsKind}
    return f"paper-{'in' if amount > 0 else 'out'}-{kinds.get(code, 'pinjaman')}"


@fresh.maker(MEMBER)
async def of_member(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], _keys: Keys, now: datetime
) -> Made:
    """Say a member's month; needless when the person left, lost the chat or opted out."""
    asked = await _asked(db, row, now)
    if isinstance(asked, str):
        return asked
    if asked.member is None:
        return "left"
    month = _month(facts)
    found = await statement(db, cooperative=asked.cooperative, member=asked.member, month=month)
    return Content(lines=lines(found), buttons=buttons(row.koperasi_id, asked.member.id, month))


def _month(facts: Mapping[str, Fact]) -> date:
    month = facts["month"]
    assert isinstance(month, date), month
    return month


async def _asked(db: AsyncConnection, row: Claimed, now: datetime) -> Standing | str:
    """Find who is told, as the person stands today; or why nothing need be said."""
    assert row.person_id is not None, row.id
    reason = await reach.barred(db, row, Consent.STATEMENT)
    if reason is not None:
        return reason
    raw = await driver(db)
    zone = await raw.fetchval(
        "SELECT zone FROM cooperatives WHERE koperasi_id = $1", row.koperasi_id
    )
    found = await people.standing(
        db, koperasi_id=row.koperasi_id, person_id=row.person_id, on=business_date(now, zone)
    )
    return found or "left"


# -- the cooperative's ---------------------------------------------------------------------------------


def lines_of_books(found: CooperativeMonth) -> tuple[Say, ...]:
    """Say a cooperative's month to its officers."""
    saved, cash = found.saved, found.cash
    key = "month-saved-more" if saved.change >= 0 else "month-saved-less"
    said = [
        Say("month-head", {"month": found.month}),
        Say("month-cooperative", {"cooperative": found.cooperative.name[:_LONGEST]}),
        *(
            Say(f"statement-{kind.value}", {"balance": found.savings[kind].closing})
            for kind in KINDS
        ),
        Say(key, {"balance": saved.closing, "amount": abs(saved.change)}),
        Say("month-lent", {"count": found.running, "balance": found.lent.closing}),
    ]
    if found.late_loans:
        said.append(Say("month-late", {"count": found.late_loans, "amount": found.late}))
    said += [Say("month-cash", {"balance": cash.closing}), *_moved(cash)]
    said += [
        Say("month-members", {"count": found.members}),
        Say("month-wajib", {"paid": found.wajib_paid, "due": found.wajib_due}),
    ]
    if found.disputed:
        facts = {"count": found.disputed, "amount": found.disputed_amount}
        said.append(Say("month-disputed", facts))
    return tuple(said)


def buttons_of_books(koperasi_id: int, month: date) -> tuple[tuple[Button, ...], ...]:
    """Offer the cooperative's month as a picture and as a paper."""
    return _drawn_and_printed(f"sb:{koperasi_id}:{month:%Y-%m}:{{}}")


def paper_of_books(found: CooperativeMonth, on: date) -> Attachment:
    """Make the paper of a cooperative's month: the lines it is sent with; `on` is the day it is made."""
    return _paper_of("paper-title-books", found.month, found.cooperative.name, on)


def _paper_of(title: str, month: date, of: str, on: date) -> Attachment:
    facts: dict[str, Fact] = {"title": title, "month": month, "of": of, "on": on}
    return Attachment(kind="month-paper", facts=facts)


@fresh.maker(BOOKS)
async def of_books(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], _keys: Keys, now: datetime
) -> Made:
    """Say a cooperative's month to who may see its books today."""
    asked = await _asked(db, row, now)
    if isinstance(asked, str):
        return asked
    if not may(asked.roles, Action.SEE_BOOKS):
        return "left"
    month = _month(facts)
    found = await month_of_cooperative(db, cooperative=asked.cooperative, month=month)
    return Content(lines=lines_of_books(found), buttons=buttons_of_books(row.koperasi_id, month))


# -- the region's --------------------------------------------------------------------------------------


def lines_of_region(found: ProvinceMonth) -> tuple[Say, ...]:
    """Say a region's month to its officials."""
    flow = Flow(opening=0, came_in=found.came_in, went_out=found.went_out, corrected=0)
    kept = {
        SavingsKind.SUKARELA: found.sukarela,
        SavingsKind.WAJIB: found.wajib,
        SavingsKind.POKOK: found.pokok,
    }
    said = [
        Say("rollup-head", {"month": found.month, "region": found.name}),
        Say("rollup-cooperatives", {"count": found.cooperatives, "recording": found.recording}),
        Say("month-members", {"count": found.members}),
        *(Say(f"statement-{kind.value}", {"balance": kept[kind]}) for kind in KINDS),
        *_moved(flow),
        Say("rollup-lent", {"balance": found.lent}),
    ]
    if found.hidden:
        said.append(Say("rollup-hidden", {"count": found.hidden}))
    return tuple(said)


def buttons_of_region(month: date) -> tuple[tuple[Button, ...], ...]:
    """Offer the region's month as a picture and as a paper."""
    return _drawn_and_printed(f"sr:{month:%Y-%m}:{{}}")


def paper_of_region(found: ProvinceMonth, on: date) -> Attachment:
    """Make the paper of a region's month: the lines it is sent with; `on` is the day it is made."""
    return _paper_of("paper-title-region", found.month, found.name, on)


@fresh.maker(REGION)
async def of_region(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], _keys: Keys, _now: datetime
) -> Made:
    """Say a region's month to who is an official of it still and is reached there."""
    region = await reach.region_of(db, row, facts["official"])
    if region is None:
        return "left"
    month = _month(facts)
    found = await month_of_region(db, region=region, month=month)
    return Content(lines=lines_of_region(found), buttons=buttons_of_region(month))
