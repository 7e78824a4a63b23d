"""A report as a picture: every word and figure of it is drawn, as wide as its columns need."""

from __future__ import annotations

import io
from dataclasses import replace

from PIL import Image

from core.statements.checks import Check
from core.statements.tables import Column, Report, Row
from notifications import report_pictures


def _report(columns: int) -> Report:
    return Report(
        name="phu",
        title="Perhitungan Hasil Usaha",
        period="01-01-2026 s.d. 30-06-2026",
        columns=tuple(Column(key=f"c{n}", title=f"Kolom {n}") for n in range(columns)),
        rows=(
            Row(key="head", name="PENDAPATAN", heading=True),
            *(
                Row(key=f"r{n}", name=f"Baris {n}", cells=tuple(range(n, n + columns)))
                for n in range(3)
            ),
            Row(key="total", name="Jumlah", cells=(123_456_789,) * columns, total=True),
        ),
    )


def _drawn(report: Report, *checked: Check) -> bytes:
    return report_pictures.picture(report, checked, cooperative="Koperasi Desa Merah Putih")


def test_another_figure_or_name_anywhere_makes_another_picture():
    for columns in (2, 7):
        report = _report(columns)
        seen = {_drawn(report)}
        for at, row in enumerate(report.rows):
            named = replace(row, name=row.name + " x")
            others = [named, *(
                replace(row, cells=(*row.cells[:n], 987_654, *row.cells[n + 1 :]))
                for n in range(len(row.cells))
            )]  # fmt: skip
            for other in others:
                rows = (*report.rows[:at], other, *report.rows[at + 1 :])
                seen.add(_drawn(replace(report, rows=rows)))
        assert len(seen) == 1 + len(report.rows) + 4 * columns


def test_a_picture_is_wide_enough_for_its_columns_and_says_what_does_not_hold():
    good, bad = (Check(key="x", name="Aset = liabilitas", off=off) for off in (0, 7))
    narrow, wide = (Image.open(io.BytesIO(_drawn(_report(n), good))) for n in (2, 7))
    assert narrow.width == 900
    assert wide.width > 1500
    unfit = Image.open(io.BytesIO(_drawn(_report(2), good, bad)))
    assert unfit.height > narrow.height


def test_a_long_report_is_no_picture():
    report = _report(2)
    rows = tuple(replace(report.rows[1], key=f"r{n}") for n in range(report_pictures.MOST))
    assert report_pictures.fits(replace(report, rows=rows))
    assert not report_pictures.fits(replace(report, rows=(*rows, report.rows[0])))
