"""Officials ask of the figures in their own words: a value, the best, two regions side by side, a year."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from notifications.jobs.monitoring import monitoring_job
from tests.builders import a_village, an_official
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_official_asks_in_the_own_words(house: House) -> None:
    made = []
    for place, many in (("64.08.01.2001", 6), ("64.08.01.2001", 5), ("64.03.01.2001", 5)):
        village = await a_village(house, village=place)
        people = [f"Warga {letter * 5}" for letter in "abcdef"[:many]]
        await village.members(people, savings=(0, 0, 100_000 * many))
        made.append(village.cooperative.code)
    await monitoring_job(house.owner, house.keys, datetime.now(UTC))
    first, second, other = made
    dewi = await an_official(house, "Dewi Anggraini")
    savings = await dewi.says("koperasi simpanan terbesar di Kutim")
    assert savings.text.index(first) < savings.text.index(second)
    assert other not in savings.text
    assert "Tertinggi" in savings.text
    one = await dewi.says("1 simpanan terkecil Kutim")
    assert ("1. 64-" in one.text, "2. 64-" in one.text, first in one.text) == (True, False, False)
    assert "Terendah" in one.text
    told = await dewi.says("berapa simpanan di Berau?")
    assert "Simpanan, Kabupaten Berau" in told.text
    assert other in told.text
    npl = await dewi.says("NPL Kutim berapa?")
    assert "NPL (%)" in npl.text or "Belum ada koperasi" in npl.text
    assert "Wajib tertagih" in (await dewi.says("10 terbaik")).text
    beside = await dewi.says("bandingkan Kutim dan Berau")
    for line in ("Simpanan: ", "NPL (%): ", "Koperasi diam: ", "RAT tepat waktu (%): "):
        assert line in beside.text
    assert "Berau" in (await dewi.says("anggota Kutim vs Berau")).text
    year = await dewi.says("tren simpanan Kutim")
    assert "bulan terakhir" in year.text
    assert "Simpanan: " in year.text
    budi = await an_official(house, "Budiono Siregar", "64.03")
    for asked in ("NPL Kutim berapa?", "bandingkan Kutim dan Berau", "tren simpanan Kutim"):
        refused = await budi.says(asked)
        assert "Kutai Timur di luar wilayah Anda" in refused.text
        assert first not in refused.text
    siti = await (await a_village(house)).member("Siti Aminah")
    assert "Perbandingan" not in (await siti.says("bandingkan Kutim dan Berau")).text
