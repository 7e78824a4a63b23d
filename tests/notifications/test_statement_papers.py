"""A closed month as text, picture and paper: the same figures, small, readable."""

from __future__ import annotations

import base64
import io
import re
import zlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from core.accounts import SavingsKind
from core.cooperatives import Cooperative
from core.people import Member
from core.reports.flow import Flow, Moved
from core.reports.lent import Paid
from core.reports.statement import LoanOfMonth, Statement, Wajib
from notifications import papers, stating, words
from notifications.messages import Content

OCTOBER = date(2026, 10, 1)
MONDAY = date(2026, 11, 2)  # the first working day of November
VILLAGES = ("64.72.05.1003", "64.01.01.2010", "64.01.01.2011")
RUPIAH = re.compile(r"-?Rp[0-9.]+[0-9]")


def at(day: date, hour: int = 9, minute: int = 0, *, ahead: int = 8) -> datetime:
    """An hour of a cooperative's day, `ahead` of UTC (WITA)."""
    begin = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    return begin - timedelta(hours=ahead)


# -- one month, three ways to show it ------------------------------------------------------------------


def a_flow(opening: int, came_in: int = 0, went_out: int = 0, corrected: int = 0) -> Flow:
    return Flow(opening=opening, came_in=came_in, went_out=went_out, corrected=corrected)


def a_loan(number: int = 1, **other: Any) -> LoanOfMonth:
    usual: dict[str, Any] = {
        "label": f"P-{number:04d}", "outstanding": 8_000_000, "lent": 0,
        "paid": Paid(amount=112_000, principal=100_000, interest=10_000, penalty=2_000),
        "late": 336_000, "late_since": date(2026, 8, 24), "penalty_left": 12_500,
        "next_due": date(2026, 11, 24), "next_amount": 113_000, "settled_on": None, "claim": 0,
    }  # fmt: skip
    return LoanOfMonth(**(usual | other))


def a_statement(
    *loans: LoanOfMonth, name: str = "Hj. Siti Aminah", moves: int = 3, times: int = 1
) -> Statement:
    """A month of many figures; `times` makes them larger."""
    moved = [
        Moved(
            entry=1100 + n, on=date(2026, 10, 1 + n % 31), code=("211000", "320000", "113100")[n % 3],
            amount=(-1) ** n * (50_000 + n), reverses=1101 if n == 2 else None, reversed_on=OCTOBER,
        )
        for n in range(moves)
    ]  # fmt: skip
    return Statement(
        cooperative=Cooperative(
            id=5, code="64-0001", name="Koperasi Desa Merah Putih Sungai Meriam", region="64.72",
            zone="Asia/Makassar",
        ),
        member=Member(
            id=3, number="A-0012", name=name, gender="P", joined_on=date(2026, 1, 1), left_on=None,
            dues_from=date(2026, 1, 1),
        ),
        month=OCTOBER,
        savings={
            SavingsKind.SUKARELA: a_flow(1_540_000 * times, 275_000 * times, 60_000 * times, -40_000 * times),
            SavingsKind.WAJIB: a_flow(180_000 * times, 21_000 * times, 0, 0),
            SavingsKind.POKOK: a_flow(100_000 * times),
        },
        interest=0,
        wajib=Wajib(through=date(2026, 7, 1), months_owed=3, owed_since=date(2026, 8, 1), owed=62_000),
        loans=loans,
        moves=tuple(moved),
        last_entry=1234,
    )  # fmt: skip


def said(found: Statement, **attachment: Any) -> words.Words:
    return words.make(Content(lines=stating.lines(found), **attachment), resent=False)


def figures(text: str) -> set[str]:
    return set(RUPIAH.findall(text))


def paper_text(data: bytes) -> str:
    """Read the text of a page as any reader does: its streams, inflated, the strings they show."""
    shown = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        page = zlib.decompress(base64.a85decode(stream.strip().removesuffix(b"~>")))
        strings = re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", page)
        shown += [re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), s) for s in strings]
    text = b" ".join(shown).decode("cp1252")
    return re.sub(r"\s+", " ", re.sub(r"\\(.)", r"\1", text))


def test_a_statement_says_everything_once():
    text = said(a_statement(a_loan())).text
    assert text.split("\n") == [
        "<b>Saldo per 31 Oktober 2026</b>",
        "Hj. Siti Aminah (A-0012), Koperasi Desa Merah Putih Sungai Meriam",
        "Simpanan sukarela: <b>Rp1.715.000</b>",
        "· masuk Rp275.000, keluar Rp60.000",
        "· koreksi catatan lama -Rp40.000",
        "Simpanan wajib: <b>Rp201.000</b>",
        "· masuk Rp21.000",
        "· belum dibayar 3 bulan sejak Agustus 2026: Rp62.000",
        "Simpanan pokok: <b>Rp100.000</b>",
        "Sisa pokok P-0001: <b>Rp8.000.000</b>",
        "· dibayar Rp112.000: pokok Rp100.000, jasa Rp10.000, denda Rp2.000",
        "· ⚠️ menunggak Rp336.000 sejak 24 Agustus 2026",
        "· denda belum dibayar Rp12.500",
        "· berikutnya 24 November 2026: Rp113.000",
        "Tidak cocok? Hubungi pengurus.",
    ]
    assert not re.search("lancar|perhatian|diragukan|macet|kolektibilitas", text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("loan", "lines"),
    [
        (
            a_loan(outstanding=0, settled_on=date(2026, 10, 9), late=0, late_since=None, penalty_left=0,
                   next_due=None, paid=Paid(amount=5_000, principal=4_000, interest=1_000, penalty=0)),
            ["Pinjaman P-0001: lunas 9 Oktober 2026", "· dibayar Rp5.000: pokok Rp4.000, jasa Rp1.000"],
        ),
        (
            a_loan(lent=8_000_000, late=0, late_since=None, penalty_left=0,
                   paid=Paid(amount=0, principal=0, interest=0, penalty=0)),
            ["Sisa pokok P-0001: <b>Rp8.000.000</b>", "· cair Rp8.000.000",
             "· berikutnya 24 November 2026: Rp113.000"],
        ),
        (
            a_loan(late=0, late_since=None, penalty_left=0, next_due=None,
                   paid=Paid(amount=-112_000, principal=-100_000, interest=-12_000, penalty=0)),
            ["Sisa pokok P-0001: <b>Rp8.000.000</b>", "· angsuran dibatalkan Rp112.000"],
        ),
        (a_loan(outstanding=0, claim=900_000), ["Pinjaman P-0001, masih ditagih: <b>Rp900.000</b>"]),
    ],
)  # fmt: skip
def test_a_loan_is_said_as_it_stood(loan: LoanOfMonth, lines: list[str]):
    assert said(a_statement(loan)).text.split("\n")[9:-1] == lines


@pytest.mark.parametrize("loans", [0, 1, 2, 3, 9])
@pytest.mark.parametrize("times", [1, 90, 9_999])
def test_a_statement_stays_short_whatever_there_is_to_say(loans: int, times: int):
    name = "Nyi " + "Hj. Siti Aminah " * 6
    found = a_statement(*(a_loan(n) for n in range(1, loans + 1)), name=name, times=times)
    text = said(found).text
    assert len(text.encode()) < 700
    told = [int(count) for count in re.findall(r"Sisa pokok (\d+) (?:lainnya|pinjaman)", text)]
    assert text.count("Sisa pokok P-") + sum(told) == loans
    late = [int(amount.replace(".", "")) for amount in re.findall(r"menunggak Rp([0-9.]+)", text)]
    assert sum(late) == loans * 336_000  # of no loan it is kept quiet


def test_loans_are_told_whole_as_far_as_they_fit():
    paid = Paid(amount=112_000, principal=100_000, interest=12_000, penalty=0)
    quiet: dict[str, Any] = {"paid": paid, "late": 0, "late_since": None, "penalty_left": 0}
    two = said(a_statement(a_loan(1, **quiet), a_loan(2, **quiet))).text
    assert two.count("berikutnya") == two.count("dibayar Rp112.000") == 2
    assert "lainnya" not in two
    late = said(a_statement(a_loan(1), a_loan(2, paid=paid), a_loan(3))).text
    assert "Sisa pokok 3 pinjaman: <b>Rp24.000.000</b>\n· ⚠️ menunggak Rp1.008.000 sejak" in late
    short = said(a_statement(a_loan(1, **quiet), *(a_loan(n) for n in range(2, 5)))).text
    assert "Sisa pokok P-0001: <b>Rp8.000.000</b>\n· dibayar Rp112.000" in short
    assert "Sisa pokok 3 lainnya: <b>Rp24.000.000</b>\n· ⚠️ menunggak Rp1.008.000 sejak" in short


async def test_text_picture_and_paper_hold_the_same_figures():
    found = a_statement(a_loan(), a_loan(2), a_loan(3))
    text = said(found).text
    drawn = " ".join(f"{row.left} {row.right}".strip() for row in papers.rows_of(text))
    assert drawn == " ".join(re.sub(r"⚠️ ", "", words.plain(text)).split())
    paper = said(found, attachment=stating.paper(found, MONDAY))
    assert paper.text == text
    assert paper.file is not None
    read = paper_text(paper.file.data)
    for line in words.plain(text).replace("⚠️ ", "").split("\n"):
        assert " ".join(line.split()) in read, line
    assert figures(text) <= figures(read)
    tables = {
        "Rp1.540.000 Rp275.000 Rp60.000 -Rp40.000 Rp1.715.000", "Rp180.000 Rp21.000 Rp0 Rp0 Rp201.000",
        "Rp100.000 Rp0 Rp0 Rp0 Rp100.000", "Rp1.820.000 Rp296.000 Rp60.000 -Rp40.000 Rp2.016.000",
    }  # fmt: skip
    for row in tables:
        assert row in read, row
    check = "awal Rp1.820.000 + masuk Rp296.000 - keluar Rp60.000 + koreksi (-Rp40.000) = akhir Rp2.016.000"
    assert f"Periksa: {check}" in read
    moves = (
        "1100 01-10-2026 Simpanan sukarela masuk +Rp50.000",
        "1102 03-10-2026 Pembatalan No. 1.101 +Rp50.002",
    )
    for move in moves:
        assert move in read, move
    for heading in (
        "Rekening Koran Anggota",
        "Bulan Oktober 2026",
        "Halaman 1 dari 1",
        "Transaksi bulan ini",
    ):
        assert heading in read, heading


def test_the_picture_is_small_and_readable_on_a_cheap_phone():
    found = a_statement(*(a_loan(n) for n in range(1, 4)), times=90)
    file = said(found, attachment=stating.picture_of(found.month)).file
    assert file is not None
    assert (file.name, file.is_picture) == ("saldo-2026-10.png", True)
    assert len(file.data) < 60_000
    assert min(row.size for row in papers.rows_of(said(found).text)) >= 22
    with Image.open(io.BytesIO(file.data)) as picture:
        assert picture.size[0] == 720
        shades = picture.convert("L").histogram()
    assert shades[0] > 10_000  # black
    assert shades[255] > 0.8 * sum(shades)  # white: nothing is grey on grey


def test_nothing_is_drawn_outside_the_picture():
    found = a_statement(a_loan(), name="Sitiaminahbintiabdullahalmarhum" * 3, times=999_999)
    placed, height = papers._placed(papers.rows_of(said(found).text))
    for x, y, shown, type_ in placed:
        assert 0 <= y < height
        assert x >= 36
        assert type_ is None or x + type_.getlength(shown) <= 720 - 30


@pytest.mark.parametrize("moves", [0, 3, 16, 90])
def test_the_paper_is_one_a4_page(moves: int):
    found = a_statement(
        *map(a_loan, range(1, 4)), moves=moves, name="Nyi " + "Hj. Siti Aminah " * 6, times=90
    )
    file = said(found, attachment=stating.paper(found, MONDAY)).file
    assert file is not None
    assert (file.name, file.is_picture) == ("saldo-2026-10.pdf", False)
    assert len(re.findall(rb"/Type /Page\b", file.data)) == 1
    assert b"595.2" in file.data  # A4's width in points
    read = paper_text(file.data)
    assert ("dan 74 transaksi lain" in read) == (moves == 90)
    assert ("Tidak ada transaksi." in read) == (moves == 0)
    assert "Dibuat 2 November 2026 dari buku koperasi sampai transaksi No. 1.234." in read


def test_a_name_is_never_markup_and_letters_the_type_lacks_are_left_out():
    found = a_statement(name="Siti <b>&amp; 🌾</b> Łada")
    for attachment in (stating.picture_of(found.month), stating.paper(found, MONDAY)):
        file = said(found, attachment=attachment).file
        assert file is not None
        if not file.is_picture:
            read = paper_text(file.data).replace(" ", "")
            assert "Siti<b>&amp;</b>ada,nomoranggotaA-0012" in read
