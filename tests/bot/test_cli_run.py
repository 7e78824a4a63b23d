"""`kopdes run JOB --now INSTANT`: what the clock would do, done once; and verify of loans by the command line."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from bot.cli import commands, run
from core import database, identities
from tests.bot.test_cli import Operator
from tests.bot.test_cli import operator as operator  # noqa: PLC0414 - a fixture
from tests.builders_core import AT, a_cooperative, a_member, an_officer
from tests.core.loan_books import a_running_loan

MIDNIGHT = "2026-11-25T00:00+08:00"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("run collectibility", "Missing option '--now'"),
        ("run collectibility --now besok", "is an instant like"),
        ("run collectibility --now 2026-11-25T00:00", "is an instant like"),
        ("run reminders --now 9999-12-31T23:59+08:00", "of the years 2000 to 2199"),
        ("run reminders --now 0001-01-01T00:00+08:00", "of the years 2000 to 2199"),
        ("run nonsense --now 2026-11-25T00:00Z", "nonsense is no job"),
    ],
)
def test_what_cannot_be_run_ends_with_two_before_anything_is_opened(typed: str, told: str):
    ended = CliRunner().invoke(commands.app, typed.split())
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert told in " ".join(ended.stderr.replace("│", " ").split())


def test_every_job_of_the_interface_is_there():
    assert set(run.JOBS) == {
        "reminders", "monthly-balances", "dues", "approvals", "invites", "digest", "collectibility",
        "integrity", "interest", "monitoring", "alerts", "cash-seal", "heads", "surplus-slips",
    }  # fmt: skip


async def _a_late_loan(owner: AsyncEngine) -> str:
    async with database.transaction(owner) as db:
        here = await a_cooperative(db)
        await an_officer(db, here)
        member = await a_member(db, here)
        await a_running_loan(db, member.id, koperasi_id=here.id, disbursed=date(2026, 6, 24))
        raw = await database.driver(db)
        await raw.execute(
            "INSERT INTO loan_assessments (koperasi_id, through, at) VALUES ($1, '0001-01-01', $2)",
            here.id,
            AT,
        )
    return here.code


async def test_a_job_is_done_once_and_says_how_much_it_wrote(
    operator: Operator, owner_engine: AsyncEngine
):
    await _a_late_loan(owner_engine)
    first = await operator.runs("run", "collectibility", "--now", MIDNIGHT, "--json")
    assert (first.code, first.err) == (0, "")
    assert first.json == {
        "job": "collectibility",
        "now": "2026-11-24T16:00:00+00:00",
        "changed": 2,
    }
    again = await operator.runs("run", "collectibility", "--now", MIDNIGHT)
    assert (again.code, again.out) == (0, "collectibility: 0 written\n")
    other = await operator.runs("run", "approvals", "--now", MIDNIGHT, "--json")
    assert (other.code, other.json["changed"]) == (0, 0)


async def test_the_clocks_other_jobs_are_done_by_hand_too(
    operator: Operator, owner_engine: AsyncEngine
):
    """As the owner: what is due at the instant is owed, once, however late or early it is."""
    await _a_late_loan(owner_engine)
    async with database.transaction(owner_engine, koperasi_id=1) as db:
        raw = await database.driver(db)
        (member,) = await raw.fetchrow("SELECT member_id FROM loans")
        (officer,) = await raw.fetchrow("SELECT person_id FROM officers")
        for person in (member, officer):
            chat = ("telegram", "42", f"{person}")
            await identities.link(db, koperasi_id=1, person_id=person, chat=chat, at=AT)
    for job, now, changed in (
        ("reminders", "2026-11-23T00:00+08:00", 2),  # H-1 of November, H+30 of October
        ("dues", "2026-12-10T09:00+08:00", 1),
        ("digest", "2026-11-24T20:00+08:00", 1),
        ("invites", "2026-11-24T20:00+08:00", 0),
        ("integrity", "2026-11-25T00:00+08:00", 0),
    ):
        first = await operator.runs("run", job, "--now", now, "--json")
        assert (first.code, first.err) == (0, ""), (job, first)
        assert (job, first.json["changed"]) == (job, changed)
        again = await operator.runs("run", job, "--now", now)
        assert again.out == f"{job}: 0 written\n"


async def test_a_cooperative_that_fails_is_told_on_stderr(
    operator: Operator, owner_engine: AsyncEngine
):
    await _a_late_loan(owner_engine)
    async with database.transaction(owner_engine) as db:
        await (await database.driver(db)).execute('UPDATE loans SET terms = \'{"every": "x"}\'')
    ended = await operator.runs("run", "collectibility", "--now", MIDNIGHT, "--json")
    assert ended.json["changed"] == 0
    assert "night.failed" in ended.err


async def test_verify_ends_with_one_and_names_the_loan(
    operator: Operator, owner_engine: AsyncEngine
):
    koperasi = await _a_late_loan(owner_engine)
    assert (await operator.runs("verify")).code == 0
    async with database.transaction(owner_engine) as db:
        await (await database.driver(db)).execute("UPDATE loans SET outstanding = outstanding - 1")
    ended = await operator.runs("verify")
    assert ended.code == 1
    assert ended.out.startswith(f"{koperasi}: loan P-0001: 1199999 outstanding, its account holds")
