"""WhatsApp on the simulator's page, in a real browser: beside Telegram, with its buttons, list, ticks and window."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser import PHONE, a_browser, a_window, attaches, messages, panel, presses, says
from tests.simulator import whatsapp
from tests.simulator.test_page import TOO_SMALL
from tests.simulator.whatsapp import BUDI, PHONE_ID, SITI, Setting

pytestmark = pytest.mark.browser
WA = "whatsapp"


class LittleBusiness:
    """Answers what the webhook brings, in a few fixed ways."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    async def run(self) -> None:
        answered = 0
        while True:
            for message in self.setting.hook.messages[answered:]:
                answered += 1
                await self.answer(message)
            await asyncio.sleep(0.01)

    async def answer(self, message: dict[str, Any]) -> None:
        read = {"messaging_product": "whatsapp", "status": "read", "message_id": message["id"]}
        await self.setting.post(f"{PHONE_ID}/messages", **read)
        to = SITI if message["from"] == whatsapp.PHONES[SITI] else BUDI
        text = message.get("text", {}).get("body", "")
        if text.startswith("setor"):
            body = "*Simpanan Wajib*\nAnggota: Siti Aminah (A-001)\nJumlah: Rp50.000\nTanggal: hari ini"
            labels = ("✅ Simpan", "✏️ Ubah", "❌ Batal")
            replies = [
                {"type": "reply", "reply": {"id": label, "title": label}} for label in labels
            ]
            await self.interactive(to, "button", body, {"buttons": replies})
        elif text == "siapa":
            rows = [
                {"id": f"m{n}", "title": name, "description": f"Anggota A-00{n}"}
                for n, name in enumerate(("Siti Aminah", "Siti Zubaidah"), start=1)
            ]
            action = {"button": "Pilih anggota", "sections": [{"rows": rows}]}
            await self.interactive(to, "list", "Siti yang mana?", action)
        elif message["type"] == "interactive":
            held = message["interactive"]
            chosen = held[held["type"]]
            await self.setting.text(f"Anda memilih _{chosen['id']}_", to)
        elif message["type"] in ("image", "document"):
            await self.setting.text(f"Diterima: {message['type']}", to)
        else:
            await self.setting.text(f"Anda menulis: {text} (lihat /bantuan)", to)

    async def interactive(self, to: int, kind: str, body: str, action: dict[str, Any]) -> None:
        held = {"type": kind, "body": {"text": body}, "action": action}
        status, answer = await self.setting.send(to, type="interactive", interactive=held)
        assert status == 200, answer


@pytest.fixture
async def business(setting: Setting) -> AsyncIterator[LittleBusiness]:
    made = LittleBusiness(setting)
    answering = asyncio.create_task(made.run())
    yield made
    answering.cancel()
    await asyncio.gather(answering, return_exceptions=True)


async def test_a_card_a_list_and_a_picture_on_whatsapp(
    setting: Setting, business: LittleBusiness, tmp_path: Path
) -> None:
    async with a_browser() as browser, a_window(browser, f"{setting.url}/#w{SITI}") as page:
        await says(page, SITI, "setor wajib 50rb", WA)
        card = messages(page, SITI, "Jumlah: Rp50.000", WA)
        await expect(card.locator("b")).to_have_text("Simpanan Wajib")
        await expect(card.locator(".key")).to_have_count(3)
        await presses(page, SITI, "Simpan", WA)
        await expect(messages(page, SITI, "Anda memilih", WA).locator("i")).to_have_text(
            "✅ Simpan"
        )

        await says(page, SITI, "siapa", WA)
        await presses(page, SITI, "Pilih anggota", WA)
        sheet = panel(page, SITI, WA).locator("dialog.sheet")
        await expect(sheet.locator(".sheet-row")).to_have_count(2)
        await expect(sheet).to_contain_text("Anggota A-002")
        await sheet.get_by_role("button", name="Siti Zubaidah").click()
        await expect(sheet).to_be_hidden()
        await expect(messages(page, SITI, "Anda memilih m2", WA)).to_be_visible()

        photo = tmp_path / "nota.png"
        photo.write_bytes(await page.screenshot())
        await attaches(page, SITI, photo, channel=WA)
        await expect(messages(page, SITI, "Diterima: image", WA)).to_be_visible()
        await says(page, SITI, "halo", WA)
        answer = messages(page, SITI, "lihat /bantuan", WA)
        await expect(answer).to_be_visible()
        await expect(answer.get_by_role("button")).to_have_count(0)
        read = panel(page, SITI, WA).locator(".own .ticks-read")
        await expect(read).to_have_count(6)
        await page.reload()
        await expect(read).to_have_count(6)


async def test_one_person_has_both_channels_beside_each_other_and_switches_between_them(
    setting: Setting, business: LittleBusiness
) -> None:
    async with a_browser() as browser, a_window(browser, f"{setting.url}/#{SITI}") as page:
        await panel(page, SITI).get_by_role("button", name="ganti ke WhatsApp").click()
        await expect(panel(page, SITI, WA)).to_be_visible()
        await expect(panel(page, SITI)).to_have_count(0)
        assert page.url.endswith(f"#w{SITI}")
        await says(page, SITI, "lewat WhatsApp", WA)
        await expect(messages(page, SITI, "Anda menulis: lewat WhatsApp", WA)).to_be_visible()

        await panel(page, SITI, WA).get_by_role("button", name="Menu percakapan").click()
        await page.get_by_role("menuitem", name="Buka juga Telegram").click()
        await expect(panel(page, SITI)).to_be_visible()
        await expect(messages(page, SITI)).to_have_count(0)
        line = page.locator(f'.person[data-person="{SITI}"]')
        await expect(line).to_contain_text("Anda menulis: lewat WhatsApp")
        await page.locator(f'.person[data-person="{BUDI}"]').click()
        await expect(page.locator(".panel")).to_have_count(3)


async def test_a_day_later_only_a_template_reaches_the_person(
    setting: Setting, business: LittleBusiness
) -> None:
    async with a_browser() as browser, a_window(browser, f"{setting.url}/#w{SITI}") as page:
        await says(page, SITI, "halo", WA)
        await expect(messages(page, SITI, "Anda menulis: halo", WA)).to_be_visible()
        await panel(page, SITI, WA).get_by_role("button", name="Menu percakapan").click()
        await page.get_by_role("menuitem", name="Lewatkan 24 jam").click()
        await expect(panel(page, SITI, WA).locator(".toast")).to_contain_text("Sudah lewat 24 jam")
        await setting.text("tidak sampai")
        (failed,) = [s for s in await setting.hook.until(3, "statuses") if s["status"] == "failed"]
        assert failed["errors"][0]["code"] == 131047
        await expect(messages(page, SITI, "", WA)).to_have_count(2)


async def test_an_invitation_is_opened_by_its_whatsapp_link(
    setting: Setting, business: LittleBusiness
) -> None:
    link = f"https://wa.me/{whatsapp.DISPLAY}?text=%2Fstart%20UNDANG1"
    await setting.sim.text(SITI, "halo")
    async with a_browser() as browser, a_window(browser, f"{setting.url}/#w{SITI}") as page:
        await setting.text(f"Undangan: {link}")
        await messages(page, SITI, "Undangan", WA).get_by_role("link").click()
        await expect(messages(page, SITI, "Anda menulis: /start UNDANG1", WA)).to_be_visible()
        assert len(page.context.pages) == 1


async def test_on_a_phone_everything_on_whatsapp_is_large_enough_to_touch(
    setting: Setting, business: LittleBusiness
) -> None:
    address = f"{setting.url}/#w{SITI}"
    async with a_browser() as browser, a_window(browser, address, size=PHONE) as page:
        await says(page, SITI, "setor wajib 50rb", WA)
        await expect(messages(page, SITI, "Tanggal: hari ini", WA)).to_be_in_viewport()
        assert await page.evaluate(TOO_SMALL) == []
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
        await says(page, SITI, "siapa", WA)
        await presses(page, SITI, "Pilih anggota", WA)
        await expect(page.locator("dialog.sheet")).to_be_in_viewport()
        assert await page.evaluate(TOO_SMALL) == []
