"""WhatsApp's ear: who may call it, what it makes of a body, in which order people are heard."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import aiohttp
import pytest

from tests.bot.whatsapp_hook import (
    ACCOUNT,
    BUDI,
    NUMBER,
    SITI,
    VERIFY,
    Json,
    Listener,
    a_body,
    a_message,
    a_status,
    a_value,
    post,
    signed,
)

# Who may call


@pytest.mark.parametrize(
    ("signature", "status"),
    [
        (None, 401),
        ("", 401),
        ("wrong", 403),
        ("sha256=", 403),
        ("sha256=" + "0" * 64, 403),
        (signed(b"{}", "another secret"), 403),
        (signed(b"{}").upper(), 403),
        ("sha1=" + "0" * 40, 403),
        ("ä", 403),
    ],
)
async def test_without_the_right_signature_nothing_is_heard(
    hook: str, listener: Listener, signature: str | None, status: int
) -> None:
    assert await post(hook, a_body(a_value(a_message())), signature) == status
    assert listener.heard == []


async def test_the_signature_is_over_the_bytes_not_over_what_they_mean(
    hook: str, listener: Listener
) -> None:
    body = a_body(a_value(a_message(text={"body": "cé 👍 </b>"}, type="text")))
    for raw in (json.dumps(body), json.dumps(body, ensure_ascii=False), json.dumps(body, indent=3)):
        assert await post(hook, raw.encode()) == 200
    assert (
        await post(hook, json.dumps(body).encode() + b" ", signed(json.dumps(body).encode())) == 403
    )
    assert [one.text for one in listener.heard] == ["cé 👍 </b>"] * 3


@pytest.mark.parametrize(
    ("query", "status", "answer"),
    [
        ({"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "115"}, 200, "115"),
        (
            {"hub.mode": "subscribe", "hub.verify_token": VERIFY + "x", "hub.challenge": "1"},
            403,
            "",
        ),
        ({"hub.mode": "subscribe", "hub.verify_token": "ä", "hub.challenge": "1"}, 403, ""),
        ({"hub.mode": "subscribe", "hub.challenge": "1"}, 403, ""),
        ({"hub.mode": "unsubscribe", "hub.verify_token": VERIFY, "hub.challenge": "1"}, 403, ""),
        ({}, 403, ""),
    ],
)
async def test_the_challenge_is_answered_to_who_knows_the_verify_token(
    hook: str, query: dict[str, str], status: int, answer: str
) -> None:
    async with aiohttp.ClientSession() as session, session.get(hook, params=query) as got:
        assert (got.status, await got.text()) == (status, answer)
        assert got.content_type == "text/plain" or status == 403


async def test_a_challenge_is_never_a_page(hook: str) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "<script>"}
    async with aiohttp.ClientSession() as session, session.get(hook, params=query) as got:
        assert (got.status, got.content_type) == (200, "text/plain")


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b"nan(", b"[" * 100_000, b'{"a":' * 50_000]
)
async def test_what_is_no_json_is_refused_and_never_an_error_of_ours(hook: str, raw: bytes) -> None:
    assert await post(hook, raw) == 400


async def test_a_body_beyond_every_limit_is_refused(hook: str, listener: Listener) -> None:
    assert await post(hook, b" " * (9 * 1024 * 1024)) == 413
    assert listener.heard == []


# What is heard


async def test_a_batch_of_entries_changes_and_messages_is_heard_whole(
    hook: str, listener: Listener
) -> None:
    first = a_body(a_value(a_message(1), a_message(2)), a_value(a_message(3, BUDI)))
    second = a_body(a_value(a_message(4)))
    assert await post(hook, {"entry": first["entry"] + second["entry"]}) == 200
    assert sorted(listener.updates) == [f"wamid.{n}" for n in (1, 2, 3, 4)]
    assert [one.update for one in listener.heard if one.phone == SITI] == [
        "wamid.1",
        "wamid.2",
        "wamid.4",
    ]
    assert set(listener.numbers) == {NUMBER}


async def test_one_senders_messages_are_heard_as_they_were_written_others_beside(
    hook: str, listener: Listener
) -> None:
    listener.pause = lambda incoming: 0.2 if incoming.phone == SITI else 0.0
    messages = [a_message(n, SITI if n % 2 else BUDI) for n in range(1, 9)]
    random.Random(5).shuffle(messages)
    assert await post(hook, a_body(*[a_value(one) for one in messages])) == 200
    for phone in (SITI, BUDI):
        mine = [int(one.update[6:]) for one in listener.heard if one.phone == phone]
        assert mine == sorted(mine)
    assert [one.phone for one in listener.heard[:4]] == [BUDI] * 4


async def test_messages_for_another_number_and_other_news_are_passed_over(
    hook: str, listener: Listener
) -> None:
    body = a_body(a_value(a_message(1), account="9999"), a_value(a_message(2)))
    assert await post(hook, body) == 200
    assert await post(hook, a_body(a_value(a_message(3)), at="account_update")) == 200
    assert listener.updates == ["wamid.2"]


@pytest.mark.parametrize(
    ("message", "phone", "user"),
    [
        (a_message(), SITI, None),
        (a_message(user="ID.7"), SITI, "ID.7"),
        (a_message(phone=None, user="ID.7"), None, "ID.7"),
        (a_message(phone="+" + SITI), SITI, None),
    ],
)
async def test_the_sender_is_known_in_every_shape(
    hook: str, listener: Listener, message: Json, phone: str | None, user: str | None
) -> None:
    assert await post(hook, a_body(a_value(message))) == 200
    bare = a_value(message | {"id": "wamid.bare"})
    del bare["contacts"]
    assert await post(hook, a_body(bare)) == 200
    for one in listener.heard:
        assert (one.phone, one.user, one.text) == (phone, user, "halo")
        assert one.chat.channel == "whatsapp"
        assert one.chat.account == ACCOUNT
        assert one.chat.id.startswith("w")
        assert SITI not in one.chat.id
    assert len(listener.heard) == 2


async def test_who_wrote_stands_in_the_contact_where_the_message_does_not_say(
    hook: str, listener: Listener
) -> None:
    message = a_message(phone=None)
    value = a_value(message) | {"contacts": [{"user_id": "ID.7", "wa_id": SITI}]}
    assert await post(hook, a_body(value)) == 200
    two = value | {"contacts": [{"user_id": "ID.7"}, {"user_id": "ID.8"}]}  # whose is it?
    assert await post(hook, a_body(two)) == 200
    assert [(one.phone, one.user) for one in listener.heard] == [(SITI, "ID.7")]


async def test_a_message_learns_from_the_contact_that_is_its_own(
    hook: str, listener: Listener
) -> None:
    value = a_value(a_message(1), a_message(2, BUDI))
    value["contacts"] = [{"wa_id": BUDI, "user_id": "ID.B"}, {"wa_id": SITI, "user_id": "ID.S"}]
    assert await post(hook, a_body(value)) == 200
    assert {one.phone: one.user for one in listener.heard} == {SITI: "ID.S", BUDI: "ID.B"}


def pressed(kind: str) -> Json:
    reply = {"id": "k:abc:save", "title": "✅ Simpan"}
    if kind == "button":
        return {"type": "button", "button": {"payload": "k:abc:save", "text": "Ya"}}
    return {"type": "interactive", "interactive": {"type": kind, kind: reply}}


@pytest.mark.parametrize("kind", ["button_reply", "list_reply", "button"])
@pytest.mark.parametrize("context", [{"context": {"id": "wamid.card", "from": NUMBER}}, {}])
async def test_a_press_is_a_press_whatever_was_pressed(
    hook: str, listener: Listener, kind: str, context: Json
) -> None:
    assert await post(hook, a_body(a_value(a_message(1, **pressed(kind), **context)))) == 200
    (one,) = listener.heard
    assert (one.button, one.text) == ("k:abc:save", None)
    assert one.message == ("wamid.card" if context else None)


@pytest.mark.parametrize(
    ("more", "other"),
    [
        (
            {
                "type": "audio",
                "audio": {"id": "9", "mime_type": "a/b", "sha256": "x", "voice": True},
            },
            "voice",
        ),
        ({"type": "audio", "audio": {"id": "9", "mime_type": "a/b", "sha256": "x"}}, "audio"),
        ({"type": "location", "location": {"latitude": 1, "longitude": 2}}, "location"),
        ({"type": "sticker", "sticker": {"id": "9"}}, "sticker"),
        ({"type": "video", "video": {}}, "video"),
        ({"type": "reaction", "reaction": {"message_id": "x", "emoji": "👍"}}, "reaction"),
        ({"type": "unsupported", "errors": [{"code": 131051}]}, "unsupported"),
        ({"type": "edit", "edit": {"original_message_id": "x"}}, "edit"),
        ({"type": "something_of_2031", "something_of_2031": {"deep": [1]}}, "something_of_2031"),
        ({"type": "text"}, "unsupported"),
        ({"type": "text", "text": None}, "unsupported"),
        ({"type": "text", "text": {"body": 5}}, "unsupported"),
        ({"type": "interactive", "interactive": {"type": "nfm_reply"}}, "unsupported"),
        ({"type": "contacts", "contacts": [{}]}, "unsupported"),
        ({"type": None}, "None"),
    ],
)
async def test_what_cannot_be_read_is_answered_and_breaks_no_batch(
    hook: str, listener: Listener, more: Json, other: str
) -> None:
    assert await post(hook, a_body(a_value(a_message(1, **more), a_message(2)))) == 200
    assert [(one.update, one.other, one.text) for one in listener.heard] == [
        ("wamid.1", other, None),
        ("wamid.2", None, "halo"),
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"type": "reaction", "reaction": {"message_id": "x"}},
        {"type": "reaction", "reaction": {"message_id": "x", "emoji": ""}},
        {"type": "revoke", "revoke": {"original_message_id": "x"}},
        {"type": "system", "system": {"type": "customer_identity_changed", "body": "x"}},
        {"type": "system"},
        {"type": "text", "text": {"body": "wajib Siti 50rb"}, "group_id": "G1"},
    ],
)
async def test_what_says_nothing_is_not_answered(hook: str, listener: Listener, more: Json) -> None:
    assert await post(hook, a_body(a_value(a_message(1, **more)))) == 200
    assert listener.heard == []


async def test_text_keeps_what_a_database_keeps(hook: str, listener: Listener) -> None:
    raw = json.dumps(a_body(a_value(a_message(type="text", text={"body": "a\x00b\ud800c 👍"}))))
    assert await post(hook, raw.encode()) == 200
    assert listener.heard[0].text == "ab?c 👍"


async def test_what_is_typed_stays_in_the_chat(hook: str, listener: Listener) -> None:
    assert await post(hook, a_body(a_value(a_message()))) == 200
    assert (listener.heard[0].keeps_typed, listener.heard[0].text_message) == (True, None)


@pytest.mark.parametrize("stamp", ["", "x", None, "-5", "9" * 400, 1e300, [], "0"])
async def test_a_moment_nobody_can_mean_is_now(hook: str, listener: Listener, stamp: Any) -> None:
    assert await post(hook, a_body(a_value(a_message() | {"timestamp": stamp}))) == 200
    assert listener.heard[0].at.year >= 2026


async def test_a_contact_is_the_senders_own_only_when_its_number_is(
    hook: str, listener: Listener
) -> None:
    for phone in (SITI, BUDI):
        contact = {"name": {"formatted_name": "S"}, "phones": [{"phone": "+62 8", "wa_id": phone}]}
        message = a_message(1, type="contacts", contacts=[contact])
        assert await post(hook, a_body(a_value(message))) == 200
    assert [(one.contact.phone, one.contact.own) for one in listener.heard if one.contact] == [
        (SITI, True),
        (BUDI, False),
    ]


@pytest.mark.parametrize(
    ("message", "phone", "user", "moved"),
    [
        (
            {"from": SITI, "system": {"type": "user_changed_number", "wa_id": BUDI, "body": "x"}},
            SITI, None, (BUDI, None),
        ),
        (
            {"from": SITI, "system": {"type": "user_changed_number", "wa_id": BUDI, "user_id": "ID.9"}},
            SITI, None, (BUDI, "ID.9"),
        ),
        (
            {"system": {"type": "user_changed_user_id", "user_id": "ID.9", "previous_user_id": "ID.1"}},
            None, "ID.1", (None, "ID.9"),
        ),
        (
            {"system": {"type": "customer_changed_number", "new_wa_id": BUDI, "customer": SITI}},
            SITI, None, (BUDI, None),
        ),
    ],
)  # fmt: skip
async def test_a_new_number_is_news_of_the_old_one(
    hook: str, listener: Listener, message: Json, phone: str, user: str, moved: tuple[str, str]
) -> None:
    plain = {"id": "wamid.1", "timestamp": "1790000000", "type": "system"} | message
    value = a_value() | {"messages": [plain]}
    assert await post(hook, a_body(value)) == 200
    (one,) = listener.heard
    assert one.moved is not None
    assert (one.phone, one.user, one.moved.phone, one.moved.user) == (phone, user, *moved)


# Junk


async def test_junk_of_every_kind_is_passed_over_and_the_rest_is_heard(
    hook: str, listener: Listener
) -> None:
    junk: list[Any] = [None, 5, "x", [], {}, [[]], True, {"from": SITI}, {"id": "wamid.x"}]
    for one in junk:
        value = a_value(a_message(1))
        value["messages"] = [one, value["messages"][0], one]
        value["statuses"] = [one]
        body = a_body(value)
        body["entry"][0]["changes"] += [one, {"field": "messages", "value": one}]
        body["entry"].append(one)
        assert await post(hook, body) == 200
        assert await post(hook, one) == 200
        for name in ("contacts", "messages", "statuses", "metadata"):
            assert await post(hook, a_body(a_value(a_message(2)) | {name: one})) == 200
    assert listener.updates.count("wamid.1") == len(junk)


async def test_ids_of_no_use_name_nobody(hook: str, listener: Listener) -> None:
    for bad in ("", "a b", "x" * 251, "\x00", "ä", 5, None, ["x"], "\ud800"):
        raw = json.dumps(a_body(a_value(a_message() | {"id": bad})))
        assert await post(hook, raw.encode()) == 200
        raw = json.dumps(a_body(a_value() | {"messages": [a_message(phone=None) | {"from": bad}]}))
        assert await post(hook, raw.encode()) == 200
    assert listener.heard == []


async def test_a_thousand_random_bodies_are_never_an_error(hook: str, listener: Listener) -> None:
    chance = random.Random(11)

    def broken(value: Any) -> Any:
        if chance.random() < 0.06:
            return chance.choice([None, 0, -1, "", "x", [], {}, True, 1e99, {"id": 1}, ["a"]])
        if isinstance(value, dict):
            return {key: broken(one) for key, one in value.items() if chance.random() > 0.03}
        return [broken(one) for one in value] if isinstance(value, list) else value

    whole = a_body(
        a_value(
            a_message(1), a_message(2, user="ID.1", **pressed("list_reply")), statuses=[a_status()]
        ),
        a_value(
            a_message(3, type="document", document={"id": "5", "mime_type": "a/b", "sha256": "x"})
        ),
    )
    async with aiohttp.ClientSession() as session:
        for _ in range(1000):
            raw = json.dumps(broken(whole)).encode()
            headers = {"X-Hub-Signature-256": signed(raw)}
            async with session.post(hook, data=io.BytesIO(raw), headers=headers) as answer:
                assert answer.status == 200, raw
    assert len(listener.heard) > 500


# When the database is away


async def test_what_cannot_be_committed_comes_again_and_in_order(
    hook: str, listener: Listener
) -> None:
    listener.trouble = {"wamid.2": 1}
    body = a_body(a_value(*[a_message(n) for n in (1, 2, 3)], a_message(4, BUDI)))
    assert await post(hook, body) == 500
    assert sorted(listener.updates) == ["wamid.1", "wamid.4"]  # 3 waits for 2
    assert await post(hook, body) == 200
    assert [one for one in listener.updates if one in ("wamid.2", "wamid.3")] == [
        "wamid.2",
        "wamid.3",
    ]
