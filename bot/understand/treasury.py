"""What a sentence records of the office's other money: the bank's own lines, grants, advances, funds, assets."""

from __future__ import annotations

from bot.understand import agents, consigned
from bot.understand.evidence import Evidence
from bot.understand.readings import Intent

OF_MEMBER = frozenset(
    {
        Intent.OFFICER_PAID,
        Intent.OFFICER_REPAID,
        Intent.ADVANCE,
        Intent.ADVANCE_SPENT,
        Intent.ADVANCE_RETURNED,
        *consigned.RECORDS,
    }
)
RECORDS = (
    OF_MEMBER
    | agents.RECORDS
    | {
        Intent.BANK_INTEREST,
        Intent.BANK_CHARGE,
        Intent.OTHER_INCOME,
        Intent.GRANT,
        Intent.CONDITIONAL_GRANT,
        Intent.GRANT_MET,
        Intent.HELD_RECEIPT,
        Intent.EXIT_PAYOUT,
        Intent.FUND_USE,
        Intent.ASSET_PURCHASE,
        Intent.BANK_LOAN,
        Intent.BANK_LOAN_PAYMENT,
        Intent.BANK_LOAN_COVERED,
    }
)

_IN_PARTS = (
    agents.IN_PARTS | consigned.IN_PARTS | {Intent.BANK_LOAN_PAYMENT, Intent.BANK_LOAN_COVERED}
)


def is_one(wanted: tuple[Intent, ...]) -> bool:
    """Whether several amounts are parts of one operation: "angsuran bank pokok 4jt bunga 1jt"."""
    return bool(_IN_PARTS.intersection(wanted))


def records(e: Evidence) -> tuple[Intent, ...]:
    """Return the operation, or nothing where the general rules decide."""
    if e.any("reverse", "simulation"):
        return ()
    return (
        agents.records(e)
        or consigned.records(e)
        or _of_advances(e)
        or _of_banks(e)
        or _of_gifts(e)
        or _of_office(e)
    )


def _of_advances(e: Evidence) -> tuple[Intent, ...]:
    if e.any("returned_advance"):
        return (Intent.ADVANCE_RETURNED,)
    if e.any("accounted"):
        return (Intent.ADVANCE_SPENT,)
    if e.any("repaid"):
        return (Intent.OFFICER_REPAID,)
    if e.any("advance"):
        return (Intent.ADVANCE,)
    return (Intent.OFFICER_PAID,) if e.any("private_money") and not e.any("village") else ()


def _of_banks(e: Evidence) -> tuple[Intent, ...]:
    repays = e.any("bank_instalment") or (e.any("bank_lender") and e.any("instalment", "pay"))
    if repays:
        return (Intent.BANK_LOAN_COVERED if e.any("village") else Intent.BANK_LOAN_PAYMENT,)
    if e.any("bank_lender"):
        taken = e.any("received", "give", "disburse", "withdraw", "take", "from_bank")
        return (Intent.BANK_LOAN,) if taken else (Intent.BANK_LOAN, Intent.BANK_LOAN_PAYMENT)
    at_bank = (
        e.any("interest") and e.any("bank", "from_bank") and not e.person
    )  # "bunga tabungan di BPD 4.325"
    if (e.any("statement_interest") or at_bank) and not e.any("loan", "costs", "withdraw", "take"):
        owed = e.any("pay", "instalment")  # "bayar bunga bank 50rb": the bank earns it
        return (Intent.BANK_LOAN_PAYMENT,) if owed else (Intent.BANK_INTEREST,)
    return (Intent.BANK_CHARGE,) if e.any("statement_charge") else ()


def _of_gifts(e: Evidence) -> tuple[Intent, ...]:
    if e.any("condition_met"):
        return (Intent.GRANT_MET,)
    if e.any("grant"):
        return (Intent.CONDITIONAL_GRANT if e.any("condition") else Intent.GRANT,)
    return ()


def _of_office(e: Evidence) -> tuple[Intent, ...]:
    if e.any("unknown_sender"):
        return (Intent.HELD_RECEIPT,)
    if e.any("leaver"):
        return (Intent.EXIT_PAYOUT,)
    if e.any("fund"):
        return (Intent.FUND_USE,)
    if e.any("lets_out") and not e.any("pay"):
        return (Intent.OTHER_INCOME,)  # "nyewakan tenda 300rb"
    if e.any("let") and e.amount:  # "tenda disewa warga", "disewa pak camat": who pays whom?
        return (Intent.OTHER_INCOME, Intent.EXPENSE)
    earned = e.all("earns", "received") and not e.any("pay", "buy")  # "sewa tenda masuk 200rb"
    if (e.any("other_income") or earned) and not e.any("sale"):
        return (Intent.OTHER_INCOME,)
    bought = e.all("buy", "durable") and not e.any("goods", "on_credit", "costs")
    return (Intent.ASSET_PURCHASE,) if bought else ()
