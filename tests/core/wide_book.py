"""A book of nearly every event of domain 3.1, from the opening balances to the surplus of a closed year, by its journals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import ledger, year_end
from core.cooperatives import Cooperative
from core.ledger import Posting
from core.people import Member
from core.shu import policy, sharing
from core.shu.policy import Policy
from tests.builders_core import a_cooperative, a_member

AT = datetime(2027, 6, 10, 2, 0, tzinfo=UTC)
TODAY = date(2027, 6, 10)
CASH, TILL, USP, BRI, BPD = "111000", "111100", "111200", "112100", "112200"
_BY: dict[str, Any] = {
    "at": AT,
    "recorder": "person:1",
    "approver": "person:2",
    "source": "telegram",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wide:
    """The book and who stands in it."""

    here: Cooperative
    members: tuple[Member, ...]
    events: frozenset[int]  # of domain 3.1


def _journals(a: int, b: int, c: int) -> list[tuple[int, str, date, list[tuple[str, str, int]]]]:
    """List event, kind, day and lines; `a`, `b` and `c` are members, loans 1 and 2 are a's, 3 is b's."""
    old, new, lost = f"113100:m{a}:l1", f"113100:m{a}:l2", f"113100:m{b}:l3"
    owed, bon = f"113200:m{a}:l1", f"113300:m{b}"

    def on(month: int, day: int = 5, year: int = 2026) -> date:
        return date(year, month, day)

    return [
        (0, "opening-balances", on(1, 2), [
            (BRI, "399000", 9_000_000), ("124000", "399000", 2_400_000), ("114000", "399000", 1_100_000),
            ("399000", "124900", 400_000), ("399000", "212000", 600_000), ("399000", "330000", 8_500_000),
            ("399000", f"310000:m{c}", 100_000), ("399000", f"320000:m{c}", 500_000),
            ("399000", f"211000:m{c}", 2_400_000),
        ]),
        (1, "deposit-pokok", on(1, 6), [(CASH, f"310000:m{m}", 100_000) for m in (a, b)]),
        (2, "deposit-wajib", on(1, 7), [(CASH, f"320000:m{a}", 240_000), (BRI, f"320000:m{b}", 120_000)]),
        (3, "deposit-sukarela", on(1, 8), [(USP, f"211000:m{a}", 4_000_000), (CASH, f"211000:m{b}", 750_000)]),
        (3, "withdraw-sukarela", on(2), [(f"211000:m{b}", CASH, 150_000)]),
        (4, "savings-interest", on(1, 31), [
            ("512000", f"211000:m{a}", 270_000), ("512000", "214000", 30_000), ("512000", f"211000:m{b}", 5_500)]),
        (5, "loan-disbursement", on(2, 9), [(old, "113120", 30_000), (old, "411200", 25_000), (old, USP, 2_945_000)]),
        (6, "loan-payment", on(3, 9), [(USP, old, 250_000), (USP, "411000", 30_000), (USP, "411300", 2_500)]),
        (7, "jasa-accrual", on(3, 31), [(owed, "411000", 27_500)]),
        (44, "reversal-of-7", on(4, 1), []),
        (9, "loan-payment", on(4, 9), [(f"211000:m{a}", old, 250_000), (f"211000:m{a}", "411000", 27_500)]),
        (14, "loan-disbursement", on(5, 11), [
            (new, old, 2_500_000), (new, "411000", 25_000), (new, "411100", 40_000), (new, USP, 1_435_000)]),
        (8, "loan-settlement", on(5, 11), [("113120", "411100", 30_000)]),
        (5, "loan-disbursement", on(2, 20), [(lost, CASH, 200_000)]),
        (13, "loan-restructuring", on(6, 1), [(lost, "411000", 10_000)]),
        (10, "loan-allowance", on(6, 30), [("527000", "113110", 190_000)]),
        (10, "loan-allowance", on(7, 31), [("113110", "527000", 15_000)]),
        (11, "loan-write-off", on(8, 14), [("113110", lost, 175_000), ("527000", lost, 35_000)]),
        (12, "loan-recovery", on(9, 14), [(CASH, "419000", 60_000)]),
        (15, "purchase", on(2, 3), [("114000", BRI, 1_500_000), ("114000", "212000", 900_000), ("114100", "212000", 350_000)]),
        (16, "sale", on(2, 4), [(TILL, f"412000:m{a}", 1_640_000), (TILL, "412100", 1_410_000)]),
        (17, "sale", on(2, 4), [("511000", "114000", 520_000), ("511100", "114000", 330_000)]),
        (18, "sale", on(3, 4), [(bon, f"412000:m{b}", 280_000), ("511000", "114000", 225_000)]),
        (19, "bon-payment", on(4, 4), [(TILL, bon, 120_000)]),
        (20, "sales-return", on(4, 6), [(f"412900:m{b}", bon, 40_000), ("114000", "511000", 32_000)]),
        (21, "sale", on(4, 7), [(TILL, "212100", 90_000), (TILL, "413000", 10_000)]),
        (21, "supplier-payment", on(4, 20), [("212100", TILL, 90_000)]),
        (22, "other-income", on(4, 8), [(CASH, "413000", 5_000), (CASH, "215000", 500_000)]),
        (22, "bank-deposit", on(4, 9), [("215000", CASH, 500_000)]),
        (23, "supplier-payment", on(5, 5), [("212000", BRI, 1_000_000), ("212000", CASH, 100_000)]),
        (24, "expense", on(5, 28), [
            ("521000", CASH, 450_000), ("522000", TILL, 85_000), ("523000", CASH, 12_000),
            ("524000", CASH, 60_000), ("525000", BRI, 150_000), ("528000", CASH, 75_000), ("539000", CASH, 9_000)]),
        (25, "bank-deposit", on(5, 29), [(BPD, TILL, 300_000)]),
        (25, "bank-withdrawal", on(6, 2), [(CASH, BRI, 800_000)]),
        (26, "bank-interest", on(6, 30), [(BRI, "414000", 21_000), ("523000", BRI, 7_500)]),
        (27, "asset-bought", on(6, 15), [("123000", "212000", 1_800_000), ("122000", BRI, 700_000)]),
        (27, "depreciation", on(6, 30), [("526000", "124900", 50_000), ("526000", "122900", 3_000), ("526000", "123900", 30_000)]),
        (28, "bank-loan", on(7, 1), [(BRI, "221000", 5_000_000), (BRI, "221100", 1_000_000)]),
        (29, "bank-loan-payment", on(8, 12), [("221000", BRI, 80_000), ("512100", BRI, 25_000)]),
        (30, "bank-loan-covered", on(9, 12), [("221000", "221900", 80_000), ("512100", "221900", 24_600)]),
        (31, "grant", on(7, 20), [(BRI, "330000", 1_500_000), ("124000", "330000", 600_000), ("114000", "415000", 100_000)]),
        (32, "conditional-grant", on(7, 21), [(BPD, "218000", 900_000)]),
        (32, "grant-met", on(11, 21), [("218000", "415000", 300_000)]),
        (33, "officer-paid", on(8, 3), [("524000", f"221900:m{a}", 45_000)]),
        (33, "officer-repaid", on(8, 10), [(f"221900:m{a}", CASH, 45_000)]),
        (33, "advance-given", on(9, 1), [("113500", CASH, 300_000)]),
        (33, "advance-spent", on(9, 8), [("528000", "113500", 260_000), (CASH, "113500", 40_000)]),
        (34, "receipt-held", on(9, 9), [(BRI, "215000", 175_000)]),
        (34, "deposit-wajib", on(9, 15), [("215000", f"320000:m{b}", 120_000)]),
        (35, "cash-count", on(10, 1), [(TILL, "419000", 4_000)]),
        (35, "cash-count", on(10, 2), [("529000", CASH, 3_000)]),
        (36, "stock-loss", on(10, 5), [("529000", "114000", 18_000), ("529000", "114100", 20_000)]),
        (3, "deposit-berjangka", on(3, 16), [(BRI, f"211100:m{a}", 1_000_000), (CASH, f"211200:m{b}", 200_000)]),
        (4, "withdraw-berjangka", on(9, 16), [(f"211100:m{a}", BRI, 1_000_000), ("512000", BRI, 30_000)]),
        (24, "expense", on(12, 30), [("531000", "214000", 55_000), ("512000", "213000", 40_000), ("521000", "213200", 200_000)]),
        (25, "bank-deposit", on(10, 6), [("111900", CASH, 50_000), (BRI, "111900", 45_000)]),
        (27, "asset-bought", on(10, 7), [("121000", BRI, 500_000), ("125000", BRI, 120_000)]),
        (27, "depreciation", on(10, 31), [("526000", "125000", 5_000)]),
        (28, "other-income", on(10, 8), [(BRI, "350000", 250_000), ("112900", BPD, 200_000), ("126000", BPD, 75_000)]),
        (29, "expense", on(12, 31), [("512100", "213100", 12_000)]),
        (15, "purchase", on(10, 9), [
            ("115100", BRI, 60_000), ("114200", "115100", 60_000), ("114300", BRI, 30_000), ("115000", BRI, 90_000)]),
        (24, "expense", on(11, 30), [("525000", "115000", 45_000)]),
        (16, "sale", on(11, 9), [("113400", "412100", 66_000), ("511100", "114200", 41_000), ("511100", "114300", 11_000)]),
        (10, "loan-allowance", on(12, 31), [("527000", "113310", 8_000)]),
        (24, "expense", on(1, 20, 2027), [("213200", CASH, 200_000), ("214000", BRI, 85_000), ("213000", f"211000:m{a}", 40_000)]),
        (16, "sale", on(3, 3, 2027), [(TILL, "412100", 77_000), ("511100", "114000", 61_000)]),
    ]  # fmt: skip


async def _post(
    db: AsyncConnection,
    here: Cooperative,
    kind: str,
    on: date,
    lines: list[tuple[str, str, int]],
    operation: str,
) -> int:
    made = await ledger.post(
        db, [Posting(debit=debit, credit=credit, amount=amount) for debit, credit, amount in lines],
        koperasi_id=here.id, kind=kind, on=on, zone=here.zone, operation=operation, **_BY,
    )  # fmt: skip
    return made.number


async def a_wide_book(db: AsyncConnection) -> Wide:
    """Post the year 2026, close it, share its surplus out, pay it, and go on until June 2027."""
    here = await a_cooperative(db)
    members = tuple([await a_member(db, here, name) for name in ("Siti", "Budi", "Dewi")])
    a, b, c = (one.id for one in members)
    events, numbers = set[int](), dict[str, int]()
    for n, (event, kind, on, lines) in enumerate(_journals(a, b, c)):
        events.add(event)
        if lines:
            numbers[kind] = await _post(db, here, kind, on, lines, f"w{n}")
            continue
        await ledger.reverse(
            db, numbers["jasa-accrual"], koperasi_id=here.id, on=on, zone=here.zone,
            operation=f"w{n}", reason="akrual dibalik", **_BY,
        )  # fmt: skip
    facts: dict[str, Any] = {"cooperative": here, **_BY}
    await ledger.close(
        db, koperasi_id=here.id, through=date(2026, 12, 31), at=AT, by="p", reason="tutup bulan 2026-12"
    )  # fmt: skip
    await year_end.close_year(db, year=2026, operation="tahun-2026", **facts)
    shares = {
        "cadangan": 35, "jasa_modal": 20, "jasa_usaha": 25, "pendidikan": 5, "sosial": 5,
        "pengurus": 4, "karyawan": 3, "desa": 3,
    }  # fmt: skip
    decided = Policy(
        year=2026, pools={name: Decimal(share) for name, share in shares.items()},
        minutes="7/RAT/2027", decided_on=date(2027, 3, 1),
    )  # fmt: skip
    await policy.keep(
        db, koperasi_id=here.id, policy=decided, set_by="person:1", approved_by="person:2", at=AT
    )
    april = date(2027, 4, 1)
    shared = await sharing.share(db, year=2026, on=april, today=TODAY, operation="bagi", **facts)
    assert shared.plan.shu > 0
    paying = {key: value for key, value in facts.items() if key != "approver"}
    await sharing.pay(
        db, member=members[0], amount=1_000, place=CASH, on=date(2027, 4, 2), operation="bayar", **paying
    )  # fmt: skip
    await sharing.all_to_savings(db, on=date(2027, 4, 3), today=TODAY, operation="semua", **facts)
    for n, (event, kind, day, lines) in enumerate(
        (
            (40, "shu-loss", 10, [("340000", "361000", 900)]),
            (41, "fund-use", 11, [("216000", CASH, 700), ("216100", CASH, 300)]),
            (38, "shu-split", 12, [("361000", "341000", 900)]),
            (42, "member-exit", 20, [
                (f"310000:m{b}", f"113300:m{b}", 100_000), (f"320000:m{b}", f"113300:m{b}", 20_000),
                (f"320000:m{b}", CASH, 220_000), (f"211200:m{b}", f"211900:m{b}", 200_000)]),
            (43, "member-death", 21, [(f"310000:m{c}", CASH, 100_000), (f"320000:m{c}", BRI, 500_000)]),
            (42, "exit-payout", 25, [(f"211900:m{b}", BRI, 200_000)]),
        )
    ):  # fmt: skip
        events.add(event)
        await _post(db, here, kind, date(2027, 4, day), lines, f"v{n}")
    return Wide(here=here, members=members, events=frozenset(events | {37, 38, 39}))
