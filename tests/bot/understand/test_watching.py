"""What officials ask of the figures is read whole, and nothing else is taken for it."""

from __future__ import annotations

import pytest

from bot.conversations import announcement_whom
from bot.understand import watching
from bot.understand.watching import Watching

REGIONS = {
    "64": "Kalimantan Timur", "64.01": "Kabupaten Paser", "64.02": "Kabupaten Kutai Kartanegara",
    "64.03": "Kabupaten Berau", "64.08": "Kabupaten Kutai Timur", "64.09": "Kabupaten Penajam Paser Utara",
    "64.72": "Kota Samarinda",
}  # fmt: skip


def read(said: str, *, alone: bool = True) -> Watching | None:
    if not watching.may_ask(said):
        return None
    return watching.read(
        said.lower(), lambda one: announcement_whom.places(one, REGIONS), alone=alone
    )


@pytest.mark.parametrize(
    ("said", "figure", "regions", "more"),
    [
        ("NPL Kukar berapa?", "npl", ("64.02",), {}),
        ("berapa NPL di Kutai Kartanegara", "npl", ("64.02",), {}),
        ("npl", "npl", (), {}),
        ("dokumen", "documents", (), {}),
        ("progres latihan pengurus", "training", (), {}),
        ("berapa total simpanan se kaltim", "savings", ("64",), {}),
        ("koperasi mana yg NPL nya paling parah?", "npl", (), {"order": "worst"}),
        ("peringkat koperasi se kukar", None, ("64.02",), {"order": "best"}),
        ("koperasi di Berau yang usahanya paling bagus", None, ("64.03",), {"order": "best"}),
        ("simpanan Kutim berapa ya", "savings", ("64.08",), {}),
        ("berapa simpanan wajib yang tertagih di PPU?", "collection", ("64.09",), {}),
        ("berapa anggota?", "members", (), {}),
        ("10 terbaik", None, (), {"order": "best"}),
        ("5 koperasi terburuk di Paser", None, ("64.01",), {"order": "worst", "count": 5}),
        ("sepuluh koperasi NPL tertinggi", "npl", (), {"order": "highest"}),
        ("koperasi simpanan terbesar di Berau", "savings", ("64.03",), {"order": "highest"}),
        ("99 terbaik", None, (), {"order": "best", "count": 20}),
        ("bandingkan Paser dan Berau", None, ("64.01", "64.03"), {"compare": True}),
        ("NPL Paser dibanding Berau", "npl", ("64.01", "64.03"), {"compare": True}),
        ("penjualan gerai Paser vs PPU", "sales", ("64.01", "64.09"), {"compare": True}),
        ("tren simpanan Kutim", "savings", ("64.08",), {"trend": True}),
        ("grafik anggota Samarinda 12 bulan terakhir", "members", ("64.72",), {"trend": True}),
        ("bagaimana perkembangan pinjaman di Kaltim?", "lent", ("64",), {"trend": True}),
    ],
)  # fmt: skip
def test_a_question_is_read_whole(
    said: str, figure: str | None, regions: tuple[str, ...], more: dict[str, object]
):
    assert read(said) == Watching(figure=figure, regions=regions, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "said",
    [
        "koperasi mana yang belum lapor?", "simpanan Siti", "setor wajib 50rb Siti", "anggota baru Siti Aminah",
        "bandingkan Paser", "ke semua ketua di Kukar: rapat besok", "pinjaman", "simpanan", "NPL Siti berapa",
        "laporan", "laporan bulan lalu", "siapa anggota terbaik di desa Loa Kulu", "tren harga beras",
    ],
)  # fmt: skip
def test_what_says_more_or_less_is_no_question_of_the_figures(said: str):
    assert read(said) is None


def test_somebody_with_books_of_their_own_asks_of_those_unless_a_region_is_named():
    assert read("berapa simpanan", alone=False) is None
    assert read("dokumen", alone=False) is None
    assert read("berapa simpanan di Paser", alone=False) is not None
