"""Members' savings: pokok once, wajib month by month, sukarela in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, holds, ledger, people, rules, spending
from core import dues as dues_book
from core.accounts import CASH, PLACES, SOURCES, SavingsKind
from core.calendar import business_date
from core.cooperatives import Cooperative
from core.dues import Part
from core.errors import Refusal
from core.ledger import BelowFloor, Entry, Posting
from core.money import Rupiah
from core.people import Member, Standing
from core.permissions import Action, NotAllowed, may, who_may


class NotEnoughSavings(Refusal):
    """A withdrawal is at most what the member's sukarela holds. Facts: member, amount, available."""

    text = "refusal-not-enough-savings"


class HeldForLoan(NotEnoughSavings):
    """What a guarantor promised stays while the loan is owed. Facts: member, amount, available, held."""

    text = "refusal-held-for-loan"


class PokokIsPaid(Refusal):
    """Simpanan pokok is paid once."""

    text = "refusal-pokok-paid"


class PokokTooMuch(Refusal):
    """Instalments of simpanan pokok add up to it, not above. Facts: member, remaining."""

    text = "refusal-pokok-too-much"


class OwnSavings(Refusal):
    """What officers record for themselves, or from a chat shared with the member, needs another officer.

    Facts: member, who may.
    """

    text = "refusal-own-savings"


class AboveLimit(Refusal):
    """Above the cooperative's limit a second person approves what a member is paid out on one day.

    Facts: amount (of that day, on officers' own word), limit.
    """

    text = "refusal-above-withdrawal-limit"


class BackDated(Refusal):
    """A date further back than one officer may enter alone. Facts: on, days."""

    text = "refusal-back-dated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """What a member holds, in rupiah."""

    pokok: Rupiah
    wajib: Rupiah
    sukarela: Rupiah

    def of(self, kind: SavingsKind) -> Rupiah:
        """Return the balance of one kind."""
        return {"pokok": self.pokok, "wajib": self.wajib, "sukarela": self.sukarela}[kind.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Savings moved: `amount` rupiah; balances are of this kind; `months` only for wajib."""

    entry: int
    hash: bytes
    kind: SavingsKind
    withdrawal: bool
    amount: Rupiah
    before: Rupiah
    balance: Rupiah
    months: tuple[Part, ...]
    cash: str  # the cash box or bank it went through, by its code
    repeated: bool


async def balances(db: AsyncConnection, *, koperasi_id: int, member_id: int) -> Balances:
    """Read a member's savings of each kind."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT key, balance FROM ledger.accounts WHERE koperasi_id = $1 AND key = ANY ($2)",
        koperasi_id,
        [kind.account(member_id) for kind in SavingsKind],
    )
    found: dict[str, Rupiah] = dict(rows)
    pokok, wajib, sukarela = (found.get(kind.account(member_id), 0) for kind in SavingsKind)
    return Balances(pokok=pokok, wajib=wajib, sukarela=sukarela)


def require_other_person(officer: Standing, member: Member, *, shared_chat: bool) -> None:
    """Refuse what an officer records for the own membership or from the member's own chat."""
    if officer.person_id == member.id or shared_chat:
        raise OwnSavings(member=member.name, who=who_may(Action.APPROVE))


def require_recent(officer: Standing, *, on: date, today: date) -> None:
    """Refuse a date further back than the rule backdate_days lets one officer enter alone."""
    days = officer.rules.on(today).backdate_days
    if (today - on).days > days:
        raise BackDated(on=on, days=days)


async def paid_out_alone(
    db: AsyncConnection, *, cooperative: Cooperative, member_id: int, on: date, at: datetime
) -> Rupiah:
    """Add up what a member was paid out without a second person, in rupiah: parts count together.

    That is what is dated `on`, and what was recorded on the day of `at`, whatever its date.
    """
    account = SavingsKind.SUKARELA.account(member_id)
    return await spending.alone(
        db, cooperative=cooperative, account=account, kind=WITHDRAWAL, on=on, at=at
    )


WITHDRAWAL = "withdraw-sukarela"


async def _require_within_limit(
    db: AsyncConnection, officer: Standing, member: Member, *, on: date, at: datetime
) -> None:
    """Refuse to pay out more than the rule withdrawal_limit lets officers pay out alone on one day."""
    here = officer.cooperative
    limit = officer.rules.on(business_date(at, here.zone)).withdrawal_limit
    amount = await paid_out_alone(db, cooperative=here, member_id=member.id, on=on, at=at)
    if amount > limit:
        raise AboveLimit(amount=amount, limit=limit)


async def check_deposit(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    member: Member,
    kind: SavingsKind,
    amount: Rupiah,
    on: date,
) -> None:
    """Refuse what a deposit may not be: PokokIsPaid, PokokTooMuch, MemberHasLeft, NotYetMember."""
    people.require_active(member, on=on)
    if kind is SavingsKind.POKOK:
        held = (await balances(db, koperasi_id=cooperative.id, member_id=member.id)).pokok
        await _require_room_in_pokok(db, cooperative, member, held, amount, on)


async def _require_room_in_pokok(
    db: AsyncConnection,
    cooperative: Cooperative,
    member: Member,
    held: Rupiah,
    amount: Rupiah,
    on: date,
) -> None:
    rule = await rules.in_force(db, cooperative.id, on)
    if held >= rule.pokok:
        raise PokokIsPaid(member=member.name, paid=held)
    if held + amount > rule.pokok:
        raise PokokTooMuch(member=member.name, remaining=rule.pokok - held)


async def deposit(
    db: AsyncConnection,
    *,
    officer: Standing,
    member: Member,
    kind: SavingsKind,
    amount: Rupiah,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    months: Sequence[date] | None = None,
    note: str | None = None,
    cash: str = CASH,
    approver: str | None = None,
) -> Recorded:
    """Record cash received from a member as savings.

    Debits `cash`, a cash box or bank (111000) or 215000 when a receipt is named that nobody could name before
    (core.treasury.held), and credits the member's account of this kind by `amount` rupiah, more than zero. `months` are the months a wajib was said to be for; the oldest unpaid ones otherwise.
    `note` is kept as the entry's reason.
    `operation` is the card's id; the book holds each one once. Refuses what check_deposit refuses,
    NotAllowed, and without an `approver` (core.approvals) OwnSavings and BackDated; after a refusal the
    caller's savepoint must be rolled back.
    """
    assert amount > 0, amount
    assert cash in SOURCES, cash
    if not may(officer.roles, Action.RECORD_SAVINGS):
        raise NotAllowed(who=who_may(Action.RECORD_SAVINGS))
    if approver is None:
        require_other_person(officer, member, shared_chat=False)
        require_recent(officer, on=on, today=business_date(at, officer.cooperative.zone))
    people.require_active(member, on=on)
    cooperative = officer.cooperative
    posting = Posting(debit=cash, credit=kind.account(member.id), amount=amount)
    entry = await _post(
        db, posting, f"deposit-{kind}", officer, on, at, operation, source, note, approver
    )
    balance = entry.balance_of(posting.credit)
    if kind is SavingsKind.POKOK and not entry.repeated:
        # Asked of the balance after posting: the book is locked now, nobody else pays meanwhile.
        await _require_room_in_pokok(db, cooperative, member, balance - amount, amount, on)
    parts: tuple[Part, ...] = ()
    if kind is SavingsKind.WAJIB:
        parts = await dues_book.record(
            db,
            cooperative=cooperative,
            member=member,
            amount=amount,
            entry=entry.number,
            months=months,
            repeated=entry.repeated,
        )
    return Recorded(
        entry=entry.number,
        hash=entry.hash,
        kind=kind,
        withdrawal=False,
        amount=amount,
        before=balance - amount,
        balance=balance,
        months=parts,
        cash=cash,
        repeated=entry.repeated,
    )


async def withdraw(
    db: AsyncConnection,
    *,
    officer: Standing,
    member: Member,
    amount: Rupiah,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    note: str | None = None,
    cash: str = CASH,
    approver: str | None = None,
) -> Recorded:
    """Pay cash out of a member's simpanan sukarela.

    Debits the member's sukarela and credits `cash`, a cash box or bank (111000), by `amount` rupiah, more than zero.
    Refuses NotEnoughSavings with the sum available (HeldForLoan when some of it is held), NotAllowed,
    who is no member then, and without an `approver` (core.approvals) OwnSavings, AboveLimit and
    BackDated; pokok and wajib are paid out on leaving only.
    """
    assert amount > 0, amount
    assert cash in PLACES, cash
    if not may(officer.roles, Action.RECORD_SAVINGS):
        raise NotAllowed(who=who_may(Action.RECORD_SAVINGS))
    if approver is None:
        today = business_date(at, officer.cooperative.zone)
        require_other_person(officer, member, shared_chat=False)
        require_recent(officer, on=on, today=today)
    people.require_active(member, on=on)
    account = SavingsKind.SUKARELA.account(member.id)
    posting = Posting(debit=account, credit=cash, amount=amount)
    held = await holds.held(db, koperasi_id=officer.cooperative.id, member_id=member.id)
    try:
        entry = await _post(
            db, posting, WITHDRAWAL, officer, on, at, operation, source, note, approver
        )
    except BelowFloor as below:  # nothing can be read any more
        has = int(str(below.facts["balance"])) + amount
        facts = {"member": member.name, "amount": amount, "available": max(0, has - held)}
        if held:
            raise HeldForLoan(**facts, held=held) from below
        raise NotEnoughSavings(**facts) from below
    balance = entry.balance_of(account)
    if not entry.repeated:
        await require_free(db, officer.cooperative, member, amount=amount, balance=balance)
    if approver is None and not entry.repeated:  # Asked last: what is not there is said first.
        await _require_within_limit(db, officer, member, on=on, at=at)
    return Recorded(
        entry=entry.number,
        hash=entry.hash,
        kind=SavingsKind.SUKARELA,
        withdrawal=True,
        amount=amount,
        before=balance + amount,
        balance=balance,
        months=(),
        cash=cash,
        repeated=entry.repeated,
    )


async def require_free(
    db: AsyncConnection,
    cooperative: Cooperative,
    member: Member,
    *,
    amount: Rupiah,
    balance: Rupiah,
) -> None:
    """Refuse to take `amount` out of sukarela that leaves less than is held: HeldForLoan.

    `balance` is what is left. Asked after posting the book is locked, and nobody takes meanwhile.
    """
    held = await holds.held(db, koperasi_id=cooperative.id, member_id=member.id)
    if balance < held:
        available = max(0, balance + amount - held)
        raise HeldForLoan(member=member.name, amount=amount, available=available, held=held)


async def _post(
    db: AsyncConnection,
    posting: Posting,
    kind: str,
    officer: Standing,
    on: date,
    at: datetime,
    operation: str,
    source: str,
    note: str | None,
    approver: str | None,
) -> Entry:
    return await ledger.post(
        db,
        [posting],
        koperasi_id=officer.cooperative.id,
        kind=kind,
        on=on,
        at=at,
        zone=officer.cooperative.zone,
        recorder=officer.recorder,
        source=source,
        operation=operation,
        reason=note,
        approver=approver,
    )
