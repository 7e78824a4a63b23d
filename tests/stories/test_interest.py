"""Interest on savings by chat: the clock proposes a month, the ketua approves, members read it; one month at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.permissions import Role
from core.rules import FOUNDED
from notifications.jobs.interest import interest_job
from tests.builders import Village, a_village, months_ago
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def two_months(house: House) -> tuple[Village, Person, Person]:
    """A cooperative of two months ago that pays 6 % on the lowest balance; Siti has 1,000,000 since three months."""
    village = await a_village(
        house, approval_days="90", savings_rate="6", savings_interest_method="lowest"
    )
    here = village.cooperative.id
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", joined=months_ago(3), sukarela=1_000_000)
    await house.change(
        "UPDATE officers SET since = :since WHERE koperasi_id = :here", since=FOUNDED, here=here
    )
    await house.change(
        "UPDATE cooperatives SET created_at = :at WHERE koperasi_id = :here",
        at=datetime.combine(months_ago(2), datetime.min.time(), UTC),
        here=here,
    )
    return village, hendra, siti


async def test_months_are_proposed_one_after_the_other_and_booked_once(house: House) -> None:
    village, hendra, siti = await two_months(house)
    now = datetime.now(UTC)
    assert await interest_job(house.owner, house.keys, now) == 1
    assert await interest_job(house.owner, house.keys, now) == 0
    asked = await hendra.sees("Mohon persetujuan No. 1")
    assert "6% setahun dari saldo terendah" in asked.text
    assert asked.line("Bunga:") == "Rp5.000 untuk 1 anggota"
    done = await hendra.presses("Setujui", on=asked)
    assert "Tercatat No." in done.text
    assert await interest_job(house.owner, house.keys, now) == 1
    second = await hendra.sees("Mohon persetujuan No. 2")
    assert second.line("Bunga:") == "Rp5.025 untuk 1 anggota"
    await hendra.presses("Setujui", on=second)
    assert await interest_job(house.owner, house.keys, now) == 0
    assert "Rp1.010.025" in (await siti.says("saldo saya")).text
    assert "bunga +Rp5.000" in (await siti.says("riwayat")).text
    assert await village.entries() == 3


async def test_a_rejected_month_is_asked_for_again_a_week_later_three_times_in_all(
    house: House,
) -> None:
    village, hendra, _ = await two_months(house)
    first, now = months_ago(2), datetime.now(UTC)
    for number in (1, 2, 3):
        assert await interest_job(house.owner, house.keys, now) == 1
        asked = await hendra.sees(f"Mohon persetujuan No. {number}")
        assert str(first.year) in asked.text
        await hendra.presses("Tolak", on=asked)
        await hendra.says("RAT belum menetapkan bunga")
        if number < 3:
            assert await interest_job(house.owner, house.keys, now) == 0
            await house.change(
                "UPDATE approvals SET decided_at = decided_at - interval '8 days' WHERE koperasi_id = :here",
                here=village.cooperative.id,
            )
    assert await interest_job(house.owner, house.keys, now) == 1
    months = await house.rows(
        "SELECT operation FROM approvals WHERE koperasi_id = :here ORDER BY number",
        here=village.cooperative.id,
    )
    asked_for = f"savings-interest/{first:%Y-%m}"
    assert [row.operation for row in months[:3]] == [
        asked_for, f"{asked_for}/lagi-2", f"{asked_for}/lagi-3",
    ]  # fmt: skip
    assert not months[3].operation.startswith(asked_for)
    assert await village.entries() == 1
