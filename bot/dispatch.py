"""What was read -> the step that answers it: intents by name, with whom each is for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from bot import commands
from bot.buttons import Found
from bot.commands import Step
from bot.conversations import (
    agency,
    announcement_rights,
    announcements,
    bills,
    bon_list,
    cards,
    consents,
    consigned,
    consigned_slots,
    forms,
    goods,
    goods_slots,
    help_topics,
    loan_application,
    loan_explain,
    loan_wishes,
    loans,
    menu,
    monthly,
    months,
    offices,
    receipts,
    reversals,
    silence,
    statements,
    welcome,
    wishes,
)
from bot.conversations.operations import BY_INTENT
from bot.talk import Reply, Turn, say
from bot.understand.readings import Intent, PeopleKind, Reading
from core.permissions import Action, NotAllowed, may, who_may

INTENTS = {
    Intent.START: "start",
    Intent.MENU: "menu",
    Intent.RECORD: "catat",
    Intent.HELP: "bantuan",
    Intent.GREETING: "menu",
    Intent.CANCEL: "batal",
    Intent.LOAN_INQUIRY: "pinjaman",
    Intent.SIMULATION: "simulasi",
    Intent.CHECK_RECEIPT: "cek",
    Intent.MY_DATA: "datasaya",
    Intent.MEMBERS_LIST: "anggota",
    Intent.CASH_INQUIRY: "kas",
    Intent.REPORT: "laporan",
    Intent.ANNOUNCEMENT: "pengumuman",
    Intent.MONITOR: "pantau",
    Intent.SWITCH: "ganti",
}


async def _nothing_to_confirm(_intent: Intent, turn: Turn) -> Reply:
    return await welcome.nothing_to_confirm(turn)


async def _edit_shown(_intent: Intent, turn: Turn) -> Reply:
    return await cards.edit_shown(turn)


async def _thanked(_intent: Intent, turn: Turn) -> Reply:
    return await welcome.thanked(turn)


_BY_INTENT: dict[Intent, Callable[[Intent, Turn], Awaitable[Reply]]] = {
    Intent.CONFIRM_RECEIPT: receipts.typed,
    Intent.DISPUTE_RECEIPT: receipts.typed,
    Intent.STOP: consents.by_intent,
    Intent.RESUME: consents.by_intent,
    Intent.YES: _nothing_to_confirm,
    Intent.NO: _nothing_to_confirm,
    Intent.EDIT: _edit_shown,
    Intent.THANKS: _thanked,
}
_BY_READING: dict[Intent | None, Callable[[Reading, Turn], Awaitable[Reply]]] = {
    Intent.RECEIPT_PICTURE: monthly.picture_of,
    Intent.BALANCE_INQUIRY: monthly.balance_of,
    Intent.DUES_INQUIRY: bills.asked,
    Intent.HISTORY_INQUIRY: statements.history_of,
    Intent.INVITE: offices.invite_by_words,
    Intent.LOAN_INQUIRY: loans.asked,
    Intent.ARREARS_INQUIRY: loans.arrears,
    Intent.LOAN_WITHDRAWAL: loans.withdraw,
    Intent.LOAN_EXPLANATION: loan_explain.asked,
    Intent.PRICE_INQUIRY: goods.asked,
    Intent.BON_INQUIRY: bon_list.asked,
    Intent.AGENT_INQUIRY: agency.asked,
    Intent.CONSIGNED_INQUIRY: consigned.asked,
    Intent.SILENCE_INQUIRY: silence.asked,
    Intent.HELP: help_topics.asked,
}


def of_reading(turn: Turn, reading: Reading) -> Found:
    """Find the step that answers a sentence nothing was asked before."""
    intent = reading.intent
    name = intent.value if intent else "unknown"
    officer = turn.standing is not None and bool(turn.standing.roles)
    if intent is Intent.ANNOUNCEMENT and reading.note:
        return name, partial(announcements.begin, turn.incoming.text or "")
    if months.is_meant(reading, turn.today):
        return name, partial(months.report, reading)
    if turn.standing is None:
        return name, _of_official(turn, reading)
    if intent is not None and intent in _BY_INTENT:
        return name, partial(_BY_INTENT[intent], intent)
    if intent in _BY_READING:
        return name, partial(_BY_READING[intent], reading)
    if intent in INTENTS:
        return name, commands.step_of(turn, INTENTS[intent])
    if own := _own_loan(turn, reading):
        return name, own
    if not officer:
        return name, partial(wishes.of_member, reading)
    if intent is Intent.REVERSAL:
        return name, partial(reversals.begin, reading)
    return name, partial(_of_officer, reading)


def _of_official(turn: Turn, reading: Reading) -> Step:
    """Find what answers an official who speaks in no cooperative."""
    intent = reading.intent
    if intent is Intent.SILENCE_INQUIRY:
        return partial(silence.asked, reading)
    if intent is Intent.EDIT and announcement_rights.is_shown(turn):
        return cards.edit_shown
    if intent is Intent.THANKS:
        return welcome.thanked
    command = INTENTS.get(intent) if intent else None
    if command is None and reading.intents:
        command = "bantuan"  # It was read: only not what an official does here.
    return commands.step_of(turn, command) if command else welcome.not_understood


def _own_loan(turn: Turn, reading: Reading) -> Step | None:
    """Find what takes a wish for a loan of the speaker's own."""
    if loan_wishes.is_wish(turn, reading):
        return partial(loan_wishes.asked, reading)
    if reading.intent is Intent.LOAN_APPLICATION and _is_own(turn, reading):
        return partial(loan_application.by_member, reading)
    return None


def _is_own(turn: Turn, reading: Reading) -> bool:
    """Members apply for their own loan; of who records for others only what names the speaker is."""
    here = turn.here
    if here.member is None:
        return False
    return reading.people.kind is PeopleKind.SELF or not may(here.roles, Action.RECORD_LOANS)


async def _of_officer(reading: Reading, turn: Turn) -> Reply:
    """Officers record: a certain sentence gets its card, anything else a question."""
    if await goods_slots.is_sale(turn, reading):
        reading = replace(reading, intent=Intent.SALE, intents=(Intent.SALE,))
    if of_others := await consigned_slots.is_sale(turn, reading):
        if reading.rows:
            return Reply(lines=(say("consigned-one-by-one"),))
        reading = replace(
            reading, intent=of_others[0] if len(of_others) == 1 else None, intents=of_others
        )
    meant = tuple(BY_INTENT[intent] for intent in reading.intents if intent in BY_INTENT)
    mine = [one for one in meant if may(turn.here.roles, one.action)]
    if meant and (not mine or (reading.rows and len(mine) < len(meant))):
        raise NotAllowed(who=who_may(meant[0].action))
    if not meant and not may(turn.here.roles, Action.RECORD_SAVINGS):
        if reading.rows:
            raise NotAllowed(who=who_may(Action.RECORD_SAVINGS))
        return await welcome.not_understood(turn)
    if menu.is_doubtful(reading):
        return await menu.doubt(turn, reading)
    if reading.intent not in BY_INTENT and not reading.rows and not menu.speaks_of_money(reading):
        return await welcome.not_understood(turn)
    return await forms.from_reading(turn, reading)
