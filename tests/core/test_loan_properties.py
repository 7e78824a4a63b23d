"""Random lives of loans in a real database, each step held against a clerk who lives through every day."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.accounts import SavingsKind
from core.errors import Refusal
from core.loans import book, journal, restructuring, write_offs
from core.loans.book import Paid, Version
from core.loans.payments import PaymentTooMuch
from core.loans.terms import Fine, Penalty, Share, Terms
from core.verify import verify
from tests import builders_core
from tests.builders_core import AT, TODAY
from tests.conftest import KEYS
from tests.core import loan_life
from tests.core.loan_books import a_running_loan, balances, stored
from tests.core.loan_model import Desk, agree, lived
from tests.core.loan_village import (
    Village,
    a_village,
    holds_together,
    now,
    pays,
    position,
    takes_back,
)

DISBURSED = date(2026, 4, 24)
SINCE = (TODAY - DISBURSED).days
SAVED = 5_000_000
_NUMBERS = itertools.count(1)
PHASES = [phase for phase in Phase if phase is not Phase.explain]  # it takes minutes here

_WORTH = {
    Fine.NONE: (0,),
    Fine.PERCENT_DAILY: ("0.1", "0.3333", 2),
    Fine.PERCENT_ONCE: ("0.5", 2),
    Fine.FIXED_DAILY: (500, 1),
    Fine.FIXED_ONCE: (5_000,),
}


@st.composite
def penalties(draw: st.DrawFn) -> Penalty:
    kind = draw(st.sampled_from(list(Fine)))
    return Penalty(
        kind=kind,
        value=Decimal(draw(st.sampled_from(_WORTH[kind]))),
        grace_days=draw(st.sampled_from([0, 3, 30])),
        cap=draw(st.sampled_from([None, None, Decimal(5)])),
    )


rules_of_loans = st.builds(
    Terms,
    rate=st.sampled_from([Decimal(0), Decimal("0.75"), Decimal(1), Decimal("1.9")]),
    penalty=penalties(),
    order=st.permutations(list(Share)).map(tuple),
    settlement_instalments=st.integers(0, 2),
    provisi=st.sampled_from([Decimal(0), Decimal("1.37")]),
    provisi_spread=st.just(True),
)
days_back = st.one_of(st.just(0), st.integers(0, SINCE), st.sampled_from([30, 61, 92, 123]))
amounts = st.one_of(
    st.integers(1, 1_000), st.integers(1, 700_000), st.sampled_from(["all", "all+1", "much"])
)


@dataclass(frozen=True)
class Pay:
    back: int
    amount: int | str
    from_savings: bool = False
    rest: int = 0


@dataclass(frozen=True)
class Settle:
    back: int
    off: int = 0


@dataclass(frozen=True)
class Reverse:
    which: int


@dataclass(frozen=True)
class Restructure:
    back: int
    count: int
    capitalise: bool


@dataclass(frozen=True)
class WriteOff:
    back: int


@dataclass(frozen=True)
class Recover:
    back: int
    amount: int | str


@dataclass(frozen=True)
class TopUp:
    more: int


Act = Pay | Settle | Reverse | Restructure | WriteOff | Recover | TopUp
acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(Pay, days_back, amounts, st.booleans(), st.just(0)),
    st.builds(Pay, days_back, st.integers(1, 300_000), st.just(False), st.integers(0, 5_000)),
    st.builds(Pay, st.just(0), st.integers(50_000, 300_000), st.just(False), st.just(0)),
    st.builds(Reverse, st.integers(0, 9)),
    st.builds(Reverse, st.integers(0, 9)),
    st.builds(Settle, st.sampled_from([0, 0, 5, 40]), st.sampled_from([0, 0, 0, 1])),
    st.builds(Restructure, st.sampled_from([0, 0, 20, 70]), st.integers(1, 8), st.booleans()),
    st.builds(TopUp, st.integers(1_000, 500_000)),
)
recoveries = st.builds(
    Recover,
    st.sampled_from([0, 0, 2, 30]),
    st.one_of(st.integers(1, 600_000), st.sampled_from(["all", "all+1"])),
)
lost = st.tuples(
    st.builds(WriteOff, st.sampled_from([0, 0, 3, 40])), recoveries, st.one_of(recoveries, acts)
)
plans = st.lists(st.one_of(*(st.tuples(acts) for _ in range(6)), lost), min_size=2, max_size=8).map(
    lambda parts: list(itertools.chain(*parts))
)


@dataclass
class Lost:
    """A write-off on paper: what was owed on its day, and what came in since, by entry."""

    entry: int
    on: date
    principal: int
    claimed: int
    got: dict[int, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        return self.claimed - sum(self.got.values())


@dataclass
class Clerk:
    """What was paid, by version, as one would note it on paper."""

    versions: list[Version]
    lost: Lost | None = None
    paid: list[tuple[int, Paid]] = field(default_factory=list)  # (version, payment)
    capitalised: int = 0

    def live(self, version: int) -> list[Paid]:
        return [paid for number, paid in self.paid if number == version]

    @property
    def current(self) -> Version:
        return self.versions[-1]

    def desk(self, on: date = TODAY, *more: Paid) -> Desk:
        version = self.current
        return lived(version, [*self.live(version.version), *more], on)

    def owed(self, desk: Desk) -> int:
        penalty = desk.version.terms.penalty
        return sum(slip.owes(share, penalty) for slip in desk.slips for share in Share)

    def entries(self) -> list[int]:
        """List what may be taken back."""
        lost = [] if self.lost is None else [self.lost.entry, *self.lost.got]
        return [*(paid.entry for _, paid in self.paid), *lost]

    def find(self, entry: int) -> tuple[int, Paid]:
        return next(one for one in self.paid if one[1].entry == entry)

    def take_back(self, entry: int) -> None:
        if self.lost is not None and entry == self.lost.entry:
            self.lost = None
        elif self.lost is not None and entry in self.lost.got:
            del self.lost.got[entry]
        else:
            self.paid.remove(self.find(entry))

    def last(self) -> date:
        return max((paid.on for paid in self.live(self.current.version)), default=date.min)

    def fits(self, amount: int, on: date) -> bool:
        """Say whether a payment leaves nothing over."""
        return not self.desk(TODAY, Paid(entry=2**60, on=on, amount=amount)).surplus


def _figure(clerk: Clerk, on: date) -> int:
    return sum(clerk.desk(on).figure().values())


def _expected(clerk: Clerk, act: Act) -> str:
    """Say the outcome by name."""
    owing = bool(clerk.owed(clerk.desk()))
    match act:
        case Reverse():
            return _of_reversal(clerk, act)
        case TopUp():
            return "done" if owing and clerk.lost is None else "NotToppedUp"
        case Recover():
            return _of_recovery(clerk, act)
    if clerk.lost is not None:
        return "LoanNotRunning"
    return _of_running(clerk, act) if owing else "LoanIsSettled"


def _of_running(clerk: Clerk, act: Pay | Settle | Restructure | WriteOff) -> str:
    on = TODAY - timedelta(days=act.back)
    if on < clerk.current.starts_on:
        return "BeforeRestructuring"
    if isinstance(act, Pay):
        return "done" if clerk.fits(_amount(clerk, act), on) else "PaymentTooMuch"
    if clerk.last() > on:
        return "PaidSince"
    if isinstance(act, Settle):
        # Where a settlement costs further instalments and principal went first, a later figure may be nothing.
        return "done" if not act.off and _figure(clerk, on) else "NotSettlementFigure"
    desk = clerk.desk(on)
    if sum(slip.principal - slip.got[Share.PRINCIPAL] for slip in desk.slips):
        return "done"
    return "NothingToWriteOff" if isinstance(act, WriteOff) else "NothingToReschedule"


def _of_recovery(clerk: Clerk, act: Recover) -> str:
    if clerk.lost is None:
        return "NotWrittenOff"
    if TODAY - timedelta(days=act.back) < clerk.lost.on:
        return "BeforeWriteOff"
    return "done" if _recovered(clerk, act) <= clerk.lost.left else "RecoveryTooMuch"


def _of_reversal(clerk: Clerk, act: Reverse) -> str:
    entries = clerk.entries()
    if not entries:
        return "nothing"
    entry, lost = entries[act.which % len(entries)], clerk.lost
    if lost is not None and entry in (lost.entry, *lost.got):
        return "LaterFirst" if entry == lost.entry and lost.got else "done"
    version, paid = clerk.find(entry)
    if lost is not None and version == clerk.current.version:
        return "LaterFirst"
    if version != clerk.current.version:
        return "EarlierSchedule"
    ended = any(other.settles for other in clerk.live(version))
    return "LaterFirst" if ended and not paid.settles else "done"


def _amount(clerk: Clerk, act: Pay) -> int:
    match act.amount:
        case int(amount):
            return amount
        case "much":
            return 10**15
        case word:
            return max(clerk.owed(clerk.desk()), 1) + (word == "all+1")


def _recovered(clerk: Clerk, act: Recover) -> int:
    if isinstance(act.amount, int):
        return act.amount
    left = 0 if clerk.lost is None else clerk.lost.left
    return max(left, 1) + (act.amount == "all+1")


async def _do(db: AsyncConnection, village: Village, clerk: Clerk, act: Act) -> None:
    """Perform an act for real, and note it on paper when it was done."""
    if isinstance(act, Reverse):
        entries = clerk.entries()
        entry = entries[act.which % len(entries)]
        await takes_back(db, village, entry)
        clerk.take_back(entry)
        return
    if isinstance(act, TopUp):
        await _top_up(db, village, clerk, act)
        return
    on = TODAY - timedelta(days=act.back)
    version = clerk.current.version
    if isinstance(act, Restructure):
        await _restructure(db, village, clerk, act, on)
        return
    if isinstance(act, WriteOff):
        await _write_off(db, village, clerk, on)
        return
    if isinstance(act, Recover):
        await _recover(db, village, clerk, act, on)
        return
    consent: dict[str, Any] = {}
    if isinstance(act, Pay) and act.from_savings and isinstance(act.amount, int):
        consent = {"from_savings": True, "approver": f"person:{village.siti.id}"}
    if isinstance(act, Pay):
        amount = _amount(clerk, act)
        facts: dict[str, Any] = {"to_savings": act.rest, **consent}
    else:
        amount, facts = max(_figure(clerk, on) + act.off, 1), {"settles": True}
    facts["operation"] = f"langkah-{next(_NUMBERS)}"
    done = await pays(db, village, amount, on, **facts)
    again = await pays(db, village, amount, on, **facts)
    assert replace(again, repeated=False, loan=done.loan) == done
    clerk.paid.append(
        (version, Paid(entry=done.entry, on=on, amount=amount, settles=isinstance(act, Settle)))
    )


async def _restructure(
    db: AsyncConnection, village: Village, clerk: Clerk, act: Restructure, on: date
) -> None:
    desk, old = clerk.desk(on), clerk.current
    penalty = old.terms.penalty
    due = desk.figure(extra=False)[Share.INTEREST]
    made = await restructuring.restructure(
        db, officer=village.rina, loan_id=village.loan.id, terms=replace(old.terms, moves_holidays=False),
        count=act.count, on=on, at=AT, operation=f"langkah-{next(_NUMBERS)}", source="telegram",
        reason="gagal panen", approver=village.hendra.recorder, capitalise=act.capitalise,
    )  # fmt: skip
    left = sum(slip.owes(Share.PRINCIPAL, penalty) for slip in desk.slips)
    over = due if act.capitalise else 0
    assert made.principal == left + over == sum(row.principal for row in made.rows)
    assert made.carried_interest == due - over
    assert made.carried_penalty == sum(slip.owes(Share.PENALTY, penalty) for slip in desk.slips)
    clerk.versions.append(made)
    clerk.capitalised += over


async def _write_off(db: AsyncConnection, village: Village, clerk: Clerk, on: date) -> None:
    owed = clerk.desk(on).figure()
    facts: dict[str, Any] = {
        "officer": village.rina, "loan_id": village.loan.id, "on": on, "at": AT, "source": "telegram",
        "operation": f"langkah-{next(_NUMBERS)}", "reason": "pindah", "approver": "person:901",
    }  # fmt: skip
    done = await write_offs.write_off(db, **facts)
    assert replace(await write_offs.write_off(db, **facts), repeated=False) == done
    assert (done.principal, done.from_allowance) == (owed[Share.PRINCIPAL], 0)
    clerk.lost = Lost(entry=done.entry, on=on, principal=done.principal, claimed=sum(owed.values()))


async def _recover(
    db: AsyncConnection, village: Village, clerk: Clerk, act: Recover, on: date
) -> None:
    amount = _recovered(clerk, act)
    facts: dict[str, Any] = {
        "officer": village.rina, "loan_id": village.loan.id, "on": on, "at": AT, "source": "telegram",
        "operation": f"langkah-{next(_NUMBERS)}", "amount": amount,
    }  # fmt: skip
    done = await write_offs.recover(db, **facts)
    assert replace(await write_offs.recover(db, **facts), repeated=False) == done
    assert clerk.lost is not None
    clerk.lost.got[done.entry] = amount
    assert done.claimed == clerk.lost.left


async def _top_up(db: AsyncConnection, village: Village, clerk: Clerk, act: TopUp) -> None:
    """A new loan pays the old one off by the figure of the day; it is another loan's cash that is left."""
    figure = _figure(clerk, TODAY)
    loan = await loan_life.approved(
        db, village.here, village.siti, figure + act.more, 12, tops_up=village.loan.id,
        operation=f"langkah-{next(_NUMBERS)}",
    )  # fmt: skip
    done = await loan_life.pays_out(db, village.rina, loan)
    assert (done.topped_up, done.net) == (figure, act.more)
    paid = Paid(entry=done.entry, on=TODAY, amount=figure, settles=True)
    clerk.paid.append((clerk.current.version, paid))


async def _agree_lost(db: AsyncConnection, village: Village, lost: Lost) -> None:
    """Hold a loan that left the books against the clerk's papers."""
    loan = await now(db, village)
    assert (loan.state, loan.outstanding, loan.oldest_due) == ("written-off", 0, None)
    assert (loan.written_off, loan.recovered) == (lost.principal, sum(lost.got.values()))
    claim = await write_offs.claimed(db, loan)
    assert claim is not None
    assert (claim.on, claim.left) == (lost.on, lost.left)


async def _agree(db: AsyncConnection, village: Village, clerk: Clerk) -> None:
    """Hold caches, accounts and income against the clerk's papers."""
    desk, lost = clerk.desk(), clerk.lost
    if lost is not None:
        await _agree_lost(db, village, lost)
    else:
        await holds_together(db, village)
        agree(desk, await position(db, village))
    held = await balances(db, village.here.id)
    desks = [lived(version, clerk.live(version.version), TODAY) for version in clerk.versions]
    got = {share: sum(slip.got[share] for one in desks for slip in one.slips) for share in Share}
    owed = sum(slip.principal - slip.got[Share.PRINCIPAL] for slip in desk.slips)
    assert held.get("527000", 0) == (0 if lost is None else lost.principal)
    assert held.get("419000", 0) == (0 if lost is None else sum(lost.got.values()))
    assert held.get(village.loan.account, 0) == (owed if lost is None else 0)
    assert village.loan.principal + clerk.capitalised - got[Share.PRINCIPAL] == owed
    assert held.get("411000", 0) == got[Share.INTEREST] + clerk.capitalised
    assert held.get("411300", 0) == got[Share.PENALTY]
    fee = village.loan.terms.fee(village.loan.principal)
    assert held.get("113120", 0) + held.get("411100", 0) == fee
    kept = (await position(db, village)).provisi_left if lost is None else 0
    assert held.get("113120", 0) == kept
    if not owed:
        assert held.get("113120", 0) == 0


async def _picture(db: AsyncConnection, village: Village) -> dict[str, Any]:
    here = village.here.id
    return {**await stored(db, here), "balances": await balances(db, here)}


@pytest.fixture(scope="module")
def place(server_url: str, template: str) -> Iterator[database.Urls]:
    """A database of its own for this file."""
    name = f"kopdes_loans_{uuid.uuid4().hex[:8]}"
    url = urlunsplit(urlsplit(server_url)._replace(path="/" + name))

    async def execute(statement: str) -> None:
        connection = await asyncpg.connect(server_url)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    yield database.derive_urls(url, KEYS)
    asyncio.run(execute(f"DROP DATABASE {name} WITH (FORCE)"))


class _Undone(Exception):  # noqa: N818 - what happens
    pass


async def _lives(urls: database.Urls, terms: Terms, count: int, plan: list[Act]) -> None:
    engine = database.make_engine(urls.owner, size=1)
    try:
        async with database.transaction(engine) as db:
            village = await a_village(
                db, terms=terms, disbursed=DISBURSED, count=count, principal=1_000_003
            )
            await builders_core.pays(db, village.rina, village.siti, SavingsKind.SUKARELA, SAVED)
            clerk = Clerk([await book.version(db, village.loan)])
            for act in plan:
                await _step(db, village, clerk, act)
            await _pay_and_back(db, village, clerk)
            assert (await verify(db, village.here.id)).finding is None
            raise _Undone  # noqa: TRY301 - to be undone, not handled
    except _Undone:
        pass
    finally:
        await engine.dispose()


async def _step(db: AsyncConnection, village: Village, clerk: Clerk, act: Act) -> None:
    expected = _expected(clerk, act)
    event(f"{type(act).__name__} {expected}")
    if expected == "nothing":
        return
    before = await _picture(db, village)
    refusal = await _tried(db, village, clerk, act)
    if refusal is None:
        assert expected == "done", act
        await _agree(db, village, clerk)
        return
    assert type(refusal).__name__ == expected, (act, refusal.facts)
    assert await _picture(db, village) == before
    if isinstance(refusal, PaymentTooMuch):
        _exact(clerk, act, refusal)


async def _tried(db: AsyncConnection, village: Village, clerk: Clerk, act: Act) -> Refusal | None:
    raw = await database.driver(db)
    await raw.execute("SAVEPOINT act")
    try:
        await _do(db, village, clerk, act)
    except Refusal as refusal:
        await raw.execute("ROLLBACK TO SAVEPOINT act")
        return refusal
    return None


def _exact(clerk: Clerk, act: Act, refusal: PaymentTooMuch) -> None:
    """The figure a refusal names is the most there is: one rupiah more leaves something over."""
    assert isinstance(act, Pay)
    on = TODAY - timedelta(days=act.back)
    total = int(str(refusal.facts["total"]))
    assert total == 0 or clerk.fits(total, on)
    assert not clerk.fits(total + 1, on)
    assert refusal.facts["settlement"] == _figure(clerk, TODAY)


async def _pay_and_back(db: AsyncConnection, village: Village, clerk: Clerk) -> None:
    """Pay once more, on some day, take it back, and find everything as it was."""
    if not clerk.paid or clerk.lost or not clerk.owed(clerk.desk()):
        return  # nothing looked at the class yet, or nothing is owed
    before = await _picture(db, village)
    for on in (clerk.current.starts_on, TODAY):
        if clerk.fits(12_345, on):
            done = await pays(db, village, 12_345, on)
            await takes_back(db, village, done.entry)
            assert await _picture(db, village) == before
            event("paid and taken back")


@settings(
    max_examples=30, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    terms=rules_of_loans,
    count=st.integers(1, 9),
    plan=plans,
)
def test_any_life_of_a_loan_is_what_a_clerk_would_write(
    place: database.Urls, terms: Terms, count: int, plan: list[Act]
):
    asyncio.run(_lives(place, terms, count, plan))


@settings(
    max_examples=15, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    terms=rules_of_loans,
    payments=st.lists(
        st.tuples(st.integers(0, SINCE), st.integers(1, 240_000)), min_size=2, max_size=5
    ),
    orders=st.randoms(use_true_random=False),
)
def test_the_order_in_which_payments_are_recorded_leaves_no_trace(
    place: database.Urls, terms: Terms, payments: list[tuple[int, int]], orders: Any
):
    async def run() -> None:
        engine = database.make_engine(place.owner, size=1)
        try:
            async with database.transaction(engine) as db:
                await _in_two_orders(db, terms, payments, orders)
                raise _Undone  # noqa: TRY301 - to be undone, not handled
        except _Undone:
            pass
        finally:
            await engine.dispose()

    asyncio.run(run())


async def _in_two_orders(
    db: AsyncConnection, terms: Terms, payments: list[tuple[int, int]], orders: Any
) -> None:
    village = await a_village(db, terms=terms, disbursed=DISBURSED, count=5, principal=1_000_003)
    other = await a_running_loan(
        db, village.siti.id, terms=terms, disbursed=DISBURSED, count=5, principal=1_000_003,
        koperasi_id=village.here.id,
    )  # fmt: skip
    version = await book.version(db, village.loan)
    noted: list[tuple[date, int]] = []
    for back, amount in payments:  # as long as nothing is over
        tried = [*noted, (TODAY - timedelta(days=back), amount)]
        whole = [Paid(entry=n, on=on, amount=paid) for n, (on, paid) in enumerate(tried)]
        if not lived(version, whole, TODAY).surplus:
            noted = tried
    mixed = list(noted)
    orders.shuffle(mixed)
    event(f"moved back {sum(a != b for a, b in zip(noted, mixed, strict=True))}")
    for loan, order in ((village.loan, noted), (other, mixed)):
        for on, amount in order:
            await pays(db, village, amount, on, loan_id=loan.id)
    ends = []
    for loan in (village.loan, other):
        after = await book.loan(db, koperasi_id=village.here.id, loan_id=loan.id)
        rows = [
            {name: value for name, value in row.items() if name != "loan_id"}
            for row in (await stored(db, village.here.id))["loan_instalments"]
            if row["loan_id"] == loan.id
        ]
        ends.append(
            (
                rows, journal.booked(await book.moved(db, loan), 1), after.outstanding,
                after.oldest_due, after.state, after.settled_on, after.klass,
            )
        )  # fmt: skip
    assert ends[0] == ends[1]
    assert (await now(db, village)).klass == ends[1][-1]
