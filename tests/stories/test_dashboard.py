"""Dasbor: a link from the chat opens the officials' page once, for who holds the office, and no further than the region."""

from __future__ import annotations

import re

import aiohttp
import pytest

from tests.builders import a_village, an_official, today
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINK = re.compile(r"http://\S+/dasbor/[A-Za-z0-9_-]{32}")


async def a_link(house: House, official: Person, words: str = "dasbor") -> str:
    found = LINK.search((await official.says(words)).text)
    assert found is not None
    assert found[0].startswith(house.url)
    return found[0]


def a_browser() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.CookieJar(unsafe=True)
    )  # it is an address of digits


async def opened(browser: aiohttp.ClientSession, link: str) -> tuple[int, str]:
    async with browser.post(link) as answer:
        return answer.status, await answer.text()


async def looked(browser: aiohttp.ClientSession, house: House, query: str = "") -> tuple[int, str]:
    async with browser.get(f"{house.url}/dasbor{query}") as answer:
        return answer.status, await answer.text()


async def test_a_link_opens_once_and_a_preview_does_not_use_it_up(house: House) -> None:
    dewi = await an_official(house, "Dewi Anggraini", "64.09")
    link = await a_link(house, dewi)
    kept = await house.rows("SELECT hash FROM chat.dashboard_passes")
    assert all(link.rpartition("/")[2].encode() not in bytes(row.hash) for row in kept)
    async with a_browser() as browser:
        for method in ("HEAD", "GET", "HEAD", "GET"):
            async with browser.request(method, link) as answer:
                assert answer.status == 200
                assert answer.headers["Cache-Control"] == "no-store"
                assert answer.headers["X-Frame-Options"] == "DENY"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
                assert "Set-Cookie" not in answer.headers
        assert (await looked(browser, house))[0] == 403
        async with browser.post(link, allow_redirects=False) as answer:
            assert answer.status == 303
            cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        async with browser.get(f"{house.url}/dasbor") as answer:
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert "script-src" not in answer.headers["Content-Security-Policy"]
            assert "Penajam Paser Utara" in await answer.text()
        for method in ("POST", "PUT", "DELETE"):  # It is for reading.
            async with browser.request(method, f"{house.url}/dasbor") as answer:
                assert answer.status == 405
    async with a_browser() as another:
        assert (await opened(another, link))[0] == 403
        assert (await opened(another, f"{house.url}/dasbor/{'x' * 32}"))[0] == 403
        assert (await looked(another, house))[0] == 403
        forged = {"Cookie": f"dasbor={link.rpartition('/')[2]}"}
        async with another.get(f"{house.url}/dasbor", headers=forged) as answer:
            assert answer.status == 403


async def test_a_link_of_long_ago_opens_nothing_and_a_session_ends(house: House) -> None:
    dewi = await an_official(house, "Dewi Anggraini", "64.09")
    button = await dewi.presses("Dasbor", on=await dewi.says("/pantau"))
    old = LINK.search(button.text)
    assert old is not None
    await house.change("UPDATE chat.dashboard_passes SET expires_at = now() - interval '1 second'")
    async with a_browser() as browser:
        status, text = await opened(browser, old[0])
        assert (status, "lewat 10 menit" in text) == (403, True)
        assert (await opened(browser, await a_link(house, dewi)))[0] == 200
        await house.change("UPDATE chat.dashboard_passes SET expires_at = now()")
        assert (await looked(browser, house))[0] == 403


async def test_a_new_link_closes_what_somebody_else_opened(house: House) -> None:
    dewi = await an_official(house, "Dewi Anggraini", "64.09")
    budi = await an_official(house, "Budiono Siregar", "64.09")
    async with a_browser() as somebody, a_browser() as owner, a_browser() as colleague:
        link, unused = await a_link(house, dewi), await a_link(house, budi)
        assert (await opened(somebody, link))[0] == 200
        status, text = await opened(owner, link)
        assert (status, "Bukan Anda yang memakainya?" in text) == (403, True)
        assert (await opened(colleague, unused))[0] == 200
        assert (await opened(owner, await a_link(house, dewi)))[0] == 200
        seen = [(await looked(one, house))[0] for one in (somebody, owner, colleague)]
        assert seen == [403, 200, 200]


@pytest.mark.only("telegram", "what the page refuses does not come by a channel")
async def test_an_official_sees_the_own_region_as_long_as_the_office_lasts(house: House) -> None:
    dewi = await an_official(house, "Dewi Anggraini", "64.09")
    async with a_browser() as browser:
        await opened(browser, await a_link(house, dewi))
        for region in ("64", "64.01"):
            status, text = await looked(browser, house, f"?region={region}")
            assert (status, "di luar wilayah Anda" in text) == (403, True)
        for wrong in (
            "region=64.99", "region=00", "region=64.0%00", "month=1999-01", "month=x", "figure=pin",
            "sort=__class__", "falling=2", "page=0", "page=9999",
        ):  # fmt: skip
            assert (await looked(browser, house, f"?{wrong}"))[0] == 400, wrong
        ended = f"UPDATE province_users SET until = '{today()}' WHERE id = (SELECT max(id) FROM province_users)"
        await house.change(ended)
        assert (await looked(browser, house))[0] == 403
        await house.change(ended.replace(f"'{today()}'", "NULL"))
        unused = await a_link(house, dewi)
        await house.change(ended)
        assert (await opened(browser, unused))[0] == 403


async def test_nobody_but_officials_gets_a_link(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    assert LINK.search((await siti.says("dasbor")).text) is None
