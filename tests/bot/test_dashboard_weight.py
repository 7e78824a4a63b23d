"""The dashboard's page with all that a kabupaten may bring is light, and a month without figures breaks a line."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from bot.dashboard import asking, drawing, page
from bot.dashboard.page import Seen
from bot.dashboard.server import STYLE
from core.monitoring.reading import Total, Watched

TODAY = date(2026, 11, 24)
NAMES = {code: f"Kabupaten Penajam Paser {code}" for code in drawing.PLACES} | {"64": "Kaltim"}
BIG, SHARE = 987_654_321_000, Decimal("98.7")
MANY = 12_345


def a_total(region: str | None, month: date) -> Total:
    return Total(
        region=region, month=month, at=datetime(2026, 11, 24, tzinfo=UTC), cooperatives=237,
        recording=MANY, members=MANY, pokok=BIG, wajib=BIG, sukarela=BIG, term=BIG, hidden=1, lent=BIG,
        npl=SHARE, par30=SHARE, liquidity=SHARE, own_capital=SHARE, bopo=SHARE, collection=SHARE,
        dues=BIG, dues_paid=BIG, sales=BIG, disputed=MANY, unsealed=MANY, waiting=MANY,
        deadlines_due=MANY, deadlines_met=MANY, silent=MANY, unsound=1, closed=1,
        unclosed=MANY, meetings_due=MANY, meetings_met=MANY, documents=MANY, documents_needed=MANY, complete=MANY,
        officers=MANY, trained=MANY, cash_off=BIG, bmpp=MANY,
    )  # fmt: skip


def a_cooperative(number: int) -> Watched:
    return Watched(
        code=f"64-{number:04}", name=f"Koperasi Desa Merah Putih Sumber Sari Makmur {number}", region="64.02",
        at=datetime(2026, 11, 24, tzinfo=UTC), members=MANY, pokok=BIG, wajib=BIG, sukarela=BIG, term=BIG,
        savings_hidden=False, lent=BIG, npl=SHARE, par30=SHARE, liquidity=SHARE, own_capital=SHARE,
        bopo=SHARE, collection=SHARE, dues=BIG, dues_paid=BIG, sales=BIG, recorded=1,
        last_entry_at=datetime(2026, 11, 1, tzinfo=UTC), closed_through=None, disputed=1,
        oldest_dispute=None, unsealed=1, waiting=1, sound=True, deadlines_due=1, deadlines_met=1,
        unclosed=MANY, meetings_due=1, meetings_met=1, documents=7, documents_needed=7, officers=MANY, trained=MANY,
        cash_off=BIG, bmpp=MANY, silence_days=7, liquidity_floor=20, dispute_days=7,
    )  # fmt: skip


def test_a_kabupaten_of_237_cooperatives_weighs_less_than_100_kb_a_page() -> None:
    month = date(2026, 11, 1)
    each = [replace(a_cooperative(n), members=n) for n in range(1, 238)]
    seen = Seen(
        own="64",
        names=NAMES,
        sums=[a_total(code, month) for code in (*drawing.PLACES, None)],
        trend=[a_total(None, one) for one in reversed(asking.months(TODAY))],
        cooperatives=each,
    )
    told: list[str] = []
    for number in range(1, 6):
        query = {"region": "64.02", "sort": "members", "falling": "1", "page": str(number)}
        asked = asking.read(query, own="64", names=NAMES, today=TODAY, newest=month)
        text = page.dashboard(asked, seen, TODAY)
        assert len(text.encode()) + len(STYLE.encode()) < 100_000
        assert "style=" not in text
        assert "<script" not in text
        told += re.findall(r"64-\d{4}", text)[: page.PAGE if number < 5 else 37]
    assert told == [one.code for one in reversed(each)]


def test_a_month_without_a_figure_breaks_the_line() -> None:
    drawn = drawing.line([1, None, 2, 3], ["01/26", "02/26", "03/26", "04/26"], "Anggota", "1–3")
    path = re.search(r'd="([^"]+)"', drawn)
    assert path is not None
    assert re.sub(r"[\d .]", "", path[1]) == "MML"
