"""A real headless Chromium for tests of the simulator's page, and how to read and use its panels."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, Request, async_playwright, expect

WIDE = (1280, 800)
PHONE = (360, 740)
SECONDS = 15
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def browser_path() -> str:
    """Return the browser to drive: KOPDES_BROWSER, else a Chromium of this machine.

    Without one the test is skipped, loudly; where CI is "true" it fails instead.
    """
    asked = os.environ.get("KOPDES_BROWSER")
    found = (asked, "/usr/bin/chromium", *map(shutil.which, _NAMES))
    for path in found:
        if path and Path(path).is_file():
            return path
        if asked:
            pytest.fail(f"KOPDES_BROWSER names no file: {asked}")
    reason = f"NO BROWSER: none of {', '.join(_NAMES)} is installed and KOPDES_BROWSER is not set"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """Start a browser and end it afterwards."""
    path = browser_path()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, headless=True, args=_ARGUMENTS
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def a_window(
    browser: Browser,
    address: str,
    *,
    size: tuple[int, int] = WIDE,
    theme: Literal["light", "dark"] = "light",
) -> AsyncIterator[Page]:
    """Open `address` (a person list's or panels' link) in a window of its own.

    At its end it fails when a script raised, the content policy refused something, or anything
    outside the address's own origin was asked for.
    """
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,
        locale="id-ID",
        timezone_id="Asia/Makassar",
        has_touch=size[0] < 720,
    )
    page = await context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    expect.set_options(timeout=SECONDS * 1000)
    wrong: list[str] = []
    home = urlsplit(address).netloc

    def asked(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != home:
            wrong.append(f"asked for {request.url}")

    page.on("request", asked)
    page.on("pageerror", lambda error: wrong.append(f"raised {error}"))
    page.on(
        "console",
        lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None,
    )
    try:
        await page.goto(address)
        yield page
    finally:
        await context.close()
    assert not wrong, wrong


def panel(page: Page, person: int, channel: str = "telegram") -> Locator:
    """Return the open phone of a person."""
    return page.locator(f'.panel[data-person="{person}"][data-channel="{channel}"]')


def messages(page: Page, person: int, text: str = "", channel: str = "telegram") -> Locator:
    """Return the messages on a person's phone that hold `text`, oldest first."""
    return panel(page, person, channel).locator(".row", has_text=text)


async def says(page: Page, person: int, text: str, channel: str = "telegram") -> None:
    """Type a message on a person's phone and send it with Enter."""
    box = panel(page, person, channel).get_by_role("textbox")
    await box.click()
    await box.press_sequentially(text)
    await box.press("Enter")
    await expect(messages(page, person, text, channel).last).to_be_visible()


async def presses(page: Page, person: int, label: str, channel: str = "telegram") -> None:
    """Press the newest button with this label: the bot's under a message, or of its keyboard."""
    buttons = panel(page, person, channel).locator(".key, .board-key")
    await buttons.filter(has_text=label).last.click()


async def attaches(page: Page, person: int, file: Path, caption: str = "", channel: str = "telegram") -> None:  # fmt: skip
    """Attach a file on a person's phone and send it with a caption."""
    await panel(page, person, channel).locator('input[type="file"]').set_input_files(file)
    box = panel(page, person, channel).get_by_role("textbox")
    await box.fill(caption)
    await box.press("Enter")
