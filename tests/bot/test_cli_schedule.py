"""`kopdes schedule`, as spec/interface.md has it."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import commands
from bot.cli import schedule as command
from core.loans import terms

LOAN = {
    "principal": "12000000",
    "rate": "12",
    "rate-per": "year",
    "count": "12",
    "method": "flat",
    "disbursed": "2026-01-31",
}


def runs(*flags: str, **changed: str) -> Result:
    asked = LOAN | {name.replace("_", "-"): value for name, value in changed.items()}
    words = [word for name, value in asked.items() for word in (f"--{name}", value)]
    return CliRunner().invoke(commands.app, ["schedule", *words, *flags])


def told(**changed: str) -> Any:
    ended = runs("--json", **changed)
    assert (ended.exit_code, ended.stderr) == (0, "")
    return json.loads(ended.stdout, parse_float=Decimal)


def test_json_tells_every_instalment_in_whole_rupiah() -> None:
    found = told(method="menurun")
    assert list(found) == ["instalments", "total_interest", "effective_annual_rate"]
    assert found["instalments"][0] == {
        "n": 1,
        "due": "2026-02-28",
        "principal": 1_000_000,
        "interest": 120_000,
        "total": 1_120_000,
        "balance": 11_000_000,
    }
    assert [row["n"] for row in found["instalments"]] == list(range(1, 13))
    assert found["instalments"][-1]["balance"] == 0
    assert found["total_interest"] == 780_000
    assert str(found["effective_annual_rate"]) == "12.00"


def test_the_effective_rate_is_a_number_of_two_decimals() -> None:
    ended = runs("--json", rate="17")
    assert ended.stdout.endswith('"effective_annual_rate": 30.03}\n')
    assert json.loads(runs("--json", rate="0").stdout)["effective_annual_rate"] == 0


def test_every_option_reaches_the_engine() -> None:
    found = told(
        method="anuitas",
        every="2w",
        first_due="2026-02-20",
        day_count="act/360",
        grace_principal="2",
        round_to="500",
        round="down",
        count="10",
    )
    rows = found["instalments"]
    assert [row["due"] for row in rows[:3]] == ["2026-02-20", "2026-03-06", "2026-03-20"]
    assert [row["principal"] for row in rows[:2]] == [0, 0]
    assert rows[0]["interest"] == 80_000  # 20 of 360 days
    assert rows[2]["total"] == 1_531_500
    assert rows[-1]["total"] > 1_531_500


def test_no_holiday_moves_a_date_of_the_stand_alone_schedule() -> None:
    found = told(disbursed="2026-11-25", count="2")
    assert [row["due"] for row in found["instalments"]] == ["2026-12-25", "2027-01-25"]


@pytest.mark.parametrize(
    ("rate", "interest"), [("1", 120_000), ("1.5", 180_000), ("1,5", 180_000), ("0", 0)]
)
def test_a_rate_is_written_with_a_point_or_a_comma(rate: str, interest: int) -> None:
    assert told(rate=rate, rate_per="month")["instalments"][0]["interest"] == interest


def test_people_read_a_table() -> None:
    ended = runs(count="2")
    assert ended.exit_code == 0
    assert ended.stdout.splitlines() == [
        "n         due  principal  interest      total    balance",
        "1  2026-02-28  6,000,000   120,000  6,120,000  6,000,000",
        "2  2026-03-31  6,000,000   120,000  6,120,000          0",
        "total interest: 240,000",
        "effective annual rate: 15.96 %",
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"principal": "0"},
        {"principal": "-5"},
        {"principal": "1000000000001"},
        {"principal": "5jt"},
        {"rate": "-1"},
        {"rate": "abc"},
        {"rate": "1e5"},
        {"rate": "1001"},
        {"rate": "nan"},
        {"rate": "१२"},
        {"rate_per": "week"},
        {"count": "0"},
        {"count": "601"},
        {"method": "efektif"},
        {"disbursed": "31-01-2026"},
        {"disbursed": "2026-02-30"},
        {"first_due": "2026-01-31"},
        {"every": "0m"},
        {"every": "1y"},
        {"day_count": "30/360"},
        {"grace_principal": "12"},
        {"round_to": "0"},
        {"round": "bankers"},
    ],
)
def test_what_is_not_understood_ends_with_two_and_says_why_in_a_line(
    changed: dict[str, str],
) -> None:
    ended = runs("--json", **changed)
    assert (ended.exit_code, ended.stdout) == (2, "")
    said = [line for line in ended.stderr.splitlines() if not line.startswith(("Usage", "Try"))]
    assert len([line for line in said if line]) == 1


def test_the_words_of_the_options_are_those_of_the_engine() -> None:
    pairs = [
        (command.Method, terms.Method),
        (command.DayCount, terms.DayCount),
        (command.Round, terms.Rounding),
    ]
    for here, there in pairs:
        assert [word.value for word in here] == [word.value for word in there]


def test_it_starts_without_a_database_or_a_channel() -> None:
    words = [word for name, value in LOAN.items() for word in (f"--{name}", value)]
    code = (
        "import sys\n"
        "from bot.cli import main\n"
        "try:\n main()\n"
        "except SystemExit as end:\n assert not end.code, end.code\n"
        "loaded = {'sqlalchemy', 'asyncpg', 'aiogram', 'telegram', 'pywa', 'babel'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, "schedule", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "total interest: 1,440,000" in ended.stdout
