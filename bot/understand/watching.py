"""What an official asks of the figures: "NPL Kukar berapa?", "10 terbaik", "bandingkan Paser dan Berau", "tren simpanan Kutim".

Every word is accounted for: where one is left over, something else was meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

SHOWN, MOST = 10, 20  # cooperatives of a ranking

_FIGURES = {  # how a figure is spoken of, the first that is found
    r"\bnpl\b|\b(?:pinjaman |kredit )?(?:macet|bermasalah)\b": "npl",
    r"\bpar ?(?:30)?\b": "par30",
    r"\bbmpp\b": "bmpp",
    r"\blikuiditas\b|\bkas (?:dan )?bank\b": "liquidity",
    r"\bmodal(?: sendiri)?\b": "own_capital",
    r"\bbopo\b": "bopo",
    r"\b(?:simpanan |iuran )?wajib(?: tertagih)?\b|\btertagih\b|\bpenagihan\b": "collection",
    r"\b(?:penjualan|omzet|omset)(?: gerai| sembako)?\b|\bgerai\b|\bsembako\b": "sales",
    r"\bsimpanan\b|\btabungan\b": "savings",
    r"\bpinjaman\b|\bkredit\b": "lent",
    r"\banggota\b": "members",
    r"\bdiam\b": "silence",
    r"\bsegel(?:an)?\b|\bdisegel\b": "unsealed",
    r"\bselisih(?: kas)?\b": "cash_off",
    r"\b(?:bukti )?(?:sanggahan|disanggah)\b": "disputed",
    r"\bpersetujuan\b": "waiting",
    r"\bditutup\b|\btutup buku\b": "unclosed",
    r"\brat\b": "meetings",
    r"\bdokumen\b|\blegalitas\b": "documents",
    r"\b(?:pe)?latihan\b|\bpelajaran\b": "training",
    r"\blaporan\b|\blapor\b|\bpelaporan\b": "deadlines",
}
_ORDERS = {  # how one end of a ranking is spoken of; who asks for the ranking alone means the better one
    r"\b(?:ter|paling )(?:baik|bagus|sehat|lengkap|rajin)\b": "best",
    r"\b(?:ter|paling )(?:buruk|jelek|parah|sakit|malas)\b": "worst",
    r"\b(?:ter|paling )(?:besar|tinggi|banyak|lama)\b": "highest",
    r"\b(?:ter|paling )(?:kecil|rendah|sedikit)\b": "lowest",
    r"\b(?:peringkat|ranking|rangking|rengking|urutan)\b": "best",
}
_COOPERATIVES = re.compile(r"\b(?:koperasi|kopdes|kdmp|kdkmp)\b")
_COMPARE = r"\b(?:bandingkan|dibandingkan|dibanding|banding|perbandingan|versus|vs)\b"
_TREND = (
    r"\b(?:tren|trend|trennya|grafik|perkembangan|12 bulan(?: terakhir)?|setahun(?: terakhir)?)\b"
)
_NUMBERS = {"tiga": 3, "lima": 5, "tujuh": 7, "sepuluh": 10, "duapuluh": 20}
_COUNT = re.compile(rf"\b(\d{{1,2}}|{'|'.join(_NUMBERS)})\b")
_ASKED = re.compile(r"\b(?:berapa|brp|total|jumlah|jml)\b")
_ALONE = frozenset(
    {"npl", "par30", "liquidity", "bopo", "bmpp"}
)  # words that nobody but officials says
_OWN = frozenset({"documents", "training"})  # the same, where nobody has books of their own
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "berapa brp jml yg progres progress kemajuan hasil kelengkapan kdmp kdkmp se yang di dan koperasi kopdes mana apa saja aja bagaimana gimana tolong lihat lihatkan tampilkan tunjukkan "
        "dengan antara kabupaten kota kab wilayah provinsi daerah sekarang ini saat bulan persen angka angkanya total jumlah "
        "ada pak bu dong ya saya mau tahu pantau data untuk dari paling waktu tepat daftar urutkan peringkat ranking tingkat "
        "rasio nilai nya dalam juga kah sih pengurus sudah selesai",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """A question: of which figure (None: not said) and regions, and what about it."""

    figure: str | None
    regions: tuple[str, ...]
    order: str | None = None  # best, worst, highest, lowest
    count: int = SHOWN
    compare: bool = False
    trend: bool = False


Places = Callable[
    [str], tuple[tuple[str, ...], str]
]  # regions that a sentence names, and its other words


def may_ask(said: str) -> bool:
    """Say whether a sentence has a word of such a question at all."""
    words = said.lower()
    return any(re.search(one, words) for one in (*_FIGURES, *_ORDERS, _COMPARE, _TREND))


def read(said: str, places: Places, *, alone: bool) -> Watching | None:
    """Read a question; None: it is none. `alone`: who asks has no books of their own, so "simpanan berapa" is of the region."""
    regions, words = places(said)
    words = re.sub(r"\b(\w{3,})nya\b", r"\1", words)
    trend, words = _take(_TREND, words)
    compare, words = _take(_COMPARE, words)
    order = None
    of_cooperatives = _COOPERATIVES.search(words) is not None
    for pattern, name in _ORDERS.items():
        found, words = _take(pattern, words)
        order = order or (name if found else None)
    figure = None
    for pattern, name in _FIGURES.items():
        if figure is None and re.search(pattern, words):
            figure, words = name, re.sub(pattern, " ", words)
    count = SHOWN
    if order and (number := _COUNT.search(words)):
        count = _NUMBERS.get(number[1]) or int(number[1])
        words = words.replace(number[0], " ", 1)
    asked = _ASKED.search(words) is not None
    if [word for word in words.split() if word not in _SMALL] and not (of_cooperatives and order):
        return None
    plain = figure is not None and (
        bool(regions) or figure in _ALONE or (alone and (asked or figure in _OWN))
    )
    if not (trend or order or plain or (compare and len(regions) > 1)):
        return None
    return Watching(
        figure=figure,
        regions=regions,
        order=order,
        count=max(1, min(count, MOST)),
        compare=compare or (len(regions) > 1 and not order),
        trend=trend,
    )


def _take(pattern: str, words: str) -> tuple[bool, str]:
    rest = re.sub(pattern, " ", words)
    return rest != words, rest
