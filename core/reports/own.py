"""A copy of everything held about one person (UU 27/2022 Pasal 7 and 32): the sections, the tables they come from, what is left out.

For the person alone: other people stand in it by their office's acts only (Pasal 33). Whole rupiah; moments in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.reports.own_queries import QUERIES
from core.sealing import Keys

Value = str | int | bool | None
MOST: Final = 5_000  # rows of one section, the newest
_SECRET: Final = frozenset({"nomor_hp", "nik", "alamat", "chat"})  # in full after the PIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows of one kind, the newest first, under the names of their columns."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


async def copy(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, keys: Keys, full: bool
) -> tuple[Section, ...]:
    """Read everything held about a person; `full` shows phone, NIK, address and chats unmasked."""
    raw = await database.driver(db)
    found = []
    for query in QUERIES:
        prepared = await raw.prepare(query.sql)
        heads = [one.name for one in prepared.get_attributes()]
        names = tuple(head.removesuffix("_sealed") for head in heads)
        rows = []
        for row in await prepared.fetch(koperasi_id, person_id, MOST):
            values = (
                keys.unseal_text(value) if head.endswith("_sealed") else value
                for head, value in zip(heads, row, strict=True)
            )
            rows.append(
                tuple(
                    _shown(value) if full or name not in _SECRET else masked(_text(value))
                    for name, value in zip(names, values, strict=True)
                )
            )
        found.append(Section(title=query.title, heads=names, rows=tuple(rows)))
    return tuple(found)


def covered() -> frozenset[str]:
    """Name the tables the copy reads of."""
    return frozenset(table for query in QUERIES for table in query.tables)


def masked(value: str | None) -> str:
    """Leave of a number its first two and last three digits, of a shorter one nothing."""
    if not value:
        return "-"
    if len(value) < 10 or not value.isdigit():
        return "*" * 6
    return value[:2] + "*" * (len(value) - 5) + value[-3:]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _shown(value: object) -> Value:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if value is None or isinstance(value, str | int):
        return _WORDS.get(value, value) if isinstance(value, str) else value
    return str(value)


# What the books call it -> what people do.
_WORDS: Final = {
    "confirmed": "dibenarkan", "disputed": "disanggah", "running": "berjalan", "settled": "lunas",
    "applied": "diajukan", "approved": "disetujui", "rejected": "ditolak", "withdrawn": "ditarik",
    "expired": "kedaluwarsa", "written-off": "dihapusbukukan", "waiting": "menunggu",
    "failed": "gagal", "sent": "terkirim", "delivered": "sampai", "read": "dibaca",
    "cancelled": "dibatalkan", "reminder": "pengingat", "statement": "saldo bulanan",
    "announcement": "pengumuman", "receipt": "bukti transaksi", "reply": "jawaban",
    "approval": "permintaan persetujuan", "notice": "pemberitahuan", "paid": "sudah bayar",
    "tomorrow": "diingatkan besok", "agreed": "setuju", "on-paper": "setuju di atas kertas",
    "disbursement": "pencairan", "payment": "pembayaran", "settlement": "pelunasan",
    "kurang-lancar": "kurang lancar", "savings": "saldo", "history": "riwayat", "loans": "pinjaman",
    "file": "berkas laporan", "copy": "salinan data", "bon": "bon",
    "in": "masuk", "sale": "terjual", "back": "dikembalikan", "done": "selesai", "refused": "ditolak",
}  # fmt: skip
