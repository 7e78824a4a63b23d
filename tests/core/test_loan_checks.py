"""The check list: each line fulfilled, not fulfilled, or with nothing to check, and by what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core import rules
from core.accounts import SavingsKind
from core.cooperatives import Cooperative
from core.loans import applications, checks, guarantors, products
from core.loans.book import Loan
from core.loans.checks import Check, Draft
from core.loans.products import DEFAULT
from core.loans.terms import Every, Method, Terms
from core.people import Member, Standing
from core.permissions import Role
from tests.builders_core import AT, TODAY, a_cooperative, a_member, an_officer, pays
from tests.conftest import KEYS
from tests.core.loan_life import applied, approved, decided, pays_out, running

EARLIER = date(2026, 9, 1)


async def looked(
    db: AsyncConnection, here: Cooperative, loan: Loan | Draft, on: date = TODAY
) -> dict[str, Check]:
    """Run the whole list."""
    found = await applications.checklist(
        db,
        cooperative=here,
        rules=await rules.in_force(db, here.id, on),
        loan=loan,
        keys=KEYS,
        on=on,
    )
    assert tuple(check.code for check in found) == checks.CODES
    return {check.code: check for check in found}


async def a_house(db: AsyncConnection, **rules: Any) -> tuple[Standing, Member]:
    """A treasurer and a member of a cooperative with these rules."""
    rina = await an_officer(db, await a_cooperative(db, **rules))
    return rina, await a_member(db, rina.cooperative, "Siti Aminah")


def draft(member: Member, **facts: Any) -> Draft:
    said: dict[str, Any] = {
        "member_id": member.id,
        "product": "umum",
        "terms": Terms(),
        "principal": 6_000_000,
        "count": 12,
        "applied_on": TODAY,
    }
    return Draft(**(said | facts))


async def test_a_plain_loan_of_a_licensed_cooperative_passes_or_has_nothing_to_check(
    db: AsyncConnection,
):
    rina, siti = await a_house(db)
    found = await looked(db, rina.cooperative, draft(siti))
    assert {code: check.passed for code, check in found.items()} == {
        "licence": True,
        "rate-cap": True,
        "product": True,
        "bmpp": None,
        "arrears": True,
        "savings": None,
        "capacity": None,
        "guarantors": None,
    }


@pytest.mark.parametrize("usp", ["channeling", "none"])
async def test_without_a_licence_nothing_is_lent(db: AsyncConnection, usp: str):
    rina, siti = await a_house(db, usp=usp)
    licence = (await looked(db, rina.cooperative, draft(siti)))["licence"]
    assert licence == Check(code="licence", passed=False, facts={"usp": usp})


async def test_the_nominal_rate_is_held_against_the_cap(db: AsyncConnection):
    rina, siti = await a_house(db, rate_cap=18)
    for rate, passed in (("1.5", True), ("1.51", False)):
        terms = Terms(rate=Decimal(rate))
        line = (await looked(db, rina.cooperative, draft(siti, terms=terms)))["rate-cap"]
        assert (line.passed, line.facts) == (passed, {"rate": Decimal(rate) * 12, "cap": 18})


async def test_bmpp_counts_what_is_owed_already_and_not_what_is_topped_up(db: AsyncConnection):
    rina, siti = await a_house(db, modal_tetap=100_000_000)
    old = await running(db, rina, siti, 9_000_000)
    for principal, tops_up, owed, passed in (
        (6_000_000, None, 15_000_000, True),
        (6_000_001, None, 15_000_001, False),
        (15_000_000, old.id, 15_000_000, True),
        (15_000_001, old.id, 15_000_001, False),
    ):
        line = (
            await looked(db, rina.cooperative, draft(siti, principal=principal, tops_up=tops_up))
        )["bmpp"]
        assert (line.passed, line.facts) == (
            passed,
            {"owed": owed, "limit": 15_000_000, "percent": 15, "related": False},
        )


async def test_bmpp_counts_what_is_approved_and_waits(db: AsyncConnection):
    rina, siti = await a_house(db, modal_tetap=100_000_000)
    waiting = await approved(db, rina.cooperative, siti, 9_000_000)
    for principal, passed in ((6_000_000, True), (6_000_001, False)):
        line = (await looked(db, rina.cooperative, draft(siti, principal=principal)))["bmpp"]
        assert (line.passed, line.facts["owed"]) == (passed, 9_000_000 + principal)
    own = (await looked(db, rina.cooperative, Draft.of(waiting, None)))["bmpp"]
    assert own.facts["owed"] == 9_000_000  # not twice, when it is paid out


@pytest.mark.parametrize(
    ("role", "related"),
    [
        (Role.KETUA, True),
        (Role.SEKRETARIS, True),
        (Role.PENGAWAS, True),
        (Role.PENGELOLA, False),
        (Role.PENDAMPING, False),
    ],
)
async def test_pengurus_and_pengawas_may_owe_less(db: AsyncConnection, role: Role, related: bool):
    here = await a_cooperative(db, modal_tetap=100_000_000)
    officer = await an_officer(db, here, role, name="Pak Amir", since=date(2026, 6, 1))
    member = await a_member(db, here, "Pak Amir", person_id=officer.person_id)
    line = (await looked(db, here, draft(member, principal=10_000_001)))["bmpp"]
    assert (line.passed, line.facts["related"]) == (not related, related)
    before = (await looked(db, here, draft(member, principal=10_000_001), date(2026, 5, 31)))[
        "bmpp"
    ]
    assert before.passed  # the office was not held yet


async def test_an_overdue_instalment_is_arrears_one_due_today_is_not(db: AsyncConnection):
    rina, siti = await a_house(db)
    old = await running(db, rina, siti, on=date(2026, 10, 26))
    assert old.oldest_due == date(2026, 11, 26)
    for on, passed, labels in (
        (date(2026, 11, 26), True, ()),
        (date(2026, 11, 27), False, ("P-0001",)),
    ):
        line = (await looked(db, rina.cooperative, draft(siti), on))["arrears"]
        assert (line.passed, line.facts) == (passed, {"loans": labels})
    topping = await looked(db, rina.cooperative, draft(siti, tops_up=old.id), date(2026, 11, 27))
    assert topping["arrears"].passed  # the new loan pays them


async def test_another_members_arrears_are_not_counted(db: AsyncConnection):
    rina, siti = await a_house(db)
    budi = await a_member(db, rina.cooperative, "Budi")
    await running(db, rina, budi, on=EARLIER)
    assert (await looked(db, rina.cooperative, draft(siti)))["arrears"].passed


async def test_savings_carry_so_many_times_what_they_are(db: AsyncConnection):
    rina, siti = await a_house(db, savings_times=5)
    await pays(db, rina, siti, SavingsKind.POKOK, 100_000)
    await pays(db, rina, siti, SavingsKind.WAJIB, 60_000)
    await pays(db, rina, siti, SavingsKind.SUKARELA, 1_040_000)
    for principal, passed in ((6_000_000, True), (6_000_001, False)):
        line = (await looked(db, rina.cooperative, draft(siti, principal=principal)))["savings"]
        assert (line.passed, line.facts) == (
            passed,
            {"own": 1_200_000, "times": 5, "limit": 6_000_000, "owed": principal},
        )


async def test_the_heaviest_instalments_of_all_loans_stay_within_a_part_of_the_income(
    db: AsyncConnection,
):
    rina, siti = await a_house(db)
    old = await running(db, rina, siti, 1_200_000, 12)  # 112,000 a month
    terms = Terms(method=Method.MENURUN)  # 560,000 falling to 505,000
    for income, passed in ((1_920_000, True), (1_919_999, False)):
        line = (await looked(db, rina.cooperative, draft(siti, terms=terms, income=income)))[
            "capacity"
        ]
        assert line.passed is passed
        assert line.facts["instalments"] == 672_000
    topping = draft(siti, terms=terms, income=1_600_000, tops_up=old.id)
    line = (await looked(db, rina.cooperative, topping))["capacity"]
    assert (line.passed, line.facts["instalments"], line.facts["limit"]) == (True, 560_000, 560_000)


@pytest.mark.parametrize(
    ("every", "month"),
    [
        ("1m", 100_000),
        ("2m", 50_000),
        ("1w", Fraction(1_300_000, 3)),
        ("15d", Fraction(1_825_000, 9)),
    ],
)
def test_an_instalment_is_brought_to_a_month(every: str, month: Fraction | int):
    assert checks.a_month(100_000, Every.parse(every)) == month


async def test_income_told_with_the_application_is_read_from_its_seal(db: AsyncConnection):
    rina, siti = await a_house(db)
    loan = await applied(
        db, rina.cooperative, siti, told=applications.Told(income=1_000_000, purpose="sapi")
    )
    line = (await looked(db, rina.cooperative, loan))["capacity"]
    assert (line.passed, line.facts["instalments"], line.facts["limit"]) == (
        False,
        560_000,
        350_000,
    )


async def test_every_guarantor_named_has_agreed_and_has_the_savings(db: AsyncConnection):
    rina, siti = await a_house(db)
    here = rina.cooperative
    budi, ani = await a_member(db, here, "Budi"), await a_member(db, here, "Ani")
    await pays(db, rina, budi, SavingsKind.SUKARELA, 500_000)
    loan = await applied(db, here, siti)
    for member, amount in ((budi, 500_000), (ani, 1)):
        await guarantors.add(
            db, koperasi_id=here.id, loan_id=loan.id, member=member, amount=amount, on=TODAY, at=AT
        )

    async def line() -> Check:
        return (await looked(db, here, loan))["guarantors"]

    async def answers(member: Member, *, agrees: bool) -> None:
        await guarantors.answer(
            db, koperasi_id=here.id, loan_id=loan.id, member_id=member.id, agrees=agrees, at=AT
        )

    assert (await line()).facts == {"unanswered": ("Budi", "Ani"), "short": (), "count": 2}
    await answers(budi, agrees=True)
    await answers(ani, agrees=True)
    found = await line()
    assert (found.passed, found.facts["short"]) == (False, ("Ani",))
    await pays(db, rina, ani, SavingsKind.SUKARELA, 1)
    assert (await line()).passed is True
    await answers(budi, agrees=False)
    found = await line()
    assert (found.passed, found.facts["unanswered"]) == (False, ("Budi",))


async def test_the_product_is_that_of_the_day_of_the_application(db: AsyncConnection):
    rina, siti = await a_house(db)
    here = rina.cooperative
    loan = await applied(db, here, siti, on=EARLIER)
    tighter = replace(DEFAULT, since=TODAY, longest=11, tenor=6, most=1_000_000)
    await products.set_product(db, koperasi_id=here.id, product=tighter, by="cli", at=AT)
    assert (await looked(db, here, loan))["product"].passed is True
    late = (await looked(db, here, draft(siti)))["product"]
    assert (late.passed, late.facts) == (
        False,
        {"product": "Pinjaman umum", "longest": 11, "most": 1_000_000},
    )
    unknown = (await looked(db, here, draft(siti, product="motor")))["product"]
    assert unknown.passed is False


async def test_a_settled_loan_counts_no_more(db: AsyncConnection):
    rina, siti = await a_house(db, modal_tetap=100_000_000)
    old = await running(db, rina, siti, 1_000_000)
    new = await applied(db, rina.cooperative, siti, 9_000_000, tops_up=old.id)
    new = await decided(db, rina.cooperative, new)
    await pays_out(db, rina, new)
    line = (await looked(db, rina.cooperative, draft(siti, principal=6_000_000)))["bmpp"]
    assert (line.passed, line.facts["owed"]) == (True, 15_000_000)
