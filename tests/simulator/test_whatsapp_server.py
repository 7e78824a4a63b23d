"""The simulated Cloud API's own rules: sizes, window, rates, faults; and how its webhooks are posted."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from bot.simulator.client import SimError
from bot.simulator.whatsapp_markup import parse
from tests.simulator.whatsapp import APP_SECRET, BUDI, PHONE_ID, PHONES, SITI, WABA, Setting


def buttons(*labels: str) -> dict[str, Any]:
    replies = [
        {"type": "reply", "reply": {"id": f"b{n}", "title": t}} for n, t in enumerate(labels)
    ]
    return {"type": "button", "body": {"text": "Simpan?"}, "action": {"buttons": replies}}


def a_list(rows: int, **more: str) -> dict[str, Any]:
    listed = [{"id": f"r{n}", "title": f"Baris {n}", **more} for n in range(rows)]
    action = {"button": "Pilih", "sections": [{"rows": listed}]}
    return {"type": "list", "body": {"text": "Yang mana?"}, "action": action}


@pytest.mark.parametrize(
    ("interactive", "details"),
    [
        (buttons(), "1 to 3"),
        (buttons("a", "b", "c", "d"), "1 to 3"),
        (buttons("x" * 21), "21 characters"),
        (buttons("sama", "sama"), "titles must differ"),
        (buttons("dua\nbaris"), "line break"),
        (a_list(11), "10"),
        (a_list(1, title="x" * 25), "25 characters"),
        (a_list(1, description="x" * 73), "73 characters"),
        ({**a_list(1), "body": {"text": "x" * 1025}}, "1025 characters"),
        ({**a_list(1), "footer": {"text": "x" * 61}}, "61 characters"),
    ],
)
async def test_buttons_and_lists_beyond_metas_sizes_are_refused(
    setting: Setting, interactive: dict[str, Any], details: str
) -> None:
    await setting.sim.text(SITI, "halo")
    status, answer = await setting.send(type="interactive", interactive=interactive)
    assert (status, answer["error"]["code"]) == (400, 131009)
    assert details in answer["error"]["error_data"]["details"]
    assert len(await setting.sim.messages(SITI)) == 1


async def test_buttons_and_lists_of_just_metas_sizes_are_taken(setting: Setting) -> None:
    await setting.sim.text(SITI, "halo")
    exact = a_list(10, description="x" * 72)
    exact["action"]["sections"][0]["rows"][0]["title"] = "x" * 24
    for interactive in (buttons("x" * 20, "dua", "tiga"), exact):
        status, _ = await setting.send(type="interactive", interactive=interactive)
        assert status == 200
    assert (await setting.text("x" * 4096))[0] == 200
    assert (await setting.text("x" * 4097))[1]["error"]["code"] == 131009


async def test_what_cannot_be_sent_says_why_in_graphs_shape(setting: Setting) -> None:
    status, answer = await setting.post(f"{PHONE_ID}/messages", token="wrong")
    assert (status, answer["error"]["code"]) == (401, 190)
    status, answer = await setting.post("999/messages", messaging_product="whatsapp")
    assert (status, answer["error"]["code"], answer["error"]["error_subcode"]) == (400, 100, 33)
    status, answer = await setting.send(type="text")
    assert (status, answer["error"]["code"]) == (400, 131008)
    assert answer["error"]["type"] == "OAuthException"
    assert answer["error"]["message"] == "(#131008) Required parameter is missing"
    assert (await setting.send(type="hologram", hologram={}))[1]["error"]["code"] == 131051
    assert (await setting.send(type="image", image={"id": "77"}))[1]["error"]["code"] == 131009


async def test_the_window_opens_with_each_message_and_closes_after_a_day(setting: Setting) -> None:
    await setting.sim.whatsapp("habits", late=False)
    assert (await setting.text("halo"))[1]["error"]["code"] == 131047
    await setting.sim.text(SITI, "halo")
    assert (await setting.text("halo"))[0] == 200
    assert (await setting.sim.chat(SITI))["open"]
    await setting.sim.window(SITI, 24 * 3600 + 1)
    assert (await setting.text("halo"))[1]["error"]["code"] == 131047
    await setting.sim.window(SITI, 24 * 3600 - 60)
    assert (await setting.text("halo"))[0] == 200


async def test_what_hangs_on_the_person_is_accepted_and_fails_by_its_status(
    setting: Setting,
) -> None:
    await setting.sim.text(SITI, "halo")
    await setting.sim.block(SITI)
    assert (await setting.text("satu", biz_opaque_callback_data="7/a"))[0] == 200
    await setting.sim.add_person(id=BUDI, first_name="Budi", phone=PHONES[BUDI], whatsapp=False)
    assert (await setting.text("dua", to=BUDI))[0] == 200
    _, answer = await setting.text("x")
    assert answer["contacts"] == [{"input": PHONES[SITI], "wa_id": PHONES[SITI]}]
    found = await setting.hook.until(3, "statuses")
    assert {(s["status"], s["errors"][0]["code"]) for s in found} == {("failed", 131026)}
    assert {s["recipient_id"] for s in found} == {PHONES[SITI], PHONES[BUDI]}
    assert len(await setting.sim.messages(SITI)) == 1


async def test_the_number_the_pair_and_the_tier_have_their_rates(setting: Setting) -> None:
    sim = setting.sim
    await sim.text(SITI, "halo")
    await sim.text(BUDI, "halo")
    await sim.limits(per_pair_burst=2, pair_seconds=600)
    codes = [(await setting.text("x"))[1].get("error", {}).get("code") for _ in range(3)]
    assert codes == [None, None, 131056]
    assert (await setting.text("x", to=BUDI))[0] == 200
    await sim.limits(per_second=3)
    answers = [(await setting.text("x", to=BUDI))[1] for _ in range(5)]
    assert 130429 in [a.get("error", {}).get("code") for a in answers]
    await sim.limits(per_second=80, per_pair_burst=20)
    body = "Pengingat: {{1}} jatuh tempo."
    await a_template(setting, body)
    setting.number.tier = "TIER_50"
    for n in range(51):
        await sim.add_person(id=5000 + n, first_name="Warga", phone=f"62812500{n:05}")
        status, answer = await setting.post(
            f"{PHONE_ID}/messages",
            messaging_product="whatsapp",
            to=f"62812500{n:05}",
            type="template",
            template={
                "name": "pengingat",
                "language": {"code": "id"},
                "components": [{"type": "body", "parameters": [{"type": "text", "text": "wajib"}]}],
            },
        )
        assert (status == 200) == (n < 50), answer
    assert answer["error"]["code"] == 131048


async def a_template(setting: Setting, body: str, **more: Any) -> tuple[int, dict[str, Any]]:
    components = [{"type": "BODY", "text": body}]
    whole = {"name": "pengingat", "language": "id", "category": "UTILITY", "components": components}
    return await setting.post(f"{WABA}/message_templates", **{**whole, **more})


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ([], 132000),
        (["satu", "dua", "tiga"], 132000),
        (["satu\nbaris", "dua"], 132018),
        (["satu" + " " * 5 + "dua", "tiga"], 132018),
        (["x" * 600, "y" * 600], 132005),
        (["satu", "dua"], None),
    ],
)
async def test_a_template_takes_only_the_parameters_it_was_made_for(
    setting: Setting, parameters: list[str], code: int | None
) -> None:
    await a_template(setting, "Koperasi {{1}} menulis: {{2}} Terima kasih.")
    given = [{"type": "text", "text": value} for value in parameters]
    template = {
        "name": "pengingat",
        "language": {"code": "id"},
        "components": [{"type": "body", "parameters": given}],
    }
    _, answer = await setting.send(type="template", template=template)
    assert answer.get("error", {}).get("code") == code


async def test_templates_that_meta_refuses_stops_or_does_not_know_are_refused(
    setting: Setting,
) -> None:
    wrong = [
        (await a_template(setting, "{{1}} di depan"))[1],
        (await a_template(setting, "di belakang {{1}}"))[1],
        (await a_template(setting, "tak urut {{2}}."))[1],
        (await a_template(setting, "nama", name="Huruf Besar"))[1],
    ]
    assert all("error" in answer for answer in wrong)
    assert (await a_template(setting, "cukup"))[1]["status"] == "APPROVED"
    assert (await a_template(setting, "cukup"))[1]["error"]["error_subcode"] == 2388024

    async def sent(language: str = "id") -> int | None:
        asked = {"name": "pengingat", "language": {"code": language}}
        _, answer = await setting.send(type="template", template=asked)
        code: int | None = answer.get("error", {}).get("code")
        return code

    assert (await sent("en"), await sent()) == (132001, None)
    for status, code in (("PAUSED", 132015), ("DISABLED", 132016), ("APPROVED", None)):
        await setting.sim.whatsapp("template", name="pengingat", status=status)
        assert await sent() == code
    events = [v["event"] for v in await setting.hook.until(3, "values") if "event" in v]
    assert events == ["PAUSED", "DISABLED", "APPROVED"]


async def test_a_webhook_is_signed_posted_in_order_and_again_until_200(setting: Setting) -> None:
    setting.hook.answers = [500, 503, 200]
    for n in range(3):
        await setting.sim.text(SITI, f"pesan {n}")
    found = await setting.hook.until(5)
    assert [m["text"]["body"] for m in found] == ["pesan 0"] * 3 + ["pesan 1", "pesan 2"]
    assert setting.hook.unsigned == 0
    assert all(APP_SECRET.encode() not in raw for raw in setting.hook.raw)
    done = await setting.sim.updates()
    assert [u["delivered"]["times"] for u in done] == [3, 1, 1]
    setting.number.app_secret = "another"
    await setting.sim.text(SITI, "palsu")
    assert (await setting.sim.updates(after=3))[0]["update_id"] == 4
    assert len(setting.hook.messages) == 5


async def test_many_changes_go_out_in_one_body_in_both_shapes_and_at_once(setting: Setting) -> None:
    sim, hook = setting.sim, setting.hook
    await sim.whatsapp("habits", hold=True)
    done = [await sim.text(SITI if n % 2 else BUDI, f"pesan {n}") for n in range(10)]
    ids = [one["update_id"] for one in done]
    answer = await sim.whatsapp(
        "post", updates=ids, times=5, concurrent=True, shapes=["new", "old"]
    )
    assert answer["statuses"] == [200] * 10
    assert len(hook.raw) == 10
    for body in hook.bodies:
        said = [
            message["id"]
            for entry in body["entry"]
            for change in entry["changes"]
            for message in change["value"]["messages"]
        ]
        assert said == [one["wamid"] for one in done]
        assert len(body["entry"]) == 2
        old = "user_id" not in json.dumps(body)
        assert old == ("from_user_id" not in json.dumps(body))
    assert sum("user_id" not in json.dumps(body) for body in hook.bodies) == 5


async def test_batches_copies_and_any_order_are_habits(setting: Setting) -> None:
    await setting.sim.whatsapp("habits", hold=True, shape="old")
    for n in range(6):
        await setting.sim.text(SITI, f"pesan {n}")
    await setting.sim.whatsapp("habits", hold=False, batch=6, copies=2, shuffle=True)
    found = await setting.hook.until(12)
    words = [m["text"]["body"] for m in found]
    assert sorted(words[:6]) == sorted(words[6:]) == [f"pesan {n}" for n in range(6)]
    assert words[:6] != sorted(words[:6])
    assert "user_id" not in setting.hook.raw[0].decode()


async def test_a_user_name_hides_the_phone_and_leaves_the_id(setting: Setting) -> None:
    await setting.sim.add_person(
        id=SITI, first_name="Siti", phone=PHONES[SITI], username="siti.aminah"
    )
    await setting.sim.text(SITI, "halo")
    (message,) = await setting.hook.until(1)
    (value,) = setting.hook.values
    assert "from" not in message
    assert value["contacts"][0] == {
        "profile": {"name": "Siti", "username": "siti.aminah"},
        "user_id": message["from_user_id"],
    }
    whole = {"messaging_product": "whatsapp", "recipient": message["from_user_id"], "type": "text"}
    status, _ = await setting.post(f"{PHONE_ID}/messages", **whole, text={"body": "halo"})
    assert status == 200
    found = await setting.hook.until(1, "statuses")
    assert "recipient_id" not in found[0]


async def test_faults_refuse_lose_and_fail_later(setting: Setting) -> None:
    sim = setting.sim
    await sim.text(SITI, "halo")
    await sim.fault("graph", "messages", code=131048)
    assert (await setting.text("x"))[1]["error"]["code"] == 131048
    await sim.fault("status", "messages", status=503)
    assert (await setting.text("x"))[0] == 503
    await sim.fault("accept_then_drop", "messages")
    with pytest.raises(httpx.RemoteProtocolError):
        await setting.text("terkirim")
    assert (await sim.messages(SITI))[-1]["text"] == "terkirim"
    await sim.fault("drop", "messages")
    with pytest.raises(httpx.RemoteProtocolError):
        await setting.text("hilang")
    assert (await sim.messages(SITI))[-1]["text"] == "terkirim"
    setting.hook.raw.clear()
    await sim.fault("late", "messages", code=131049)
    assert (await setting.text("nanti gagal"))[0] == 200
    (status,) = await setting.hook.until(1, "statuses")
    assert status["errors"][0]["code"] == 131049


async def test_the_webhook_is_taken_only_when_it_answers_its_challenge(setting: Setting) -> None:
    sim, url = setting.sim, setting.hook.url
    setting.number.webhook = None
    assert (await sim.whatsapp("subscribe", url=url, verify_token="wrong"))["verified"] is False
    assert setting.number.webhook is None
    await sim.text(SITI, "sebelum tersambung")
    assert (await sim.whatsapp("subscribe", url=url))["verified"] is True
    (message,) = await setting.hook.until(1)
    assert message["text"]["body"] == "sebelum tersambung"
    asked = {"override_callback_uri": url + "x", "verify_token": "a-verify-token"}
    status, _ = await setting.post(PHONE_ID, webhook_configuration=asked)
    assert status == 400
    asked["override_callback_uri"] = url
    assert (await setting.post(PHONE_ID, webhook_configuration=asked))[0] == 200


async def test_both_channels_of_one_person_stay_apart(setting: Setting) -> None:
    await setting.sim.text(SITI, "lewat WhatsApp")
    await setting.text("jawaban")
    events = await setting.sim.events(person=SITI)
    assert {event["channel"] for event in events} == {"whatsapp"}
    seen = await setting.sim.wait_reply(SITI)
    assert seen["text"] == "jawaban"
    with pytest.raises(SimError, match="whatsapp has no"):
        await setting.sim.edit(SITI, 1, "x")
    assert await setting.sim.log("messages", chat_id=SITI)
    assert setting.running.world.bots == {}


@pytest.mark.parametrize(
    ("source", "shown", "marked"),
    [
        ("Saldo *Rp50.000*.", "Saldo Rp50.000.", ["bold"]),
        ("_miring *dan tebal*_ ~salah~", "miring dan tebal salah", ["italic", "bold", "strikethrough"]),
        ("2*3*4 dan a_b_c", "2*3*4 dan a_b_c", []),
        ("* tidak * begini", "* tidak * begini", []),
        ("*dua\nbaris*", "*dua\nbaris*", []),
        ("```*apa adanya*```", "*apa adanya*", ["code"]),
        ("*📱 kontak* lalu *x*", "📱 kontak lalu x", ["bold", "bold"]),
    ],
)  # fmt: skip
def test_marks_are_read_as_whatsapp_reads_them(source: str, shown: str, marked: list[str]) -> None:
    text, entities = parse(source)
    assert (text, [entity["type"] for entity in entities]) == (shown, marked)
    units = text.encode("utf-16-le")
    for entity in entities:
        start = 2 * entity["offset"]
        assert units[start : start + 2 * entity["length"]].decode("utf-16-le").strip()
