"""What a sentence records of the agency (BRILink, PPOB, pos): fees, customers' money in and out, what goes on."""

from __future__ import annotations

from bot.understand.evidence import Evidence
from bot.understand.readings import Intent, PeopleKind

RECORDS = frozenset(
    {
        Intent.AGENT_FEE,
        Intent.AGENT_IN,
        Intent.AGENT_OUT,
        Intent.AGENT_SETTLED,
        Intent.AGENT_RECEIVED,
    }
)
IN_PARTS = frozenset({Intent.AGENT_IN, Intent.AGENT_OUT})  # an amount and its fee


def records(e: Evidence) -> tuple[Intent, ...]:
    """Return the operation, all it may be, or nothing where the general rules decide."""
    if e.any("from_savings") and e.any("agent", "agent_earned"):
        return (Intent.AGENT_IN, Intent.WITHDRAW_VOLUNTARY)
    if e.any("agent_money", "agent_top_up"):
        return _of_money(e)
    if e.any("agent", "agent_earned"):
        return _of_agent(e)
    return _of_bills(e)


def _of_money(e: Evidence) -> tuple[Intent, ...]:
    """Customers' money goes on, or comes back: `setor dana brilink 1,5 juta ke bank`."""
    if not e.amount:
        return ()
    if e.any("agent_top_up"):
        return (Intent.AGENT_SETTLED,)
    handed, received = e.any("agent_hands_on", "to_bank"), e.any("received")
    if handed == received:
        return (Intent.AGENT_SETTLED, Intent.AGENT_RECEIVED)
    return (Intent.AGENT_SETTLED if handed else Intent.AGENT_RECEIVED,)


def _of_agent(e: Evidence) -> tuple[Intent, ...]:
    fee = e.any("agent_fee", "agent_earned")
    bill = e.any("agent_bill")
    if e.any("buy", "restock") or (e.any("costs") and not (fee or bill)):
        return ()  # "sewa mesin brilink 150rb"
    found = [Intent.AGENT_FEE] if e.any("agent_earned") else []
    if e.any("agent_sends", "pay") or bill:
        found.append(Intent.AGENT_IN)
    elif e.any("deposit") and not found:  # "setor tunai brilink 500rb fee 5rb"; "setor brilink 1jt"
        found += [Intent.AGENT_IN] if fee else [Intent.AGENT_IN, Intent.AGENT_SETTLED]
    if e.any("withdraw", "take"):
        found.append(Intent.AGENT_OUT)
    if not found and fee:
        return (Intent.AGENT_FEE,)
    among = (Intent.AGENT_IN, Intent.AGENT_OUT, Intent.AGENT_FEE)
    return tuple(found) or (among if e.amount else ())


def _of_bills(e: Evidence) -> tuple[Intent, ...]:
    """A bill with a fee on top: a customer's, or the office's own; without a customer it is asked."""
    if not (e.amount and e.all("agent_fee", "agent_bill")) or e.any("office", "statement_charge"):
        return ()
    if e.any("sale"):
        return (Intent.AGENT_IN, Intent.SALE)
    customer = e.any("customer") or e.people not in (PeopleKind.NONE, PeopleKind.SELF)
    return (Intent.AGENT_IN,) if customer else (Intent.AGENT_IN, Intent.EXPENSE)


def questions(e: Evidence) -> tuple[Intent, ...]:
    """Return the question how much of customers' money is in transit: "uang agen berapa?"."""
    wanted = e.asked or e.any("balance") or e.words <= 2
    asked = e.any("agent_money", "agent_top_up") or (e.any("agent") and e.any("money", "balance"))
    return (Intent.AGENT_INQUIRY,) if asked and wanted and not e.amount else ()
