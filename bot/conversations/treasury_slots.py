"""What forms of the office's other money ask and fill in: which fund, asset, lender; interest, consent, who left."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.conversations import cash_places, forms
from bot.conversations.operations import TREASURY
from bot.state import Draft
from bot.talk import Reply, Turn, one_line, say
from bot.understand import expenses, grammar
from bot.understand.directory import Directory
from bot.understand.readings import AmountKind, Reading
from core import balances, everyday
from core.accounts import chart
from core.assets import AssetKind
from core.errors import Refusal
from core.money import Rupiah
from core.treasury import book, events, limits
from core.treasury.events import Bought, Event, Plan, Terms

KIND, FUND, CAME_AS, LENDER = "expense", "fund", "came", "lender"
INTEREST, CONSENT, LEAVER, CREDIT, RATE = "interest", "consent", "leaver", "credit", "rate"
_MONTHS, _GRACE, _SAID = "term", "grace", "said"
_COSTS = (Event.ADVANCED, Event.ADVANCE_SPENT)
_AT_BANK = (
    Event.BANK_INTEREST,
    Event.BANK_CHARGE,
    Event.CONDITIONAL_GRANT,
    Event.BANK_LOAN,
    Event.INSTALMENT,
)
_BANK = re.compile(r"\b(?:bank|rekening|rek)\b", re.IGNORECASE)
_SPLIT = re.compile(r"\b(pokok|bunga|jasa)(?:nya)?\b", re.IGNORECASE)
_GRACED = re.compile(r"\b(?:grace|tenggang)\D{0,20}(\d{1,2})\b", re.IGNORECASE)
_LPDB = re.compile(r"\blpdb\b", re.IGNORECASE)
_OWED = re.compile(r"\b(?:utang|hutang|kredit|tempo|belum dibayar)\b", re.IGNORECASE)
_NONE = re.compile(r"^\W*(?:0|nol|tidak ada|gak ada|ga ada|tanpa bunga|kosong)\W*$", re.IGNORECASE)
_TO_BUY = re.compile(  # money came, the freezer did not yet
    r"\b(?:buat|untuk|utk|guna|gasan|kanggo)\s+(?:mem)?(?:beli|belikan|pembelian|pengadaan)\b",
    re.IGNORECASE,
)
_FUNDS = ((re.compile(r"\bpendidikan|diklat|pelatihan", re.IGNORECASE), "216000"),)
_SHORTEST = 3  # letters of a consent that says anything


def event_of(draft: Draft) -> Event:
    """Say which event a draft is about."""
    return TREASURY[draft.operation or ""].event


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take over place, kind, fund, lender, terms, and how much of it is principal and interest."""
    event, text = event_of(draft), reading.text
    extra = dict(draft.extra)
    extra.pop("count", None)
    if (place := cash_places.any_named(text)) is not None:
        extra[cash_places.SLOT] = place
    elif event in _AT_BANK or _BANK.search(text) or cash_places.is_by_bank(text):
        extra["by_bank"] = True
    found: dict[str, Any] = {}
    if event in _COSTS and (code := expenses.account(text)) != expenses.OTHER:
        found[KIND] = code
    if event is Event.FUND_USE:
        found[FUND] = "216000" if any(p.search(text) for p, _ in _FUNDS) else "216100"
    for_later = event is Event.GRANT and _TO_BUY.search(text)
    if (
        event in (Event.GRANT, Event.ASSET)
        and not for_later
        and (came := expenses.named("assets", text))
    ):
        found[CAME_AS] = came
    if event is Event.ASSET and _OWED.search(text):
        found[CREDIT] = True
    if event in (Event.BANK_LOAN, Event.INSTALMENT, Event.VILLAGE):
        found |= _of_loan(turn, event, reading)
    if event is Event.EXIT_PAYOUT:
        found[_SAID] = text[:200]
    if reading.text and not reading.intents and draft.amount:
        found = {}  # a typed answer to another question
    return replace(draft, months=(), extra=extra | found)


def _of_loan(turn: Turn, event: Event, reading: Reading) -> dict[str, Any]:
    text = reading.text
    found: dict[str, Any] = {}
    if _LPDB.search(text):
        found[LENDER] = "lpdb"
    elif re.search(r"\b(?:bank|bri|bni|mandiri|himbara)\b", text, re.IGNORECASE):
        found[LENDER] = "himbara"
    if event is Event.BANK_LOAN:
        if reading.period.count and not reading.period.months:
            found[_MONTHS] = reading.period.count
        if reading.rate is not None and reading.rate.value is not None:
            found[RATE] = str(reading.rate.value)
        if (graced := _GRACED.search(text)) is not None:
            found[_GRACE] = int(graced[1])
        return found
    pieces = _SPLIT.split(text)
    for word, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        said = _amount_in(turn, piece)
        if said is not None:
            found["principal" if word.lower() == "pokok" else INTEREST] = said
    return found


def _amount_in(turn: Turn, text: str) -> Rupiah | None:
    read = grammar.read(text, today=turn.today, directory=Directory([])).amount
    return read.value if read.kind is AmountKind.EXACT else None


def settles(draft: Draft) -> bool:
    """Say whether several amounts in a sentence are no question: principal and interest of one instalment."""
    return draft.operation in TREASURY and INTEREST in draft.extra


_ASKED_AGAIN: dict[type[Refusal], str] = {
    book.MoreThanThere: "amount",
    everyday.BeforeFounding: "on",
    limits.NeedsMeeting: CONSENT,
}


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal."""
    return _ASKED_AGAIN.get(type(refusal))


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask how much, and what the sentence left open of fund, lender, interest, asset, consent, who left."""
    event = event_of(draft)
    draft = await _placed(turn, draft)
    if event is Event.EXIT_PAYOUT and draft.member is None:
        found = await _leaver(turn, draft)
        if isinstance(found, Reply):
            return found
        draft = found
    if event.has_interest:
        draft = _added_up(draft)
    if draft.amount is None:
        why = draft.extra.get("why")
        return forms.ask_amount(turn, draft, None, str(why) if why else None)
    for slot in await _missing(turn, draft):
        return await ask_slot(turn, draft, slot)
    return draft


async def _placed(turn: Turn, draft: Draft) -> Draft:
    extra = dict(draft.extra)
    if extra.pop("by_bank", None) and cash_places.SLOT not in extra:
        extra[cash_places.SLOT] = await cash_places.bank_of(turn, "")
    return replace(draft, extra=extra)


def _added_up(draft: Draft) -> Draft:
    """Take "pokok 4jt bunga 1jt" as 5 juta; a grace month pays interest only."""
    extra = dict(draft.extra)
    principal, interest = extra.pop("principal", None), extra.get(INTEREST)
    if interest is None and principal is None:
        return draft
    if interest is None and draft.amount is not None and principal <= draft.amount:
        return replace(draft, extra=extra | {INTEREST: draft.amount - principal})
    if interest is not None and principal is None and draft.amount is not None:
        return replace(draft, extra=extra | {INTEREST: min(interest, draft.amount)})
    extra.pop("amounts", None)
    extra.pop("why", None)
    return replace(draft, amount=(principal or 0) + (interest or 0), extra=extra)


async def _missing(turn: Turn, draft: Draft) -> list[str]:
    """Name what has to be asked, in order."""
    event, extra = event_of(draft), draft.extra
    wanted = {
        Event.ASSET: [CAME_AS],
        Event.BANK_LOAN: [LENDER, CONSENT],
        Event.INSTALMENT: [LENDER, INTEREST],
        Event.VILLAGE: [LENDER, INTEREST],
    }.get(event, [])
    missing = [slot for slot in wanted if slot not in extra]
    if event in (Event.GRANT, Event.CONDITIONAL_GRANT) and CONSENT not in extra:
        rules = turn.here.rules.on(turn.today)
        here = turn.koperasi_id
        if await limits.is_great_gift(
            turn.db, koperasi_id=here, plan=plan_of(turn, draft), rules=rules
        ):
            missing.append(CONSENT)
    return missing


async def _leaver(turn: Turn, draft: Draft) -> Draft | Reply:
    """Find who left and is still owed something: named in the sentence, else asked."""
    owed = await book.owed_to_leavers(turn.db, koperasi_id=turn.koperasi_id)
    said = set(re.findall(r"\w{3,}", str(draft.extra.get(_SAID, "")).casefold()))
    named = [one for one in owed if said & set(re.findall(r"\w{3,}", one[2].casefold()))]
    if len(named) == 1:
        return replace(draft, member=named[0][0])
    if not owed:
        return Reply(lines=(say("treasury-nobody-owed"),), state=turn.state.asking(None))
    choices = tuple(
        (say("choice-leaver", name=name, number=number, amount=amount), str(person))
        for person, number, name, amount in (named or owed)[:8]
    )
    return forms.ask(turn, draft, LEAVER, say("ask-leaver"), choices=choices)


def plan_of(turn: Turn, draft: Draft) -> Plan:
    """Make the plan of a complete draft."""
    assert draft.amount
    event, extra = event_of(draft), draft.extra
    rules = turn.here.rules.on(draft.on or turn.today)
    place, account, bought, terms = cash_places.of(draft), None, None, None
    came = extra.get(CAME_AS)
    if event in _COSTS:
        account = str(extra.get(KIND, everyday.OTHER_EXPENSE))
    elif event is Event.FUND_USE:
        account = str(extra.get(FUND, events.FUNDS[1]))
    elif event is Event.GRANT:
        account = events.CAPITAL if rules.grants == "capital" else events.GRANT_INCOME
        place = str(came or place)
    elif event is Event.ASSET:
        account = str(came)
        place = events.PAYABLE if extra.get(CREDIT) else place
    elif event in (Event.BANK_LOAN, Event.INSTALMENT, Event.VILLAGE):
        lender = str(extra.get(LENDER, "himbara"))
        account = events.LENDERS[lender]
        terms = _terms(lender, draft, turn) if event is Event.BANK_LOAN else None
    if came in events.ASSETS:
        kind = events.ASSETS[str(came)]
        name = _name_of(draft) or chart()[str(came)].name
        bought = Bought(name=name, months=kind.months(rules))
    return events.plan(
        event,
        draft.amount,
        place=place,
        account=account,
        member=draft.member if event.of_member else None,
        interest=int(extra.get(INTEREST, 0)) if event.has_interest else 0,
        consent=extra.get(CONSENT),
        bought=bought,
        terms=terms,
    )


_DOING = re.compile(
    r"^(?:(?:beli|pembelian|bayar|terima|dapat|menerima|hibah|bantuan|dari|untuk)\s+)+",
    re.IGNORECASE,
)


_HOW = re.compile(
    r"\s+(?:utang|hutang|kredit|tempo|tunai|lewat|via|transfer|senilai|seharga|harga|dari|masuk)\b.*$",
    re.IGNORECASE | re.DOTALL,
)


def _name_of(draft: Draft) -> str:
    return _HOW.sub("", _DOING.sub("", draft.note or ""))[:80].strip()


def _terms(lender: str, draft: Draft, turn: Turn) -> Terms:
    rules, extra = turn.here.rules.on(draft.on or turn.today), draft.extra
    months = max(1, min(int(extra.get(_MONTHS, rules.bank_loan_months)), 1200))
    grace = int(extra.get(_GRACE, min(rules.bank_loan_grace, months)))
    rate = Decimal(str(extra.get(RATE, rules.bank_loan_rate)))
    return Terms(lender=lender, rate=rate, months=months, grace=min(grace, months))


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change."""
    event = event_of(draft)
    own = {
        Event.ADVANCED: (KIND,),
        Event.ADVANCE_SPENT: (KIND,),
        Event.FUND_USE: (FUND,),
        Event.GRANT: (CAME_AS,),
        Event.ASSET: (CAME_AS, CREDIT),
        Event.BANK_LOAN: (LENDER, RATE, CONSENT),
        Event.INSTALMENT: (LENDER, INTEREST),
        Event.VILLAGE: (LENDER, INTEREST),
    }.get(event, ())
    member = ("member",) if event.of_member and event is not Event.EXIT_PAYOUT else ()
    cash = ("cash",) if "place" in events.JOURNALS[event] else ()
    return ("amount", *member, *own, "on", *cash, "note")


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Offer funds, assets, lenders, the interest the books suggest; or ask for words."""
    choices: tuple[Any, ...] = ()
    if slot == KIND:
        choices = tuple((_place(code), code) for code in everyday.EXPENSES)
    elif slot == FUND:
        choices = tuple((_place(code), code) for code in events.FUNDS)
    elif slot == LENDER:
        choices = tuple((_place(code), name) for name, code in events.LENDERS.items())
    elif slot == CREDIT:
        choices = ((say("choice-paid"), "paid"), (say("choice-on-credit"), "credit"))
    elif slot == CAME_AS:
        kinds = tuple(kind.account for kind in AssetKind)
        money = events.GOODS[:1] if event_of(draft) is Event.GRANT else ()
        choices = tuple((_place(code), code) for code in (*money, *kinds))
        if event_of(draft) is Event.GRANT:
            choices = ((say("choice-money"), "money"), *choices)
    elif slot == INTEREST:
        due = await _interest_due(turn, draft)
        choices = tuple((say("choice-amount", amount=one), str(one)) for one in (due,) if one)
        choices = (*choices, (say("choice-no-interest"), "0"))
    return forms.ask(turn, draft, slot, say(f"ask-{slot}"), choices=choices)


def _place(code: str) -> Any:
    return say("choice-place", name=chart()[code].name)


async def _interest_due(turn: Turn, draft: Draft) -> Rupiah:
    """Reckon a month's interest on what is owed, at the programme's rate: an offer, nothing more."""
    account = events.LENDERS[str(draft.extra.get(LENDER, "himbara"))]
    owed = await balances.of_account(turn.db, koperasi_id=turn.koperasi_id, key=account)
    rate = turn.here.rules.on(turn.today).bank_loan_rate
    due = int(max(owed, 0) * rate / 1200)
    return due if draft.amount is None or due <= draft.amount else 0


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take a pressed choice over."""
    if slot == LEAVER and value.isdigit():
        return replace(draft, member=int(value))
    if slot == INTEREST and value.isdigit():
        return replace(draft, extra=draft.extra | {INTEREST: int(value)})
    if slot == CREDIT:
        return replace(draft, extra=draft.extra | {CREDIT: value == "credit"})
    if slot == CAME_AS and value == "money":
        kept = {key: one for key, one in draft.extra.items() if key != CAME_AS}
        return replace(draft, extra=kept)
    offered = {
        KIND: everyday.EXPENSES,
        FUND: events.FUNDS,
        LENDER: tuple(events.LENDERS),
        CAME_AS: (*events.GOODS, *events.ASSETS),
    }
    if value in offered.get(slot, ()):
        return replace(draft, extra=draft.extra | {slot: value})
    return draft


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take a typed answer over: a kind, a lender, an amount of interest, the number of minutes."""
    if slot == KIND and (code := expenses.account(text)) != expenses.OTHER:
        return await take_slot(turn, draft, slot, code)
    if slot == CAME_AS and (came := expenses.named("assets", text)):
        return await take_slot(turn, draft, slot, came)
    if slot == LENDER:
        return await take_slot(turn, draft, slot, "lpdb" if _LPDB.search(text) else "himbara")
    if slot == LEAVER:
        return await _leaver(turn, replace(draft, extra=draft.extra | {_SAID: text[:200]}))
    if slot == INTEREST:
        said = 0 if _NONE.match(text) else _amount_in(turn, text)
        return None if said is None else await take_slot(turn, draft, slot, str(said))
    if slot == RATE:
        read = grammar.read(
            f"bunga {text.strip(' %')} %", today=turn.today, directory=Directory([])
        )
        if read.rate is None or read.rate.value is None:
            return None
        return replace(draft, extra=draft.extra | {RATE: str(read.rate.value)})
    if slot == CONSENT:
        said_so = one_line(text)
        if said_so is None or sum(letter.isalnum() for letter in said_so) < _SHORTEST:
            return await ask_slot(turn, draft, slot)
        return replace(draft, extra=draft.extra | {CONSENT: said_so[:200]})
    return None
