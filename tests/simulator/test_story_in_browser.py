"""A deposit in a real browser: typed, confirmed, and the member's receipt arrives beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from core.permissions import Role
from tests.browser import PHONE, a_browser, a_window, messages, panel, presses, says
from tests.builders import Village, a_village
from tests.house import House, Person, a_database, running_house

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.browser]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(server_url: str, template: str) -> AsyncIterator[House]:
    async with a_database(server_url, template) as given, running_house(given) as running:
        yield running


async def a_counter(house: House) -> tuple[Village, Person, Person]:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    return village, rina, await village.member("Siti Aminah")


def address(house: House, *people: Person) -> str:
    return f"{house.telegram.url}/#{','.join(str(one.chat) for one in people)}"


async def recorded(house: House, village: Village) -> tuple[int, str | None]:
    """How many entries the book holds, and what the member answered."""
    answer = await house.value(
        "SELECT max(answer) FROM receipts WHERE koperasi_id = :here", here=village.cooperative.id
    )
    return await village.entries(), answer


async def test_a_deposit_is_typed_confirmed_and_countersigned_side_by_side(
    browser: Browser, house: House
) -> None:
    village, rina, siti = await a_counter(house)
    async with a_window(browser, address(house, rina, siti)) as page:
        await says(page, rina.chat, "wajib Siti 50rb")
        card = messages(page, rina.chat, "Simpanan Wajib").last
        await expect(card).to_contain_text("Rp50.000 (lima puluh ribu rupiah)")
        await presses(page, rina.chat, "✅ Simpan")
        await expect(messages(page, rina.chat, "Tercatat No. 1").last).to_be_visible()
        await expect(panel(page, rina.chat).locator(".key", has_text="✅")).to_have_count(0)
        receipt = messages(page, siti.chat, "Tercatat No. 1").last
        await expect(receipt).to_contain_text("Apakah ini benar?")
        await expect(receipt).to_be_in_viewport()
        await presses(page, siti.chat, "BENAR")
        await expect(messages(page, siti.chat, "sudah dibenarkan").last).to_be_visible()
    assert await recorded(house, village) == (1, "confirmed")


async def test_a_deposit_on_a_phones_width_one_person_after_the_other(
    browser: Browser, house: House
) -> None:
    village, rina, siti = await a_counter(house)
    async with a_window(browser, house.telegram.url, size=PHONE) as page:
        await page.locator(f'.person[data-person="{rina.chat}"]').click()
        await says(page, rina.chat, "wajib Siti 50rb")
        await expect(messages(page, rina.chat, "Simpanan Wajib").last).to_be_in_viewport()
        await presses(page, rina.chat, "✅ Simpan")
        await expect(messages(page, rina.chat, "Tercatat No. 1").last).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
        await page.get_by_role("button", name="Kembali ke daftar orang").click()
        await page.locator(f'.person[data-person="{siti.chat}"]').click()
        await expect(messages(page, siti.chat, "Tercatat No. 1").last).to_be_in_viewport()
        await presses(page, siti.chat, "BENAR")
        await expect(messages(page, siti.chat, "sudah dibenarkan").last).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    assert await recorded(house, village) == (1, "confirmed")


async def test_a_member_joins_by_the_link_and_the_contact_button(
    browser: Browser, house: House
) -> None:
    village, _, _ = await a_counter(house)
    budi = await village.member("Budi Santoso", sukarela=75_000, linked=False)
    async with a_window(browser, address(house, budi)) as page:
        await says(page, budi.chat, f"/start {await village.invite(budi)}")
        await expect(messages(page, budi.chat, "Satu langkah lagi").last).to_be_visible()
        await presses(page, budi.chat, "Bagikan kontak saya")
        await expect(messages(page, budi.chat, "Terhubung").last).to_contain_text("Rp75.000")


async def test_a_member_named_like_markup_is_just_a_name_on_the_page(
    browser: Browser, house: House
) -> None:
    village, rina, _ = await a_counter(house)
    odd = await village.member("<b>&<img src=x onerror=alert(1)>", linked=False)
    async with a_window(browser, address(house, rina)) as page:
        await says(page, rina.chat, f"wajib {odd.number} 20rb")
        card = messages(page, rina.chat, "Simpanan Wajib").last
        await expect(card).to_contain_text("<b>&<img src=x onerror=alert(1)>")
        assert await panel(page, rina.chat).locator("img[src='x']").count() == 0
