"""The sixty sample messages, judged at the level of readings.

What the product does with a reading: a member's wish other than an own application is no card; a
clear operation is a card; an impossible amount is refused; a known question is answered; the rest
is asked about. Balances are not known here, so the withdrawal of line 59 is a card at this level.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from bot.understand import dates
from bot.understand.grammar import clear, read
from bot.understand.intents import RECORDS
from bot.understand.readings import AmountKind, Intent, PeopleKind, Reading
from tests.bot.understand.village import DATA, DIRECTORY, TODAY

LINES = [json.loads(line) for line in (DATA / "utterances.jsonl").read_text().splitlines()]
NEEDS_A_BALANCE = 59


def outcome(reading: Reading, role: str) -> str:
    records = [intent for intent in reading.intents if intent in RECORDS]
    if role == "member" and records and reading.intent is not Intent.LOAN_APPLICATION:
        return "refuse"
    if clear(reading):
        return "propose"
    if reading.amount.kind is AmountKind.REFUSE:
        return "refuse"
    return "answer" if reading.intent is not None and not records else "ask"


def _who(reading: Reading, line: dict[str, Any]) -> str | None:
    if reading.people.kind is PeopleKind.SELF:
        return line.get("sender")
    return reading.people.members[0].number if len(reading.people.members) == 1 else None


def _day(said: str | None) -> set[date | None]:
    if said in {None, "hari ini"}:
        return {None, TODAY}
    return {dates.read(said, TODAY).day}


@pytest.mark.parametrize("line", LINES, ids=[str(line["id"]) for line in LINES])
def test_an_utterance_is_understood(line):
    reading = read(line["text"], today=TODAY, directory=DIRECTORY)
    result = outcome(reading, line["role"])
    expect = line["expect"]
    if line["id"] == NEEDS_A_BALANCE:
        assert (reading.intent, reading.amount.value) == (Intent.WITHDRAW_VOLUNTARY, 3_000_000)
        return
    assert result == line["must"], reading
    if expect["op"] not in {"unknown", "help"}:
        assert reading.intent == expect["op"]
    if expect.get("member_no"):
        assert _who(reading, line) == expect["member_no"]
    if expect["amount"] is not None:
        assert reading.amount.value == expect["amount"]
    if result == "propose":
        assert reading.date.day in _day(expect["date"])
        assert [
            (row.people.members[0].number, row.amount.value, row.intent) for row in reading.rows
        ] == [(r["member_no"], r["amount"], r["op"]) for r in expect.get("batch", [])]
    if line.get("candidates") and not reading.rows:
        assert [m.number for m in reading.people.members] == line["candidates"]
    if "amount" in line.get("ask_about", []):
        assert reading.amount.kind is AmountKind.ASK


def test_no_line_proposes_money_that_was_not_said():
    for line in LINES:
        reading = read(line["text"], today=TODAY, directory=DIRECTORY)
        if clear(reading) and reading.amount.value is not None:
            assert reading.amount.value == line["expect"]["amount"], line["text"]
