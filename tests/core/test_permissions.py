"""The table of offices (domain reference 1.4): each office, what it may, and nothing else."""

from __future__ import annotations

import pytest

from core.permissions import ALLOWED, Action, Role, may, roles_that_may, said, who_may

_SAVINGS, _REVERSE = Action.RECORD_SAVINGS, Action.REVERSE
_LOANS, _APPROVE = Action.RECORD_LOANS, Action.APPROVE
_TRADE, _CASH, _COUNT = Action.RECORD_TRADE, Action.RECORD_CASH, Action.COUNT_CASH
_MEMBERS, _BOOKS, _ADD = Action.SEE_MEMBERS, Action.SEE_BOOKS, Action.ADD_MEMBERS
_IMPORT, _INVITE, _APPOINT = Action.IMPORT_BALANCES, Action.INVITE, Action.APPOINT
_UNCONFIRMED, _ANNOUNCE = Action.SEE_UNCONFIRMED, Action.ANNOUNCE
_CLOSE, _SHU, _DOCUMENTS = Action.CLOSE_BOOKS, Action.SET_SHU, Action.RECORD_DOCUMENTS
WRITING = {
    _SAVINGS,
    _LOANS,
    _TRADE,
    _CASH,
    _COUNT,
    _APPROVE,
    _REVERSE,
    _ADD,
    _IMPORT,
    _INVITE,
    _APPOINT,
    _ANNOUNCE,
    _CLOSE,
    _SHU,
    _DOCUMENTS,
}
MONEY = {_SAVINGS, _LOANS, _CASH, _REVERSE, _IMPORT}
TABLE = {
    Role.KETUA: {
        _MEMBERS, _BOOKS, _SAVINGS, _LOANS, _TRADE, _CASH, _COUNT, _APPROVE, _REVERSE, _ADD, _IMPORT, _INVITE,
        _APPOINT, _UNCONFIRMED, _ANNOUNCE, _CLOSE, _SHU, _DOCUMENTS,
    },
    Role.BENDAHARA: {
        _MEMBERS, _BOOKS, _SAVINGS, _LOANS, _TRADE, _CASH, _COUNT, _APPROVE, _REVERSE, _ADD, _IMPORT, _ANNOUNCE,
        _CLOSE,
    },
    Role.SEKRETARIS: {_MEMBERS, _BOOKS, _APPROVE, _ADD, _INVITE, _APPOINT, _ANNOUNCE, _SHU, _DOCUMENTS},
    Role.WAKIL_USAHA: {_BOOKS, _APPROVE, _TRADE, _COUNT},
    Role.WAKIL_ANGGOTA: {_MEMBERS, _BOOKS, _APPROVE, _ADD, _ANNOUNCE},
    Role.PENGELOLA: {_BOOKS, _TRADE, _COUNT},
    Role.PENGAWAS: {_MEMBERS, _BOOKS, _UNCONFIRMED},
    Role.PENDAMPING: {_BOOKS},
}  # fmt: skip


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_an_office_may_what_the_table_says(role: Role, action: Action):
    assert may([role], action) == (action in TABLE[role])
    assert (role in roles_that_may(action)) == (action in TABLE[role])


def test_every_office_stands_in_the_table():
    assert set(ALLOWED) == set(TABLE) == set(Role)
    assert {role.value for role in Role} == {
        "ketua", "wakil_usaha", "wakil_anggota", "sekretaris", "bendahara", "pengawas", "pengelola",
        "pendamping",
    }  # fmt: skip


def test_no_action_is_without_an_office():
    for action in Action:
        assert roles_that_may(action)


@pytest.mark.parametrize(
    ("role", "never"),
    [
        (Role.SEKRETARIS, MONEY),
        (Role.WAKIL_USAHA, {_SAVINGS, _MEMBERS}),
        (Role.PENGELOLA, {_SAVINGS, _MEMBERS}),
        (Role.PENGAWAS, WRITING),
        (Role.PENDAMPING, WRITING | {_MEMBERS}),
        (Role.BENDAHARA, {_APPOINT, _UNCONFIRMED}),
    ],
)
def test_what_an_office_may_not_is_denied(role: Role, never: set[Action]):
    assert not any(may([role], action) for action in never)


def test_two_offices_may_what_either_may_and_none_may_nothing():
    for action in Action:
        assert may([Role.SEKRETARIS, Role.PENGAWAS], action) == (
            action in TABLE[Role.SEKRETARIS] | TABLE[Role.PENGAWAS]
        )
        assert not may([], action)


def test_somebody_else_than_the_recorder_can_always_reverse():
    assert len(roles_that_may(Action.REVERSE)) >= 2
    assert len(roles_that_may(Action.RECORD_SAVINGS)) >= 2


def test_every_office_is_said_in_indonesian():
    assert [said(role) for role in Role] == [
        "ketua", "wakil ketua usaha", "wakil ketua keanggotaan", "sekretaris", "bendahara", "pengawas",
        "pengelola", "pendamping",
    ]  # fmt: skip
    assert who_may(Action.REVERSE) == "ketua, bendahara"
    assert who_may(Action.ADD_MEMBERS) == "ketua, wakil ketua keanggotaan, sekretaris, bendahara"
