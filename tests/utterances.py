"""Sample messages played through the protocol: one village for a whole sheet, put back after every line.

The format of a line stands beside its sheet (tests/data). A line may also say, in `before`, what the sender
wrote just before it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel.dates import format_date

from core import database
from core.permissions import Role
from tests.builders import Village, a_village, an_official, months_ago, today
from tests.house import House, Message, Person

DATA = Path(__file__).parent / "data"
MEMBERS = json.loads((DATA / "utterance_members.json").read_text())
HEADINGS = {
    "deposit_mandatory": "Simpanan Wajib",
    "deposit_principal": "Simpanan Pokok",
    "deposit_voluntary": "Simpanan Sukarela",
    "withdraw_voluntary": "Penarikan Simpanan Sukarela",
    "reversal": "Pembatalan Transaksi",
    "loan_application": "Pengajuan Pinjaman",
    "loan_disbursement": "Pencairan Pinjaman",
    "loan_repayment": "Angsuran Pinjaman",
    "expense": "Biaya Operasional",
    "sale": "Penjualan Gerai",
    "purchase": "Pembelian Stok",
    "supplier_payment": "Bayar Pemasok",
    "bank_deposit": "Setor ke Bank",
    "bank_withdraw": "Tarik dari Bank",
    "announcement": "Pengumuman",
    "bank_interest": "Bunga Bank",
    "bank_charge": "Biaya Bank",
    "other_income": "Pendapatan Lain",
    "grant": "Hibah Diterima",
    "conditional_grant": "Hibah Bersyarat Diterima",
    "officer_paid": "Biaya Dibayar Uang Pribadi",
    "advance": "Uang Muka Pengurus",
    "held_receipt": "Uang Masuk Belum Dikenal",
    "asset_purchase": "Pembelian Aset",
    "cash_count": "Hitung Kas",
    "bon_payment": "Bayar Bon",
    "stock_loss": "Stok Hilang/Rusak",
    "term_deposit": "Simpanan Berjangka",
    "holiday_deposit": "Simpanan Hari Raya",
    "bank_loan": "Pinjaman dari Bank/LPDB",
    "bank_loan_payment": "Angsuran ke Bank/LPDB",
    "agent_fee": "Fee Agen",
    "consigned_in": "Titip Jual Masuk",
    "consigned_sale": "Penjualan Titipan",
    "agent_in": "Setoran/Pembayaran lewat Agen",
    "agent_out": "Tarik Tunai lewat Agen",
    "agent_settled": "Uang Agen Disetor ke Bank/Penyedia",
    "agent_received": "Uang Agen Diterima dari Bank/Penyedia",
}
WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
_SAID = {
    "deposit_mandatory": "wajib",
    "deposit_voluntary": "sukarela",
    "loan_repayment": "angsuran",
    "expense": "bayar listrik kantor",
}
_NOT_KEPT = ("public.outbox", "public.attempts", "chat.updates", "chat.chats")
_OWED = "SELECT count(*) FROM outbox WHERE done_at IS NULL AND chat IS NOT NULL"


def lines_of(sheet: str) -> list[dict[str, Any]]:
    """Return the lines of a sheet in tests/data."""
    return [json.loads(line) for line in (DATA / f"{sheet}.jsonl").read_text().splitlines()]


async def a_village_of_the_samples(
    house: House, *, loans: bool = False
) -> tuple[Village, Person, dict[str, Person]]:
    """Found the village the samples speak of: it, its treasurer, its members by number."""
    village = await a_village(house, pokok="500000")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    held = [
        (500_000 - (member["principal_due"] or 0), 0, member["voluntary_balance"])
        for member in MEMBERS
    ]
    everyone = await village.members(
        [member["name"] for member in MEMBERS], savings=held, joined=months_ago(2)
    )
    assert [one.number for one in everyone] == [member["no"] for member in MEMBERS]
    if not loans:
        return village, rina, {one.number: one for one in everyone}
    await village.product(rate=Decimal(0), moves_holidays=False)
    for member, one in zip(MEMBERS, everyone, strict=True):
        if member["active_loan"]:
            owed, each = member["loan_outstanding"], member["loan_instalment"]
            await village.lent(one, owed, count=owed // each, on=months_ago(1))
        if member["approved_loan_to_disburse"]:
            await village.applied(one, member["approved_loan_to_disburse"])
    return village, rina, {one.number: one for one in everyone}


def rupiah(amount: int) -> str:
    """Write an amount as the bot does."""
    return f"Rp{amount:,}".replace(",", ".")


def day_of(said: str | None) -> date:
    """Return the day that a sample's date means."""
    if said in {None, "hari ini"}:
        return today()
    if said == "kemarin":
        return today() - timedelta(days=1)
    if said in WEEKDAYS:
        return today() - timedelta(days=(today().weekday() - WEEKDAYS.index(said)) % 7)
    word, number = str(said).split()[:2]
    if word == "tgl":
        back = (today() - timedelta(days=n) for n in range(62))
        return next(day for day in back if day.day == int(number))
    assert str(said).endswith(" hari lalu"), said
    return today() - timedelta(days=int(word))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """How a line went; `wrong` is a card of another amount, member or operation."""

    line: dict[str, Any]
    said: str  # the answer
    strict: bool = False
    safe: bool = False
    wrong: str = ""

    def __str__(self) -> str:
        """Say it in one line, for whoever looks at a failure."""
        flag = "WRONG" if self.wrong else "safe" if self.safe else "UNSAFE"
        answer = " | ".join(self.said.split("\n"))
        return f"{self.line['id']} {flag} {self.line['text']!r} must {self.line['must']}: {self.wrong} {answer}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The samples' village with everybody who speaks in it."""

    village: Village
    officer: Person
    official: Person
    everyone: Mapping[str, Person]
    tables: Sequence[str]

    @classmethod
    async def set_up(cls, house: House, lines: Sequence[Mapping[str, Any]]) -> Stage:
        """Found it; members who speak in these lines have a chat."""
        village, rina, everyone = await a_village_of_the_samples(house, loans=True)
        for number in sorted({line["sender"] for line in lines if line["role"] == "member"}):
            await everyone[number].joins(await village.invite(everyone[number]))
        official = await an_official(house, "Dewi Anggraini")
        tables = await _keep(house)
        return cls(
            village=village, officer=rina, official=official, everyone=everyone, tables=tables
        )

    def sender(self, line: Mapping[str, Any]) -> Person:
        """Find who says a line."""
        if line["role"] == "member":
            return self.everyone[line["sender"]]
        return {"officer": self.officer, "province": self.official}[line["role"]]

    async def plays(self, line: dict[str, Any]) -> Scored:
        """Say a line, look at the answer, record its card; then all is as it was."""
        sender = self.sender(line)
        prior = line.get("prior")
        if prior:
            who = prior.get("member_no") or ""
            await self.officer.says(f"{_SAID[prior['op']]} {who} {prior['amount']}")
            await self.officer.presses("✅ Simpan")
        for words in line.get("before", ()):
            await sender.says(words)
        before = await self.village.entries()
        answer = await sender.says(line["text"])
        assert await self.village.entries() == before, line
        scored = self._scored(line, answer)
        recorded = False
        if answer.is_card and not scored.wrong and line["expect"]["op"] != "announcement":
            recorded = True
            await self._records(line, sender, answer, before)
        await self._back(everything=recorded or bool(prior or line.get("before")))
        return scored

    def _scored(self, line: dict[str, Any], answer: Message) -> Scored:
        must, accept = line["must"], line["accept"]
        if not answer.is_card:
            return Scored(
                line=line,
                said=answer.text,
                strict=_fits(line, answer, must) and _offers(line, answer),
                safe=any(_fits(line, answer, one) for one in accept),
            )
        allowed = [line["expect"]] if must == "propose" else []
        allowed += [line["alt"]] if "alt" in line and "propose" in accept else []
        found = [differs(answer, one, line) for one in allowed] or ["a card"]
        agreed = "" in found
        wrong = "" if agreed else min(found, key=len)
        dated = agreed or wrong.startswith("date")
        return Scored(
            line=line,
            said=answer.text,
            strict=agreed and must == "propose",
            safe=agreed,
            wrong="" if dated else wrong,
        )

    async def _records(
        self, line: Mapping[str, Any], sender: Person, card: Message, before: int
    ) -> None:
        """Press ✅: the book then holds exactly what the card said."""
        told = await sender.presses("✅ Simpan")
        new = await self.village.entries() - before
        if told.lines[0].startswith("Menunggu persetujuan"):
            assert new == 0, line
            return
        if card.lines[0] in (HEADINGS["loan_application"], HEADINGS["consigned_in"]):
            assert new == 0, line
            return
        assert "Tercatat" in told.text, (line, told.text)
        if card.lines[0] == HEADINGS["reversal"]:
            assert new == 1, line
            return
        moved = await self.village.house.rows(
            "SELECT sum(p.amount)::bigint AS amount,"
            " array_agg(DISTINCT a.member_id) FILTER (WHERE a.member_id IS NOT NULL) AS members"
            " FROM ledger.postings p JOIN ledger.accounts a"
            "   ON a.koperasi_id = p.koperasi_id AND a.id IN (p.debit, p.credit)"
            " WHERE p.koperasi_id = :here AND p.entry > :before",
            here=self.village.cooperative.id,
            before=before,
        )
        said = [one for one in card.lines if one.startswith(("Anggota: ", *_ROW_MARKS))]
        people = {one.number: one.person_id for one in self.everyone.values()}
        named = {id_ for number, id_ in people.items() if any(f"({number})" in s for s in said)}
        assert set(moved[0].members or ()) == named, (line, told.text)

    async def _back(self, *, everything: bool) -> None:
        house = self.village.house
        async with asyncio.timeout(10):
            while await house.value(_OWED):  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.005)
        chats = (
            "UPDATE chat.chats c SET state = k.state FROM kept.chat_chats k"
            " WHERE (c.channel, c.account, c.chat) = (k.channel, k.account, k.chat)"
            " AND c.state IS DISTINCT FROM k.state"
        )
        statements = [chats]
        if everything:
            statements = ["SET LOCAL session_replication_role = replica", *statements]
            here = self.village.cooperative.id
            for name in self.tables:
                kept = f"kept.{name.replace('.', '_')}"
                rows = f"SELECT * FROM {kept} WHERE koperasi_id = {here}"
                statements += [
                    f"DELETE FROM {name} WHERE koperasi_id = {here}",
                    f"INSERT INTO {name} OVERRIDING SYSTEM VALUE {rows}",
                ]
        async with database.transaction(house.owner) as db:
            raw = await database.driver(db)
            await raw.execute(";".join(statements))


_ROW_MARKS = tuple(f"{n}. " for n in range(1, 10))


async def _keep(house: House) -> list[str]:
    """Copy every table of cooperatives, to put a line's changes back."""
    rows = await house.rows(
        "SELECT c.table_schema || '.' || c.table_name AS name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.column_name = 'koperasi_id' AND t.table_type = 'BASE TABLE'"
        " AND c.table_schema <> 'kept' ORDER BY 1"
    )
    names = [row.name for row in rows if row.name not in _NOT_KEPT]
    copies = "".join(
        f"CREATE TABLE kept.{name.replace('.', '_')} AS TABLE {name};"
        for name in (*names, "chat.chats")
    )
    async with database.transaction(house.owner) as db:
        raw = await database.driver(db)
        await raw.execute(f"DROP SCHEMA IF EXISTS kept CASCADE;CREATE SCHEMA kept;{copies}")
    return names


def differs(card: Message, expect: Mapping[str, Any], line: Mapping[str, Any]) -> str:
    """Say what a card shows otherwise than it was said; nothing when it agrees."""
    op = expect["op"]
    if card.lines[0] != HEADINGS.get(op):
        return f"operation {card.lines[0]}, not {op}"
    if op == "announcement":
        return ""
    if op == "reversal":
        owed = rupiah(line["prior"]["amount"])
        return "" if card.line("Jumlah:").startswith(owed + " ") else "another entry"
    if "batch" in expect and any(row["member"] for row in expect["batch"]):
        return _rows_differ(card, expect["batch"])
    if expect.get("member_no"):
        who = [one for one in card.lines if one.startswith("Anggota:")]
        if who != [f"Anggota: {expect['member']} ({expect['member_no']})"]:
            return f"member {who}"
    if expect["amount"] is None:
        return "amount: it was not said"
    said = "Dijual" if op == "consigned_in" else "Jumlah:"
    if not any(one.startswith(f"{said} {rupiah(expect['amount'])} ") for one in card.lines):
        return f"amount, not {rupiah(expect['amount'])}"
    on = format_date(day_of(expect["date"]), "d MMMM y", locale="id")
    return "" if f"Tanggal: {on}" in card.lines else f"date, not {on}"


def _rows_differ(card: Message, batch: Sequence[Mapping[str, Any]]) -> str:
    first = batch[0]["op"]
    for number, row in enumerate(batch, start=1):
        begins = f"{number}. {row['member']} ({row['member_no']}) {rupiah(row['amount'])}"
        shown = [one for one in card.lines if one.startswith(begins)]
        if not shown:
            return f"row {begins}"
        if row["op"] != first and HEADINGS[row["op"]] not in shown[0]:
            return f"operation of row {begins}"
    total = sum(row["amount"] for row in batch)
    return "" if f"Total: {rupiah(total)}" in card.lines else f"total, not {rupiah(total)}"


def _offers(line: Mapping[str, Any], answer: Message) -> bool:
    """Whether a question offers the members it should."""
    labels = " ".join(answer.labels)
    return all(number in labels for number in line.get("candidates", ()))


def _fits(line: Mapping[str, Any], answer: Message, outcome: str) -> bool:
    """Whether an answer without a card is an `ask`, a `refuse` or an `answer` to this line."""
    op = line["expect"]["op"]
    if outcome == "propose":
        return False
    if "ada gangguan" in answer.text:  # A bug's apology is no answer.
        return False
    if outcome == "refuse":
        return True
    if outcome == "ask":
        return answer.is_question
    if op in ("unknown", "help") and "says" not in line["expect"]:
        return True
    if "belum mengerti" in answer.text:
        return False
    says = line["expect"].get("says", ())
    if says and not any(one in answer.text.lower() for one in says):
        return False
    number = line.get("sender") or line["expect"].get("member_no")
    sample = next((one for one in MEMBERS if one["no"] == number), None)
    if op in ("balance_inquiry", "history_inquiry") and sample:
        return rupiah(sample["voluntary_balance"]) in answer.text
    if op == "loan_inquiry" and sample and sample["active_loan"]:
        return rupiah(sample["loan_outstanding"]) in answer.text
    return True
