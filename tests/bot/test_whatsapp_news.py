"""What WhatsApp tells of messages, templates and the number; and files, fetched when a step wants them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels import whatsapp
from bot.channels.whatsapp import LARGEST_FILE
from tests.bot.whatsapp_hook import (
    ACCOUNT,
    NUMBER,
    SITI,
    TOKEN,
    Graph,
    Json,
    Listener,
    a_body,
    a_message,
    a_status,
    a_value,
    post,
)

# News of messages, templates and the number


async def test_statuses_are_told_in_every_shape(hook: str, listener: Listener) -> None:
    failed = a_status("failed", errors=[{"code": 131047, "title": "t", "message": "m"}])
    bare = a_status("read", conversation={"odd": 1}, pricing=5)
    untracked = {"id": "wamid.o", "status": "sent", "timestamp": "1790000000"}
    value = a_value(
        statuses=[a_status("sent"), a_status(), bare, failed, untracked, a_status("played")]
    )
    assert (
        await post(hook, a_body(value | {"contacts": [{"wa_id": SITI, "user_id": "ID.1"}]})) == 200
    )
    assert await post(hook, a_body(value)) == 200
    told = [(one.state, one.tracker, one.code) for one in listener.statuses]
    assert told == [
        ("sent", "3/9d1c", None),
        ("delivered", "3/9d1c", None),
        ("read", "3/9d1c", None),
        ("failed", "3/9d1c", "131047"),
        ("sent", None, None),
    ] * 2  # fmt: skip
    assert {one.account for one in listener.statuses} == {ACCOUNT}


async def test_templates_and_tiers_are_told(hook: str, listener: Listener) -> None:
    paused = {
        "event": "PAUSED",
        "message_template_name": "bukti",
        "message_template_id": 5,
        "reason": None,
    }
    assert (
        await post(hook, a_body(paused, {"event": 5}, at="message_template_status_update")) == 200
    )
    tier = {"display_phone_number": NUMBER, "event": "UPGRADE", "current_limit": "TIER_10K"}
    assert await post(hook, a_body(tier, {"x": 1}, at="phone_number_quality_update")) == 200
    assert [(one.name, one.state) for one in listener.templates] == [("bukti", "PAUSED")]
    assert listener.tiers == ["TIER_10K"]


# Files


def a_document(media: object = "m1", **more: Any) -> Json:
    document = {"id": media, "mime_type": "text/csv", "sha256": "x", "filename": "anggota.csv"}
    return a_message(1, type="document", document=document | more)


async def test_a_file_is_fetched_when_a_step_wants_it(
    hook: str, listener: Listener, graph: Graph
) -> None:
    graph.files["m1"] = b"nama\nSiti\n"
    assert await post(hook, a_body(a_value(a_document()))) == 200
    assert graph.asked == []
    listener.wants = True
    assert await post(hook, a_body(a_value(a_document()))) == 200
    assert graph.asked == [
        (f"/{whatsapp.VERSION}/m1", f"Bearer {TOKEN}"),
        ("/files/m1", f"Bearer {TOKEN}"),
    ]
    document = listener.heard[-1].document
    assert document is not None
    assert (document.name, document.content, document.picture) == (
        "anggota.csv",
        b"nama\nSiti\n",
        False,
    )


async def test_a_picture_is_one(hook: str, listener: Listener, graph: Graph) -> None:
    graph.files["m2"] = b"\x89PNG"
    listener.wants = True
    picture = {"id": "m2", "mime_type": "image/png", "sha256": "x", "caption": "foto kas"}
    assert await post(hook, a_body(a_value(a_message(1, type="image", image=picture)))) == 200
    document = listener.heard[0].document
    assert document is not None
    assert (document.name, document.content, document.picture) == ("foto.png", b"\x89PNG", True)


@pytest.mark.parametrize(
    ("size", "problem"), [(LARGEST_FILE, None), (LARGEST_FILE + 1, "too-large")]
)
async def test_a_file_of_five_megabytes_is_the_largest(
    hook: str, listener: Listener, graph: Graph, size: int, problem: str | None
) -> None:
    graph.files["m1"] = b"x" * size
    listener.wants = True
    assert await post(hook, a_body(a_value(a_document()))) == 200
    document = listener.heard[0].document
    assert document is not None
    assert (document.problem, document.size) == (problem, size)
    assert len(graph.asked) == (1 if problem else 2)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/x", "https://files.example.org/x", "file:///etc/passwd", "x", ""]
)
async def test_the_token_goes_nowhere_else(
    hook: str, listener: Listener, graph: Graph, url: str
) -> None:
    graph.files["m1"] = b"x"
    graph.elsewhere = url or " "
    listener.wants = True
    assert await post(hook, a_body(a_value(a_document()))) == 200
    document = listener.heard[0].document
    assert document is not None
    assert document.problem == "unreachable"
    assert len(graph.asked) == 1


async def test_a_redirection_is_not_followed_and_a_missing_file_is_said(
    hook: str, listener: Listener, graph: Graph
) -> None:
    graph.files["m1"], graph.redirects, listener.wants = b"x", True, True
    for media in ("m1", "gone", "../../me", 5):
        assert await post(hook, a_body(a_value(a_document(media)))) == 200
    assert [one.document.problem for one in listener.heard if one.document] == ["unreachable"] * 4
