"""The running service keeps each cooperative's hours, unless it is told to speak always."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from bot import simulated
from bot.settings import Settings
from core.permissions import Role
from tests.builders import a_village
from tests.house import running_house
from tests.notifications.conftest import until

_NIGHT = {"quiet_from": "12", "quiet_until": "11"}  # but for an hour before noon


@pytest.mark.parametrize("send_hours", ["village", "always"])
async def test_a_members_receipt_waits_for_the_morning_and_the_officers_answer_does_not(
    own_database, send_hours: Literal["village", "always"]
):
    zones = ("Asia/Jakarta", "Asia/Jayapura")  # two hours apart: it is night in one of them
    zone = next(name for name in zones if datetime.now(ZoneInfo(name)).hour != 11)
    async with running_house(own_database, send_hours=send_hours) as house:
        village = await a_village(house)
        rina = await village.officer("Rina Kartika", Role.BENDAHARA)
        await village.member("Siti Aminah")
        here = village.cooperative.id
        await house.change("UPDATE cooperatives SET zone = :zone", zone=zone)
        for name, value in _NIGHT.items():
            await house.change(
                "INSERT INTO rules (koperasi_id, name, since, value, set_by, set_at)"
                " VALUES (:here, :name, '2025-01-01', :value, 'test', now())",
                here=here, name=name, value=value,
            )  # fmt: skip
        await rina.says("wajib Siti 50rb")
        assert "Tercatat" in (await rina.presses("✅ Simpan")).text

        async def settled() -> bool:
            found = await house.rows(
                "SELECT state, not_before FROM outbox WHERE purpose = 'receipt'"
            )
            if send_hours == "always":
                return [row.state for row in found] == ["sent"]
            (row,) = found
            return bool(row.state == "waiting" and row.not_before > datetime.now(UTC))

        await until(settled)


def test_the_simulators_own_service_speaks_always():
    assert simulated.settings_for(Settings()).send_hours == "always"
