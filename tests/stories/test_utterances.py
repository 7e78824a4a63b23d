"""The sample messages, said to the whole service: what the chat answers and what the book then holds."""

from __future__ import annotations

from typing import Any

import pytest
from babel.dates import format_date

from core.permissions import Role
from tests.builders import Village, an_official
from tests.house import House, Message, Person
from tests.utterances import (
    HEADINGS,
    MEMBERS,
    a_village_of_the_samples,
    day_of,
    lines_of,
    rupiah,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES = lines_of("utterances")
RECORDABLE = {op for op in HEADINGS if op.startswith(("deposit", "withdraw", "loan"))}
EVERYDAY = {"expense", "sale", "purchase", "bank_deposit", "bank_withdraw"}
RECORDED = [
    line
    for line in LINES
    if line["must"] == "propose" and line["expect"]["op"] in RECORDABLE and "prior" not in line
]
OF_THE_DAY = [
    line for line in LINES if line["must"] == "propose" and line["expect"]["op"] in EVERYDAY
]
NOT_RECORDED = [line for line in LINES if line["must"] != "propose"]


def named(line: dict[str, Any]) -> str:
    return str(line["id"])


@pytest.mark.parametrize("line", RECORDED, ids=named)
async def test_a_clear_message_gets_its_card_and_the_card_is_what_is_recorded(
    house: House, line: dict[str, Any]
) -> None:
    expect = line["expect"]
    village, rina, everyone = await a_village_of_the_samples(
        house, loans=expect["op"].startswith("loan")
    )
    before = await village.entries()
    card = await rina.says(line["text"])
    assert card.is_card, card.text
    assert card.lines[0] == HEADINGS[expect["op"]]
    assert await village.entries() == before
    if "batch" in expect:
        for number, row in enumerate(expect["batch"], start=1):
            begins = f"{number}. {row['member']} ({row['member_no']}) {rupiah(row['amount'])}"
            assert card.lines[number].startswith(begins), card.text
        total = sum(row["amount"] for row in expect["batch"])
        assert card.line("Total:") == rupiah(total)
        await rina.presses("✅ Simpan")
        assert await village.entries() == before + len(expect["batch"])
        return
    assert card.line("Anggota:") == f"{expect['member']} ({expect['member_no']})"
    assert card.line("Jumlah:").startswith(rupiah(expect["amount"]) + " ")
    assert card.line("Tanggal:") == format_date(day_of(expect["date"]), "d MMMM y", locale="id")
    if expect["op"].startswith("loan"):
        await rina.presses("✅ Simpan")
        await _is_done(village, everyone[expect["member_no"]], expect)
        return
    kind = {"deposit_mandatory": "wajib", "deposit_principal": "pokok"}.get(
        expect["op"], "sukarela"
    )
    member = everyone[expect["member_no"]]
    held = await village.saved(member, kind)
    await rina.presses("✅ Simpan")
    sign = -1 if expect["op"].startswith("withdraw") else 1
    assert await village.saved(member, kind) == held + sign * expect["amount"]


@pytest.mark.parametrize("line", OF_THE_DAY, ids=named)
async def test_what_happens_every_day_gets_its_card_and_is_recorded_once(
    house: House, line: dict[str, Any]
) -> None:
    expect = line["expect"]
    village, rina, _ = await a_village_of_the_samples(house)
    before = await village.entries()
    card = await rina.says(line["text"])
    assert card.is_card, card.text
    assert card.lines[0] == HEADINGS[expect["op"]]
    assert card.line("Jumlah:").startswith(rupiah(expect["amount"]) + " ")
    assert card.line("Tanggal:") == format_date(day_of(expect["date"]), "d MMMM y", locale="id")
    assert await village.entries() == before
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    assert await village.entries() == before + 1


async def _is_done(village: Village, member: Person, expect: dict[str, Any]) -> None:
    """The loan stands as its card said: applied for, paid out, or paid by so much."""
    (sample,) = [one for one in MEMBERS if one["no"] == member.number]
    rows = await village.house.rows(
        "SELECT state, principal, outstanding FROM loans"
        " WHERE koperasi_id = :here AND member_id = :member",
        here=village.cooperative.id,
        member=member.person_id,
    )
    (loan,) = rows
    left = {
        "loan_application": ("applied", expect["amount"], 0),
        "loan_disbursement": ("running", expect["amount"], expect["amount"]),
        "loan_repayment": (
            "running",
            sample["loan_outstanding"],
            sample["loan_outstanding"] - expect["amount"],
        ),
    }[expect["op"]]
    assert (loan.state, loan.principal, loan.outstanding) == left


@pytest.mark.parametrize("line", NOT_RECORDED, ids=named)
async def test_what_is_not_clear_or_not_possible_is_answered_without_a_card(
    house: House, line: dict[str, Any]
) -> None:
    village, rina, everyone = await a_village_of_the_samples(
        house, loans=line["expect"]["op"].startswith("loan")
    )
    sender = {"officer": rina}.get(line["role"])
    if line["role"] == "member":
        sender = everyone[line["sender"]]
        await sender.joins(await village.invite(sender))
    if sender is None:
        sender = await an_official(house, "Dewi Anggraini")
    before = await village.entries()
    answer = await sender.says(line["text"])
    assert not answer.is_card, answer.text
    assert await village.entries() == before
    _is_fitting(line, answer)


def _is_fitting(line: dict[str, Any], answer: Message) -> None:
    must, op = line["must"], line["expect"]["op"]
    if must == "ask":
        assert answer.is_question, answer.text
    if must == "answer" and op not in ("unknown", "help"):
        assert "belum mengerti" not in answer.text
    if must == "answer" and op in ("balance_inquiry", "history_inquiry"):
        number = line.get("sender") or line["expect"]["member_no"]
        (member,) = [one for one in MEMBERS if one["no"] == number]
        assert rupiah(member["voluntary_balance"]) in answer.text
    if must == "answer" and op == "loan_inquiry":
        (member,) = [one for one in MEMBERS if one["no"] == line["sender"]]
        assert rupiah(member["loan_outstanding"]) in answer.text
        assert f"{rupiah(member['loan_instalment'])}" in answer.line("Berikutnya:")


async def a_reversal_by_plain_words(house: House) -> tuple[Village, Person, Person, Any]:
    """Rina recorded what the sample speaks of; returns village, Rina, whose it was, and the sample."""
    (line,) = [line for line in LINES if "prior" in line]
    village, rina, everyone = await a_village_of_the_samples(house)
    prior = line["prior"]
    await rina.says(f"wajib {prior['member_no']} {prior['amount']}")
    await rina.presses("✅ Simpan")
    return village, rina, everyone[prior["member_no"]], line


async def test_the_last_transaction_is_reversed_by_plain_words_of_another_officer(
    house: House,
) -> None:
    village, _, member, line = await a_reversal_by_plain_words(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    card = await hendra.says(line["text"])
    assert card.is_card
    assert card.lines[0] == "Pembatalan Transaksi"
    await hendra.presses("✅ Simpan")
    assert await village.saved(member) == 0


async def test_who_recorded_the_last_transaction_gets_a_card_at_once_and_another_approves(
    house: House,
) -> None:
    village, rina, member, line = await a_reversal_by_plain_words(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    before = await village.entries()
    card = await rina.says(line["text"])
    assert card.is_card
    assert card.lines[0] == "Pembatalan Transaksi"
    assert card.line("Jumlah:").startswith(rupiah(line["prior"]["amount"]) + " ")
    await rina.presses("✏️ Ubah")
    await rina.presses("Alasan")
    card = await rina.says("uangnya tidak jadi diterima")
    assert card.line("Alasan:") == "uangnya tidak jadi diterima"
    waiting = await rina.presses("✅ Simpan")
    assert waiting.lines[0] == "Menunggu persetujuan No. 1"
    assert await village.entries() == before
    await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan"))
    assert await village.entries() == before + 1
    assert await village.saved(member) == 0
