"""What a sentence records of goods sold for their owners (titip jual): taken in, sold, paid out, given back."""

from __future__ import annotations

from bot.understand.evidence import Evidence
from bot.understand.readings import Intent

RECORDS = frozenset(
    {Intent.CONSIGNED_IN, Intent.CONSIGNED_SALE, Intent.CONSIGNED_PAID, Intent.CONSIGNED_BACK}
)
IN_PARTS = frozenset({Intent.CONSIGNED_IN, Intent.CONSIGNED_SALE})  # a price and the gerai's share

# "Siti titip 50rb wajib": she sends money along, for savings or a loan.
_BROUGHT = (
    "mandatory", "principal", "voluntary", "savings", "save", "simpanan", "dues", "bills", "term", "holiday",
    "loan", "borrow", "instalment", "from_savings", "agent", "agent_money", "unknown_sender", "reverse",
)  # fmt: skip


def records(e: Evidence) -> tuple[Intent, ...]:
    """Return the operation, all it may be, or nothing where the general rules decide."""
    noun, verb = e.any("entrusted"), e.any("entrusts", "entrusts_sale")
    if not (noun or verb) or e.any(*_BROUGHT):
        return ()
    paid = noun and e.any("pay", "settle")
    if e.any("given_back", "returned"):
        return (Intent.CONSIGNED_PAID, Intent.CONSIGNED_BACK) if paid else (Intent.CONSIGNED_BACK,)
    if paid:
        return (Intent.CONSIGNED_PAID,)
    if noun and e.any("take", "withdraw"):  # the money, or the goods
        return (Intent.CONSIGNED_PAID, Intent.CONSIGNED_BACK)
    pieces = e.any("pieces")
    if verb and not noun:
        taken = pieces or e.any("entrusts_sale", "sale", "shop_part")
        return (Intent.CONSIGNED_IN,) if taken else ()
    if e.any("sale"):
        return (Intent.CONSIGNED_SALE,)
    if pieces:
        return (Intent.CONSIGNED_IN, Intent.CONSIGNED_SALE)
    return (Intent.CONSIGNED_SALE,) if e.any("shop_part") else ()


def questions(e: Evidence) -> tuple[Intent, ...]:
    """Return the question what is owed to whom: "titipan Bu Rini berapa?", "hasil titipan saya?"."""
    if not e.any("entrusted") or e.amount or e.any(*_BROUGHT, "given_back"):
        return ()
    paid = e.any("pay", "settle")  # "bayar titipan Bu Rini" does it
    wanted = e.asked or e.any("who", "balance") or (e.words <= 3 and not paid)
    return (Intent.CONSIGNED_INQUIRY,) if wanted and not e.any("take") else ()
