"""The simulator's webhooks held against the shapes of pywa's own fixture payloads (its tests/data/updates).

A shape is the set of dotted paths of a payload, lists looked through; pywa's fixtures of 4.5 were read
and written down here. What theirs may lack and ours may lack is named, everything else must be equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.conftest import a_png
from tests.simulator.whatsapp import PHONE_ID, PHONES, SITI, WABA, Setting

_HEAD = "messaging_product metadata.display_phone_number metadata.phone_number_id"
_FROM = "contacts.profile.name contacts.wa_id messages.from messages.id messages.timestamp messages.type"  # fmt: skip
_CONTEXT = "messages.context.from messages.context.id"
_STATUS = "statuses.id statuses.status statuses.timestamp statuses.recipient_id"
_ERROR = "code title message error_data.details"
_NEW = "contacts.user_id messages.from_user_id statuses.recipient_user_id"

# kind: the paths of pywa's fixture, below its change's value.
FIXTURES = {
    "text": f"{_FROM} messages.text.body",
    "reply": f"{_FROM} {_CONTEXT} messages.text.body",
    "image": f"{_FROM} messages.image.mime_type messages.image.sha256 messages.image.id",
    "document": (
        f"{_FROM} messages.document.caption messages.document.filename messages.document.mime_type"
        " messages.document.sha256 messages.document.id"
    ),
    "voice": (
        f"{_FROM} messages.audio.mime_type messages.audio.sha256 messages.audio.id"
        " messages.audio.voice"
    ),
    "sticker": (
        f"{_FROM} messages.sticker.mime_type messages.sticker.sha256 messages.sticker.id"
        " messages.sticker.animated"
    ),
    "reaction": f"{_FROM} messages.reaction.message_id messages.reaction.emoji",
    "location": f"{_FROM} messages.location.latitude messages.location.longitude",
    "contacts": (
        f"{_FROM} messages.contacts.name.first_name messages.contacts.name.formatted_name"
        " messages.contacts.phones.phone messages.contacts.phones.wa_id messages.contacts.phones.type"
    ),
    "unsupported": f"{_FROM} " + " ".join(f"messages.errors.{name}" for name in _ERROR.split()),
    "button": (
        f"{_FROM} {_CONTEXT} messages.interactive.type messages.interactive.button_reply.id"
        " messages.interactive.button_reply.title"
    ),
    "list": (
        f"{_FROM} {_CONTEXT} messages.interactive.type messages.interactive.list_reply.id"
        " messages.interactive.list_reply.title messages.interactive.list_reply.description"
    ),
    "quick_reply": f"{_FROM} {_CONTEXT} messages.button.payload messages.button.text",
    "changed_number": (
        "messages.from messages.id messages.timestamp messages.type messages.system.body"
        " messages.system.wa_id messages.system.type"
    ),
    "sent": (
        f"{_STATUS} statuses.biz_opaque_callback_data statuses.pricing.billable"
        " statuses.pricing.pricing_model statuses.pricing.category"
    ),
    "read": f"{_STATUS} statuses.biz_opaque_callback_data",
    "failed": (
        f"{_STATUS} statuses.biz_opaque_callback_data statuses.errors.href "
        + " ".join(f"statuses.errors.{name}" for name in _ERROR.split())
    ),
}  # fmt: skip
# Meta left the conversation out with the prices of July 2025; the type of a price is newer than the fixtures.
_OURS_MORE = {"statuses.pricing.type"}


def paths(value: Any, before: str = "") -> Iterator[str]:
    """Name every leaf of a payload."""
    if isinstance(value, dict):
        for name, held in value.items():
            yield from paths(held, f"{before}.{name}" if before else name)
    elif isinstance(value, list):
        for held in value:
            yield from paths(held, before)
    else:
        yield before


async def provoke(setting: Setting, kind: str) -> None:
    """Let this kind of webhook be made, as the last one."""
    sim = setting.sim
    await sim.whatsapp("habits", ladder=[], reads=False)
    await sim.text(SITI, "halo")
    await setting.text("halo", biz_opaque_callback_data="7/a")
    said = (await sim.messages(SITI))[-1]
    setting.hook.raw.clear()
    if kind == "text":
        await sim.text(SITI, "halo")
    elif kind == "reply":
        await sim.text(SITI, "ini", answers=said["id"])
    elif kind == "image":
        await sim.file(SITI, "foto.png", a_png())
    elif kind == "document":
        await sim.file(SITI, "a.csv", b"nama\n", caption="daftar", mime="text/csv")
    elif kind == "contacts":
        await sim.contact(SITI, phone="628125550000")
    elif kind in ("voice", "sticker", "reaction", "location", "unsupported"):
        await sim.other(SITI, kind)
    elif kind in ("button", "list", "quick_reply"):
        await setting.send(**_sent(kind))
        await sim.press(SITI, "Ya")
    elif kind == "changed_number":
        await sim.move(SITI, "6281250009999")
    elif kind == "failed":
        await sim.whatsapp("status", wamid=said["wamid"], state="failed", code=130472)
    else:
        await sim.whatsapp("status", wamid=said["wamid"], state=kind)


def _sent(kind: str) -> dict[str, Any]:
    if kind == "quick_reply":
        return {"type": "template", "template": {"name": "tanya", "language": {"code": "id"}}}
    action: dict[str, Any] = {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Ya"}}]}
    if kind == "list":
        row = {"id": "y", "title": "Ya", "description": "benar"}
        action = {"button": "Pilih", "sections": [{"rows": [row]}]}
    body = {"type": kind, "body": {"text": "Benar?"}, "action": action}
    return {"type": "interactive", "interactive": body}


async def _register(setting: Setting) -> None:
    components = [
        {"type": "BODY", "text": "Benar?"},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Ya"}]},
    ]
    kind = {"name": "tanya", "language": "id", "category": "UTILITY"}
    status, answer = await setting.post(f"{WABA}/message_templates", components=components, **kind)
    assert status == 200, answer


@pytest.mark.parametrize("kind", FIXTURES)
async def test_every_webhook_has_the_shape_of_pywas_fixture(setting: Setting, kind: str) -> None:
    await _register(setting)
    await setting.sim.whatsapp("habits", shape="old")
    await provoke(setting, kind)
    value = (await setting.hook.until(1, "values"))[-1]
    (entry,) = setting.hook.bodies[-1]["entry"]
    assert (entry["id"], entry["changes"][0]["field"]) == (WABA, "messages")
    assert value["metadata"]["phone_number_id"] == PHONE_ID
    wanted = set(f"{_HEAD} {FIXTURES[kind]}".split())
    assert set(paths(value)) - _OURS_MORE == wanted


@pytest.mark.parametrize("kind", ["text", "button", "list", "quick_reply", "sent"])
async def test_the_new_shape_adds_the_business_scoped_ids_and_nothing_else(
    setting: Setting, kind: str
) -> None:
    await _register(setting)
    await provoke(setting, kind)
    value = (await setting.hook.until(1, "values"))[-1]
    added = set(paths(value)) - _OURS_MORE - set(f"{_HEAD} {FIXTURES[kind]}".split())
    beside = {"contacts.profile.name", "contacts.wa_id"} if kind == "sent" else set()
    assert added - beside == set(_NEW.split()) & set(paths(value))
    assert "contacts.user_id" in added
    assert value["contacts"][0]["wa_id"] == PHONES[SITI]
