"""Sheets: what is read, and what is refused before it can do harm."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from core import sheets
from core.errors import Refusal
from core.sheets import Broken, read

COLUMNS = ("nama", "no_hp", "simpanan_pokok", "tanggal_masuk")


def a_workbook(*rows: Sequence[object], title: str = "Sheet") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(content: bytes, changes: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for part in old.infolist():
            new.writestr(part.filename, changes.pop(part.filename, old.read(part)))
        for name, text in changes.items():
            new.writestr(name, text)
    return out.getvalue()


def rows_of(content: bytes, name: str | None = None) -> list[dict[str, object]]:
    sheet = read(content, columns=COLUMNS, required=("nama",), name=name)
    return [dict(row.cells) for row in sheet.rows]


def refused(content: bytes, name: str | None = None) -> type[Refusal]:
    with pytest.raises(Refusal) as refusal:
        rows_of(content, name)
    return refusal.type


def test_a_workbook_gives_rows_by_heading_whatever_their_order_case_spaces_or_underscores():
    content = a_workbook(
        ["No. HP", "NAMA ", "Simpanan Pokok", "warna"],
        [None, None, None, None],
        ["0812", "Siti", 50000, "biru"],
        [None, "Budi", None, None],
    )
    sheet = read(content, columns=COLUMNS, required=("nama",), name="anggota.xlsx")
    assert [row.number for row in sheet.rows] == [3, 4]
    assert sheet.rows[0].cells == {"no_hp": "0812", "nama": "Siti", "simpanan_pokok": 50000}
    assert sheet.rows[1].cells == {"nama": "Budi"}
    assert sheet.unknown == ("warna",)


def test_a_title_may_stand_above_the_heading_and_another_sheet_before_the_table():
    book = Workbook()
    first, second = book.active, book.create_sheet("anggota")
    assert first is not None
    first.append(["Petunjuk pengisian"])
    second.append(["Daftar Anggota Koperasi"])
    second.append(["nama"])
    second.append(["Siti"])
    assert rows_of(saved(book)) == [{"nama": "Siti"}]


def test_dates_in_a_workbook_are_dates():
    content = a_workbook(["nama", "tanggal masuk"], ["Siti", date(2025, 7, 21)])
    (row,) = rows_of(content)
    assert row["tanggal_masuk"] == datetime(2025, 7, 21)  # noqa: DTZ001 - as a spreadsheet has it


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_is_read_whatever_its_delimiter_and_encoding(delimiter: str, encoding: str):
    text = "\r\n".join(
        delimiter.join(cells)
        for cells in (["nama", "no_hp", "alamat"], ["Renée", "0812", '"a\nb"'], ["", "", ""])
    )
    assert rows_of(text.encode(encoding), "a.csv") == [{"nama": "Renée", "no_hp": "0812"}]


def test_csv_with_one_column_and_with_quotes_and_delimiters_in_cells():
    assert rows_of(b"nama\nSiti\nBudi") == [{"nama": "Siti"}, {"nama": "Budi"}]
    text = b'nama;simpanan_pokok\n"Siti; Aminah";"Rp50.000"\n'
    assert rows_of(text) == [{"nama": "Siti; Aminah", "simpanan_pokok": "Rp50.000"}]


def test_a_formula_gives_its_value_and_one_without_a_value_is_broken_not_empty():
    content = a_workbook(["nama", "simpanan pokok"], ["Siti", "=1+1"])
    (row,) = rows_of(content)
    assert row["simpanan_pokok"] == Broken("=")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert xml.count(b"<v></v>") + xml.count(b"<v />") + xml.count(b"<v/>") == 1
    for empty in (b"<v></v>", b"<v />", b"<v/>"):
        xml = xml.replace(empty, b"<v>50000</v>")
    (row,) = rows_of(repacked(content, {"xl/worksheets/sheet1.xml": xml}))
    assert row["simpanan_pokok"] == 50000


def test_an_error_of_the_spreadsheet_is_broken():
    (row,) = rows_of(a_workbook(["nama", "no hp"], ["Siti", "#REF!"]))
    assert row["no_hp"] == Broken("#REF!")


def test_headings_that_lack_a_column_or_name_one_twice_are_refused():
    with pytest.raises(sheets.ColumnMissing) as missing:
        rows_of(a_workbook(["no hp"], ["0812"]))
    assert missing.value.facts == {"columns": "nama"}
    assert refused(a_workbook(["nama", "Nama"], ["a", "b"])) is sheets.ColumnTwice


def test_nothing_to_read_is_refused_as_empty():
    assert refused(b"") is sheets.SheetIsEmpty
    assert refused(b"\xef\xbb\xbf \r\n") is sheets.SheetIsEmpty
    assert refused(b"nama\n\n") is sheets.SheetIsEmpty
    assert refused(a_workbook()) is sheets.SheetIsEmpty
    assert refused(a_workbook(["nama"])) is sheets.SheetIsEmpty


def test_files_that_are_not_what_they_say_are_refused():
    good = a_workbook(["nama"], ["Siti"])
    assert refused(b"nama\nSiti", "a.xlsx") is sheets.NotASheet
    assert refused(good, "a.csv") is sheets.NotASheet
    assert refused(b"%PDF-1.7\nnama\nSiti") is sheets.NotASheet
    assert refused(b"<html><table><td>nama</td></table></html>") is sheets.NotASheet
    assert refused(b"\x89PNG\r\n\x1a\n\0\0\0") is sheets.NotASheet
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
        archive.writestr("[Content_Types].xml", "<a/>")
    assert refused(out.getvalue()) is sheets.NotASheet


def test_old_locked_and_damaged_workbooks_are_told_apart():
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert refused(old) is sheets.SheetIsOld
    assert refused(old + "EncryptedPackage".encode("utf-16-le")) is sheets.SheetIsLocked
    good = a_workbook(["nama"], ["Siti"])
    assert refused(good[:-100]) is sheets.SheetIsBroken
    assert refused(b"PK\x03\x04 and no more") is sheets.SheetIsBroken
    broken = repacked(good, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"})
    assert refused(broken) is sheets.SheetIsBroken
    locked = bytearray(good)
    place = good.rindex(b"PK\x01\x02")
    locked[place + 8] |= 1  # the directory's flag of an encrypted part
    assert refused(bytes(locked)) is sheets.SheetIsLocked


def test_macros_are_refused_by_name_and_by_content():
    good = a_workbook(["nama"], ["Siti"])
    assert refused(good, "a.xlsm") is sheets.SheetHasMacros
    assert refused(repacked(good, {"xl/vbaProject.bin": b"x"})) is sheets.SheetHasMacros
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        types = archive.read("[Content_Types].xml")
    kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    changed = types.replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", kind
    )
    assert refused(repacked(good, {"[Content_Types].xml": changed})) is sheets.SheetHasMacros


def test_an_entity_bomb_is_refused():
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        b"<worksheet><sheetData><row><c t='inlineStr'><is><t>&b;</t></is></c></row></sheetData></worksheet>"
    )
    good = a_workbook(["nama"], ["Siti"])
    changed = repacked(good, {"xl/worksheets/sheet1.xml": bomb})
    assert refused(changed) is sheets.SheetIsBroken


def test_what_is_too_large_packed_or_unpacked_is_refused_at_once():
    begin = time.monotonic()
    assert refused(b"nama\n" + b"x\n" * 3_000_000) is sheets.SheetTooLarge
    good = a_workbook(["nama"], ["Siti"])
    bomb = repacked(good, {"xl/media/a.bin": b"\0" * (51 * 1024 * 1024)})
    assert len(bomb) < 100_000
    assert refused(bomb) is sheets.SheetTooLarge
    marks = repacked(good, {"xl/worksheets/sheet1.xml": b"<a/>" * 2_100_000})
    assert refused(marks) is sheets.SheetTooLarge
    assert time.monotonic() - begin < 10


def test_too_many_rows_and_columns_are_refused_and_the_most_is_read():
    most = b"nama\n" + b"Siti\n" * sheets.MOST_ROWS
    assert len(rows_of(most)) == sheets.MOST_ROWS
    assert refused(most + b"Siti\n") is sheets.SheetTooLong
    wide = ["nama", *(f"k{n}" for n in range(sheets.MOST_COLUMNS))]
    assert refused(a_workbook(wide, ["Siti"])) is sheets.SheetTooWide
    assert refused(",".join(wide).encode() + b"\nSiti") is sheets.SheetTooWide


def test_a_row_that_claims_to_stand_a_billion_rows_below_ends_the_reading():
    good = a_workbook(["nama"], ["Siti"])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    far = xml.replace(b'<row r="2"', b'<row r="1000000000"').replace(b'r="A2"', b'r="A1000000000"')
    assert far != xml
    assert refused(repacked(good, {"xl/worksheets/sheet1.xml": far})) is sheets.SheetTooLong


def test_a_quote_that_is_never_closed_is_refused():
    assert refused(b'nama\n"' + b"x" * 200_000) is sheets.SheetIsBroken
