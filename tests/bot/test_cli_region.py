"""A rule for all cooperatives of a region at once; a cooperative is watched from its first day."""

from __future__ import annotations

import asyncpg

from tests.bot.test_cli import Operator
from tests.bot.test_cli_report import operator
from tests.conftest import Database

__all__ = ["operator"]  # the fixture


async def test_a_rule_is_set_for_a_whole_region(operator: Operator, own_database: Database):
    for village in ("64.01.01.2009", "64.72.05.1003", "64.72.05.1003"):
        await operator.runs("koperasi", "add", "--name", "X", "--village", village)
    limit = ("koperasi", "set", "--rule", "silence_days=14", "--region")
    told = [(await operator.runs(*limit, where, "--json")).json for where in ("64.72", "64")]
    assert [one["cooperatives"] for one in told] == [2, 3]
    connection = await asyncpg.connect(own_database.urls.owner)
    held = await connection.fetch("SELECT FROM rules WHERE name = 'silence_days' AND value = '14'")
    watched = await connection.fetch("SELECT DISTINCT koperasi_id FROM monitoring")
    await connection.close()
    assert len(held) == len(watched) == 3
    for wrong, code in ((("64.99",), 1), (("64", "--koperasi", "64-0001"), 2)):
        assert (await operator.runs(*limit, *wrong)).code == code
