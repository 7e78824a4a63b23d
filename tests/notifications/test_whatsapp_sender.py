"""WhatsApp's voice over real HTTP: what is sent, and what each of the channel's errors means to us."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from notifications import errors
from notifications.attachments import File
from notifications.errors import WHATSAPP, Action
from notifications.senders import SendError, whatsapp
from notifications.senders.whatsapp import WhatsAppSender
from notifications.words import Template, Words
from tests.notifications.graph import PHONE_ID, TOKEN, Answer, Graph, start

TO = "6281234567890"
PNG = File(name="bukti.png", mime="image/png", data=b"\x89PNG..", key=None)
PDF = File(name="laporan.pdf", mime="application/pdf", data=b"%PDF-1.4", key="same")
ALIKE = (("Bayar pinjaman pertama", "a"), ("Bayar pinjaman kedua", "b"))


@pytest.fixture(params=["", "/graph"])
async def graph(request) -> AsyncIterator[Graph]:
    made = Graph(prefix=request.param)
    runner = await start(made)
    yield made
    await runner.cleanup()


@pytest.fixture
async def sender(graph: Graph) -> AsyncIterator[WhatsAppSender]:
    made = whatsapp.connect(TOKEN, PHONE_ID, graph.url, answer_seconds=0.3)
    yield made
    await made.close()


async def send(sender: WhatsAppSender, text: str = "<b>halo</b>", *, to: str = TO, **more: Any):
    buttons = more.pop("buttons", ())
    words = Words(text=text, buttons=tuple((one,) for one in buttons), **more)
    return await sender.send(to, words, edit=None, tracker="7/abc")


async def error_of(sending) -> SendError:
    with pytest.raises(SendError) as caught:
        await sending
    return caught.value


async def test_a_text_is_addressed_to_a_number_with_the_rows_name(graph, sender):
    number = await send(sender)
    assert graph.taken[0] == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": TO,
        "type": "text",
        "text": {"body": "*halo*", "preview_url": False},
        "biz_opaque_callback_data": "7/abc",
        "id": number,
    }


async def test_a_person_without_a_number_is_addressed_by_bsuid(graph, sender):
    await send(sender, to="ID.1349120A")
    assert graph.taken[0]["recipient"] == "ID.1349120A"
    assert "to" not in graph.taken[0]


async def test_three_short_choices_are_reply_buttons(graph, sender):
    await send(sender, buttons=[("✅ Simpan", "ok:1"), ("Ubah", "e:1"), ("❌ Batal", "no:1")])
    said = graph.last["interactive"]
    assert (said["type"], said["body"]) == ("button", {"text": "*halo*"})
    assert [one["reply"] for one in said["action"]["buttons"]] == [
        {"id": "ok:1", "title": "✅ Simpan"},
        {"id": "e:1", "title": "Ubah"},
        {"id": "no:1", "title": "❌ Batal"},
    ]


@pytest.mark.parametrize(
    "labels",
    [
        [(f"Pilihan {n}", f"c:{n}") for n in range(4)],
        [("Undang Ny. Siti Aminah binti Ahmad Dahlan", "i:1")],
        ALIKE,
    ],
)
async def test_more_longer_or_similar_choices_are_a_list(graph, sender, labels):
    await send(sender, buttons=labels)
    said = graph.last["interactive"]
    (section,) = said["action"]["sections"]
    assert said["type"] == "list"
    assert said["action"]["button"] == "Pilih"
    assert [one["id"] for one in section["rows"]] == [data for _, data in labels]
    for (label, _), one in zip(labels, section["rows"], strict=True):
        assert len(one["title"]) <= 24
        assert f"{one['title']} {one.get('description', '')}".strip() == label


@pytest.mark.parametrize(
    ("text", "count"), [("halo", 11), ("x" * 1025, 2), ("halo", 0)], ids=["many", "long", "none"]
)
async def test_what_no_button_can_hold_is_numbered_in_a_plain_text(graph, sender, text, count):
    await send(sender, text, buttons=[(f"Pilihan {n}", f"c:{n}") for n in range(1, count + 1)])
    lines = [f"{n}. Pilihan {n}" for n in range(1, count + 1)]
    body = "\n".join([text, "", *lines]) if count else text
    assert graph.last == {"type": "text", "text": {"body": body, "preview_url": False}}


async def test_a_picture_is_uploaded_and_said_with_its_caption(graph, sender):
    await send(sender, file=PNG)
    ((number, file),) = graph.files.items()
    assert file == {"name": "bukti.png", "mime": "image/png", "data": b"\x89PNG..", "product": "whatsapp"}  # fmt: skip
    assert graph.last == {"type": "image", "image": {"id": number, "caption": "*halo*"}}


async def test_a_paper_keeps_its_name_and_may_have_buttons(graph, sender):
    await send(sender, file=PDF, buttons=[("Lanjut", "go")])
    header = graph.last["interactive"]["header"]
    assert header["type"] == "document"
    assert header["document"]["filename"] == "laporan.pdf"
    await send(sender, file=PDF, buttons=ALIKE)
    assert graph.last["document"]["caption"].endswith("2. Bayar pinjaman kedua")


async def test_a_file_that_many_get_is_uploaded_once_and_again_when_the_channel_forgot_it(
    graph, sender
):
    await send(sender, file=PDF)
    await send(sender, file=PDF)
    assert len(graph.files) == 1
    graph.error(131053)
    forgotten = await error_of(send(sender, file=PDF))
    assert (forgotten.reason, forgotten.retryable, forgotten.unknown) == ("file-forgotten", True, False)  # fmt: skip
    await send(sender, file=PDF)
    assert len(graph.files) == 2


@pytest.mark.parametrize("answer", [Answer(seconds=1.0), Answer(code=1, status=500), Answer(body="<html>", status=502)])  # fmt: skip
async def test_nothing_was_said_when_an_upload_fails(graph, sender, answer):
    graph.answers.append(answer)
    error = await error_of(send(sender, file=PNG))
    assert (error.retryable, error.unknown) == (True, False)
    assert graph.requests == []


async def test_a_template_is_filled_and_its_buttons_bring_back_what_the_messages_would(
    graph, sender
):
    filled = Template(name="kopdes_bukti_benar", language="id", parameters=("Koperasi A", "Setoran"), payloads=("r:y", "r:n"))  # fmt: skip
    await send(sender, template=filled)
    said = graph.last["template"]
    assert (said["name"], said["language"]) == ("kopdes_bukti_benar", {"code": "id"})
    body, right, wrong = said["components"]
    assert [one["text"] for one in body["parameters"]] == ["Koperasi A", "Setoran"]
    assert right == {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload", "payload": "r:y"}]}  # fmt: skip
    assert (wrong["index"], wrong["parameters"][0]["payload"]) == ("1", "r:n")


@pytest.mark.parametrize("words", [Words(text="x", delete=True), Words(text="")])
async def test_what_would_only_take_something_away_asks_nothing_of_the_channel(
    graph, sender, words
):
    assert await sender.send(TO, words, edit="wamid.9", tracker="7/abc") == "wamid.9"
    assert graph.requests == []


CODES = [code for code in WHATSAPP if code.isdigit()]


@pytest.mark.parametrize("code", CODES)
async def test_every_code_of_the_table_acts_as_the_table_says(graph, sender, code):
    graph.error(int(code))
    rule, error = WHATSAPP[code], await error_of(send(sender))
    assert (error.action, error.reason, error.seconds) == (rule.action, rule.reason, rule.seconds)
    assert (error.unknown, error.alarm, error.code) == (rule.unknown, rule.alarm, code)
    if rule.action is Action.SLOW_DOWN:
        assert error.retry_after == rule.seconds


@pytest.mark.parametrize(
    ("answer", "row"),
    [
        (Answer(code=2, status=503), "5xx"),
        (Answer(code=502, status=502, body="<html>"), "5xx"),
        (Answer(status=502, body="<html>"), "5xx"),
        (Answer(code=131999), "other"),
        (Answer(status=404, body="not here"), "other"),
        (Answer(status=401, body="who?"), "190"),
        (Answer(status=429, body="slowly"), "130429"),
        (Answer(status=200, body="<html>"), "no answer"),
        (Answer(status=200, body="{}"), "no answer"),
        (Answer(seconds=1.0, takes=True), "no answer"),
        (Answer(drop=True, takes=True), "no answer"),
    ],
)
async def test_what_is_no_code_of_graph_is_told_apart_too(graph, sender, answer, row):
    graph.answers.append(answer)
    error, rule = await error_of(send(sender)), errors.WHATSAPP[row]
    assert (error.action, error.reason, error.unknown) == (rule.action, rule.reason, rule.unknown)


async def test_a_server_that_is_not_there_got_nothing():
    gone = whatsapp.connect(TOKEN, PHONE_ID, "http://127.0.0.1:9", answer_seconds=0.3)
    error = await error_of(send(gone))
    assert (error.reason, error.retryable, error.unknown) == ("unreachable", True, False)
    await gone.close()


async def test_a_wrong_token_breaks_the_account_and_is_not_shown(graph):
    wrong = whatsapp.connect("EAAG-other", PHONE_ID, graph.url)
    error = await error_of(send(wrong))
    assert (error.action, error.alarm) == (Action.BREAK, "token")
    assert "EAAG" not in repr(wrong)
    await wrong.close()


async def test_a_pressed_button_is_not_answered(graph, sender):
    await sender.answer("1")
    assert graph.requests == []
