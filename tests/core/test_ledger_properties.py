"""Random operations, one after the other against a plain model, and many at once against every invariant."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from core import accounts, database, ledger
from core.errors import Refusal
from core.verify import verify
from tests.conftest import KEYS
from tests.core import books
from tests.core.books import AT, TODAY, sukarela, wajib

ACCOUNTS = (
    accounts.CASH, "112100", "411000", "521000", "113300:m1", wajib(1), sukarela(1), sukarela(2), sukarela(3),
)  # fmt: skip
DAYS = (date(2026, 10, 31), date(2026, 11, 10), TODAY, date(2026, 11, 25))  # the last is tomorrow
Line = tuple[str, str, int]


@dataclass(frozen=True)
class Post:
    """`lost`: the process dies before its commit."""

    koperasi_id: int
    operation: str
    lines: tuple[Line, ...]
    on: date
    lost: bool = False


@dataclass(frozen=True)
class Reverse:
    koperasi_id: int
    operation: str
    number: int
    on: date
    lost: bool = False


@dataclass(frozen=True)
class Close:
    koperasi_id: int
    through: date | None


Act = Post | Reverse | Close

amounts = st.one_of(st.integers(1, 50), st.integers(1, 100_000), st.just(2**63 - 1))
pairs = st.permutations(ACCOUNTS).map(lambda keys: (keys[0], keys[1]))
lines = st.one_of(
    st.builds(lambda m, a: ((accounts.CASH, sukarela(m), a),), st.integers(1, 3), amounts),
    st.builds(lambda m, a: ((sukarela(m), accounts.CASH, a),), st.integers(1, 3), amounts),
    st.lists(st.builds(lambda p, a: (*p, a), pairs, amounts), min_size=1, max_size=4).map(tuple),
    # Two accounts again and again in one entry, on both sides of it, at a floor and at what 64 bits hold.
    st.lists(
        st.builds(
            lambda back, a: (
                (sukarela(1), accounts.CASH, a) if back else (accounts.CASH, sukarela(1), a)
            ),
            st.booleans(),
            amounts,
        ),
        min_size=5,
        max_size=12,
    ).map(tuple),
)
# Few names, so that operations come again, with the same content and with other.
names = st.sampled_from([f"op{n}" for n in range(16)])
days = st.sampled_from([TODAY] * 4 + list(DAYS))
lost = st.sampled_from([False] * 5 + [True])
which = st.sampled_from([0, 0, 1])
deposits = st.builds(
    lambda here, name, m, a: Post(here, name, ((accounts.CASH, sukarela(m), a),), TODAY),
    which, names, st.integers(1, 3), st.integers(10, 100_000),
)  # fmt: skip
posts = st.builds(Post, which, names, lines, days, lost)
reversals = st.builds(Reverse, which, names, st.integers(1, 4), days, lost)
closings = st.builds(Close, which, st.sampled_from([None, *DAYS[:2]]))
acts: st.SearchStrategy[Act] = st.sampled_from([posts] * 5 + [reversals] * 3 + [closings]).flatmap(
    lambda act: act
)


@st.composite
def plans(draw: st.DrawFn, size: int) -> list[Act]:
    """Draw deposits, then operations of all kinds, some of them said again word for word."""
    plan: list[Act] = [*draw(st.lists(deposits, min_size=2, max_size=4))]
    plan += draw(st.lists(acts, min_size=size // 2, max_size=size))
    again = draw(st.lists(st.integers(0, len(plan) - 1), max_size=4))
    return plan + [plan[n] for n in again]


@dataclass
class Village:
    """Two cooperatives of one example, at their real ids."""

    ids: tuple[int, int]

    def of(self, act: Act) -> int:
        return self.ids[act.koperasi_id]


class _Lost(Exception):  # noqa: N818 - what happened
    pass


async def _do(app: AsyncEngine, owner: AsyncEngine, act: Act, here: int) -> Any:
    """Perform one act in a transaction of its own; return its entry or the refusal."""
    facts: dict[str, Any] = {"koperasi_id": here}
    try:
        if isinstance(act, Close):
            async with database.transaction(owner, koperasi_id=here) as db:
                await ledger.close(
                    db, koperasi_id=here, through=act.through, at=AT, by="officer:1", reason="tutup"
                )
            return None
        async with database.transaction(app, koperasi_id=here) as db:
            if isinstance(act, Post):
                entry = await books.post(
                    db, *act.lines, operation=act.operation, on=act.on, kind="any", **facts
                )
            else:
                entry = await books.reverse(db, act.number, act.operation, on=act.on, **facts)
            if act.lost:
                raise _Lost  # noqa: TRY301 - as a dying process would
            return entry
    except (Refusal, ledger.OperationDiffers, _Lost) as refusal:
        return refusal


@dataclass
class Model:
    """What a book must do, said as plainly as possible."""

    entries: list[tuple[str, tuple[Line, ...], date, int | None]] = field(default_factory=list)
    balances: dict[str, int] = field(default_factory=dict)
    closed: date | None = None

    def expect(self, act: Act) -> tuple[str, int | None]:
        """Say the outcome by name, with the entry's number, and move on accordingly."""
        if isinstance(act, Close):
            self.closed = act.through
            return "closed", None
        if isinstance(act, Post):
            return self._post(act, act.lines, None)
        if act.number > len(self.entries):
            return "NoSuchEntry", None
        back = tuple(
            (credit, debit, amount) for debit, credit, amount in self.entries[act.number - 1][1]
        )
        return self._post(act, back, act.number)

    def _post(
        self, act: Post | Reverse, written: tuple[Line, ...], reverses: int | None
    ) -> tuple[str, int | None]:
        content = (act.operation, written, act.on, reverses)
        if act.on > TODAY:
            return "FutureDate", None
        for number, entry in enumerate(self.entries, start=1):
            if entry[0] == act.operation:
                if entry != content:
                    return "OperationDiffers", None
                return ("_Lost", None) if act.lost else ("repeated", number)
        if self.closed is not None and act.on <= self.closed:
            return "BookIsClosed", None
        if reverses is not None:
            reversed_before = any(entry[3] == reverses for entry in self.entries)
            if reversed_before or self.entries[reverses - 1][3] is not None:
                return "AlreadyReversed", None
        after = self._after(written)
        if isinstance(after, str):
            return after, None
        if act.lost:
            return "_Lost", None
        self.balances = after
        self.entries.append(content)
        return "entered", len(self.entries)

    def _after(self, written: tuple[Line, ...]) -> dict[str, int] | str:
        after = dict(self.balances)
        for debit, credit, amount in written:
            for key, is_debit in ((debit, True), (credit, False)):
                normal = accounts.chart()[key[:6]].normal == "D"
                after[key] = after.get(key, 0) + (amount if normal == is_debit else -amount)
                if not -(2**63) <= after[key] < 2**63:
                    return "AmountTooLarge"
        for key in {key for debit, credit, _ in written for key in (debit, credit)}:
            floor = accounts.chart()[key[:6]].floor
            if floor is not None and after[key] < floor:
                return "BelowFloor"
        return after


def _named(outcome: Any) -> tuple[str, int | None]:
    if outcome is None:
        return "closed", None
    if isinstance(outcome, ledger.Entry):
        return ("repeated" if outcome.repeated else "entered"), outcome.number
    return type(outcome).__name__, None


@dataclass
class Place:
    """A database of its own for this file, and ids nobody has had."""

    urls: database.Urls = field(repr=False)
    ids: Iterator[int]

    async def founded(self, owner: AsyncEngine) -> Village:
        village = Village(ids=(next(self.ids), next(self.ids)))
        async with database.transaction(owner) as db:
            for koperasi_id in village.ids:
                await books.a_book(db, koperasi_id)
        return village


@pytest.fixture(scope="module")
def place(server_url: str, template: str) -> Iterator[Place]:
    name = f"kopdes_properties_{uuid.uuid4().hex[:8]}"
    url = urlunsplit(urlsplit(server_url)._replace(path="/" + name))

    async def execute(statement: str) -> None:
        connection = await asyncpg.connect(server_url)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    yield Place(urls=database.derive_urls(url, KEYS), ids=itertools.count(1))
    asyncio.run(execute(f"DROP DATABASE {name} WITH (FORCE)"))


async def _invariants(owner: AsyncEngine, koperasi_id: int) -> list[Any]:
    """Hold a book against what must always be true of it; return its entries."""
    async with owner.connect() as db:
        raw = await database.driver(db)
        found = await verify(db, koperasi_id)
        assert found.finding is None, found.finding
        entries = await raw.fetch(
            "SELECT * FROM ledger.entries WHERE koperasi_id = $1 ORDER BY number", koperasi_id
        )
        assert [entry["number"] for entry in entries] == list(range(1, len(entries) + 1))
        assert found.entries == len(entries)
        rows = await raw.fetch(
            "SELECT a.key, a.normal, a.balance, a.floor,"
            " coalesce((SELECT sum(amount) FROM ledger.postings p"
            "   WHERE p.koperasi_id = a.koperasi_id AND p.debit = a.id), 0)::numeric AS debits,"
            " coalesce((SELECT sum(amount) FROM ledger.postings p"
            "   WHERE p.koperasi_id = a.koperasi_id AND p.credit = a.id), 0)::numeric AS credits"
            " FROM ledger.accounts a WHERE a.koperasi_id = $1",
            koperasi_id,
        )
        total = 0
        for row in rows:
            moved = int(row["debits"] - row["credits"])
            assert row["balance"] == (moved if row["normal"] == "D" else -moved), row["key"]
            assert row["floor"] is None or row["balance"] >= row["floor"], row["key"]
            total += moved
        assert total == 0
        opened = await raw.fetchval(
            "SELECT accounts FROM ledger.books WHERE koperasi_id = $1", koperasi_id
        )
        assert opened == len(rows)
        return list(entries)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans(25))
def test_any_sequence_of_operations_does_what_a_plain_model_says(place: Place, plan: list[Act]):
    async def run() -> None:
        owner = database.make_engine(place.urls.owner, size=1)
        app = database.make_engine(place.urls.app, size=1)
        try:
            village = await place.founded(owner)
            models = (Model(), Model())
            for act in plan:
                expected = models[act.koperasi_id].expect(act)
                event(expected[0])  # --hypothesis-show-statistics says how often each was met
                assert _named(await _do(app, owner, act, village.of(act))) == expected, act
            for koperasi_id, model in zip(village.ids, models, strict=True):
                entries = await _invariants(owner, koperasi_id)
                assert [e["operation"] for e in entries] == [e[0] for e in model.entries]
                async with owner.connect() as db:
                    raw = await database.driver(db)
                    stored = await raw.fetch(
                        "SELECT key, balance FROM ledger.accounts WHERE koperasi_id = $1",
                        koperasi_id,
                    )
                assert {row["key"]: row["balance"] for row in stored} == model.balances
        finally:
            await owner.dispose()
            await app.dispose()

    asyncio.run(run())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(work=st.lists(plans(10), min_size=4, max_size=6))
def test_any_operations_at_once_keep_every_invariant(place: Place, work: list[list[Act]]):
    async def run() -> None:
        owner = database.make_engine(place.urls.owner, size=2)
        app = database.make_engine(place.urls.app, size=6)
        try:
            village = await place.founded(owner)

            async def teller(plan: Sequence[Act]) -> list[tuple[Act, Any]]:
                return [(act, await _do(app, owner, act, village.of(act))) for act in plan]

            async def auditor() -> None:
                """Verify while the tellers write: what is half done is never seen."""
                for _ in range(3):
                    await asyncio.sleep(0.01)
                    for koperasi_id in village.ids:
                        async with owner.connect() as db:
                            found = await verify(db, koperasi_id)
                        assert found.finding is None, found.finding

            results = await asyncio.gather(auditor(), *[teller(plan) for plan in work])
            done = [pair for result in results if result for pair in result]
            for koperasi_id in village.ids:
                entries = await _invariants(owner, koperasi_id)
                mine = [(a, o) for a, o in done if village.of(a) == koperasi_id]
                _check_outcomes(entries, mine)
        finally:
            await owner.dispose()
            await app.dispose()

    asyncio.run(run())


def _check_outcomes(entries: list[Any], done: list[tuple[Act, Any]]) -> None:
    """Every entry was written by one operation, and whoever said it again was given the same one."""
    entered = [outcome for _, outcome in done if _named(outcome)[0] == "entered"]
    assert sorted(entry.number for entry in entered) == [entry["number"] for entry in entries]
    assert len({entry["operation"] for entry in entries}) == len(entries)
    back = [entry["reverses"] for entry in entries if entry["reverses"] is not None]
    assert len(set(back)) == len(back)
    by_number = {entry.number: entry for entry in entered}
    by_operation = {entry["operation"]: entry["number"] for entry in entries}
    for act, outcome in done:
        if isinstance(outcome, ledger.Entry):
            first = by_number[outcome.number]
            assert (outcome.hash, outcome.postings) == (first.hash, first.postings)
            assert outcome.credit_balances == first.credit_balances
            assert isinstance(act, Post | Reverse)
            assert by_operation[act.operation] == outcome.number
        elif isinstance(outcome, ledger.OperationDiffers):
            assert isinstance(act, Post | Reverse)
            assert by_operation.get(act.operation) == outcome.entry
            written = by_number[outcome.entry].postings
            same = isinstance(act, Post) and act.lines == tuple(
                (p.debit, p.credit, p.amount) for p in written
            )
            assert not same or outcome.differs not in ("amount", "debit", "credit")
