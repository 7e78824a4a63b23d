"""What a bank or LPDB asks for before it lends: who the cooperative is, six months of statements, ratios, documents, debts.

Ratios are numbers: no cooperative is called healthy by them (domain 2.6). Findings of pengawas are not in it (UU 25/1992
Pasal 39).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, database, documents, legal_files, meetings, rules
from core.calendar import last_day, month_of, next_month
from core.cooperatives import Cooperative
from core.documents import Kind
from core.errors import Refusal
from core.loans.allowances import Allowance, allowance
from core.rules import RuleBook, Rules
from core.statements import assembly, notes, policies, ratios
from core.statements.checks import Check, checks
from core.statements.figures import Figures, Period, figures
from core.statements.paper import Part, Signer, bound, signers
from core.statements.ratios import Ratio
from core.statements.tables import Cell, Column, Report, Row
from core.treasury import bank_loans
from core.treasury.bank_loans import Debts

NAME: Final = "paket-pinjaman"
TITLE: Final = "Paket Kelayakan Pinjaman"
_MONTHS: Final = 6
_MEETINGS: Final = 3  # book years
_BORROWERS: Final = {
    "koperasi": "Peminjam dan pemilik aset menurut aturan yang berlaku: koperasi.",
    "agrinas": "Peminjam menurut aturan yang berlaku: PT Agrinas Pangan Nusantara (Inpres 17/2025). Koperasi bukan peminjam dan bukan pemilik gerai atau gudang.",
}
_DEEDS: Final = {
    "none": "Akta pinjaman atau hibah atas nama koperasi: belum ada.",
    "on-file": "Akta pinjaman atau hibah atas nama koperasi: ada.",
}


class NothingRecorded(Refusal):
    """A book without an entry has nothing to show. Facts: none."""

    text = "refusal-package-empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """The reports of the package in their order, and what was checked."""

    cooperative: Cooperative
    reports: tuple[Report, ...]
    checked: tuple[Check, ...]

    @property
    def unfit(self) -> bool:
        """Say whether a check does not hold."""
        return not all(one.ok for one in self.checked)


async def package(
    db: AsyncConnection, *, cooperative: Cooperative, until: date | None, today: date
) -> Package:
    """Put the package together: six months up to `until`, else up to the month that ended last.

    Documents, debts and loans to members are those of today. Refuses NothingRecorded.
    """
    here = cooperative.id
    months = await months_of(db, here, until, today)
    raw = await database.driver(db)
    book = RuleBook(tuple(await raw.fetchval(f"SELECT {rules.STEPS}", here)))
    whole = Period(first=months[0].first, last=months[-1].last)
    found = await figures(db, koperasi_id=here, period=whole)
    monthly = [await figures(db, koperasi_id=here, period=one) for one in months]
    lent = [
        await allowance(db, koperasi_id=here, rules=book.on(one.last), on=one.last)
        for one in months
    ]
    checked = await checks(db, koperasi_id=here, period=whole, today=today, found=found)
    periods = (months, monthly)
    held = book.on(today)
    reports = (
        await _cover(db, cooperative, whole, held),
        _over(assembly.balance_sheet, *periods, whole=found, total=False),
        _over(assembly.income_statement, *periods, whole=found, total=True),
        _over(assembly.cash_flow, *periods, whole=found, total=True),
        _ratios(*periods, lent),
        _collectibility(months, lent),
        await _documents(db, here, today),
        _debts(await bank_loans.debts(db, here), held, today),
        Report(
            name="pemeriksaan", title="Pemeriksaan dan Tanda Tangan", period=_said(whole),
            columns=(), rows=(),
        ),
    )  # fmt: skip
    return Package(cooperative=cooperative, reports=reports, checked=checked)


async def printed(db: AsyncConnection, made: Package, *, today: date) -> bytes:
    """Print the package as one PDF, what was checked and lines to sign on its last page; not in the loop's own thread."""
    signing = await signers(db, koperasi_id=made.cooperative.id, on=today)
    return await asyncio.to_thread(_pdf, made, signing)


def _pdf(made: Package, signing: Sequence[Signer]) -> bytes:
    parts = [Part(report=one, unfit=made.unfit) for one in made.reports]
    parts[0] = replace(parts[0], cover=True)
    parts[-1] = replace(parts[-1], checked=made.checked, signing=signing)
    return bound(parts, cooperative=made.cooperative.name)


async def months_of(
    db: AsyncConnection, here: int, until: date | None, today: date
) -> list[Period]:
    """List the months, oldest first: none before the first entry. Raises NothingRecorded."""
    raw = await database.driver(db)
    begun: date | None = await raw.fetchval(
        'SELECT min("on") FROM ledger.entries WHERE koperasi_id = $1', here
    )
    last = until or month_of(today) - timedelta(days=1)
    if until is None and begun is not None and begun > last:
        last = today
    if begun is None or begun > last:
        raise NothingRecorded
    first = max(next_month(month_of(last), 1 - _MONTHS), month_of(begun))
    found = []
    while first <= last:
        found.append(Period(first=first, last=min(last_day(first), last)))
        first = next_month(first)
    return found


def _said(period: Period) -> str:
    return f"{period.first:%d-%m-%Y} s.d. {period.last:%d-%m-%Y}"


def _over(
    statement: Callable[[Figures, Period], Report],
    months: Sequence[Period],
    monthly: Sequence[Figures],
    *,
    whole: Figures,
    total: bool,
) -> Report:
    """Put a statement's months beside each other; with a `total` that of the whole time comes last."""
    period = Period(first=months[0].first, last=months[-1].last)
    made = [statement(found, one) for found, one in zip(monthly, months, strict=True)]
    all_ = statement(whole, period)
    columns = [Column(key=f"{one.last:%Y-%m}", title=f"{one.last:%d-%m-%Y}") for one in months]
    if total:
        made.append(all_)
        columns.append(Column(key="total", title="Jumlah"))
    cells = [{row.key: row.cells[0] for row in one.rows if row.cells} for one in made]
    rows = [
        row if row.heading else replace(row, cells=tuple(one.get(row.key, 0) for one in cells))
        for row in _merged([all_, *made])
    ]
    rows = [row for row in rows if row.heading or row.total or any(row.cells)]
    return Report(
        name=all_.name, title=f"{all_.title} Bulanan", period=_said(period),
        columns=tuple(columns), rows=tuple(rows),
    )  # fmt: skip


def _merged(made: Iterable[Report]) -> list[Row]:
    """Return every row of some statements once, in their order."""
    rows: list[Row] = []
    for one in made:
        at = 0
        for row in one.rows:
            keys = [known.key for known in rows]
            if row.key in keys:
                at = keys.index(row.key) + 1
            else:
                rows.insert(at, row)
                at += 1
    return rows


async def _cover(
    db: AsyncConnection, cooperative: Cooperative, period: Period, held: Rules
) -> Report:
    said = await notes.general(db, cooperative.id, period, held.usp)
    count = await meetings.count_members(db, cooperative.id, on=period.last)
    rows = [
        Row(key="head_for", name="Untuk bank atau LPDB-KUMKM", heading=True),
        *said,
        Row(key="members", name=f"Anggota per {period.last:%d-%m-%Y}: {count}"),
        Row(key="borrower", name=_BORROWERS[held.borrower]),
        *([Row(key="deed", name=_DEEDS[held.loan_deed])] if held.borrower == "agrinas" else []),
    ]
    return Report(name=NAME, title=TITLE, period=_said(period), columns=(), rows=tuple(rows))


def _ratios(
    months: Sequence[Period], monthly: Sequence[Figures], lent: Sequence[Allowance]
) -> Report:
    made = [ratios.ratios(found, one) for found, one in zip(monthly, months, strict=True)]
    bad = tuple(
        Ratio(
            part=sum(part.outstanding for part in one.parts[2:]),
            whole=sum(part.outstanding for part in one.parts),
        ).said
        for one in lent
    )
    rows = [
        *(
            Row(key=key, name=name, cells=tuple(one[key].said for one in made))
            for key, name in ratios.NAMES.items()
        ),
        Row(key="npl", name="Kurang lancar, diragukan, macet terhadap pinjaman (NPL)", cells=bad),
    ]
    return Report(
        name="rasio", title="Rasio per Akhir Bulan",
        period=_said(Period(first=months[0].first, last=months[-1].last)),
        columns=tuple(Column(key=f"{one.last:%Y-%m}", title=f"{one.last:%d-%m-%Y}") for one in months),
        rows=tuple(rows), notes=("Rasio adalah angka; koperasi tidak dinilai sehat atau tidak dari rasio ini.",),
    )  # fmt: skip


def _collectibility(months: Sequence[Period], lent: Sequence[Allowance]) -> Report:
    """List the principal left by class at the end of each month, and the allowance for it."""
    rows = [
        Row(
            key=part.klass,
            name=policies.CLASS_NAMES[part.klass],
            cells=tuple(one.parts[n].outstanding for one in lent),
        )
        for n, part in enumerate(lent[0].parts)
    ]
    sums: tuple[Cell, ...] = tuple(sum(part.outstanding for part in one.parts) for one in lent)
    keys = tuple(row.key for row in rows)
    rows += [
        Row(key="total", name="Jumlah sisa pokok", cells=sums, total=True, sums=keys),
        Row(key="target", name="Penyisihan menurut tabel", cells=tuple(one.target for one in lent)),
        Row(key="booked", name="Penyisihan di buku", cells=tuple(one.booked for one in lent)),
    ]
    return Report(
        name="kolektibilitas", title="Kolektibilitas Pinjaman Anggota",
        period=_said(Period(first=months[0].first, last=months[-1].last)),
        columns=tuple(Column(key=f"{one.last:%Y-%m}", title=f"{one.last:%d-%m-%Y}") for one in months),
        rows=tuple(rows),
    )  # fmt: skip


async def _documents(db: AsyncConnection, here: int, today: date) -> Report:
    """List every document with number, days and scan, what is missing, and the annual meetings held."""
    found = await documents.held(db, here)
    scanned = await legal_files.of_documents(db, here)
    rows = []
    for kind in Kind:
        of_kind = [one for one in found if one.kind is kind]
        if not of_kind:
            cells: tuple[Cell, ...] = ("BELUM ADA", None, None, None)
            rows.append(Row(key=f"{kind}:", name=kind.called, cells=cells))
        for one in of_kind:
            until: Cell = one.expires_on or "tetap"
            if not one.is_valid(today):
                until = f"HABIS {one.expires_on:%d-%m-%Y}"
            scan = "ada" if (kind, one.n) in scanned else "tidak ada"
            rows.append(
                Row(
                    key=f"{kind}:{one.permit}", name=one.called,
                    cells=(one.number, one.issued_on, until, scan),
                )
            )  # fmt: skip
    rows.append(Row(key="head_meetings", name="RAPAT ANGGOTA TAHUNAN", heading=True))
    for year in range(today.year - _MEETINGS, today.year):
        held = await meetings.of_year(db, here, year)
        cells = ("BELUM DICATAT", None, None, None)
        if held is not None:
            cells = (held.minutes, held.held_on, f"hadir {held.present} dari {held.members}", None)
        rows.append(Row(key=f"meeting:{year}", name=f"RAT tahun buku {year}", cells=cells))
    titles = ("Nomor", "Tanggal", "Berlaku sampai / kuorum", "Salinan")
    keys = ("number", "issued", "until", "scan")
    return Report(
        name="dokumen", title="Dokumen Koperasi", period=f"per {today:%d-%m-%Y}",
        columns=tuple(Column(key=k, title=t) for k, t in zip(keys, titles, strict=True)),
        rows=tuple(rows),
    )  # fmt: skip


def _debts(found: Debts, held: Rules, today: date) -> Report:
    """List what is owed to banks and LPDB, with terms and what is due next, and who borrows."""
    rows = []
    for one in found.loans:
        due, late = one.next(held, today), one.late(held, today)
        terms = f"{one.rate.normalize():f}% setahun, {one.months} bulan, masa tenggang {one.grace}"
        rows.append(
            Row(
                key=f"{one.entry}", name=f"{one.called}, {terms}",
                cells=(one.received_on, one.amount, one.left, late, due.due if due else None),
            )
        )  # fmt: skip
    chart = accounts.chart()
    rows += [
        Row(key=code, name=f"{chart[code].name}, syarat tidak tercatat", cells=(None, None, amount, None, None))
        for code, amount in found.other.items()
    ]  # fmt: skip
    total = (None, None, found.total, sum(one.late(held, today) for one in found.loans), None)
    rows.append(Row(key="total", name="Jumlah utang bank dan LPDB", cells=total, total=True))
    if found.village:
        covered = (None, None, found.village, None, None)
        rows.append(Row(key="village", name="Utang kepada desa atas kekurangan yang ditutup desa, dan pihak lain", cells=covered))  # fmt: skip
    titles = ("Diterima", "Pinjaman", "Sisa pokok", "Terlambat", "Jatuh tempo")
    keys = ("received", "amount", "left", "late", "next")
    return Report(
        name="pinjaman-bank", title="Pinjaman dari Bank dan LPDB", period=f"per {today:%d-%m-%Y}",
        columns=tuple(Column(key=k, title=t) for k, t in zip(keys, titles, strict=True)),
        rows=tuple(rows),
        notes=(
            _BORROWERS[held.borrower],
            "Jadwal dihitung dari syarat pinjaman; jadwal bank yang berlaku bila berbeda.",
        ),
    )  # fmt: skip
