"""pywa_async as the business's client: what it sends is taken, what is refused becomes its errors, what comes it reads."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pywa.errors import (
    ExpiredAccessToken,
    InvalidParameter,
    ReEngagementMessage,
    TemplateNotExists,
    TemplateParamCountMismatch,
    TooManyMessages,
)
from pywa.types.callback import Button, Section, SectionList, SectionRow
from pywa.types.templates import (
    BodyText,
    Buttons,
    QuickReplyButton,
    Template,
    TemplateCategory,
    TemplateLanguage,
)
from pywa_async.client import WhatsApp
from pywa_async.handlers import (
    CallbackButtonHandler,
    CallbackSelectionHandler,
    MessageHandler,
    MessageStatusHandler,
    PhoneNumberChangeHandler,
    TemplateStatusUpdateHandler,
)

from bot.simulator.whatsapp_delivery import sign
from tests.simulator.conftest import a_png
from tests.simulator.whatsapp import APP_SECRET, PHONES, SITI, Client, Setting

PHONE = PHONES[SITI]


def a_template() -> Template:
    return Template(
        name="bukti_setoran",
        language=TemplateLanguage.INDONESIAN,
        category=TemplateCategory.UTILITY,
        components=[
            BodyText("Koperasi {{1}}: {{2}} sudah dicatat.", "Maju", "setoran"),
            Buttons(buttons=[QuickReplyButton(text="Lihat saldo")]),
        ],
    )


async def heard(pywa: WhatsApp, setting: Setting, count: int = 1, what: str = "messages") -> list[Any]:  # fmt: skip
    """Hand everything the webhook got to pywa, as raw bytes with its signature; return what it made of it."""
    got: list[Any] = []

    async def keep(_: Any, update: Any) -> None:
        got.append(update)

    for handler in (
        MessageHandler,
        CallbackButtonHandler,
        CallbackSelectionHandler,
        MessageStatusHandler,
        PhoneNumberChangeHandler,
        TemplateStatusUpdateHandler,
    ):
        pywa.add_handlers(handler(keep))
    await setting.hook.until(count, what)
    bodies = list(setting.hook.raw)
    for raw in bodies:
        await pywa.webhook_update_handler(update=raw)
    async with asyncio.timeout(5):
        while len(got) < len(bodies):  # noqa: ASYNC110 - pywa runs handlers in tasks of its own
            await asyncio.sleep(0.005)
    return got


async def test_a_text_a_keyboard_and_a_list_are_taken_and_seen_by_the_person(
    pywa: WhatsApp, setting: Setting
) -> None:
    await setting.sim.text(SITI, "halo")
    sent = await pywa.send_message(to=PHONE, text="Saldo *Rp50.000*", tracker="7/abc")
    await pywa.send_message(
        to=PHONE, text="Simpan?", buttons=[Button("✅ Simpan", "y"), Button("❌ Batal", "n")]
    )
    rows = [SectionRow("Siti Aminah", "m1", "Anggota A-001"), SectionRow("Siti Zubaidah", "m2")]
    await pywa.send_message(
        to=PHONE, text="Siti yang mana?", buttons=SectionList("Pilih", [Section("Anggota", rows)])
    )
    _, text, card, choice = await setting.sim.messages(SITI)
    assert sent.id == text["wamid"]
    assert (text["text"], text["html"]) == ("Saldo Rp50.000", "Saldo <b>Rp50.000</b>")
    assert [[b["text"] for b in row] for row in card["buttons"]] == [["✅ Simpan"], ["❌ Batal"]]
    assert choice["menu"] == "Pilih"
    assert [b["hint"] for row in choice["buttons"] for b in row] == ["Anggota A-001", ""]


async def test_a_person_is_reached_by_the_business_scoped_id_too(
    pywa: WhatsApp, setting: Setting
) -> None:
    await setting.sim.text(SITI, "halo")
    (message,) = await heard(pywa, setting)
    assert message.from_user.bsuid.startswith("ID.")
    sent = await message.reply_text("apa kabar")
    assert sent.chat.id == message.from_user.bsuid
    assert (await setting.sim.messages(SITI))[-1]["text"] == "apa kabar"


async def test_a_picture_and_a_document_are_uploaded_sent_and_downloaded(
    pywa: WhatsApp, setting: Setting
) -> None:
    await setting.sim.text(SITI, "halo")
    media = await pywa.upload_media(a_png(), mime_type="image/png", filename="neraca.png")
    await pywa.send_image(to=PHONE, image=media.id, caption="Neraca *Juli*")
    paper = await pywa.upload_media(b"%PDF-1.7", mime_type="application/pdf", filename="a.pdf")
    await pywa.send_document(to=PHONE, document=paper.id, filename="Rekening Siti.pdf")
    picture, document = (await setting.sim.messages(SITI))[-2:]
    assert (picture["kind"], picture["text"]) == ("photo", "Neraca Juli")
    assert (document["kind"], document["file"]["name"]) == ("document", "Rekening Siti.pdf")
    known = await pywa.get_media_url(paper.id)
    assert known.file_size == 8
    assert await pywa.get_media_bytes(known.url) == b"%PDF-1.7"
    async with pywa.api._session.stream("GET", known.url, headers={"Authorization": ""}) as answer:
        assert answer.status_code == 401
    forged = known.url.replace("hash=", "hash=0")
    async with pywa.api._session.stream("GET", forged) as answer:
        assert answer.status_code == 404


async def test_a_template_is_registered_listed_and_sent_and_its_button_comes_back(
    pywa: WhatsApp, setting: Setting
) -> None:
    made = await pywa.create_template(template=a_template())
    assert made.status == "APPROVED"
    (listed,) = await pywa.get_templates()
    assert (listed.name, listed.language) == ("bukti_setoran", TemplateLanguage.INDONESIAN)
    body, button = listed.components
    assert isinstance(body, BodyText)
    assert isinstance(button, Buttons)
    await pywa.send_template(
        to=PHONE,
        name="bukti_setoran",
        language=TemplateLanguage.INDONESIAN,
        params=[
            body.params("Maju", "setoran Rp50.000"),  # type: ignore[arg-type] # a descriptor, typed as a method
            QuickReplyButton.params(callback_data="b:saldo", index=0),
        ],
        tracker="7/abc",
    )
    (seen,) = await setting.sim.messages(SITI)
    assert seen["text"] == "Koperasi Maju: setoran Rp50.000 sudah dicatat."
    assert seen["template"] == "bukti_setoran"
    await setting.hook.until(2, "statuses")
    setting.hook.raw.clear()
    await setting.sim.press(SITI, "Lihat saldo")
    pressed = (await heard(pywa, setting))[0]
    assert (pressed.data, pressed.title) == ("b:saldo", "Lihat saldo")
    assert pressed.reply_to_message.id == seen["wamid"]


async def test_what_people_send_is_read_by_pywa_as_what_it_is(
    pywa: WhatsApp, setting: Setting
) -> None:
    sim = setting.sim
    await sim.text(SITI, "setor wajib 50rb 🙏")
    await sim.file(SITI, "kartu.png", a_png(), caption="ini fotonya")
    await sim.file(SITI, "anggota.csv", b"nama\nSiti\n", mime="text/csv")
    await sim.contact(SITI, phone="628125550000", first_name="Udin")
    for what in ("location", "voice", "sticker", "unsupported", "reaction"):
        if what == "reaction":
            await setting.text("halo")
        await sim.other(SITI, what)
    got = await heard(pywa, setting, 8)
    kinds = {update.type: update for update in got if hasattr(update, "type")}
    assert kinds["text"].text == "setor wajib 50rb 🙏"
    assert kinds["text"].from_user.wa_id == PHONE
    assert kinds["image"].caption == "ini fotonya"
    assert await kinds["image"].image.get_bytes() == a_png()
    assert (kinds["document"].document.filename, await kinds["document"].document.get_bytes()) == (
        "anggota.csv",
        b"nama\nSiti\n",
    )
    assert kinds["contacts"].contacts[0].phones[0].wa_id == "628125550000"
    assert kinds["location"].location.latitude < 0
    assert kinds["audio"].audio.voice
    assert kinds["unsupported"].error.code == 131051
    assert {"sticker", "reaction"} <= set(kinds)


async def test_pressed_buttons_and_chosen_rows_come_back_with_their_data(
    pywa: WhatsApp, setting: Setting
) -> None:
    await setting.sim.text(SITI, "halo")
    await pywa.send_message(to=PHONE, text="Simpan?", buttons=[Button("✅ Simpan", "c:1:y")])
    rows = [SectionRow("Siti Aminah", "m1", "Anggota A-001")]
    await pywa.send_message(
        to=PHONE, text="Siapa?", buttons=SectionList("Pilih", [Section("", rows)])
    )
    setting.hook.raw.clear()
    await setting.sim.press(SITI, "Simpan")
    await setting.sim.press(SITI, "Siti Aminah")
    got = {u.data: u for u in await heard(pywa, setting, 2) if hasattr(u, "data")}
    assert (got["c:1:y"].title, got["m1"].description) == ("✅ Simpan", "Anggota A-001")


async def test_statuses_carry_the_tracker_and_the_failure_its_code(
    pywa: WhatsApp, setting: Setting
) -> None:
    await setting.sim.text(SITI, "halo")
    await setting.hook.until(1)
    setting.hook.raw.clear()
    sent = await pywa.send_message(to=PHONE, text="tercatat", tracker="7/abc")
    await setting.sim.text(SITI, "terima kasih")
    got = [u for u in await heard(pywa, setting, 3, "statuses") if hasattr(u, "status")]
    assert {(u.id, u.tracker) for u in got} == {(sent.id, "7/abc")}
    assert [str(u.status) for u in got] == ["sent", "delivered", "read"]
    setting.hook.raw.clear()
    await setting.sim.window(SITI, None)
    late = await pywa.send_message(to=PHONE, text="pengingat", tracker="7/def")
    (status,) = await setting.hook.until(1, "statuses")
    assert (status["id"], status["biz_opaque_callback_data"]) == (late.id, "7/def")
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131047)
    assert "contacts" not in setting.hook.values[-1]


async def test_refusals_become_the_errors_pywa_names(pywa: WhatsApp, setting: Setting) -> None:
    sim = setting.sim
    await sim.whatsapp("habits", late=False)
    with pytest.raises(ReEngagementMessage):
        await pywa.send_message(to=PHONE, text="halo")
    await sim.text(SITI, "halo")
    with pytest.raises(InvalidParameter, match="131009"):
        await pywa.send_message(to=PHONE, text="?", buttons=[Button("x" * 21, "y")])
    indonesian = TemplateLanguage.INDONESIAN
    with pytest.raises(TemplateNotExists):
        await pywa.send_template(to=PHONE, name="tidak_ada", language=indonesian, params=[])
    await pywa.create_template(template=a_template())
    with pytest.raises(TemplateParamCountMismatch):
        await pywa.send_template(to=PHONE, name="bukti_setoran", language=indonesian, params=[])
    await sim.limits(per_pair_burst=1, pair_seconds=60)
    await pywa.send_message(to=PHONE, text="satu")
    with pytest.raises(TooManyMessages):
        await pywa.send_message(to=PHONE, text="dua")
    stranger = Client.of(setting, token="EAAG-another")
    with pytest.raises(ExpiredAccessToken):
        await stranger.wa.send_message(to=PHONE, text="halo")
    await stranger.http.aclose()


async def test_pywa_takes_the_signature_and_the_challenge(pywa: WhatsApp, setting: Setting) -> None:
    await setting.sim.text(SITI, "halo")
    await setting.hook.until(1)
    raw = setting.hook.raw[0]
    signed = sign(setting.number, raw)
    assert await pywa.webhook_update_validator(update=raw, hmac_header=signed) is None
    refused = await pywa.webhook_update_validator(update=raw + b" ", hmac_header=signed)
    assert refused is not None
    assert refused[1] == 403
    assert APP_SECRET not in signed


async def test_a_changed_number_and_a_paused_template_are_told_in_pywas_shapes(
    pywa: WhatsApp, setting: Setting
) -> None:
    await pywa.create_template(template=a_template())
    await setting.sim.move(SITI, "6281250009999")
    await setting.sim.whatsapp("template", name="bukti_setoran", status="PAUSED")
    got = await heard(pywa, setting, 2, "values")
    moved = next(u for u in got if hasattr(u, "new_wa_id"))
    assert (moved.old_wa_id, moved.new_wa_id) == (PHONE, "6281250009999")
    paused = next(u for u in got if hasattr(u, "new_status"))
    assert (paused.template_name, str(paused.new_status)) == ("bukti_setoran", "PAUSED")
