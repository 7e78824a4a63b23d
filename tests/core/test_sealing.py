"""What is sealed opens with the same key only; what is hashed is found again, and nothing else is told."""

from __future__ import annotations

import itertools

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from core.sealing import Keys

KEYS = Keys("a secret key, long enough")
OTHER = Keys("another secret key, long enough")


@given(st.binary(max_size=300))
def test_what_was_sealed_is_unsealed(data: bytes):
    assert KEYS.unseal(KEYS.seal(data)) == data


@given(st.text(max_size=60))
def test_texts_are_sealed_whole(text: str):
    sealed = KEYS.seal_text(text)
    assert sealed is not None
    assert KEYS.unseal_text(sealed) == text


def test_nothing_stays_nothing():
    assert KEYS.seal_text(None) is None
    assert KEYS.unseal_text(None) is None
    assert KEYS.unseal_text(KEYS.seal_text("")) == ""


def test_the_same_text_looks_different_each_time_and_shows_nothing():
    sealed = {KEYS.seal(b"6281234567890") for _ in range(50)}
    assert len(sealed) == 50
    assert not any(b"8123" in one for one in sealed)


def test_a_changed_bit_anywhere_is_noticed():
    sealed = KEYS.seal(b"6472014107900001")
    for place in range(len(sealed)):
        forged = bytearray(sealed)
        forged[place] ^= 1
        with pytest.raises(InvalidTag):
            KEYS.unseal(bytes(forged))


@pytest.mark.parametrize("cut", [1, 16, 28])
def test_a_shortened_text_is_noticed(cut: int):
    sealed = KEYS.seal(b"6472014107900001")
    with pytest.raises(InvalidTag):
        KEYS.unseal(sealed[:-cut])


def test_another_key_opens_nothing():
    with pytest.raises(InvalidTag):
        OTHER.unseal(KEYS.seal(b"data"))


def test_a_hash_is_found_again_and_differs_by_key_kind_and_value():
    assert KEYS.fingerprint("phone", "628123") == Keys(KEYS.secret).fingerprint("phone", "628123")
    prints = [
        keys.fingerprint(kind, value)
        for keys, kind, value in itertools.product(
            (KEYS, OTHER), ("phone", "nik", "invite"), ("628123", "628124")
        )
    ]
    assert len(set(prints)) == len(prints)
    assert {len(one) for one in prints} == {16}


def test_no_purpose_tells_another():
    purposes = ["seal", "find/phone", "find/nik", "code/receipt", "logins", "login/app"]
    derived = [keys.derive(purpose) for keys in (KEYS, OTHER) for purpose in purposes]
    assert len(set(derived)) == len(derived)
    assert {len(one) for one in derived} == {32}


def test_codes_are_of_letters_that_are_not_confused_and_differ_by_kind_and_value():
    codes = {KEYS.code(kind, str(n), 8) for kind in ("receipt", "other") for n in range(500)}
    assert len(codes) == 1000
    for code in codes:
        assert len(code) == 8
        assert set(code) <= set("ABCDEFGHJKMNPQRSTUVWXYZ023456789")
    assert OTHER.code("receipt", "1", 8) != KEYS.code("receipt", "1", 8)


def test_logins_differ_by_role_and_secret_and_are_names_a_server_takes():
    logins = [keys.login(role) for keys in (KEYS, OTHER) for role in ("app", "clock", "province")]
    assert len({name for name, _ in logins}) == 6
    assert len({password for _, password in logins}) == 6
    for name, password in logins:
        assert name.isascii()
        assert name == name.lower()
        assert len(name) < 64
        assert KEYS.secret not in password
    assert KEYS.login("app") == Keys(KEYS.secret).login("app")


def test_keys_are_never_printed():
    for shown in (repr(KEYS), str(KEYS)):
        assert "secret key" not in shown
        assert KEYS.derive("seal").hex() not in shown
