"""What a sentence of the gerai records besides plain sales and purchases: bons, returns, losses, suppliers."""

from __future__ import annotations

from bot.understand import agents, consigned
from bot.understand.evidence import Evidence
from bot.understand.readings import Intent, PeopleKind

RECORDS = frozenset(
    {Intent.BON_PAYMENT, Intent.SALES_RETURN, Intent.STOCK_LOSS, Intent.SUPPLIER_PAYMENT}
)


def records(e: Evidence) -> tuple[Intent, ...]:
    """Return the operation, or nothing where the general rules decide."""
    traded = e.any("sale", "buy", "restock")
    if e.any("leave"):
        return ()
    bought = e.any("restock") or (e.any("buy") and e.any("goods"))
    if bought and e.any("loan") and not e.person and not e.any("apply", "borrow", "pay"):
        return (Intent.PURCHASE,)  # "kulakan beras 10 karung 700rb utang": the supplier waits
    if bought and e.all(
        "settle", "not_yet"
    ):  # "… di Toko Makmur belum lunas"; by a member it is a bon
        known = e.people is PeopleKind.ONE
        return (Intent.SALE, Intent.PURCHASE) if known else (Intent.PURCHASE,)
    if e.any("returned") and not e.any("pay", "restock"):
        return (Intent.SALES_RETURN,)
    if e.any("supplier") and e.any("pay", "settle", "instalment") and not traded:
        return (Intent.SUPPLIER_PAYMENT,)
    if e.any("lost") and e.any("goods") and not traded and not e.any("pay", "costs"):
        return (Intent.STOCK_LOSS,)
    if not e.any("on_credit") or e.any("restock"):
        return ()
    if e.any("pay", "settle") and not traded:
        return (Intent.BON_PAYMENT,)
    return (Intent.SALE,) if e.any("goods") and not e.any("pay", "borrow") else ()


def questions(e: Evidence) -> tuple[Intent, ...]:
    """Return the question of a bon, the agency or goods sold for others: "bon saya berapa?"; else nothing."""
    if of_others := agents.questions(e) or consigned.questions(e):
        return of_others
    traded = e.any("sale", "buy", "restock", "pay", "goods", "borrow", "cancel", "reverse")
    own = e.people is PeopleKind.SELF
    wanted = e.asked or own or e.any("who", "arrears", "balance") or e.words == 1
    if e.all("loan", "stay") and (own or e.people is PeopleKind.ONE) and wanted and not e.amount:
        return () if traded else (Intent.BON_INQUIRY,)  # "utang saya di toko berapa?"
    return (
        (Intent.BON_INQUIRY,)
        if e.any("on_credit") and wanted and not e.amount and not traded
        else ()
    )
