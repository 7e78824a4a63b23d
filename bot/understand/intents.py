"""What a sentence wants, from the ideas in it: ordered rules, the narrower ones first.

A rule that finds two different operations names both, and the bot asks.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.understand import counting, shop, treasury, undoing
from bot.understand.evidence import Evidence
from bot.understand.readings import Intent, PeopleKind

DEPOSITS = (Intent.DEPOSIT_MANDATORY, Intent.DEPOSIT_VOLUNTARY, Intent.DEPOSIT_PRINCIPAL)
RECORDS = frozenset(
    {
        *DEPOSITS,
        Intent.WITHDRAW_VOLUNTARY,
        Intent.TERM_DEPOSIT,
        Intent.TERM_WITHDRAWAL,
        Intent.HOLIDAY_DEPOSIT,
        Intent.HOLIDAY_WITHDRAWAL,
        Intent.LOAN_APPLICATION,
        Intent.LOAN_DISBURSEMENT,
        Intent.LOAN_REPAYMENT,
        Intent.EXPENSE,
        Intent.SALE,
        Intent.PURCHASE,
        Intent.BANK_DEPOSIT,
        Intent.BANK_WITHDRAW,
        *shop.RECORDS,
        *treasury.RECORDS,
    }
)
NEEDS_MEMBER = RECORDS - {
    Intent.EXPENSE,
    Intent.SALE,
    Intent.PURCHASE,
    Intent.BANK_DEPOSIT,
    Intent.BANK_WITHDRAW,
    *(shop.RECORDS - {Intent.BON_PAYMENT}),
    *(treasury.RECORDS - treasury.OF_MEMBER),
}


def find(evidence: Evidence) -> tuple[Intent, ...]:
    """Return the intent, or all it may be; nothing when no rule applies."""
    rules = (
        counting.counts,
        shop.questions,
        _of_loans,
        _wondered,
        _talk,
        undoing.taken_back,
        _questions,
    )
    for rule in rules:
        found = rule(evidence)
        if found:
            return found
    paper = evidence.any("paper") and not evidence.amount  # "pdf Siti oktober"
    found = treasury.records(evidence) or shop.records(evidence) or records(evidence)
    return found or ((Intent.BALANCE_INQUIRY,) if paper else ())


def _talk(e: Evidence) -> tuple[Intent, ...]:
    """Commands in words that stand for themselves."""
    if e.any("my_data"):
        return (Intent.MY_DATA,)
    if e.any("switch"):
        return (Intent.SWITCH,)
    if e.any("death", "leave") and not e.amount:
        return (Intent.DEATH if e.any("death") else Intent.LEAVE,)
    if e.any("picture") and e.words <= 6 and not e.priced:
        return (Intent.RECEIPT_PICTURE,)
    if e.any("check"):
        return (Intent.CHECK_RECEIPT,)
    if e.any("invite") and not e.priced:
        return (Intent.INVITE,)
    if e.any("simulation"):
        return (Intent.SIMULATION,)
    begun = e.any("resume") and e.any("record", *_KINDS)  # "mulai mencatat wajib"
    short = e.words <= 4 and not e.amount and not begun
    for name, intent in (("stop", Intent.STOP), ("resume", Intent.RESUME), ("menu", Intent.MENU)):
        if short and e.any(name):
            return (intent,)
    return ()


def _of_loans(e: Evidence) -> tuple[Intent, ...]:
    """What is done with a loan besides lending and paying; why a figure is what it is."""
    if e.any("restructure"):
        return (Intent.LOAN_RESTRUCTURING,)
    if e.any("write_off", "written_off"):
        # "bayar 100rb pinjaman yang dihapus buku", "melunasi pinjaman yang dihapus buku"
        recovered = e.any("written_off") and ((e.any("pay") and e.amount) or e.any("settle"))
        return (Intent.LOAN_REPAYMENT if recovered else Intent.LOAN_WRITE_OFF,)
    if e.any("cancel", "reverse") and e.any("apply") and not e.amount:
        return (Intent.LOAN_WITHDRAWAL,)
    undone = e.amount or e.any("transaction", "miswritten", "disburse", "instalment", "pay")
    if e.any("cancel", "reverse") and e.any("loan") and not undone:
        return (Intent.LOAN_CANCELLATION,)
    return (Intent.LOAN_EXPLANATION,) if _explanation(e) else ()


_OTHER_MONEY = (
    "deposit", "pay", "save", "withdraw", "take", "sale", "buy", "restock", "costs", "disburse",
    "savings", "simpanan", "mandatory", "voluntary", "balance", "cash", "cash_question",
)  # fmt: skip


def _explanation(e: Evidence) -> bool:
    """Tell whether it asks where a figure of a loan comes from: "jasanya dari mana?", "dari mana angka 110.000?"."""
    about = e.any("fine", "interest", "loan", "instalment")
    owed = about or e.any("arrears", "due") or e.all("principal", "left")
    if not e.amount:
        asked = e.any("explain") and (owed or e.words <= 4)
        so_much = e.all("why", "this_much") and (owed or e.any("bill") or e.words <= _SHORT)
        return asked or so_much or (e.any("why") and about)
    if e.any(*_OTHER_MONEY):
        return False
    asked = e.any("explain") and (owed or e.words <= 6)
    return asked or (e.any("why") and about and e.question_mark)


def _wondered(e: Evidence) -> tuple[Intent, ...]:
    """What a loan would cost: `kalau pinjam 3 juta setahun, cicilannya berapa?`."""
    if not (e.amount and e.any("how_much")) or e.dated or e.any("done", "left", "disburse", "take"):
        return ()
    if e.any("borrow", "apply"):
        return (Intent.SIMULATION,)
    of_somebody = e.people not in (PeopleKind.NONE, PeopleKind.SELF)
    loan = e.any("loan", "instalment") and e.counted and not of_somebody
    return (Intent.SIMULATION,) if loan else ()


_SHORT = 5  # words of a sentence that says nothing else
_TOPICS = (
    ("price", Intent.PRICE_INQUIRY), ("report", Intent.REPORT), ("monitor", Intent.MONITOR),
    ("bills", Intent.DUES_INQUIRY),
)  # fmt: skip


def _topic(e: Evidence) -> tuple[Intent, ...]:
    if e.any("help") and not e.any("balance", "history"):
        return (Intent.HELP,)
    if e.any("silence") or (e.all("not_yet", "report") and e.any("ask", "who")):
        return (Intent.SILENCE_INQUIRY,)
    return tuple(intent for name, intent in _TOPICS if e.any(name))[:1]


def _questions(e: Evidence) -> tuple[Intent, ...]:
    """Questions; a sentence with an amount and an operation is none."""
    if not e.amount:
        if topic := _topic(e):
            return topic
    elif e.all("why", "not_yet", "deposit") and e.question_mark:
        return (Intent.HISTORY_INQUIRY,)  # "setoran saya kemarin 50rb kok belum masuk?"
    elif records(e):
        return ()
    loan = e.any("loan", "instalment", "borrow", "fine")
    if e.any("arrears") and not e.any("due", "cash_question"):
        if loan and e.person:
            return (Intent.LOAN_INQUIRY,)
        dues = e.person or e.any(*_DUES)
        return (Intent.DUES_INQUIRY,) if dues else (Intent.ARREARS_INQUIRY,)
    found = _figures(e, loan=loan)
    if found is not None:
        return (found,)
    own = _own(e, loan=loan)
    return own or (_asked(e, loan=loan) if e.asked else ())


def _figures(e: Evidence, *, loan: bool) -> Intent | None:
    """What can be looked up, by its own word."""
    if e.any("cash_question") or (e.any("cash") and e.any("balance", "ask", "look", "left")):
        return Intent.CASH_INQUIRY
    if e.any("due"):
        return Intent.LOAN_INQUIRY
    if e.any("members") and not e.amount:
        return Intent.MEMBERS_LIST
    since = e.all("done", "not_yet") and (e.question_mark or e.any("pay", "deposit", *_KINDS))
    if e.any("history") or since:
        return Intent.HISTORY_INQUIRY
    if e.any("balance"):
        return Intent.LOAN_INQUIRY if loan else Intent.BALANCE_INQUIRY
    return None


def _own(e: Evidence, *, loan: bool) -> tuple[Intent, ...]:
    """`tabungan saya`, `utang ulun`: somebody's own figures, nothing to be done with them."""
    doing = e.any("deposit", "pay", "save", "withdraw", "take", "borrow", "apply", "disburse")
    if e.amount or doing:
        return ()
    if e.people is not PeopleKind.SELF:
        named = e.any("loan") and not e.any("instalment", "sale", "buy", "on_credit")
        return (Intent.LOAN_INQUIRY,) if named else ()
    if loan:
        return (Intent.LOAN_INQUIRY,)
    if e.any("savings", "simpanan", "voluntary", "term", "holiday"):
        return (Intent.BALANCE_INQUIRY,)
    return (Intent.DUES_INQUIRY,) if e.any("mandatory", "dues", "principal") else ()


_DUES = ("mandatory", "dues", "principal")
_KINDS = ("mandatory", "bills", "dues", "principal", "voluntary", "savings", "save", "instalment")


def _asked(e: Evidence, *, loan: bool) -> tuple[Intent, ...]:
    asked = e.question_mark or e.any("how_much")
    if asked and e.any("done") and e.any("pay", "deposit", "save"):
        return (Intent.HISTORY_INQUIRY,)
    if loan and e.any("ask", "look", "left") and not e.any("apply", "borrow"):
        return (Intent.LOAN_INQUIRY,)
    if e.any("ask") and not e.amount and e.any("borrow", "apply"):
        return (Intent.SIMULATION,)
    if e.any("mandatory", "dues", "principal") and e.any("ask", "left"):
        return (Intent.DUES_INQUIRY,)
    saved = e.any("savings", "simpanan", "voluntary", "mandatory", "term", "holiday")
    if saved and e.any("ask", "look", "left"):
        return (Intent.BALANCE_INQUIRY,)
    if e.any("goods", "buy", "sale") and e.any("ask") and not e.amount:
        return (Intent.PRICE_INQUIRY,)
    if e.any("transaction") and e.any("look"):
        return (Intent.HISTORY_INQUIRY,)
    if e.any("ask") and e.any("pay") and not e.amount and not e.any("costs"):
        return (Intent.LOAN_INQUIRY,)
    if e.any("ask", "left") and e.any("money") and e.person:
        return (Intent.BALANCE_INQUIRY,)
    return ()


def records(e: Evidence) -> tuple[Intent, ...]:
    """Return the operations that a sentence may record."""
    put_away = _put_away(e)
    if put_away or e.any("leave"):
        return put_away
    bank = _bank(e)
    trade = _trade(e)
    loans = _loans(e)
    savings = _savings(e, loans)
    if bank:
        kinds = {*DEPOSITS, Intent.WITHDRAW_VOLUNTARY}
        own = (*loans, *(s for s in savings if s in kinds and e.any(*_KINDS)))
        how = e.any("to_bank") or (e.any("by_bank") and e.any("via"))
        if own and how and _someone(e):
            return _unique(own)  # "wajib Siti 50rb ke rekening": how it was paid
        return bank if not own and not _someone(e) else _unique((*bank, *own))
    if e.any("from_savings") and (loans or e.any("mandatory", "principal")):
        return _from_savings(e, loans, savings)
    if loans or savings:
        named = loans or e.any(*_KINDS, "withdraw")
        if not trade or (named and not e.any("sale", "restock")):
            return _unique((*loans, *savings))
        if not named:
            return trade
        return _unique((*loans, *savings, *trade))
    if trade:
        return trade
    if e.any("pay"):
        return (Intent.DEPOSIT_MANDATORY, Intent.LOAN_REPAYMENT)
    return ()


def _put_away(e: Evidence) -> tuple[Intent, ...]:
    """Term and holiday savings, in and out."""
    if not e.any("term", "holiday") or e.any("costs", "sale", "restock"):
        return ()
    out = e.any("withdraw", "take", "disburse")
    if e.any("term"):
        return (Intent.TERM_WITHDRAWAL if out else Intent.TERM_DEPOSIT,)
    return (Intent.HOLIDAY_WITHDRAWAL if out else Intent.HOLIDAY_DEPOSIT,)


def _from_savings(
    e: Evidence, loans: tuple[Intent, ...], savings: tuple[Intent, ...]
) -> tuple[Intent, ...]:
    """`angsuran Siti 200rb potong tabungan` is a payment; dues taken from savings are two operations."""
    if loans == (Intent.LOAN_REPAYMENT,) and not e.any(*_DUES):
        return loans
    return _unique((Intent.WITHDRAW_VOLUNTARY, *loans, *savings))


def _unique(intents: Iterable[Intent]) -> tuple[Intent, ...]:
    return tuple(dict.fromkeys(intents))


def _someone(e: Evidence) -> bool:
    return e.people in {PeopleKind.ONE, PeopleKind.SEVERAL, PeopleKind.MISMATCH, PeopleKind.SELF}


def _bank(e: Evidence) -> tuple[Intent, ...]:
    if not e.any("bank", "from_bank", "to_bank") or (e.any("costs") and not e.any("to_bank")):
        return ()
    if e.any("from_bank") and not e.any("to_bank"):
        return (Intent.BANK_WITHDRAW,)
    if e.any("to_bank"):
        return (Intent.BANK_DEPOSIT,)
    if e.any("via"):
        return ()
    if e.any("withdraw", "take") and not e.any("deposit"):
        return (Intent.BANK_WITHDRAW,)
    if e.any("deposit", "save") and not e.any("withdraw", "take"):
        return (Intent.BANK_DEPOSIT,)
    return (Intent.BANK_DEPOSIT, Intent.BANK_WITHDRAW) if e.amount and not _someone(e) else ()


def _loans(e: Evidence) -> tuple[Intent, ...]:
    found: list[Intent] = []
    loan = e.any("loan", "borrow", "apply")
    if e.any("on_credit") and not e.any("instalment"):
        return ()
    if e.any("disburse"):
        if e.any("instalment"):
            found.append(Intent.LOAN_REPAYMENT)
        if loan or not e.any("savings", "voluntary", "simpanan"):
            found.append(Intent.LOAN_DISBURSEMENT)
            if not loan:
                found.append(Intent.WITHDRAW_VOLUNTARY)
        return tuple(found)
    fine = e.any("fine") and _someone(e) and not e.any("costs", "mandatory", "dues")
    if (
        (e.any("instalment") and not _of_share(e))
        or fine
        or (e.any("pay") and e.any("loan", "borrow"))
    ):
        found.append(Intent.LOAN_REPAYMENT)
        if e.any("apply"):
            found.append(Intent.LOAN_APPLICATION)
    elif (e.any("apply") and (e.any("loan", "borrow") or not e.any(*_KINDS))) or e.any("borrow"):
        found.append(Intent.LOAN_APPLICATION)
    elif e.any("loan"):
        found += [Intent.LOAN_APPLICATION, Intent.LOAN_DISBURSEMENT, Intent.LOAN_REPAYMENT]
    return tuple(found)


def _of_share(e: Evidence) -> bool:
    """`menyicil simpanan pokok`, `melunasi uang pangkal`: paid bit by bit, but no loan."""
    return e.any("share") and not e.any("loan", "borrow")


def _savings(e: Evidence, loans: tuple[Intent, ...]) -> tuple[Intent, ...]:
    kinds: list[Intent] = []
    if e.any("mandatory", "bills") or (e.any("dues") and not e.any("principal", "voluntary")):
        kinds.append(Intent.DEPOSIT_MANDATORY)
    if e.any("principal"):
        kinds.append(Intent.DEPOSIT_PRINCIPAL)
    if e.any("voluntary") or (e.any("savings", "save") and not kinds):
        kinds.append(Intent.DEPOSIT_VOLUNTARY)
    if e.any("withdraw", "take", "disburse") and not loans:
        return _withdrawal(e, kinds)
    if kinds:
        lone_noun = e.any("savings") and not e.any("deposit", "pay", "save", "voluntary")
        if lone_noun and kinds == [Intent.DEPOSIT_VOLUNTARY] and _someone(e):
            if not e.amount:
                return (Intent.BALANCE_INQUIRY, *kinds, Intent.WITHDRAW_VOLUNTARY)
            if e.strange:  # The word that is not known may be what is done: "trk tabungan 100rb".
                return (*kinds, Intent.WITHDRAW_VOLUNTARY)
        return tuple(kinds)
    if loans:
        return ()
    return DEPOSITS if e.any("deposit", "simpanan") and not e.any("sale", "restock") else ()


def _withdrawal(e: Evidence, kinds: list[Intent]) -> tuple[Intent, ...]:
    """`tarik` takes from sukarela only; `ambil` may also be goods, or dues that are collected."""
    fixed = [kind for kind in kinds if kind is not Intent.DEPOSIT_VOLUNTARY]
    if fixed:
        return (Intent.WITHDRAW_VOLUNTARY, *fixed)
    if e.any("deposit", "save") and e.any("withdraw"):
        return (Intent.WITHDRAW_VOLUNTARY, Intent.DEPOSIT_VOLUNTARY)
    if e.any("withdraw", "savings", "voluntary", "simpanan", "save", "from_savings"):
        return (Intent.WITHDRAW_VOLUNTARY,)
    return (Intent.WITHDRAW_VOLUNTARY, Intent.SALE) if e.any("take") else ()


def _trade(e: Evidence) -> tuple[Intent, ...]:
    if e.any("restock"):
        return (Intent.PURCHASE,)
    if e.any("sale"):
        return (Intent.SALE, Intent.PURCHASE) if e.any("buy") else (Intent.SALE,)
    if e.any("buy"):
        if e.all("customer", "stay") and not e.any("costs"):
            return (Intent.SALE,)  # "warga beli beras di toko kita"
        if _someone(e) or e.any("customer"):
            return (Intent.SALE, Intent.PURCHASE)
        if e.all("goods", "office"):
            return (Intent.PURCHASE, Intent.EXPENSE)  # "beli kopi untuk tamu kantor"
        if e.any("goods") and not e.any("costs"):
            return (Intent.PURCHASE,)
        if e.any("costs", "office") and not e.any("goods"):
            return (Intent.EXPENSE,)  # "beli pulsa token kantor 102rb"
        return (Intent.PURCHASE, Intent.EXPENSE)
    if e.any("on_credit"):
        return (Intent.SALE, Intent.LOAN_APPLICATION)
    return (Intent.EXPENSE,) if e.any("costs") else ()
