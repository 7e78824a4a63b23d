"""Members who leave or die: what is held and what is owed are set off in one entry (domain 3.1, events 42 and 43)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, cooperatives, database, ledger, people, term_savings
from core.accounts import CASH, PLACES, SavingsKind
from core.calendar import business_date
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.ledger import Posting
from core.loans import book, journal, previews, undo
from core.loans.book import Loan, State
from core.loans.keep import keep
from core.loans.previews import Plan
from core.money import Rupiah
from core.people import Member, Standing
from core.permissions import Action, NotAllowed, may, who_may
from core.tables.people import members

EXIT, DEATH = undo.LEAVING
SHU = "216500"  # SHU bagian anggota belum diambil
BON = "113300"
ADVANCE = "113500"  # uang muka nobody accounted for yet
LENT = "221900"  # what they paid for the cooperative with their own money
UNPAID = "211900"  # Hak anggota keluar belum dibayar
_HELD = (*(kind.code for kind in SavingsKind), "211100", "211200", SHU, LENT)
_OWN_CAPITAL = ("310000", "320000", "330000", "340000", "341000")


class StillGuarantor(Refusal):
    """Nobody leaves who stands for a running loan of somebody else. Facts: member, loans."""

    text = "refusal-still-guarantor"


class LoanIsPending(Refusal):
    """An application or an approved loan is withdrawn before its member leaves. Facts: member, loan."""

    text = "refusal-loan-is-pending"


class OwesMore(Refusal):
    """What is owed beyond the savings is paid before. Facts: member, amount."""

    text = "refusal-owes-more"


class FiguresChanged(Refusal):
    """What is held or owed is not what was approved any more. Facts: member."""

    text = "refusal-figures-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """What settles a running loan that day, in rupiah."""

    loan: Loan
    plan: Plan

    @property
    def total(self) -> Rupiah:
        """Principal, interest and fines."""
        return self.plan.figure.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A member's account as it stands when they leave. Money in rupiah."""

    held: dict[str, Rupiah]  # by code, those that hold anything
    debts: tuple[Debt, ...]
    bon: Rupiah
    advance: Rupiah
    claimed: Rupiah  # of loans written off: stays a claim

    @property
    def total_held(self) -> Rupiah:
        """Everything that belongs to the member."""
        return sum(self.held.values())

    @property
    def total_owed(self) -> Rupiah:
        """Everything that is set off."""
        return sum(debt.total for debt in self.debts) + self.bon + self.advance

    @property
    def net(self) -> Rupiah:
        """What the member, or the heirs, get."""
        return self.total_held - self.total_owed


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A membership that ended; without an entry where nothing was held or owed."""

    member: Member
    entry: int | None
    account: Account
    cash: str | None  # the cash box or bank that paid; None: it is owed on 211900


async def account(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    member: Member,
    on: date,
    at: datetime,
    lock: bool = False,
) -> Account:
    """Read what a member holds and owes on a day; refuses what leave refuses of the loans."""
    today = business_date(at, cooperative.zone)
    debts = []
    claimed = 0
    states = (State.RUNNING, State.APPLIED, State.APPROVED, State.WRITTEN_OFF)
    for known in await book.of_member(
        db, koperasi_id=cooperative.id, member_id=member.id, states=states
    ):
        loan = await book.loan(db, koperasi_id=cooperative.id, loan_id=known.id, lock=lock)
        if loan.state in (State.APPLIED, State.APPROVED):
            raise LoanIsPending(member=member.name, loan=loan.label)
        if loan.state is State.WRITTEN_OFF:
            claimed += loan.written_off - loan.recovered
            continue
        figure = await previews.figure(db, cooperative=cooperative, loan=loan, on=on, at=at)
        plan = await previews.planned(
            db, loan, await book.moved(db, loan), amount=figure.total, on=on, today=today,
            settles=True,
        )  # fmt: skip
        debts.append(Debt(loan=loan, plan=plan))
    keys = {accounts.key(code, member=member.id): code for code in (*_HELD, BON, ADVANCE)}
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT key, balance FROM ledger.accounts WHERE koperasi_id = $1 AND key = ANY ($2)"
        " AND balance <> 0 ORDER BY key",
        cooperative.id,
        list(keys),
    )
    found = {keys[row["key"]]: int(row["balance"]) for row in rows}
    bon, advance = found.pop(BON, 0), found.pop(ADVANCE, 0)
    return Account(
        held=found, debts=tuple(debts), bon=bon, advance=advance, claimed=max(claimed, 0)
    )


async def require_may_leave(
    db: AsyncConnection, *, cooperative: Cooperative, member: Member, account: Account, on: date
) -> None:
    """Let pass who may leave that day: MemberHasLeft, NotYetMember, StillGuarantor, OwesMore."""
    people.require_active(member, on=on)
    raw = await database.driver(db)
    loans = await raw.fetch(_STANDS_FOR, cooperative.id, member.id)
    if loans:
        labels = ", ".join(f"P-{row['loan_id']:04d}" for row in loans)
        raise StillGuarantor(member=member.name, loans=labels)
    if account.net < 0:
        raise OwesMore(member=member.name, amount=-account.net)


_STANDS_FOR = """
SELECT g.loan_id FROM loan_guarantors g
  JOIN loans l ON l.koperasi_id = g.koperasi_id AND l.id = g.loan_id
 WHERE g.koperasi_id = $1 AND g.member_id = $2 AND g.state IN ('agreed', 'on-paper')
   AND l.state = 'running' ORDER BY g.loan_id LIMIT 5
"""


async def own_capital(db: AsyncConnection, koperasi_id: int) -> Rupiah:
    """Add up the modal sendiri: pokok, wajib, hibah and cadangan (UU 25/1992 Pasal 41), in rupiah."""
    raw = await database.driver(db)
    return int(
        await raw.fetchval(
            "SELECT coalesce(sum(balance), 0)::bigint FROM ledger.accounts"
            " WHERE koperasi_id = $1 AND code = ANY ($2)",
            koperasi_id,
            list(_OWN_CAPITAL),
        )
    )


async def leave(
    db: AsyncConnection,
    *,
    officer: Standing,
    member: Member,
    kind: str,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    expected: Rupiah,
    reason: str | None,
    approver: str,
    cash: str | None = CASH,
) -> Left:
    """End a membership on a day: EXIT, or DEATH where the heirs are paid.

    Debits all savings, unpaid SHU and what they advanced (310000, 320000, 2111xx, 211000, 216500, 221900); credits
    what settles each running loan (113100, 411000, 411300), the bon (113300), an advance they had (113500) and, by
    what is left, `cash` or 211900 when it is None. `expected` is what was approved to be left, in rupiah. Always with an `approver`; refuses
    NotAllowed, FiguresChanged, what account and require_may_leave refuse, and what ledger.post refuses.
    """
    assert kind in (EXIT, DEATH), kind
    assert cash is None or cash in PLACES, cash
    assert approver, "a second person stands for it"
    if not may(officer.roles, Action.RECORD_SAVINGS):
        raise NotAllowed(who=who_may(Action.RECORD_SAVINGS))
    here = officer.cooperative
    held = await account(db, cooperative=here, member=member, on=on, at=at, lock=True)
    await require_may_leave(db, cooperative=here, member=member, account=held, on=on)
    if held.net != expected:
        raise FiguresChanged(member=member.name)
    entry = None
    if lines := _postings(member, held, cash or accounts.key(UNPAID, member=member.id)):
        posted = await ledger.post(
            db,
            lines,
            koperasi_id=here.id,
            kind=kind,
            on=on,
            at=at,
            zone=here.zone,
            recorder=officer.recorder,
            source=source,
            operation=operation,
            reason=reason,
            approver=approver,
        )
        entry = posted.number
        await _settle(db, here, held, entry=entry, on=on, at=at)
        put_away = await term_savings.open_terms(db, koperasi_id=here.id, member_id=member.id)
        await term_savings.close(db, koperasi_id=here.id, terms=put_away, entry=entry, on=on)
    # The book is locked now: what came in meanwhile shows.
    after = await account(db, cooperative=here, member=member, on=on, at=at)
    if after.held or after.bon or after.advance:
        raise FiguresChanged(member=member.name)
    await _set_left(db, here.id, member.id, on)
    return Left(member=member, entry=entry, account=held, cash=cash)


def _postings(member: Member, held: Account, paid_from: str) -> list[Posting]:
    """Pair what is paid out with what is held first, then what is set off; provisi goes to income."""
    debits = [
        (accounts.key(code, member=member.id), held.held[code])
        for code in ("310000", "320000", "211000", "211100", "211200", SHU, LENT)
        if code in held.held
    ]
    credited = [(paid_from, held.net)] if held.net else []
    provisi: list[Posting] = []
    for debt in held.debts:
        for posting in journal.postings(debt.loan, debt.plan.moved, received=_SET_OFF):
            if posting.debit == _SET_OFF:
                credited.append((posting.credit, posting.amount))
            else:  # between its own parts, or provisi to income
                provisi.append(posting)
    claims = ((BON, held.bon), (ADVANCE, held.advance))
    credited += [(accounts.key(code, member=member.id), owed) for code, owed in claims if owed]
    return [*journal.matched(debits, credited), *provisi]


_SET_OFF = "set-off"  # stands for the savings until they are paired


async def _settle(
    db: AsyncConnection, here: Cooperative, held: Account, *, entry: int, on: date, at: datetime
) -> None:
    for debt in held.debts:
        await journal.record(
            db, debt.loan, debt.plan.moved, entry=entry, version=debt.loan.version, on=on,
            amount=debt.total, kind="settlement",
        )  # fmt: skip
        today = business_date(at, here.zone)
        await keep(
            db, debt.loan, debt.plan.version, debt.plan.after, on=today, at=at, cause="payment"
        )


async def _set_left(
    db: AsyncConnection, koperasi_id: int, member_id: int, left_on: date | None
) -> None:
    await db.execute(
        update(members)
        .where(members.c.koperasi_id == koperasi_id, members.c.id == member_id)
        .values(left_on=left_on)
    )
    await cooperatives.people_changed(db, koperasi_id)


async def take_back(db: AsyncConnection, *, koperasi_id: int, member_id: int) -> None:
    """Let a membership go on whose end was reversed."""
    await _set_left(db, koperasi_id, member_id, None)
