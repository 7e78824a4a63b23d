"""kopdes looks: who opened whose data, of a span of days, of everybody or of one person."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import database, looks
from core.looks import What
from tests.bot.test_cli import Operator
from tests.conftest import KEYS, Database


@pytest.fixture
def operator(own_database: Database) -> Operator:
    return Operator(
        {"KOPDES_DATABASE_URL": own_database.urls.owner, "KOPDES_SECRET_KEY": KEYS.secret}
    )


async def _opened(given: Database) -> None:
    engine = database.make_engine(given.urls.owner, size=1)
    async with database.transaction(engine) as db:
        raw = await database.driver(db)
        for number in (1, 2, 3):
            await raw.execute(
                "INSERT INTO people (koperasi_id, id, name, created_at) VALUES (1, $1, $2, now())",
                number,
                f"Orang {number}",
            )
        await raw.execute(
            "INSERT INTO members (koperasi_id, id, number, joined_on, dues_from)"
            " VALUES (1, 1, 'A-001', '2026-01-01', '2026-01-01')"
        )
        for day, person, member in ((1, 2, 1), (2, 2, None), (3, 3, 1), (4, 3, 1)):
            await looks.note(
                db,
                koperasi_id=1,
                member_id=member,
                person_id=person,
                role="bendahara",
                what=What.SAVINGS if member else What.MEMBERS,
                months=24,
                on=datetime(2026, 11, day, tzinfo=UTC).date(),
                at=datetime(2026, 11, day, 23, 59, tzinfo=UTC),
            )
    await engine.dispose()


async def test_an_operator_finds_whose_data_was_opened(
    operator: Operator, own_database: Database
) -> None:
    koperasi = await operator.founds()
    asked = ("looks", "--koperasi", koperasi, "--since", "2026-11-01", "--until", "2026-11-03")
    assert (await operator.runs(*asked)).out == "nobody opened anything\n"
    await _opened(own_database)
    told = (await operator.runs(*asked, "--json")).json
    assert [(one["person"], one["member"], one["what"]) for one in told] == [
        (2, "A-001", "savings"),
        (2, None, "members"),
        (3, "A-001", "savings"),
    ]
    one = (await operator.runs(*asked, "--person", "3", "--json")).json
    assert [(look["at"][:10], look["name"], look["member_name"]) for look in one] == [
        ("2026-11-03", "Orang 3", "Orang 1")
    ]
    lines = (await operator.runs(*asked, "--person", "2")).out.splitlines()
    assert len(lines) == 2
    assert "A-001" in lines[0]
    assert "(list)" in lines[1]


async def test_an_export_leaves_a_look_of_the_command_line(
    operator: Operator, tmp_path: Path
) -> None:
    koperasi = await operator.founds()
    await operator.runs(
        "export", "--koperasi", koperasi, "--format", "simkopdes", "--to", str(tmp_path / "x.zip")
    )
    told = (
        await operator.runs("looks", "--koperasi", koperasi, "--since", "2026-01-01", "--json")
    ).json
    assert [(one["person"], one["member"], one["what"]) for one in told] == [(None, None, "file")]
