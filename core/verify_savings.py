"""Months of simpanan wajib and receipts, held against the entries they belong to; what was put away, against its accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from core.accounts import WAJIB, SavingsKind
from core.verify_rows import Account, Written, Wrong

_DEPOSIT_OF_WAJIB = f"deposit-{SavingsKind.WAJIB}"


def check_dues(accounts: Mapping[int, Account], written: Written) -> None:
    """Hold the months of simpanan wajib against what the entry booked for each member.

    A deposit has them in full, a reversal those of its original, taken back; nothing else has any:
    opening savings count as paid up to the import.
    """
    entry, number = written.entry, written.entry["number"]
    if entry["reverses"] is not None:
        back = [(row["member_id"], row["month"], -row["amount"]) for row in written.original_dues]
        if back != [(row["member_id"], row["month"], row["amount"]) for row in written.dues]:
            raise Wrong(
                number,
                f"entry {number}: its months of simpanan wajib are not those of entry"
                f" {entry['reverses']}, taken back",
            )
        return
    left: dict[int | None, int] = {}  # by member: booked, and not said to be for a month
    if entry["kind"] == _DEPOSIT_OF_WAJIB:
        for line in written.lines:
            for side, amount in (("credit", line["amount"]), ("debit", -line["amount"])):
                account = accounts[line[side]]
                if account.code == WAJIB:
                    left[account.member_id] = left.get(account.member_id, 0) + amount
    for row in written.dues:
        left[row["member_id"]] = left.get(row["member_id"], 0) - row["amount"]
    for missing in left.values():
        if missing:
            said = sum(row["amount"] for row in written.dues)
            raise Wrong(
                number,
                f"entry {number}: months of simpanan wajib for {said},"
                f" {abs(missing)} too {'little' if missing > 0 else 'much'}",
            )


def check_receipts(accounts: Mapping[int, Account], written: Written) -> None:
    """Hold a receipt against its entry: kind, recorder, the amount, and a balance of the member's with it.

    The amount is that of the whole entry, of the member's part or of its cash.
    """
    entry, number = written.entry, written.entry["number"]
    for row in written.receipts:
        whole = members = cash = 0
        for line in written.lines:
            touched = [accounts[line["debit"]], accounts[line["credit"]]]
            whole += line["amount"]
            if any(account.member_id == row["member_id"] for account in touched):
                members += line["amount"]
            if any(account.code.startswith(("111", "112")) for account in touched):
                cash += line["amount"]
        if row["amount"] not in (whole, members, cash):
            raise Wrong(number, f"entry {number}: its receipt says {row['amount']}, booked {whole}")
        told = (row["balance_before"], row["balance"])
        stood = _stood(accounts, written.lines, row["member_id"])
        if told not in stood and not _beside_the_books(row):
            raise Wrong(
                number, f"entry {number}: its receipt says {told[0]} before and {told[1]} after,"
                f" booked {' or '.join(f'{before} and {after}' for before, after in stood) or 'none'}"
            )  # fmt: skip
        if row["kind"] != entry["kind"]:
            raise Wrong(
                number, f"entry {number}: its receipt is of {row['kind']}, it is {entry['kind']}"
            )
        if row["officer_id"] is not None and entry["recorder"] != f"person:{row['officer_id']}":
            raise Wrong(number, f"entry {number}: its receipt names another recorder")


def _beside_the_books(row: asyncpg.Record) -> bool:
    """Say whether a receipt tells no account: jasa or denda alone, or the claim on a loan written off."""
    if row["kind"] == "loan-recovery":
        return int(row["balance_before"]) - int(row["balance"]) == int(row["amount"])
    kind: str = row["kind"]
    return kind.startswith("loan-") and int(row["balance_before"]) == int(row["balance"])


def _stood(
    accounts: Mapping[int, Account], lines: Sequence[asyncpg.Record], member: int
) -> list[tuple[int, int]]:
    """Return the balances before and after these lines of each of a member's accounts in them."""
    found: dict[int, tuple[int, int]] = {}
    for line in lines:
        for side, is_debit in (("debit", True), ("credit", False)):
            account = accounts[line[side]]
            if account.member_id != member:
                continue
            after = line[f"{side}_balance"]
            moved = line["amount"] if account.is_debit == is_debit else -line["amount"]
            before = found[account.id][0] if account.id in found else after - moved
            found[account.id] = before, after
    return list(found.values())


async def check_terms(raw: asyncpg.Connection[Any], koperasi_id: int) -> None:
    """Raise Wrong where what a member has put away and not got back is not what 211100 or 211200 holds."""
    row = await raw.fetchrow(_TERMS, koperasi_id)
    if row is not None:
        raise Wrong(
            row["last"],
            f"account {row['key']} holds {row['balance']}, its open terms give {row['open']}",
        )


_TERMS = """
SELECT coalesce(a.key, t.key) AS key, coalesce(a.balance, 0) AS balance, coalesce(t.amount, 0) AS open,
       t.last
  FROM (SELECT key, balance FROM ledger.accounts
         WHERE koperasi_id = $1 AND code IN ('211100', '211200')) a
  FULL JOIN (SELECT CASE kind WHEN 'berjangka' THEN '211100' ELSE '211200' END || ':m' || member_id AS key,
                    coalesce(sum(amount) FILTER (WHERE closed_by IS NULL), 0)::bigint AS amount,
                    max(coalesce(closed_by, entry)) AS last
               FROM term_savings WHERE koperasi_id = $1 GROUP BY 1) t USING (key)
 WHERE coalesce(a.balance, 0) <> coalesce(t.amount, 0)
 ORDER BY 1 LIMIT 1
"""
