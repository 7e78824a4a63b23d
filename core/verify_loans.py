"""Loans held against the book: what each entry moved of them, and each loan against its replay.

Entry by entry: the rows of loan_payments and the loans paid out are the postings on 113100, 113120 and the
income of that entry. Loan by loan, a page at a time: each schedule is what the terms stored with it give, row
by row; replay of the payments that hold = what is kept of instalments and loan = the loan's account.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg

from core.loans import book, journal, recomputed, replay
from core.loans import terms as rules_of
from core.loans.book import Instalment, Moved, State, Version
from core.loans.journal import Totals
from core.verify_rows import Account, Written, Wrong

_PAGE = 200  # loans read in one statement, so that each is seen as of one instant
_DISBURSEMENT = "loan-disbursement"
_ROWS_OF = {  # kind of entry -> kinds of rows it may have brought
    "loan-payment": {"payment"},
    "loan-settlement": {"settlement"},
    "member-exit": {"settlement"},  # of all the member owed
    "member-death": {"settlement"},
    "loan-adjustment": {"adjustment"},
    "loan-restructuring": {"adjustment"},
    "loan-write-off": {"write-off"},
    "loan-recovery": {"recovery"},
    _DISBURSEMENT: {"settlement"},  # of the old loan
    "reversal": {"reversal"},
}
_WATCHED = (
    book.PROVISI_DEFERRED, book.INTEREST_INCOME, book.PROVISI_INCOME, book.ADMINISTRASI_INCOME,
    book.PENALTY_INCOME, book.RECOVERY_INCOME,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """Net credits of an entry: by loan on 113100, by code on provisi and income."""

    loans: dict[int, int]
    codes: dict[str, int]


def check_moves(accounts: Mapping[int, Account], written: Written) -> None:
    """Hold what an entry says it moved of loans against its postings.

    Nothing moves a loan's account but what a loan's rows or its disbursement say; interest, fines and
    provisi of a loan's entry are that entry's income. A reversal takes back the rows of its original.
    """
    number, kind = written.entry["number"], written.entry["kind"]
    booked, said = _booked(accounts, written), _said(written)
    for loan in sorted({*booked.loans, *said.loans}):
        if booked.loans.get(loan, 0) != said.loans.get(loan, 0):
            raise Wrong(
                number,
                f"entry {number}: loan P-{loan:04d} says {said.loans.get(loan, 0)} of principal came back,"
                f" booked {booked.loans.get(loan, 0)}",
            )
    if not (written.moves or written.brought or written.original_moves or kind.startswith("loan-")):
        return
    _check_rows(written)
    if kind == "loan-allowance":
        return
    for code in _WATCHED:
        if booked.codes[code] != said.codes[code]:
            raise Wrong(
                number,
                f"entry {number}: its loans say {said.codes[code]} on {code}, booked {booked.codes[code]}",
            )


def _booked(accounts: Mapping[int, Account], written: Written) -> _Moved:
    loans: dict[int, int] = {}
    codes = dict.fromkeys(_WATCHED, 0)
    for line in written.lines:
        for side, sign in (("credit", 1), ("debit", -1)):
            account = accounts[line[side]]
            if account.code == book.PRINCIPAL and account.loan_id is not None:
                loans[account.loan_id] = loans.get(account.loan_id, 0) + sign * line["amount"]
            elif account.code in codes:
                codes[account.code] += sign * line["amount"]
    return _Moved(loans=loans, codes=codes)


def _said(written: Written) -> _Moved:
    """Add up what rows of loan_payments and loans paid out (or taken back) say of an entry."""
    loans: dict[int, int] = {}
    codes = dict.fromkeys(_WATCHED, 0)
    for row in written.moves:
        loans[row["loan_id"]] = loans.get(row["loan_id"], 0) + row["principal"]
        codes[book.INTEREST_INCOME] += row["interest"]
        codes[book.PENALTY_INCOME] += row["penalty"]
        codes[book.PROVISI_INCOME] += row["provisi"]
        codes[book.PROVISI_DEFERRED] -= row["provisi"]
        if "recovery" in (row["kind"], row["reverses_kind"]):
            codes[book.RECOVERY_INCOME] += row["amount"]
    sign = -1 if written.entry["reverses"] is not None else 1
    for row in written.brought:
        loans[row["loan_id"]] = loans.get(row["loan_id"], 0) - sign * (
            row["principal"] - row["opened"]
        )
        if row["kind"] != _DISBURSEMENT:
            continue
        terms = rules_of.from_json(row["terms"])
        fee = book.PROVISI_DEFERRED if terms.provisi_spread else book.PROVISI_INCOME
        codes[fee] += sign * terms.fee(row["principal"])
        codes[book.ADMINISTRASI_INCOME] += sign * terms.administrasi
    return _Moved(loans=loans, codes=codes)


def _check_rows(written: Written) -> None:
    """Hold each row's kind, day and sum against its entry; a reversal's against the rows it takes back."""
    entry, number = written.entry, written.entry["number"]
    for row in written.moves:
        label = f"entry {number}: what it moved of loan P-{row['loan_id']:04d}"
        if row["kind"] not in _ROWS_OF.get(entry["kind"], ()):
            raise Wrong(number, f"{label} is a {row['kind']}, it is {entry['kind']}")
        if row["on"] != entry["on"]:
            raise Wrong(number, f"{label} is dated {row['on']}, the entry {entry['on']}")
        parts = row["principal"] + row["interest"] + row["penalty"]
        whole = {"recovery", "write-off"} & {row["kind"], row["reverses_kind"]}
        if not whole and row["amount"] != parts:
            raise Wrong(number, f"{label} is {row['amount']}, its parts give {parts}")
        if row["reverses"] != entry["reverses"]:
            raise Wrong(number, f"{label} takes back {row['reverses']}, not {entry['reverses']}")
    if entry["reverses"] is None:
        return
    back = {
        row["loan_id"]: [-row[name] for name in _PARTS] + [row["version"]]
        for row in written.original_moves
    }
    mine = {
        row["loan_id"]: [*(row[name] for name in _PARTS), row["version"]] for row in written.moves
    }
    if mine != back:
        raise Wrong(
            number,
            f"entry {number}: what it moved of loans is not that of entry {entry['reverses']}, taken back",
        )


_PARTS = ("amount", "principal", "interest", "penalty", "provisi")


async def check_loans(raw: asyncpg.Connection[Any], koperasi_id: int) -> None:
    """Replay every loan of a cooperative and hold what is kept of it, and its account, against that."""
    stray = await raw.fetchrow(_STRAY, koperasi_id)
    if stray is not None:
        raise Wrong(None, f"account {stray['key']} belongs to no loan of that member")
    after = 0
    while True:
        page = await raw.fetch(_LOANS, koperasi_id, after, _PAGE)
        for row in page:
            await asyncio.sleep(0)  # Chats in the same process have their turn.
            what = _wrong(row)
            if what is not None:
                last = row["last_entry"]
                moved = (
                    "no entry moved it" if last is None else f"the last to move it is entry {last}"
                )
                raise Wrong(last, f"loan P-{row['id']:04d}: {what}; {moved}")
        if len(page) < _PAGE:
            return
        after = page[-1]["id"]


_STRAY = """
SELECT a.key FROM ledger.accounts a
 WHERE a.koperasi_id = $1 AND a.code = '113100' AND NOT EXISTS (
   SELECT FROM loans l WHERE l.koperasi_id = $1 AND l.id = a.loan_id AND l.member_id = a.member_id)
 ORDER BY a.id LIMIT 1
"""
_LOANS = """
SELECT l.id, l.state, l.version, l.principal, l.terms, l.imported, l.outstanding, l.oldest_due, l.settled_on,
  l.class, l.written_off, l.recovered,
  coalesce((SELECT a.balance FROM ledger.accounts a WHERE a.koperasi_id = $1 AND a.code = '113100'
    AND a.member_id = l.member_id AND a.loan_id = l.id), 0) AS balance,
  ARRAY(SELECT ROW(v.version, v.starts_on, v.principal, v.terms, v.opening_paid, v.carried_interest,
                   v.carried_penalty, v.entry, v.reason IS NOT NULL)
    FROM loan_versions v WHERE v.koperasi_id = $1 AND v.loan_id = l.id ORDER BY v.version) AS versions,
  ARRAY(SELECT ROW(i.version, i.n, i.due, i.principal, i.interest, i.principal_paid, i.interest_paid,
                   i.penalty_paid, i.paid_on)
    FROM loan_instalments i WHERE i.koperasi_id = $1 AND i.loan_id = l.id ORDER BY i.version, i.n) AS instalments,
  ARRAY(SELECT ROW(p.entry, p.version, p.kind, p."on", p.amount, p.principal, p.interest, p.penalty, p.provisi,
                   p.reverses)
    FROM loan_payments p WHERE p.koperasi_id = $1 AND p.loan_id = l.id ORDER BY p.entry) AS moves,
  coalesce((SELECT max(p.entry) FROM loan_payments p WHERE p.koperasi_id = $1 AND p.loan_id = l.id), l.entry)
    AS last_entry,
  ARRAY(SELECT c.class FROM loan_classes c WHERE c.koperasi_id = $1 AND c.loan_id = l.id ORDER BY c.n) AS classes
FROM loans l WHERE l.koperasi_id = $1 AND l.id > $2 ORDER BY l.id LIMIT $3
"""


def _wrong(row: asyncpg.Record) -> str | None:
    """Say the first thing that is not as it should be with a loan, or nothing."""
    if row["outstanding"] != row["balance"]:
        return f"{row['outstanding']} outstanding, its account holds {row['balance']}"
    last = row["classes"][-1] if row["classes"] else "lancar"
    if row["class"] != last:
        return f"is {row['class']}, its history ends with {last}"
    moves = [Moved(**dict(zip(_MOVED, move, strict=True))) for move in row["moves"]]
    claims = [_claims(move, moves) for move in moves]
    for kind, kept in (("write-off", "principal"), ("recovery", "amount")):
        name = "written_off" if kind == "write-off" else "recovered"
        found = sum(
            getattr(move, kept) for move, claim in zip(moves, claims, strict=True) if claim == kind
        )
        if row[name] != found:
            return f"{row[name]} {name.replace('_', ' ')}, its entries say {found}"
    rest = [move for move, claim in zip(moves, claims, strict=True) if claim is None]
    versions = _versions(row, moves)
    for (version, entry), brought in zip(versions, row["versions"], strict=True):
        what = _wrong_version(row, version, rest, entry)
        what = what or recomputed.difference(version, first_due_said=brought[8])
        if what is not None:
            return f"schedule {version.version}: {what}"
    held = next((version for version, _ in versions if version.version == row["version"]), None)
    if held is None:
        started = row["state"] in (State.RUNNING, State.SETTLED, State.WRITTEN_OFF)
        return "its schedule is missing" if started or row["version"] or row["balance"] else None
    return _wrong_standing(row, held, moves)


_MOVED = (
    "entry", "version", "kind", "on", "amount", "principal", "interest", "penalty", "provisi", "reverses",
)  # fmt: skip


def _claims(move: Moved, moves: list[Moved]) -> str | None:
    """Say whether a row is of a write-off or a recovery, or takes one back: replay knows neither."""
    kinds = {move.kind, *(one.kind for one in moves if one.entry == move.reverses)}
    return next((kind for kind in ("write-off", "recovery") if kind in kinds), None)


def _versions(row: asyncpg.Record, moves: list[Moved]) -> list[tuple[Version, int | None]]:
    """Put the versions together, each with the entry that ended it by starting the next one."""
    terms = rules_of.from_json(row["terms"])
    spread = terms.provisi_spread and not row["imported"]
    found: list[Version] = []
    for number, starts_on, principal, own, opened, interest, penalty, *_ in row["versions"]:
        before = sum(move.provisi for move in moves if move.version < number)
        found.append(
            Version(
                version=number,
                starts_on=starts_on,
                principal=principal,
                terms=rules_of.from_json(own),
                rows=tuple(
                    Instalment(n=line[1], due=line[2], principal=line[3], interest=line[4])
                    for line in row["instalments"]
                    if line[0] == number
                ),
                opening_paid=opened,
                carried_interest=interest,
                carried_penalty=penalty,
                deferred=terms.fee(row["principal"]) - before if spread else 0,
            )
        )
    brought = [version[7] for version in row["versions"]]
    ends = [*brought[1:], None] if found else []
    return list(zip(found, ends, strict=True))


def _position(version: Version, moves: list[Moved]) -> replay.Position:
    """Replay a version as of its last payment: nothing that is kept changes after it by days alone."""
    paid = book.live(moves, version.version)
    return replay.replay(version, paid, max((one.on for one in paid), default=version.starts_on))


def _wrong_version(
    row: asyncpg.Record, version: Version, moves: list[Moved], ended_by: int | None
) -> str | None:
    whole = sum(line.principal for line in version.rows)
    if not version.rows or whole != version.principal:
        return f"its instalments give {whole} of principal, it is for {version.principal}"
    position = _position(version, moves)
    if position.surplus:
        return f"received {position.surplus} beyond everything owed"
    capitalised = [
        move
        for move in moves
        if move.version == version.version and ended_by is not None and move.entry == ended_by
    ]
    booked = journal.booked(moves, version.version) - journal.booked(capitalised, version.version)
    replayed = journal.totals(position)
    if booked != replayed:
        return f"its entries moved {_parts(booked)}, replay says {_parts(replayed)}"
    if version.version != row["version"]:
        return None
    kept = {line[1]: tuple(line[5:9]) for line in row["instalments"] if line[0] == version.version}
    for line in position.lines:
        said = (line.principal_paid, line.interest_paid, line.penalty_paid, line.paid_on)
        if kept[line.n] != said:
            return (
                f"instalment {line.n} is kept as {_kept(*kept[line.n])}, replay says {_kept(*said)}"
            )
    return None


def _parts(moved: Totals) -> str:
    return (
        f"principal {moved.principal}, interest {moved.interest}, fines {moved.penalty},"
        f" provisi {moved.provisi}"
    )


def _kept(principal: int, interest: int, penalty: int, paid_on: date | None) -> str:
    return f"paid {principal} + {interest} + {penalty}, done {paid_on or 'not yet'}"


def _wrong_standing(row: asyncpg.Record, version: Version, moves: list[Moved]) -> str | None:
    """Hold a loan's own columns against the replay of its current version."""
    position = _position(version, moves)
    if rules_of.from_json(row["terms"]) != version.terms:
        return "its terms are not those of its schedule"
    left = position.principal_left - row["written_off"]
    if row["outstanding"] != left:
        return f"{row['outstanding']} outstanding, replay says {left}"
    if (row["state"] == State.WRITTEN_OFF) != bool(row["written_off"]):
        return f"is {row['state']}, {row['written_off']} of it is written off"
    if row["written_off"]:
        return None
    expected = State.SETTLED if position.settled else State.RUNNING
    if row["state"] != expected:
        return f"is {row['state']}, replay says {expected}"
    if row["oldest_due"] != position.oldest_due:
        return f"owes since {row['oldest_due']}, replay says {position.oldest_due}"
    if row["settled_on"] != position.settled_on:
        return f"settled on {row['settled_on']}, replay says {position.settled_on}"
    return None
