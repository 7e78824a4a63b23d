"""Roles and what each may do (domain reference 1.4; interface: bendahara may record everything but announcements)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from core.errors import Refusal


class Role(StrEnum):
    """The offices of a cooperative; pendamping serves about ten of them."""

    KETUA = "ketua"
    WAKIL_USAHA = "wakil_usaha"
    WAKIL_ANGGOTA = "wakil_anggota"
    SEKRETARIS = "sekretaris"
    BENDAHARA = "bendahara"
    PENGAWAS = "pengawas"
    PENGELOLA = "pengelola"
    PENDAMPING = "pendamping"


class Action(StrEnum):
    """What an officer does."""

    RECORD_SAVINGS = "record-savings"
    RECORD_LOANS = "record-loans"  # applications, disbursements, payments; not decisions
    RECORD_TRADE = "record-trade"  # sales and purchases of the gerai
    RECORD_CASH = "record-cash"  # expenses, to and from the bank
    COUNT_CASH = "count-cash"  # at day's end; another officer confirms
    REVERSE = "reverse"
    APPROVE = "approve"  # what needs a second person: core.approvers says when each of them may
    SEE_MEMBERS = "see-members"  # names, balances and history of members
    SEE_BOOKS = "see-books"  # cash and totals
    ADD_MEMBERS = "add-members"  # one by one or by file
    IMPORT_BALANCES = "import-balances"
    INVITE = "invite"
    ANNOUNCE = "announce"  # to the own members and officers
    APPOINT = "appoint"  # and end an office
    CLOSE_BOOKS = "close-books"  # months, years, sharing the surplus out; another officer approves
    SET_SHU = "set-shu"  # write down what the RAT decided on the surplus
    RECORD_DOCUMENTS = "record-documents"  # legal documents, the annual meeting
    SEE_UNCONFIRMED = "see-unconfirmed"  # the share of cash members have not confirmed, per officer


_ALL_READING = {Action.SEE_MEMBERS, Action.SEE_BOOKS}
ALLOWED: dict[Role, frozenset[Action]] = {
    Role.KETUA: frozenset(
        {
            *_ALL_READING,
            Action.RECORD_SAVINGS,
            Action.RECORD_LOANS,
            Action.RECORD_TRADE,
            Action.RECORD_CASH,
            Action.COUNT_CASH,
            Action.REVERSE,
            Action.APPROVE,
            Action.ADD_MEMBERS,
            Action.IMPORT_BALANCES,
            Action.INVITE,
            Action.APPOINT,
            Action.ANNOUNCE,
            Action.CLOSE_BOOKS,
            Action.SET_SHU,
            Action.RECORD_DOCUMENTS,
            Action.SEE_UNCONFIRMED,
        }
    ),
    Role.BENDAHARA: frozenset(
        {
            *_ALL_READING,
            Action.RECORD_SAVINGS,
            Action.RECORD_LOANS,
            Action.RECORD_TRADE,
            Action.RECORD_CASH,
            Action.COUNT_CASH,
            Action.REVERSE,
            Action.APPROVE,
            Action.ADD_MEMBERS,
            Action.IMPORT_BALANCES,
            Action.CLOSE_BOOKS,
            Action.ANNOUNCE,
        }
    ),
    Role.SEKRETARIS: frozenset(
        {
            *_ALL_READING,
            Action.APPROVE,
            Action.ADD_MEMBERS,
            Action.INVITE,
            Action.APPOINT,
            Action.SET_SHU,
            Action.RECORD_DOCUMENTS,
            Action.ANNOUNCE,
        }
    ),
    Role.WAKIL_USAHA: frozenset(
        {Action.SEE_BOOKS, Action.APPROVE, Action.RECORD_TRADE, Action.COUNT_CASH}
    ),
    Role.WAKIL_ANGGOTA: frozenset(
        {*_ALL_READING, Action.APPROVE, Action.ADD_MEMBERS, Action.ANNOUNCE}
    ),
    Role.PENGELOLA: frozenset({Action.SEE_BOOKS, Action.RECORD_TRADE, Action.COUNT_CASH}),
    Role.PENGAWAS: frozenset({*_ALL_READING, Action.SEE_UNCONFIRMED}),
    Role.PENDAMPING: frozenset({Action.SEE_BOOKS}),
}


_SAID: dict[Role, str] = {
    Role.KETUA: "ketua",
    Role.WAKIL_USAHA: "wakil ketua usaha",
    Role.WAKIL_ANGGOTA: "wakil ketua keanggotaan",
    Role.SEKRETARIS: "sekretaris",
    Role.BENDAHARA: "bendahara",
    Role.PENGAWAS: "pengawas",
    Role.PENGELOLA: "pengelola",
    Role.PENDAMPING: "pendamping",
}


class NotAllowed(Refusal):
    """The office held does not include this. Facts: who, the offices that do."""

    text = "refusal-not-allowed"


def said(*roles: Role) -> str:
    """Say offices in Indonesian, as people there do."""
    return ", ".join(_SAID[role] for role in roles)


def may(roles: Iterable[Role], action: Action) -> bool:
    """Say whether one of the offices includes the action."""
    return any(action in ALLOWED[role] for role in roles)


def roles_that_may(action: Action) -> tuple[Role, ...]:
    """List the offices that include an action."""
    return tuple(role for role in Role if action in ALLOWED[role])


def who_may(action: Action) -> str:
    """Say in Indonesian which offices include an action: the fact `who` of refusals."""
    return said(*roles_that_may(action))
