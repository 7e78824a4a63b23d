"""WhatsApp's voice against the simulated Cloud API, which holds every message to Meta's limits."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from PIL import Image

from notifications import templates
from notifications.attachments import File
from notifications.errors import Action
from notifications.senders import SendError, whatsapp
from notifications.senders.whatsapp import WhatsAppSender
from notifications.words import Words
from tests.simulator.whatsapp import PHONE_ID, PHONES, SITI, TOKEN, Setting, a_setting


@pytest.fixture
async def setting() -> AsyncIterator[Setting]:
    async with a_setting() as made:
        yield made


@pytest.fixture
async def sender(setting: Setting) -> AsyncIterator[WhatsAppSender]:
    made = whatsapp.connect(TOKEN, PHONE_ID, setting.url, per_second=0)
    yield made
    await made.close()


async def send(sender: WhatsAppSender, text: str = "<b>halo</b>", **more: Any) -> str:
    return await sender.send(PHONES[SITI], Words(text=text, **more), edit=None, tracker="7/abc")


async def registered(setting: Setting) -> None:
    """Register every template as the operator would."""
    for one in templates.declared():
        status, answer = await setting.post(
            f"{setting.number.waba_id}/message_templates",
            name=one.name,
            language=one.language,
            category=one.category,
            components=one.components,
        )
        assert (status, answer["status"]) == (200, "APPROVED"), answer


@pytest.mark.parametrize("count", [0, 1, 3, 4, 10, 11])
@pytest.mark.parametrize("label", ["Ya {n}", "Undang Ny. Siti Aminah binti Ahmad Dahlan, anggota nomor {n}"])  # fmt: skip
async def test_every_number_and_length_of_choices_is_taken(setting, sender, count, label):
    await setting.sim.text(SITI, "halo")
    buttons = tuple(((label.format(n=n), f"c:{n}"),) for n in range(1, count + 1))
    await send(sender, "Pilih <b>satu</b>", buttons=buttons)
    shown = (await setting.sim.messages(SITI))[-1]
    assert "<b>satu</b>" in shown["html"]
    pressed = [one for line in shown["buttons"] or () for one in line]
    if pressed:
        assert len(pressed) == count
    else:
        assert all(f"{n}. {label.format(n=n)}" in shown["text"] for n in range(1, count + 1))


async def test_pictures_and_papers_are_shown_with_their_words(setting, sender):
    await setting.sim.text(SITI, "halo")
    png = io.BytesIO()
    Image.new("L", (20, 20), 255).save(png, "PNG")
    await send(sender, file=File(name="qr.png", mime="image/png", data=png.getvalue()))
    await send(
        sender,
        file=File(name="buku.pdf", mime="application/pdf", data=b"%PDF-1.7"),
        buttons=((("Lanjut", "go"),),),
    )
    picture, paper = (await setting.sim.messages(SITI))[-2:]
    assert (picture["kind"], picture["text"]) == ("photo", "halo")
    assert (paper["kind"], paper["text"]) == ("document", "halo")
    assert [b["text"] for line in paper["buttons"] for b in line] == ["Lanjut"]


async def test_every_template_is_approved_and_taken_outside_the_window(setting, sender):
    await registered(setting)
    words = Words(text="Setoran <b>Rp50.000</b>\n\nSaldo Rp600.000")
    for one in templates.declared():
        choices = tuple((text, f"d:{n}") for n, text in enumerate(one.buttons))
        said = Words(text=words.text, buttons=(choices,))
        filled = templates.fill(one, "Koperasi Loa Duri", said)
        await send(sender, words.text, template=filled)
        shown = (await setting.sim.messages(SITI))[-1]
        assert "Setoran Rp50.000 · Saldo Rp600.000" in shown["text"]
        assert [b["text"] for line in shown["buttons"] or () for b in line] == list(one.buttons)


async def test_a_closed_window_is_told_by_a_status_with_the_rows_name(setting, sender):
    number = await send(sender)
    (status,) = await setting.hook.until(1, "statuses")
    assert (status["status"], status["id"]) == ("failed", number)
    assert status["errors"][0]["code"] == 131047
    assert status["biz_opaque_callback_data"] == "7/abc"


async def test_a_template_that_is_not_registered_stops_its_purpose(setting, sender):
    filled = templates.fill(templates.declared()[0], "Koperasi", Words(text="x"))
    with pytest.raises(SendError) as caught:
        await send(sender, template=filled)
    assert (caught.value.code, caught.value.action) == ("132001", Action.HOLD_PURPOSE)
