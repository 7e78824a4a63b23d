"""Catatan atas Laporan Keuangan: who the cooperative is, how it counts, and what every figure is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, database, documents, dues, rules
from core.calendar import month_of
from core.loans import products
from core.loans.allowances import Allowance, allowance
from core.money import Rupiah
from core.rules import RuleBook
from core.shu import policy
from core.statements import assembly, lines, policies, ratios, units
from core.statements.figures import Figures, Period, year_of
from core.statements.ratios import Ratio
from core.statements.tables import Column, Report, Row

_MOST = 200_000  # members
_ROLES = {
    "ketua": "Ketua",
    "wakil_usaha": "Wakil ketua bidang usaha",
    "wakil_anggota": "Wakil ketua bidang anggota",
    "sekretaris": "Sekretaris",
    "bendahara": "Bendahara",
    "pengawas": "Pengawas",
    "pengelola": "Pengelola",
    "pendamping": "Pendamping",
}


async def notes(db: AsyncConnection, *, koperasi_id: int, period: Period, found: Figures) -> Report:
    """Write the notes on a period's statements, beside the end (or the same days) of the year before.

    Policies are those in force on the last day; what changed within the period is said.
    """
    here = koperasi_id
    before = date(period.last.year, 1, 1) - timedelta(days=1)
    raw = await database.driver(db)
    book = RuleBook(tuple(await raw.fetchval(f"SELECT {rules.STEPS}", here)))
    held = book.on(period.last)
    offered = await products.in_force(db, koperasi_id=here, on=period.last)
    lent = [
        await allowance(db, koperasi_id=here, rules=book.on(day), on=day)
        for day in (period.last, before)
    ]
    rows = [
        *_headed("general", "1. DATA UMUM KOPERASI", await general(db, here, period, held.usp)),
        *_headed(
            "policies", "2. KEBIJAKAN AKUNTANSI", _said("policy", policies.said(held, offered))
        ),
        *_said("change", dict(policies.changes(book, period.first, period.last))),
        *_headed(
            "sheet",
            f"3. RINCIAN POSISI KEUANGAN per {period.last:%d-%m-%Y}, pembanding {before:%d-%m-%Y}",
            _sheet(found, period.last, before),
        ),
        *_headed("result", "4. RINCIAN PERHITUNGAN HASIL USAHA", _result(found, period)),
        *_headed("members", "5. ANGGOTA", await _members(db, here, period, before)),
        *_headed("loans", "6. PINJAMAN MENURUT KOLEKTIBILITAS", _loans(lent)),
        *_headed(
            "arrears",
            "7. TUNGGAKAN SIMPANAN WAJIB",
            await _arrears(db, here, (period.last, before)),
        ),
        *_headed("shu", "8. PEMBAGIAN SHU", await _shu(db, here, period.last.year)),
        *_headed("ratios", "9. RASIO", _ratios(found, period, before, lent)),
        *_headed("units", "10. HASIL USAHA PER UNIT", _units(found, period)),
    ]
    return Report(
        name="calk",
        title="Catatan atas Laporan Keuangan",
        period=f"{period.first:%d-%m-%Y} s.d. {period.last:%d-%m-%Y}",
        columns=(
            Column(key="amount", title="Jumlah"),
            Column(key="comparison", title="Pembanding"),
        ),
        rows=tuple(rows),
    )


def _headed(key: str, title: str, rows: Iterable[Row]) -> list[Row]:
    return [Row(key=f"head_{key}", name=title, heading=True), *rows]


def _said(section: str, sentences: Mapping[str, str]) -> list[Row]:
    return [Row(key=f"{section}:{key}", name=said) for key, said in sentences.items()]


async def general(db: AsyncConnection, here: int, period: Period, usp: str) -> list[Row]:
    """Say who the cooperative is, its legal documents and its officers on a period's last day."""
    raw = await database.driver(db)
    one = await raw.fetchrow(_COOPERATIVE, here)
    assert one is not None, here
    officers = await raw.fetch(_OFFICERS, here, period.last)
    licence = {
        "licensed": "berizin",
        "channeling": "hanya penyaluran",
        "none": "belum berizin, tidak meminjamkan",
    }[usp]
    told = {
        "name": f"Nama: {one['name']}",
        "code": f"Kode: {one['code']}",
        "place": f"Wilayah kerja: {', '.join(one['villages']) or '-'}, {one['region']}",
        "usp": f"Unit simpan pinjam: {licence}",
    }
    told |= {
        f"officer_{n}": f"{_ROLES[officer['role']]}: {officer['name']}"
        for n, officer in enumerate(officers, start=1)
    }
    held = await documents.held(db, here)
    told |= {f"document_{n}": _document(one) for n, one in enumerate(held, start=1)}
    missing = [
        kind.called
        for kind in documents.Kind
        if kind not in {one.kind for one in held} and kind is not documents.Kind.PERMIT
    ]
    told["by_hand"] = f"Lengkapi dengan tangan: {', '.join([*missing, 'alamat'])}."
    return _said("general", told)


def _document(one: documents.Document) -> str:
    """Say a legal document; of the bank account the last digits are enough."""
    number = f"…{one.number[-4:]}" if one.kind is documents.Kind.ACCOUNT else one.number
    issued = f", tanggal {one.issued_on:%d-%m-%Y}" if one.issued_on else ""
    ends = f", berlaku sampai {one.expires_on:%d-%m-%Y}" if one.expires_on else ""
    return f"{one.called}: {number}{issued}{ends}"


_COOPERATIVE = """
SELECT c.code, c.name, r.name AS region,
       ARRAY(SELECT initcap(v.kind) || ' ' || v.name || ', Kecamatan ' || v.district FROM cooperative_villages s
               JOIN villages v ON v.code = s.village WHERE s.koperasi_id = $1 ORDER BY v.code) AS villages
  FROM cooperatives c JOIN regions r ON r.code = c.region WHERE c.koperasi_id = $1
"""
_OFFICERS = """
SELECT o.role, p.name FROM officers o JOIN people p ON p.koperasi_id = $1 AND p.id = o.person_id
 WHERE o.koperasi_id = $1 AND o.since <= $2 AND (o.until IS NULL OR o.until > $2)
 ORDER BY o.role, o.id LIMIT 100
"""


def _broken_down(
    names: Mapping[str, str], now: Mapping[str, Rupiah], then: Mapping[str, Rupiah]
) -> list[Row]:
    """List the codes of each line with what they add to it, and the line; lines of nothing are left out."""
    chart, rows = accounts.chart(), []
    for line, title in names.items():
        codes = [
            code
            for code, one in chart.items()
            if one.line == line and (now.get(code) or then.get(code))
        ]
        cells = [(now.get(code, 0), then.get(code, 0)) for code in codes]
        rows += [
            Row(key=code, name=f"{code} {chart[code].name}", cells=pair)
            for code, pair in zip(codes, cells, strict=True)
        ]
        if codes:
            sums = tuple(sum(pair[n] for pair in cells) for n in (0, 1))
            rows.append(Row(key=line, name=title, cells=sums, total=True, sums=tuple(codes)))
    return rows


def _sheet(found: Figures, last: date, before: date) -> list[Row]:
    now, then = found.balances(last), found.balances(before)
    owed_now, owed_then = ({code: -amount for code, amount in one.items()} for one in (now, then))
    at = [assembly.position(found, day) for day in (last, before)]
    surplus = {"SURPLUS_BEFORE": lines.SURPLUS_BEFORE, "SURPLUS": lines.SURPLUS}
    return [
        *_broken_down(lines.ASSETS, now, then),
        *_broken_down(lines.DEBTS | lines.EQUITY, owed_now, owed_then),
        *(
            Row(key=key, name=name, cells=(at[0][key], at[1][key]), total=True)
            for key, name in (surplus | {"OPENING": lines.OPENING}).items()
            if at[0][key] or at[1][key]
        ),
    ]


def _result(found: Figures, period: Period) -> list[Row]:
    now, then = found.result(period), found.result(period.year_before)
    names = lines.INCOME | lines.DIRECT | lines.COSTS | lines.OTHER | lines.TAX
    shu = tuple(assembly.result_of(found, one)["shu"] for one in (period, period.year_before))
    return [
        *_broken_down(names, now, then),
        Row(key="shu", name="SHU periode", cells=shu, total=True),
    ]


async def _members(db: AsyncConnection, here: int, period: Period, before: date) -> list[Row]:
    raw = await database.driver(db)
    same = period.year_before
    days = (period.first, period.last, period.last, same.first, same.last, before)
    row = await raw.fetchrow(_COUNTED, here, *days)
    assert row is not None
    titles = {
        "joined": "Anggota masuk dalam periode",
        "left": "Anggota keluar dalam periode",
        "count": "Anggota pada akhir periode",
    }
    return [
        Row(
            key=f"members:{key}",
            name=name,
            cells=(row[key], row[f"{key}_before"]),
            total=key == "count",
        )
        for key, name in titles.items()
    ]


_COUNTED = """
SELECT count(*) FILTER (WHERE joined_on BETWEEN $2 AND $3) AS joined,
       count(*) FILTER (WHERE left_on BETWEEN $2 AND $3) AS left,
       count(*) FILTER (WHERE joined_on <= $4 AND (left_on IS NULL OR left_on > $4)) AS count,
       count(*) FILTER (WHERE joined_on BETWEEN $5 AND $6) AS joined_before,
       count(*) FILTER (WHERE left_on BETWEEN $5 AND $6) AS left_before,
       count(*) FILTER (WHERE joined_on <= $7 AND (left_on IS NULL OR left_on > $7)) AS count_before
  FROM members WHERE koperasi_id = $1
"""


def _loans(lent: list[Allowance]) -> list[Row]:
    """List the principal left by class, what the table asks to set aside for it, and what is set aside."""
    now, then = lent
    rows = [
        Row(
            key=f"loans:{one.klass}",
            name=f"{policies.CLASS_NAMES[one.klass]}, sisa pokok",
            cells=(one.outstanding, other.outstanding),
        )
        for one, other in zip(now.parts, then.parts, strict=True)
    ]
    sums = tuple(sum(part.outstanding for part in one.parts) for one in lent)
    bad = tuple(sum(part.outstanding for part in one.parts[2:]) for one in lent)
    return [
        *rows,
        Row(key="loans:total", name="Jumlah sisa pokok", cells=sums, total=True),
        Row(key="loans:npl", name="Kurang lancar, diragukan, dan macet", cells=bad),
        Row(
            key="allowance:target",
            name="Penyisihan menurut tabel",
            cells=(now.target, then.target),
        ),
        Row(key="allowance:booked", name="Penyisihan di buku", cells=(now.booked, then.booked)),
    ]


def _ratios(found: Figures, period: Period, before: date, lent: list[Allowance]) -> list[Row]:
    """Say the ratios now and then, and what part of the principal left is not paid as it should be."""
    now, then = (ratios.ratios(found, one) for one in (period, year_of(before)))
    bad = [
        Ratio(
            part=sum(part.outstanding for part in one.parts[2:]),
            whole=sum(part.outstanding for part in one.parts),
        ).said
        for one in lent
    ]
    return [
        *(
            Row(key=f"ratio:{key}", name=name, cells=(now[key].said, then[key].said))
            for key, name in ratios.NAMES.items()
        ),
        Row(key="ratio:npl", name="Kurang lancar, diragukan, macet (NPL)", cells=tuple(bad)),
    ]


def _units(found: Figures, period: Period) -> list[Row]:
    """Say each unit's income and result, which add up to the PHU; what is shared is not divided."""
    now, then = (units.results(found, one) for one in (period, period.year_before))
    said = {"income": "pendapatan usaha", "shu": "SHU"}
    rows = [
        Row(
            key=f"unit:{unit}:{key}",
            name=f"{title}, {name}",
            cells=(now[unit][key], then[unit][key]),
        )
        for unit, title in units.UNITS.items()
        for key, name in said.items()
    ]
    return [
        *rows,
        Row(
            key="unit:total",
            name="Jumlah SHU semua unit",
            cells=tuple(sum(one["shu"] for one in side.values()) for side in (now, then)),
            total=True,
            sums=tuple(f"unit:{unit}:shu" for unit in units.UNITS),
        ),
    ]


async def _arrears(db: AsyncConnection, here: int, days: tuple[date, date]) -> list[Row]:
    """Count the members who owe months of simpanan wajib, the months and the rupiah, as written by each day."""
    raw = await database.driver(db)
    rates = await rules.wajib_rates(db, here)
    found = []
    for day in days:
        members = months = amount = 0
        for row in await raw.fetch(_DUES, here, day, _MOST):
            stands = dues.Position(
                due_from=month_of(row["dues_from"]), paid=dict(row["paid"]), rates=rates
            )
            late = stands.arrears(month_of(day))
            members += bool(late)
            months += len(late)
            amount += sum(stands.owed(month) for month in late)
        found.append((members, months, amount))
    titles = {
        "members": "Anggota yang menunggak",
        "months": "Bulan yang belum lunas",
        "amount": "Jumlah tunggakan (rupiah, tidak dicatat di neraca)",
    }
    return [
        Row(key=f"arrears:{key}", name=name, cells=tuple(one[n] for one in found))
        for n, (key, name) in enumerate(titles.items())
    ]


_DUES = """
WITH paid AS (
  SELECT d.member_id, d.month, sum(d.amount)::bigint AS amount
    FROM dues d JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = d.entry
   WHERE d.koperasi_id = $1 AND e."on" <= $2 GROUP BY 1, 2
), each AS (SELECT member_id, array_agg(ROW(month, amount)) AS paid FROM paid GROUP BY 1)
SELECT m.dues_from, coalesce(each.paid, '{}') AS paid
  FROM members m LEFT JOIN each ON each.member_id = m.id
 WHERE m.koperasi_id = $1 AND m.joined_on <= $2 AND (m.left_on IS NULL OR m.left_on > $2)
 ORDER BY m.id LIMIT $3
"""


async def _shu(db: AsyncConnection, here: int, year: int) -> list[Row]:
    found = await policy.latest(db, koperasi_id=here, year=year)
    if found is None:
        return _said("shu", {"none": f"Belum ada keputusan RAT tentang pembagian SHU {year}."})
    told = {
        "decided": f"Keputusan RAT {found.decided_on:%d-%m-%Y} untuk tahun {found.year}, {found.minutes}."
    }
    if found.year != year:
        told["none"] = f"Belum ada keputusan RAT untuk tahun {year}; ini yang terakhir."
    return _said("shu", told | policies.shares(dict(found.pools)))
