"""A cooperative's book as the tables SIMKOPDES keeps: a zip of CSV files or one workbook, so that nobody types twice.

Table and column names are SIMKOPDES' own where they are known (domain reference 1.3). What the book does not hold
stays an empty column. For the owner: members are named, with their NIK,
but those who refused it (core.consents.Use.NAMED). Whole rupiah, days as 2026-11-24.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import consents, database, export
from core.accounts import BANKS, chart
from core.consents import Use
from core.money import Rupiah
from core.sealing import Keys

_CAPITAL = ("310000", "320000", "330000", "340000", "341000", "350000", "360000", "361000")
_NEVER = (1980, 1, 1, 0, 0, 0)  # the date of every file: the same book makes the same zip


async def tables(
    db: AsyncConnection, koperasi_id: int, keys: Keys
) -> dict[str, list[tuple[object, ...]]]:
    """Read every table, the names of its columns first; a column `…_sealed` is opened."""
    raw = await database.driver(db)
    found: dict[str, list[tuple[object, ...]]] = {}
    for name, query in _QUERIES.items():
        prepared = await raw.prepare(query)
        heads = [one.name for one in prepared.get_attributes()]
        rows = [
            tuple(
                keys.unseal_text(value) if head.endswith("_sealed") else value
                for head, value in zip(heads, row, strict=True)
            )
            for row in await prepared.fetch(koperasi_id)
        ]
        found[name] = [tuple(head.removesuffix("_sealed") for head in heads), *rows]
    account = await raw.fetchval(f"SELECT {_number('rekening')}", koperasi_id)
    found |= _of_balances(dict(await raw.fetch(_BALANCES, koperasi_id)), account)
    return dict(sorted(found.items()))


def _of_balances(
    held: Mapping[str, Rupiah], account: str | None
) -> dict[str, list[tuple[object, ...]]]:
    """Make the tables of capital and banks; the document's account number is of the only bank there is."""
    names = chart()
    capital = [(code, names[code].name, held.get(code, 0)) for code in _CAPITAL]
    used = [code for code in BANKS if code in held]
    number = account if len(used) == 1 else None
    banks = [(code, names[code].name, number, held[code]) for code in used]
    return {
        "modal_koperasi": [("kode_akun", "jenis_modal", "jumlah"), *capital],
        "akun_bank_koperasi": [("kode_akun", "nama_bank", "nomor_rekening", "saldo"), *banks],
    }


async def archive(db: AsyncConnection, koperasi_id: int, keys: Keys) -> bytes:
    """Write the tables as a zip, one CSV file each; no text in them is a formula to a spreadsheet."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name, rows in (await tables(db, koperasi_id, keys)).items():
            text = "".join(export.as_row(tuple(map(_cell, row))) for row in rows)
            info = zipfile.ZipInfo(f"{name}.csv", _NEVER)
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, text.encode())
    return data.getvalue()


async def workbook(db: AsyncConnection, koperasi_id: int, keys: Keys) -> bytes:
    """Write the tables as .xlsx, a sheet each: amounts are numbers, days are dates, what looks like a formula is text."""
    from openpyxl import Workbook  # noqa: PLC0415 - few ask for one
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook(write_only=True)
    for name, rows in (await tables(db, koperasi_id, keys)).items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for row in rows:
            cells = []
            for value in row:
                plain: Any = value
                if isinstance(value, str):
                    plain = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell = WriteOnlyCell(sheet, plain)
                if isinstance(value, str):
                    cell.data_type = "s"
                    cell.quotePrefix = True  # stays a text when somebody edits it: a NIK too
                elif isinstance(value, date):
                    cell.number_format = "YYYY-MM-DD"
                cells.append(cell)
            sheet.append(cells)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str):
        return export.plain(value)
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


_BALANCES = """
SELECT code, sum(balance)::bigint FROM ledger.accounts WHERE koperasi_id = $1 GROUP BY code ORDER BY code
"""
_STANDING = """CASE WHEN e.reverses IS NOT NULL OR EXISTS (SELECT FROM ledger.entries v
    WHERE v.koperasi_id = e.koperasi_id AND v.reverses = e.number) THEN 'dibatalkan'"""
_OFFICES = """
SELECT p.name AS nama, p.nik_sealed, o.role AS jabatan, o.since AS tanggal_mulai, o.until AS tanggal_selesai,
  CASE WHEN o.until IS NULL THEN 'aktif' ELSE 'berakhir' END AS status
FROM officers o
JOIN people p ON p.koperasi_id = o.koperasi_id AND p.id = o.person_id
WHERE o.koperasi_id = $1 AND o.role {whose}
ORDER BY o.since, o.id
"""
_UNNAMED = consents.refused("m.koperasi_id", "m.id", Use.NAMED)  # then the number stands alone
_NIK = f"CASE WHEN NOT {_UNNAMED} THEN p.nik_sealed END AS nik_sealed"
_MOVES = """
SELECT m."on" AS tanggal, m.entry AS nomor_bukti, g.name AS produk, g.unit AS satuan,
  trim_scale({sign}m.quantity::numeric / 1000) AS jumlah, {sign}m.value AS nilai, m.kind AS jenis
FROM goods_moves m
JOIN goods g ON g.koperasi_id = m.koperasi_id AND g.id = m.good_id
WHERE m.koperasi_id = $1 AND {sign}m.quantity > 0
ORDER BY m."on", m.entry NULLS FIRST, m.good_id, m.n
"""


def _number(kind: str) -> str:
    return (
        "(SELECT l.number FROM legal_documents l"
        f" WHERE l.koperasi_id = $1 AND l.kind = '{kind}' ORDER BY l.n DESC LIMIT 1)"
    )


_QUERIES = {
    "profil_koperasi": f"""
SELECT c.code AS kode_koperasi, c.name AS nama_koperasi, {_number("nik")} AS nik_koperasi,
  {_number("sk")} AS nomor_badan_hukum, {_number("npwp")} AS npwp, {_number("nib")} AS nib, r.name AS kabupaten_kota,
  string_agg(DISTINCT v.district, '; ') AS kecamatan, string_agg(v.name, '; ' ORDER BY v.code) AS desa_kelurahan,
  string_agg(v.code, '; ' ORDER BY v.code) AS kode_wilayah,
  (SELECT count(*) FROM members m WHERE m.koperasi_id = $1 AND m.left_on IS NULL) AS jumlah_anggota
FROM cooperatives c
JOIN regions r ON r.code = c.region
LEFT JOIN cooperative_villages cv ON cv.koperasi_id = c.koperasi_id
LEFT JOIN villages v ON v.code = cv.village
WHERE c.koperasi_id = $1
GROUP BY c.code, c.name, r.name
""",
    "anggota_koperasi": f"""
SELECT m.number AS nomor_anggota, CASE WHEN NOT {_UNNAMED} THEN p.name END AS nama, {_NIK}, p.gender AS jenis_kelamin,
  CASE WHEN m.left_on IS NULL THEN 'aktif' ELSE 'keluar' END AS status_keanggotaan,
  m.joined_on AS tanggal_terdaftar, m.left_on AS tanggal_keluar, NULL::text AS pekerjaan
FROM members m
JOIN people p ON p.koperasi_id = m.koperasi_id AND p.id = m.id
WHERE m.koperasi_id = $1
ORDER BY m.number
""",
    "pengurus_koperasi": _OFFICES.format(whose="NOT IN ('pengelola', 'pendamping')"),
    "karyawan_koperasi": _OFFICES.format(whose="= 'pengelola'"),
    "simpanan_anggota": f"""
WITH moved AS (  -- a posting on a member's savings, signed as the member's own
  SELECT p.entry, a.code, a.member_id, sum(side.amount)::bigint AS amount
  FROM ledger.postings p
  CROSS JOIN LATERAL (VALUES (p.credit, p.amount), (p.debit, -p.amount)) AS side (account, amount)
  JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id = side.account
  WHERE p.koperasi_id = $1 AND a.member_id IS NOT NULL
    AND a.code IN ('310000', '320000', '211000', '211100', '211200')
  GROUP BY p.entry, a.code, a.member_id
), named AS (  -- simpanan wajib by the month it was paid for; what no month is known of stays without
  SELECT d.entry, '320000' AS code, d.member_id, d.month, d.amount
  FROM dues d WHERE d.koperasi_id = $1
  UNION ALL
  SELECT o.entry, o.code, o.member_id, NULL, o.amount - CASE o.code WHEN '320000' THEN coalesce((
    SELECT sum(d.amount) FROM dues d
    WHERE d.koperasi_id = $1 AND d.entry = o.entry AND d.member_id = o.member_id), 0) ELSE 0 END
  FROM moved o
)
SELECT m.number AS nomor_anggota, {_NIK}, c.name AS jenis_simpanan,
  to_char(n.month, 'YYYY-MM') AS periode_pembayaran, n.amount::bigint AS jumlah_simpanan,
  {_STANDING} WHEN n.amount < 0 THEN 'ditarik' ELSE 'dibayar' END AS status,
  e."on" AS dibayar_pada, e.number AS nomor_bukti
FROM named n
JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = n.entry
JOIN ledger.chart c ON c.code = n.code
JOIN members m ON m.koperasi_id = $1 AND m.id = n.member_id
JOIN people p ON p.koperasi_id = $1 AND p.id = n.member_id
WHERE n.amount <> 0
ORDER BY e.number, m.number, n.code, n.month
""",
    "gerai_koperasi": """
SELECT k.name AS nama_gerai, k.kind AS jenis_gerai, NULL::text AS alamat, 'aktif' AS status
FROM (VALUES ('114000', 'Gerai sembako', 'sembako'), ('114100', 'Gerai pupuk dan saprotan', 'pupuk'),
  ('114200', 'Gerai LPG dan energi', 'lpg'), ('114300', 'Apotek', 'apotek')) AS k (account, name, kind)
WHERE EXISTS (SELECT FROM goods g WHERE g.koperasi_id = $1 AND g.account = k.account)
UNION ALL
SELECT 'Unit simpan pinjam', 'simpan pinjam', NULL, 'aktif'
WHERE EXISTS (SELECT FROM loans l WHERE l.koperasi_id = $1)
ORDER BY 1
""",
    "produk": """
SELECT id AS kode_produk, name AS nama_produk, unit AS satuan, price AS harga_jual, ceiling AS harga_eceran_tertinggi,
  CASE WHEN offered THEN 'dijual' ELSE 'tidak dijual' END AS status
FROM goods WHERE koperasi_id = $1 ORDER BY id
""",
    "inventaris": """
SELECT id AS kode_produk, name AS nama_produk, unit AS satuan, trim_scale(quantity::numeric / 1000) AS jumlah_stok,
  value AS nilai_persediaan
FROM goods WHERE koperasi_id = $1 AND stocked ORDER BY id
""",
    "barang_masuk": _MOVES.format(sign=""),
    "barang_keluar": _MOVES.format(sign="-"),
    "transaksi_penjualan": f"""
WITH sold AS (  -- revenue of sales, what was returned negative; a year's closing moves no money
  SELECT p.entry, s.member_id, s.code, o.code AS paid, side.amount
  FROM ledger.postings p
  CROSS JOIN LATERAL (VALUES (p.credit, p.debit, p.amount), (p.debit, p.credit, -p.amount))
    AS side (account, other, amount)
  JOIN ledger.accounts s ON s.koperasi_id = $1 AND s.id = side.account
  JOIN ledger.accounts o ON o.koperasi_id = $1 AND o.id = side.other
  WHERE p.koperasi_id = $1 AND s.code IN ('412000', '412100', '412900') AND o.code < '114000'
)
SELECT e.number AS nomor_transaksi, e."on" AS tanggal, m.number AS nomor_anggota,
  CASE WHEN s.member_id IS NULL AND s.code <> '412000' THEN 'umum' ELSE 'anggota' END AS pembeli, s.amount AS nilai_penjualan,
  CASE WHEN s.paid LIKE '111%' THEN 'tunai' WHEN s.paid LIKE '112%' THEN 'transfer' ELSE 'kredit' END
    AS metode_pembayaran,
  {_STANDING} WHEN s.amount < 0 THEN 'retur' ELSE 'selesai' END AS status
FROM sold s
JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = s.entry
LEFT JOIN members m ON m.koperasi_id = $1 AND m.id = s.member_id
ORDER BY e.number
""",
    "dokumen_koperasi": """
SELECT DISTINCT ON (kind, permit) trim(kind || ' ' || permit) AS jenis_dokumen, number AS nomor_dokumen,
  issued_on AS tanggal_terbit, expires_on AS berlaku_sampai
FROM legal_documents WHERE koperasi_id = $1 ORDER BY kind, permit, n DESC
""",
    "rat_koperasi": """
WITH held AS (
  SELECT DISTINCT ON (year) * FROM annual_meetings WHERE koperasi_id = $1 ORDER BY year, n DESC
), decided AS (
  SELECT * FROM surplus_policies WHERE koperasi_id = $1
)
SELECT year AS tahun_buku, coalesce(h.held_on, d.decided_on) AS tanggal_rat, h.present AS jumlah_peserta_rat,
  'selesai' AS status_rat, coalesce(h.minutes, d.minutes) AS nomor_berita_acara
FROM held h FULL JOIN decided d USING (year) ORDER BY year
""",
}
