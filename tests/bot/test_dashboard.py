"""The officials' dashboard in a real browser: complete, light, and as wide as a phone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from notifications.jobs.monitoring import monitoring_job
from tests.browser import PHONE, WIDE, a_browser, a_window
from tests.builders import a_village, an_official
from tests.house import House, a_database, running_house

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.browser]
MOST = 100_000  # bytes, of everything a page asks for


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(server_url: str, template: str) -> AsyncIterator[House]:
    async with a_database(server_url, template) as given, running_house(given) as running:
        yield running


async def test_the_province_reads_its_figures_at_a_desk_and_on_a_phone(
    browser: Browser, house: House
) -> None:
    for place, many in (("64.74.01.1001", 6), ("64.01.01.2009", 7), ("64.01.01.2009", 3)):
        village = await a_village(house, village=place)
        people = [f"Warga {letter * 5}" for letter in "abcdefg"[:many]]
        await village.members(people, savings=(0, 0, 100_000 * many))
    await house.change(  # Names are as hostile as they come.
        "UPDATE cooperatives SET name = name || ' <b onclick=x>\"&''' WHERE region = '64.01'"
    )
    await monitoring_job(house.owner, house.keys, datetime.now(UTC))
    dewi = await an_official(house, "Dewi Anggraini")
    for size, theme in ((WIDE, "light"), (PHONE, "dark")):
        link = re.search(r"http://\S+/dasbor/\S+", (await dewi.says("dasbor")).text)
        assert link is not None
        async with a_window(browser, link[0], size=size, theme=theme) as page:  # type: ignore[arg-type]
            await page.get_by_role("button", name="Buka").click()
            await expect(page.get_by_role("heading", level=1)).to_contain_text("Kalimantan Timur")
            await expect(page.locator("svg.t g text")).to_have_count(10)
            await expect(page.locator("svg.g[aria-label^=Simpanan]")).to_have_count(1)
            totals = page.locator("tr.all").first
            await expect(totals).to_contain_text("13")
            await expect(totals).to_contain_text("Rp8.500.000")
            await page.get_by_label("Angka").select_option("savings")
            await page.get_by_role("button", name="Tampilkan").click()
            await expect(page.locator("svg.t")).to_contain_text("Rp4.900.000")
            await page.locator("svg.t a", has_text="Paser").first.click()
            table = page.locator("table").first
            await expect(page.get_by_role("heading", level=1)).to_contain_text("Paser")
            await expect(table).to_contain_text("<b onclick=x>\"&'")
            await expect(table.locator("tbody tr")).to_have_count(2)
            await expect(table).to_contain_text("–")
            assert "300.000" not in await table.inner_text()
            await page.locator("th a", has_text="Simpanan").click()
            await expect(table.locator("tbody tr").first).to_contain_text("Rp4.900.000")
            assert await page.evaluate(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            )
            assert "Warga" not in await page.content()
            weight = await page.evaluate(
                "performance.getEntries().reduce((sum, one) => sum + (one.decodedBodySize || 0), 0)"
            )
            assert 0 < weight < MOST, weight
