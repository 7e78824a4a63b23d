"""Sheets of sample messages, said to the whole service: no line costs wrong money, every answer is a safe one."""

from __future__ import annotations

import pytest

from tests.house import House
from tests.utterances import Stage, lines_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

STRICT = {  # of a sheet, as the issue has it; the rest is answered safely too
    "utterances": 59 / 60,
    "utterances_more": 0.98,
    "utterances_blind": 0.95,
    "utterances_treasury": 0.97,
    "utterances_agency": 0.97,
    "utterances_consigned": 0.95,
    "utterances_village": 0.86,  # first 97 strict, 120 safe of 131, one wrong amount of money
    "utterances_gerai": 0.95,
}


@pytest.mark.only(
    "telegram", "one reader; the sixty sample lines are told on both channels elsewhere"
)
@pytest.mark.parametrize("sheet", STRICT)
async def test_every_line_of_a_sheet_is_answered_safely_and_none_costs_wrong_money(
    house: House, sheet: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = lines_of(sheet)
    stage = await Stage.set_up(house, lines)
    scored = [await stage.plays(line) for line in lines]
    strict, safe = (sum(getattr(one, name) for one in scored) for name in ("strict", "safe"))
    wrong = [str(one) for one in scored if one.wrong]
    with capsys.disabled():
        print(f"\n{sheet}: strict {strict}, safe {safe} of {len(lines)}, wrong money {len(wrong)}")
    missed = "\n".join(str(one) for one in scored if not one.strict)
    assert not wrong, missed
    assert safe == len(lines), missed
    assert strict >= STRICT[sheet] * len(lines), missed
