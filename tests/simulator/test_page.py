"""The simulator's page in a real browser: what a person types, presses, shares and sees arrive.

The bot is a few lines over getUpdates; the service's own stories are told elsewhere.
"""

from __future__ import annotations

import asyncio
import filecmp
import html
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, expect

from bot.simulator import server
from bot.simulator.world import Person, World
from tests.browser import (
    PHONE,
    a_browser,
    a_window,
    attaches,
    messages,
    panel,
    presses,
    says,
)

pytestmark = pytest.mark.browser
TOKEN = "7000000001:page"
RINA, SITI, DEWI, JOKO = 1001, 1002, 1003, 1004
CARD = "<b>Simpanan Wajib</b>\nAnggota: Siti Aminah (A-001)\nJumlah: {amount}\nTanggal: hari ini"
KEYS = [
    [
        {"text": "✅ Simpan", "callback_data": "simpan"},
        {"text": "✏️ Ubah", "callback_data": "ubah"},
        {"text": "❌ Batal", "callback_data": "batal"},
    ]
]
CONTACT = {
    "keyboard": [[{"text": "📱 Bagikan kontak saya", "request_contact": True}]],
    "resize_keyboard": True,
    "one_time_keyboard": True,
}
PAGE = Path(server.__file__).parent / "page"


class LittleBot:
    """Answers like the service would, in a few fixed ways."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self.session = session
        self.base = base
        self.started: list[str] = []

    async def call(self, method: str, **params: Any) -> Any:
        async with self.session.post(f"{self.base}/bot{TOKEN}/{method}", json=params) as answer:
            body = await answer.json()
        assert body["ok"], body
        return body["result"]

    async def send(self, chat: int, text: str, **more: Any) -> Any:
        return await self.call("sendMessage", chat_id=chat, text=text, parse_mode="HTML", **more)

    async def run(self) -> None:
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                if "callback_query" in update:
                    await self.pressed(update["callback_query"])
                elif "message" in update:
                    await self.said(update["message"])

    async def said(self, message: dict[str, Any]) -> None:
        chat, text = message["chat"]["id"], message.get("text", "")
        if "contact" in message:
            number = message["contact"]["phone_number"]
            await self.send(chat, f"Terima kasih, {number}", reply_markup={"remove_keyboard": True})
        elif "photo" in message or "document" in message:
            kind = "foto" if "photo" in message else message["document"]["file_name"]
            await self.send(chat, f"Diterima: {kind} ({message.get('caption', '')})")
        elif text.startswith("/start"):
            self.started.append(text)
            await self.send(chat, "Bagikan kontak untuk lanjut.", reply_markup=CONTACT)
        elif text.startswith("setor"):
            await self.call("sendChatAction", chat_id=chat, action="typing")
            await self.send(
                chat, CARD.format(amount="Rp50.000"), reply_markup={"inline_keyboard": KEYS}
            )
        else:
            await self.send(chat, f"Anda menulis: <i>{html.escape(text)}</i> Lihat /bantuan")

    async def pressed(self, query: dict[str, Any]) -> None:
        card = {
            "chat_id": query["message"]["chat"]["id"],
            "message_id": query["message"]["message_id"],
        }
        if query["data"] == "batal":
            await self.call("answerCallbackQuery", callback_query_id=query["id"])
            await self.call("deleteMessage", **card)
            return
        if query["data"] == "ubah":
            answer = {"text": "Kartu ini sudah lewat", "show_alert": True}
            await self.call("answerCallbackQuery", callback_query_id=query["id"], **answer)
            return
        await self.call("answerCallbackQuery", callback_query_id=query["id"], text="Tersimpan")
        await self.call("editMessageText", **card, text="Tercatat, bukti 0001. Saldo Rp150.000")
        await self.send(SITI, "Simpanan Wajib\nTercatat Rp50.000, bukti <code>0001</code>")


def a_world() -> World:
    world = World(bots={TOKEN: "kopdes_coba_bot"})
    for number, name, group, note, start in (
        (RINA, "Rina Wulandari", "Pengurus", "Bendahara, Desa Loa Duri Ilir", None),
        (SITI, "Siti Aminah", "Anggota", "Anggota A-001, Desa Loa Duri Ilir", "UNDANG1"),
        (DEWI, "Dewi Kartika", "Provinsi", "Dinas Koperasi", None),
        (JOKO, "Joko Susilo", "Tamu", "Tamu", None),
    ):
        first, last = name.split()
        world.add_person(
            Person(
                id=number,
                first_name=first,
                last_name=last,
                phone=f"6281250{number:06}",
                group=group,
                note=note,
                start=start,
            )
        )
    return world


@pytest.fixture
async def simulator() -> AsyncIterator[server.Running]:
    running = await server.start(a_world(), "127.0.0.1", 0)
    try:
        yield running
    finally:
        await running.close()


@pytest.fixture
async def bot(simulator: server.Running) -> AsyncIterator[LittleBot]:
    async with aiohttp.ClientSession() as session:
        little = LittleBot(session, simulator.url)
        listening = asyncio.create_task(little.run())
        try:
            yield little
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


async def settled(page: Page) -> None:
    """Wait until the page has caught up with the simulator."""
    await expect(page.locator("#loading")).to_have_count(0)


async def test_a_saved_card_becomes_a_receipt_and_the_member_beside_sees_one_too(
    simulator: server.Running, bot: LittleBot
) -> None:
    address = f"{simulator.url}/#{RINA},{SITI}"
    async with a_browser() as browser, a_window(browser, address) as page:
        await says(page, RINA, "setor wajib 50rb Siti")
        card = messages(page, RINA, "Simpanan Wajib")
        await expect(card).to_contain_text("Jumlah: Rp50.000")
        await expect(card.locator("b")).to_have_text("Simpanan Wajib")
        await expect(card.locator(".key")).to_have_count(3)
        await says(page, SITI, "halo")
        await expect(messages(page, SITI)).to_have_count(2)

        await presses(page, RINA, "✅ Simpan")

        receipt = messages(page, RINA, "Tercatat, bukti 0001")
        await expect(receipt).to_be_visible()
        await expect(receipt.locator(".edited")).to_be_visible()
        await expect(receipt.locator(".key")).to_have_count(0)
        await expect(messages(page, RINA)).to_have_count(2)
        await expect(panel(page, RINA).locator(".toast")).to_have_text("Tersimpan")
        await expect(messages(page, SITI, "Tercatat Rp50.000")).to_be_visible()
        await page.reload()
        await expect(messages(page, RINA)).to_have_count(2)
        await expect(messages(page, SITI)).to_have_count(3)


async def test_an_invited_person_opens_the_link_and_shares_the_own_contact(
    simulator: server.Running, bot: LittleBot
) -> None:
    async with a_browser() as browser, a_window(browser, f"{simulator.url}/#{SITI}") as page:
        await panel(page, SITI).get_by_role("button", name="Buka tautan undangan").click()
        await expect(messages(page, SITI, "Bagikan kontak untuk lanjut")).to_be_visible()
        assert bot.started == ["/start UNDANG1"]

        await presses(page, SITI, "Bagikan kontak saya")

        await expect(messages(page, SITI, "Kontak sendiri")).to_be_visible()
        await expect(messages(page, SITI, "Terima kasih, ")).to_contain_text("6281250001002")
        await expect(panel(page, SITI).locator(".keyboard")).to_be_hidden()


async def test_files_go_with_their_caption_and_come_back_as_photo_or_download(
    simulator: server.Running, bot: LittleBot, tmp_path: Path
) -> None:
    sheet = tmp_path / "anggota.csv"
    sheet.write_text("nama\nSiti Aminah\n")
    photo = tmp_path / "nota.png"
    async with a_browser() as browser, a_window(browser, f"{simulator.url}/#{RINA}") as page:
        await settled(page)
        photo.write_bytes(await page.screenshot())
        await attaches(page, RINA, sheet, "daftar anggota")
        await expect(messages(page, RINA, "Diterima: anggota.csv (daftar anggota)")).to_be_visible()
        async with page.expect_download() as download:
            await panel(page, RINA).locator("a.file").click()
        saved = tmp_path / "saved.csv"
        await (await download.value).save_as(saved)
        assert filecmp.cmp(saved, sheet, shallow=False)

        await attaches(page, RINA, photo)
        await expect(messages(page, RINA, "Diterima: foto")).to_be_visible()
        shown = panel(page, RINA).locator("img.photo")
        await expect(shown).to_be_visible()
        assert await shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


async def test_on_a_phone_one_panel_shows_and_news_of_others_is_counted(
    simulator: server.Running, bot: LittleBot
) -> None:
    async with bot.session.post(
        f"{simulator.url}/sim/chats/{SITI}/text", json={"text": "/start"}
    ) as started:
        assert started.status == 200
    async with a_browser() as browser, a_window(browser, simulator.url, size=PHONE) as page:
        await page.locator(f'.person[data-person="{RINA}"]').click()
        await expect(panel(page, RINA)).to_be_visible()
        await expect(page.locator("#people")).to_be_hidden()
        await says(page, RINA, "setor wajib 50rb Siti")
        await expect(messages(page, RINA, "Tanggal: hari ini")).to_be_in_viewport()
        small = await page.evaluate(TOO_SMALL)
        assert small == []
        await presses(page, RINA, "✅ Simpan")
        await expect(page.locator("#news")).to_contain_text("Siti Aminah")
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE[0]

        await page.get_by_role("button", name="Kembali ke daftar orang").click()

        line = page.locator(f'.person[data-person="{SITI}"]')
        await expect(line.locator(".badge")).to_have_text(re.compile(r"^1\b"))
        await expect(panel(page, RINA)).to_have_count(0)
        await line.click()
        await expect(messages(page, SITI, "Tercatat Rp50.000")).to_be_visible()
        await page.go_back()
        await expect(line.locator(".badge")).to_be_hidden()


TOO_SMALL = """() => [...document.querySelectorAll("button, a, textarea")]
  .filter((node) => node.checkVisibility() && !node.matches(".skip, .command, .text a"))
  .map((node) => [node.className || node.tagName, node.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < 44 || box.height < 44))
  .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""


async def test_an_alert_asks_to_be_read_a_cancelled_card_vanishes_and_marked_up_text_stays_text(
    simulator: server.Running, bot: LittleBot
) -> None:
    hostile = "<img src=x onerror=alert(1)> &amp; <b>tebal</b>"
    async with a_browser() as browser, a_window(browser, f"{simulator.url}/#{RINA}") as page:
        await says(page, RINA, hostile)
        answer = messages(page, RINA, "Anda menulis")
        await expect(answer.locator("i")).to_have_text(hostile)
        await expect(panel(page, RINA).locator("img, .text b")).to_have_count(0)
        await answer.get_by_role("button", name="/bantuan").click()
        await expect(messages(page, RINA, "Anda menulis: /bantuan")).to_be_visible()

        await says(page, RINA, "setor lagi")
        await presses(page, RINA, "✏️ Ubah")
        await expect(page.get_by_role("dialog")).to_contain_text("Kartu ini sudah lewat")
        await page.keyboard.press("Escape")
        await presses(page, RINA, "❌ Batal")
        await expect(messages(page, RINA, "Tanggal: hari ini")).to_have_count(0)


async def test_html_from_the_server_is_built_from_the_few_allowed_tags_only(
    simulator: server.Running,
) -> None:
    async with a_browser() as browser, a_window(browser, simulator.url) as page:
        built = await page.evaluate(
            """async (html) => {
                const { safeNodes } = await import("/page/bubble.js");
                const held = document.createElement("div");
                held.append(...safeNodes(html, { say() {} }));
                return held.innerHTML;
            }""",
            '<b onclick="x()">a&lt;b&gt;</b><script>y()</script><u><i>c</u>d<br>e &#x41;&bogus; 1 < 2'
            '<a href="javascript:z()">f</a><a class="k" href="https://x.test/?a=1&amp;b=2">g</a>'
            '<iframe src="//evil.test"></iframe><pre>h\n/saldo</pre></b>',
        )
    assert built == (
        "<b>a&lt;b&gt;</b>y()<u><i>c</i></u>d<br>e A&amp;bogus; 1 &lt; 2f"
        '<a href="https://x.test/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">g</a>'
        "<pre>h\n/saldo</pre>"
    )


async def test_a_guest_is_added_found_by_number_blocks_the_bot_and_leaves(
    simulator: server.Running, bot: LittleBot
) -> None:
    async with a_browser() as browser, a_window(browser, simulator.url) as page:
        await page.get_by_role("button", name="Tambah orang").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Nama").fill("Ani Baru")
        await dialog.get_by_label("Nomor HP").fill("123")
        await dialog.get_by_role("button", name="Tambah").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("nomor HP")
        await dialog.get_by_label("Nomor HP").fill("0812 9999 888")
        await page.keyboard.press("Enter")
        await expect(dialog).to_be_hidden()
        await page.get_by_role("searchbox").fill("08129999")
        await expect(page.locator(".person:visible")).to_have_text(re.compile("Ani Baru"))
        ani = int(await page.locator(".panel").get_attribute("data-person") or 0)
        await panel(page, ani).get_by_role("button", name="Mulai").click()
        await expect(messages(page, ani, "Bagikan kontak untuk lanjut")).to_be_visible()

        menu = page.get_by_role("button", name="Menu percakapan Ani Baru")
        await menu.press("Enter")
        await page.get_by_role("menuitem", name="Blokir bot").click()
        await expect(panel(page, ani).get_by_role("textbox")).to_be_hidden()
        await panel(page, ani).get_by_role("button", name="Buka blokir bot").click()
        await expect(panel(page, ani).get_by_role("textbox")).to_be_focused()
        await menu.click()
        await page.get_by_role("menuitem", name="Hapus orang ini").click()
        await expect(page.locator(".panel")).to_have_count(0)
        await expect(page.locator("#nobody")).to_be_visible()


async def test_commands_are_offered_while_a_slash_is_typed_and_walked_by_keys(
    simulator: server.Running, bot: LittleBot
) -> None:
    menu = [("saldo", "Saldo simpanan"), ("simulasi", "Hitung angsuran"), ("menu", "Menu utama")]
    commands = [{"command": name, "description": text} for name, text in menu]
    await bot.call("setMyCommands", commands=commands)
    async with a_browser() as browser, a_window(browser, f"{simulator.url}/#{JOKO}") as page:
        box = panel(page, JOKO).get_by_role("textbox")
        await box.click()
        await box.press_sequentially("baris satu")
        await box.press("Shift+Enter")
        await box.press_sequentially("baris dua")
        await box.press("Enter")
        await expect(messages(page, JOKO, "Anda menulis")).to_contain_text("baris satu\nbaris dua")
        await box.press_sequentially("/s")
        offered = panel(page, JOKO).locator(".suggestions button")
        await expect(offered).to_have_count(2)
        await box.press("ArrowUp")
        await page.keyboard.press("Enter")
        await expect(messages(page, JOKO, "Anda menulis: /simulasi")).to_be_visible()
        await expect(box).to_have_value("")
        await bot.call("sendChatAction", chat_id=JOKO, action="typing")
        await expect(panel(page, JOKO).get_by_text("sedang mengetik")).to_be_visible()


class Relay:
    """A wire to the simulator that can be cut while the simulator itself goes on."""

    def __init__(self, url: str) -> None:
        self.target = int(url.rpartition(":")[2])
        self.port = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def join(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.close()
        await self._server.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._open |= {writer, far_writer}
        await asyncio.gather(self._pour(reader, far_writer), self._pour(far_reader, writer))
        self._open -= {writer, far_writer}

    async def _pour(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        sink.close()


async def test_after_a_lost_connection_the_page_catches_up_without_repeating_anything(
    simulator: server.Running, bot: LittleBot
) -> None:
    relay = Relay(simulator.url)
    await relay.join()
    address = f"http://127.0.0.1:{relay.port}/#{RINA}"
    async with a_browser() as browser, a_window(browser, address) as page:
        await says(page, RINA, "satu")
        await expect(messages(page, RINA)).to_have_count(2)
        await relay.cut()
        await expect(page.locator("#lost")).to_be_visible()
        await bot.send(RINA, "dikirim selagi terputus")
        await panel(page, RINA).get_by_role("textbox").fill("belum terkirim")
        await page.keyboard.press("Enter")
        await expect(panel(page, RINA).locator(".toast")).to_contain_text("tidak terjangkau")
        await expect(panel(page, RINA).get_by_role("textbox")).to_have_value("belum terkirim")

        await relay.join()

        await expect(messages(page, RINA, "dikirim selagi terputus")).to_have_count(1)
        await expect(page.locator("#lost")).to_be_hidden()
        await page.keyboard.press("Enter")
        await expect(messages(page, RINA, "Anda menulis: belum terkirim")).to_be_visible()
        await expect(messages(page, RINA)).to_have_count(5)
    await relay.cut()


async def test_a_simulator_that_began_anew_is_shown_as_it_is_now() -> None:
    first = await server.start(a_world(), "127.0.0.1", 0)
    async with a_browser() as browser, a_window(browser, f"{first.url}/#{JOKO}") as page:
        await panel(page, JOKO).get_by_role("button", name="Mulai").click()
        await says(page, JOKO, "dari dunia lama")
        await first.close()
        await expect(page.locator("#lost")).to_be_visible()
        port = int(first.url.rpartition(":")[2])
        second = await server.start(a_world(), "127.0.0.1", port)
        await expect(messages(page, JOKO)).to_have_count(0)
        await expect(panel(page, JOKO).get_by_role("button", name="Mulai")).to_be_visible()
        await second.close()


def test_the_page_is_small_and_asks_nobody_else_for_anything() -> None:
    files = sorted(PAGE.iterdir())
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert {file.suffix for file in files} == {".html", ".css", ".js"}
    assert sum(file.stat().st_size for file in files) < 72 * 1024
    assert "innerHTML" not in text
    assert re.findall(r"""(?:src|href)=["']https?:""", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", (PAGE / "index.html").read_text()) == []
