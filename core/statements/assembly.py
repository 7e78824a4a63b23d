"""The statements made of a book's figures: nothing is read here, everything is added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from core import accounts
from core.money import Rupiah
from core.statements import lines
from core.statements.figures import RESULT, Figures, Moved, Period, year_of
from core.statements.tables import Column, Report, Row

_DAY = timedelta(days=1)
_NOTHING = "nol"  # the chart's line of 390000 and 399000
_TWO = (Column(key="amount", title="Jumlah"), Column(key="comparison", title="Pembanding"))


def _by_line(codes: Mapping[str, Rupiah]) -> dict[str, Rupiah]:
    """Add up codes by their line of the chart."""
    chart, sums = accounts.chart(), dict[str, Rupiah]()
    for code, amount in codes.items():
        sums[chart[code].line] = sums.get(chart[code].line, 0) + amount
    return sums


def said(period: Period) -> str:
    """Write a period's days."""
    return f"{period.first:%d-%m-%Y} s.d. {period.last:%d-%m-%Y}"


def position(found: Figures, day: date) -> dict[str, Rupiah]:
    """Return every line of the balance sheet at the end of a day, each positive on its side of the sheet.

    What income and costs hold that no year's close has moved yet is part of the surplus, so the sheet is
    right before a close, between its two days, and after it.
    """
    held = found.balances(day)
    by_line = _by_line(held)
    figures = {key: by_line.get(key, 0) for key in lines.ASSETS}
    figures |= {key: -by_line.get(key, 0) for key in (*lines.DEBTS, *lines.EQUITY)}
    open_result = sum(held.get(code, 0) for code in held if code[0] in RESULT or code == "390000")
    surplus = -by_line.get("ESH", 0) - open_result
    figures["SURPLUS"] = sum(found.result(year_of(day)).values())
    figures["SURPLUS_BEFORE"] = surplus - figures["SURPLUS"]
    figures["OPENING"] = -held.get(accounts.OPENING, 0)
    figures["assets"] = sum(figures[key] for key in lines.ASSETS)
    figures["liabilities"] = sum(figures[key] for key in lines.DEBTS)
    figures["equity"] = sum(figures[key] for key in lines.EQUITY) + surplus + figures["OPENING"]
    figures["liabilities_and_equity"] = figures["liabilities"] + figures["equity"]
    return figures


def balance_sheet(found: Figures, period: Period) -> Report:
    """Laporan Posisi Keuangan on the period's last day, beside the end of the year before."""
    before = date(period.last.year, 1, 1) - _DAY
    now, then = position(found, period.last), position(found, before)
    opening = ["OPENING"] if now["OPENING"] or then["OPENING"] else []

    def row(key: str, name: str, *sums: str) -> Row:
        return Row(key=key, name=name, cells=(now[key], then[key]), total=bool(sums), sums=sums)

    rows = [
        Row(key="head_assets", name="ASET", heading=True),
        *(row(key, name) for key, name in lines.ASSETS.items()),
        row("assets", "Jumlah aset", *lines.ASSETS),
        Row(key="head_liabilities", name="LIABILITAS", heading=True),
        *(row(key, name) for key, name in lines.DEBTS.items()),
        row("liabilities", "Jumlah liabilitas", *lines.DEBTS),
        Row(key="head_equity", name="EKUITAS", heading=True),
        *(row(key, name) for key, name in lines.EQUITY.items()),
        row("SURPLUS_BEFORE", lines.SURPLUS_BEFORE),
        row("SURPLUS", lines.SURPLUS),
        *(row(key, lines.OPENING) for key in opening),
        row("equity", "Jumlah ekuitas", *lines.EQUITY, "SURPLUS_BEFORE", "SURPLUS", *opening),
        row("liabilities_and_equity", "Jumlah liabilitas dan ekuitas", "liabilities", "equity"),
    ]
    columns = (
        Column(key="amount", title=f"{period.last:%d-%m-%Y}"),
        Column(key="comparison", title=f"{before:%d-%m-%Y}"),
    )
    return Report(
        name="neraca",
        title="Laporan Posisi Keuangan",
        period=f"per {period.last:%d-%m-%Y}",
        columns=columns,
        rows=tuple(rows),
    )


def result_lines(codes: Mapping[str, Rupiah]) -> dict[str, Rupiah]:
    """Add codes up to every line of the PHU: income positive, costs negative, and the sums."""
    by_line = _by_line(codes)
    groups = (lines.INCOME, lines.DIRECT, lines.COSTS, lines.OTHER, lines.TAX)
    figures = {key: by_line.get(key, 0) for group in groups for key in group}
    figures["income"] = sum(figures[key] for key in lines.INCOME)
    figures["gross"] = figures["income"] + sum(figures[key] for key in lines.DIRECT)
    figures["costs"] = sum(figures[key] for key in lines.COSTS)
    figures["before_tax"] = (
        figures["gross"] + figures["costs"] + sum(figures[key] for key in lines.OTHER)
    )
    figures["shu"] = figures["before_tax"] + figures["BPJ"]
    return figures


def result_of(found: Figures, period: Period) -> dict[str, Rupiah]:
    """Return every line of the PHU of a period, and the sums."""
    return result_lines(found.result(period))


def result_rows(columns: Sequence[Mapping[str, Rupiah]]) -> list[Row]:
    """Write the PHU's rows: one cell of each column."""

    def row(key: str, name: str, *sums: str) -> Row:
        cells = tuple(one[key] for one in columns)
        return Row(key=key, name=name, cells=cells, total=bool(sums), sums=sums)

    return [
        *(row(key, name) for key, name in lines.INCOME.items()),
        row("income", "Jumlah pendapatan usaha", *lines.INCOME),
        *(row(key, name) for key, name in lines.DIRECT.items()),
        row("gross", "Hasil usaha bruto", "income", *lines.DIRECT),
        *(row(key, name) for key, name in lines.COSTS.items()),
        row("costs", "Jumlah beban usaha", *lines.COSTS),
        *(row(key, name) for key, name in lines.OTHER.items()),
        row("before_tax", "SHU sebelum pajak", "gross", "costs", *lines.OTHER),
        *(row(key, name) for key, name in lines.TAX.items()),
        row("shu", "SHU periode", "before_tax", *lines.TAX),
    ]


def income_statement(found: Figures, period: Period) -> Report:
    """Perhitungan Hasil Usaha of a period, beside the same days of the year before."""
    rows = result_rows([result_of(found, one) for one in (period, period.year_before)])
    return Report(
        name="phu",
        title="Perhitungan Hasil Usaha",
        period=said(period),
        columns=_TWO,
        rows=tuple(rows),
    )


def equity_statement(found: Figures, period: Period) -> Report:
    """Laporan Perubahan Ekuitas: every column of equity from its opening to its closing balance.

    What a reversal takes back is taken off what it corrects. Surplus shared out (361000) stands in a row of its own.
    """
    columns = lines.EQUITY_COLUMNS
    first, last = position(found, period.first - _DAY), position(found, period.last)
    before, after = _equity(first), _equity(last)
    rows = {key: dict.fromkeys(columns, 0) for key in ("added", "taken", "shared")}
    for one in _corrected(found.within(period)):
        if one.closing:
            continue
        for code, amount, other in (
            (one.credit, one.amount, one.debit),
            (one.debit, -one.amount, one.credit),
        ):
            column = _column(code)
            if column is None or code == accounts.OPENING:
                continue
            shared = "361000" in (code, other)
            outgoing = code == one.debit
            rows["shared" if shared else "taken" if outgoing else "added"][column] += amount
    # Opening balances pass through 399000 both ways, whatever they are of: only what stays there is a change.
    stays = last["OPENING"] - first["OPENING"]
    rows["added" if stays > 0 else "taken"]["other"] += stays
    profit = dict.fromkeys(columns, 0) | {"shu": result_of(found, period)["shu"]}
    made = (
        ("opening", "Saldo awal", before, True),
        ("added", "Penambahan", rows["added"], False),
        ("taken", "Pengurangan", rows["taken"], False),
        ("shared", "Pembagian SHU", rows["shared"], False),
        ("profit", "SHU periode", profit, False),
        ("closing", "Saldo akhir", after, True),
    )
    return Report(
        name="perubahan-ekuitas",
        title="Laporan Perubahan Ekuitas",
        period=said(period),
        columns=(
            *(Column(key=key, title=title) for key, (title, _) in columns.items()),
            Column(key="total", title="Jumlah", sums=tuple(columns)),
        ),
        rows=tuple(
            Row(
                key=key,
                name=name,
                cells=(*(cells[one] for one in columns), sum(cells.values())),
                total=total,
                sums=("opening", *rows, "profit") if key == "closing" else (),
            )
            for key, name, cells, total in made
        ),
    )


def _equity(at: Mapping[str, Rupiah]) -> dict[str, Rupiah]:
    return {
        "pokok": at["EPK"],
        "wajib": at["EWJ"],
        "shu": at["SURPLUS"] + at["SURPLUS_BEFORE"],
        "general_reserve": at["ECU"],
        "risk_reserve": at["ECR"],
        "other": at["EHB"] + at["EPY"] + at["OPENING"],
    }


def _column(code: str) -> str | None:
    line = accounts.chart()[code].line
    if code == "390000":
        return "shu"
    return next((key for key, (_, held) in lines.EQUITY_COLUMNS.items() if line in held), None)


def _corrected(moved: Iterable[Moved]) -> Iterable[Moved]:
    """Turn what reversals moved into less of what they correct."""
    for one in moved:
        if not one.back:
            yield one
            continue
        yield Moved(
            debit=one.credit,
            credit=one.debit,
            stretch=one.stretch,
            closing=one.closing,
            back=True,
            amount=-one.amount,
        )


def flows(found: Figures, period: Period) -> dict[tuple[str, str, str], Rupiah]:
    """Return cash in (positive) and out (negative) by group (O, I, F, opening), direction and counter account."""
    chart, sums = accounts.chart(), dict[tuple[str, str, str], Rupiah]()
    for one in _corrected(found.within(period)):
        into, out = chart[one.debit].line == "KAS", chart[one.credit].line == "KAS"
        if into == out:
            continue
        other = one.credit if into else one.debit
        group = "opening" if other == accounts.OPENING else chart[other].cash_flow or "O"
        key = (group, "in" if into else "out", other)
        sums[key] = sums.get(key, 0) + (one.amount if into else -one.amount)
    return sums


def cash_flow(found: Figures, period: Period) -> Report:
    """Laporan Arus Kas, direct method: each movement of cash by its counter account; it ends at the cash held."""
    chart, before = accounts.chart(), period.year_before
    now, then = flows(found, period), flows(found, before)
    rows: list[Row] = []
    totals = [0, 0]
    groups = lines.FLOWS | {"opening": "Saldo awal kas yang dicatat (impor)"}
    for group, title in groups.items():
        keys = sorted({key for key in (*now, *then) if key[0] == group}, key=lambda key: key[1:])
        if group == "opening" and not keys:
            continue
        rows.append(Row(key=f"head_{group}", name=title, heading=True))
        sums = [sum(side.get(key, 0) for key in keys) for side in (now, then)]
        for key in keys:
            _, way, code = key
            moved = "Penerimaan" if way == "in" else "Pengeluaran"
            rows.append(
                Row(
                    key=f"{way}:{code}",
                    name=f"{moved}: {chart[code].name}",
                    cells=(now.get(key, 0), then.get(key, 0)),
                )
            )
        rows.append(
            Row(
                key=f"net_{group}",
                name=f"Jumlah: {title.lower()}",
                cells=tuple(sums),
                total=True,
                sums=tuple(f"{way}:{code}" for _, way, code in keys),
            )
        )
        totals = [whole + part for whole, part in zip(totals, sums, strict=True)]
    opening = [position(found, one.first - _DAY)["KAS"] for one in (period, before)]
    closing = [start + change for start, change in zip(opening, totals, strict=True)]
    nets = tuple(row.key for row in rows if row.total)
    for row, name, cells, sums_of in (
        ("net", "Kenaikan (penurunan) kas", totals, nets),
        ("opening", "Kas awal periode", opening, ()),
        ("closing", "Kas akhir periode", closing, ("net", "opening")),
    ):
        rows.append(Row(key=row, name=name, cells=tuple(cells), total=bool(sums_of), sums=sums_of))
    return Report(
        name="arus-kas",
        title="Laporan Arus Kas",
        period=said(period),
        columns=_TWO,
        rows=tuple(rows),
    )


def trial_balance(found: Figures, period: Period) -> Report:
    """Neraca saldo: every code's opening balance, debits, credits, closing balance on debit or credit side."""
    chart = accounts.chart()
    opening, closing = found.balances(period.first - _DAY), found.balances(period.last)
    debit, credit = dict[str, Rupiah](), dict[str, Rupiah]()
    for one in found.within(period):
        debit[one.debit] = debit.get(one.debit, 0) + one.amount
        credit[one.credit] = credit.get(one.credit, 0) + one.amount
    rows = []
    for code in closing:
        moved = (debit.get(code, 0), credit.get(code, 0))
        held = (closing[code] * (closing[code] > 0), -closing[code] * (closing[code] < 0))
        cells = (opening.get(code, 0), *moved, *held)
        rows.append(Row(key=code, name=chart[code].name, cells=cells))
    sums = [sum(int(str(row.cells[n])) for row in rows) for n in range(5)]
    rows.append(Row(key="total", name="Jumlah", cells=tuple(sums), total=True, sums=tuple(closing)))
    titles = ("Saldo awal", "Debit", "Kredit", "Saldo debit", "Saldo kredit")
    keys = ("opening", "debit", "credit", "closing_debit", "closing_credit")
    return Report(
        name="neraca-saldo",
        title="Neraca Saldo",
        period=said(period),
        columns=tuple(Column(key=k, title=t) for k, t in zip(keys, titles, strict=True)),
        rows=tuple(rows),
        coded="Kode",
    )
