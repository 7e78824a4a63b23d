"""Every number of /pinjaman is asked "dari mana?" and added up line by line, to the rupiah it showed."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.loans.terms import Fine, Penalty
from core.permissions import Role
from tests.builders import Village, a_village, months_ago, today
from tests.house import House, Message, Person
from tests.stories.test_loan_history import brought, records

pytestmark = pytest.mark.asyncio(loop_scope="session")

FINED = Penalty(kind=Fine.PERCENT_DAILY, value=Decimal("0.1"), grace_days=3, cap=Decimal(10))


async def a_borrower(house: House, **terms: Any) -> tuple[Village, Person, Person]:
    village = await a_village(house, rest_days="none")
    await village.product(**({"moves_holidays": False} | terms))
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(12), sukarela=900_000)
    return village, rina, siti


def rupiah(said: str) -> list[int]:
    return [int(one.replace(".", "")) for one in re.findall(r"Rp([\d.]*\d)", said)]


def adds_up(told: Message) -> bool:
    """Its first amount is what the lines below give."""
    _, first, *lines = told.lines
    total = 0
    for line in lines:
        if line.startswith("Pokok sejak"):
            total += rupiah(line)[0]
        elif "dikurangi" in line:
            total -= rupiah(line)[0]
        elif "ditambah" in line:
            total += rupiah(line)[0]
    return total == rupiah(first)[0]


async def test_the_outstanding_principal_is_added_up_payment_by_payment(house: House) -> None:
    village, rina, siti = await a_borrower(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    await village.lent(siti, 1_000_000, on=today() - timedelta(days=100))
    numbers = [await records(rina, f"Siti bayar angsuran {n}rb") for n in (110, 150, 30)]
    await records(hendra, f"batalkan no {numbers[1]} karena salah orang")
    shown = await siti.says("/pinjaman")
    told = await siti.says("dari mana sisa pokok saya?")
    left = rupiah(told.line("Sisa pokok:"))
    assert left == rupiah(shown.lines[1])[:1]
    assert adds_up(told), told.text
    assert any(line.startswith(f"No. {numbers[0]},") for line in told.lines)
    assert not any(line.startswith(f"No. {numbers[1]},") for line in told.lines)
    assert (await siti.says("dari mana sisa pokok?")).text == told.text
    assert (await rina.says("sisa pokok Siti dari mana?")).text == told.text


async def test_a_long_history_is_summed_and_stays_below_a_kilobyte(house: House) -> None:
    village, rina, siti = await a_borrower(house)
    since = today() - timedelta(days=100)
    await brought(village, f"A-001,1000000,1,bulan,flat,10,{since},2,berjalan")
    for thousand in range(20, 32):
        await records(rina, f"Siti bayar angsuran {thousand}rb")
    told = await siti.says("dari mana sisa pokok saya?")
    assert adds_up(told), told.text
    assert "Sebelum masuk buku ini, 2 angsuran: dikurangi Rp200.000" in told.text
    assert "pembayaran sebelumnya: dikurangi" in told.text
    assert len(told.text.encode()) < 1024


async def test_arrears_and_what_is_to_be_paid_now_are_added_up(house: House) -> None:
    village, rina, siti = await a_borrower(house, penalty=FINED)
    await village.lent(siti, 1_000_000, on=today() - timedelta(days=100))
    await records(rina, "Siti bayar angsuran 150rb")
    shown = await siti.says("/pinjaman")
    told = await siti.says("dari mana tunggakan saya?")
    parts = [rupiah(line)[-1] for line in told.lines if line.startswith("Angsuran ke-")]
    late = rupiah(told.line("Tunggakan:"))[0]
    assert sum(parts) == late == rupiah(shown.line("⚠️ Menunggak"))[0]
    for line in told.lines:
        if "- dibayar" in line:
            principal, interest, paid, left = rupiah(line)
            assert principal + interest - paid == left
    now = rupiah(told.line("Harus dibayar sekarang:"))[0]
    assert now == rupiah(shown.line("Harus dibayar sekarang:"))[0]
    assert now == late + rupiah(told.line("Denda belum dibayar:"))[0]
    button = await siti.presses("Tunggakan", await siti.says("dari mana angsuran saya?"))
    assert button.text == told.text


async def test_without_arrears_it_is_said(house: House) -> None:
    village, _, siti = await a_borrower(house)
    await village.lent(siti, 1_000_000, on=today())
    told = await siti.says("dari mana tunggakan saya?")
    assert "Tidak ada tunggakan" in told.text
    assert "Tunggakan" not in told.labels


async def test_every_figure_of_the_loan_is_found_by_its_amount(house: House) -> None:
    village, rina, siti = await a_borrower(house, penalty=FINED)
    await village.lent(siti, 1_234_000, on=today() - timedelta(days=70))
    await records(rina, "Siti bayar angsuran 50rb")
    shown = await siti.says("/pinjaman")
    for line in shown.lines[1:]:
        for amount in rupiah(line):
            plain = f"{amount:,}".replace(",", ".")
            told = await siti.says(f"dari mana angka {plain}?")
            if "Angka mana" in told.text:
                told = await siti.presses(told.labels[0], told)
            assert f"Rp{plain}" in told.text, (plain, line, told.text)
            assert told.lines[0] == "P-0001, Siti Aminah (A-001)"


async def test_a_figure_in_several_places_is_asked_about_and_a_strange_one_said(
    house: House,
) -> None:
    village, rina, siti = await a_borrower(house)
    await village.lent(siti, 1_000_000, on=today() - timedelta(days=40))
    asked = await siti.says("dari mana angka 110.000?")
    assert asked.is_question
    assert set(asked.labels) == {"Tunggakan, P-0001", "Angsuran ke-1, P-0001"}
    late = await siti.presses("Tunggakan, P-0001", asked)
    assert rupiah(late.line("Tunggakan:")) == [110_000]
    one = await siti.presses("Angsuran ke-1, P-0001", asked)
    assert one.line("Pokok:") == "Rp1.000.000 dibagi 10 = Rp100.000"
    strange = await siti.says("dari mana angka 123.456?")
    assert strange.lines[0] == "Rp123.456 bukan angka pinjaman ini. Angka yang ada:"
    assert "sisa pokok Rp1.000.000" in strange.text
    of_her = await rina.says("dari mana angka 1.000.000 Siti?")
    assert of_her.line("Sisa pokok:") == "Rp1.000.000"


async def test_of_several_loans_the_one_that_is_meant_is_asked_for(house: House) -> None:
    village, _, siti = await a_borrower(house)
    await village.lent(siti, 1_000_000, on=today())
    await village.lent(siti, 2_000_000, on=today())
    asked = await siti.says("dari mana sisa pokok saya?")
    assert asked.labels == ["Sisa, P-0001", "Sisa, P-0002"]
    told = await siti.presses("Sisa, P-0002", asked)
    assert told.line("Sisa pokok:") == "Rp2.000.000"
    assert (await siti.says("dari mana angka 220.000?")).line("Pokok:").endswith("Rp200.000")


async def test_the_next_due_amount_is_explained_with_what_was_paid_ahead(house: House) -> None:
    village, rina, siti = await a_borrower(house)
    await village.lent(siti, 1_000_000, on=today())
    await records(rina, "Siti bayar angsuran 30rb")
    shown = await siti.says("/pinjaman")
    told = await siti.says("jatuh tempo berikutnya dari mana?")
    assert told.line("Sudah dibayar") == "Rp30.000, kurang Rp80.000"
    assert rupiah(shown.line("Berikutnya:")) == [80_000]


async def test_what_is_still_claimed_of_a_loan_written_off_is_added_up(house: House) -> None:
    village, rina, siti = await a_borrower(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    await village.lent(siti, 1_000_000, on=months_ago(4))
    await rina.says("hapus buku pinjaman Siti, alasan pindah")
    await rina.presses("✅ Simpan")
    await hendra.presses("Setujui", await hendra.sees("Hapus Buku Pinjaman"))
    await records(rina, "Siti bayar angsuran 100rb")
    shown = await siti.says("/pinjaman")
    told = await siti.says("dari mana tagihan pinjaman saya?")
    (claimed,) = rupiah(told.line("Masih ditagih:"))
    assert claimed == rupiah(shown.lines[1])[0]
    principal, interest, fine, paid = rupiah("\n".join(told.lines[2:]))
    assert principal + interest + fine - paid == claimed


@pytest.mark.parametrize(
    "words",
    ["dari mana uang 50rb itu masuk?", "setor wajib 50rb dari mana?", "dari mana saldo saya"],
)
async def test_other_money_is_no_figure_of_a_loan(house: House, words: str) -> None:
    village, _, siti = await a_borrower(house)
    await village.lent(siti, 1_000_000, on=today())
    assert "bukan angka pinjaman" not in (await siti.says(words)).text


async def test_the_instalment_that_is_named_is_explained_and_no_other(house: House) -> None:
    village, _, siti = await a_borrower(house)
    await village.lent(siti, 1_000_000, on=today() - timedelta(days=40), count=10)
    for words, n in (
        ("dari mana angsuran ke 3", 3),
        ("dari mana cicilan ke-1?", 1),
        ("angsuran terakhir dari mana", 10),
    ):
        told = await siti.says(words)
        assert f"Angsuran ke-{n}" in told.text, (words, told.text)
    told = await siti.says("dari mana saldo saya")
    assert "Angsuran ke-" not in told.text
    assert told.text == (await siti.says("riwayat")).text
