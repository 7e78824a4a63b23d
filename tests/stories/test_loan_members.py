"""What members see of their loans, and what officers see: figures, schedules, history, where they come from."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.loans.terms import Fine, Method, Penalty
from core.permissions import Role
from tests.builders import Village, a_village, months_ago, today
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

LATE = Penalty(kind=Fine.PERCENT_DAILY, value=Decimal("0.1"), grace_days=3, cap=Decimal(10))


async def a_borrower(house: House, **terms: Any) -> tuple[Village, Person, Person]:
    """A village with a treasurer and Siti, both with a chat."""
    village = await a_village(house, rest_days="none")
    await village.product(**({"moves_holidays": False} | terms))
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(12), sukarela=900_000)
    return village, rina, siti


@pytest.mark.parametrize(
    "words",
    ["/pinjaman", "pinjaman saya", "utang saya tinggal berapa", "angsuran saya kapan jatuh tempo?"],
)
async def test_a_member_sees_what_is_owed_and_what_falls_due(house: House, words: str) -> None:
    village, _, siti = await a_borrower(house)
    await village.lent(siti, 1_000_000, on=today())
    answer = await siti.says(words)
    assert "P-0001 Pinjaman umum: sisa pokok Rp1.000.000 dari Rp1.000.000" in answer.text
    assert answer.line("Berikutnya:").endswith("Rp110.000")
    assert {"Jadwal", "Riwayat", "Dari mana?"} <= set(answer.labels)
    assert not answer.is_card


async def test_without_a_loan_the_member_learns_how_to_ask_for_one(house: House) -> None:
    _, _, siti = await a_borrower(house)
    answer = await siti.says("/pinjaman")
    assert "tidak punya pinjaman berjalan" in answer.text
    assert "pinjam 3 juta" in answer.text


async def test_a_schedule_comes_page_by_page_each_below_a_kilobyte(house: House) -> None:
    village, rina, siti = await a_borrower(house)
    await village.lent(siti, 3_600_000, count=36, on=today() - timedelta(days=40))
    await rina.says("Siti bayar angsuran 136rb")
    await rina.presses("✅ Simpan")
    await siti.sees("Tercatat")
    await siti.says("/pinjaman")
    page = await siti.presses("Jadwal")
    assert "halaman 1 dari 3" in page.text
    assert page.lines[1].startswith("✓ 1. ")
    assert len(page.text.encode()) < 1024
    last = page
    for _ in range(2):
        last = await siti.presses("Berikutnya ▶", last)
        assert len(last.text.encode()) < 1024
    assert last.lines[-1].startswith("36. ")
    assert "Berikutnya ▶" not in last.labels


async def test_arrears_and_fines_are_said_and_explained_day_by_day(house: House) -> None:
    village, _, siti = await a_borrower(house, penalty=LATE)
    await village.lent(siti, 1_000_000, on=today() - timedelta(days=45))
    answer = await siti.says("pinjaman saya")
    assert "Menunggak Rp110.000 sejak" in answer.text
    fine = answer.line("Denda belum dibayar:")
    why = await siti.says("kenapa denda saya segini?")
    assert "Denda 0,1% sehari dari angsuran yang kurang, bebas 3 hari pertama" in why.text
    assert "hari kurang Rp110.000" in why.text
    assert why.line("Denda yang belum dibayar:") == fine


async def test_interest_is_explained_from_the_rule_it_was_made_by(house: House) -> None:
    village, _, siti = await a_borrower(house, method=Method.MENURUN)
    await village.lent(siti, 1_000_000, on=today())
    why = await siti.says("jasanya dari mana?")
    assert "Aturan: bunga menurun 1% per bulan, 10 kali angsuran" in why.text
    assert (
        why.line("Jasa ke-1:")
        == "1% per bulan dari sisa pokok Rp1.000.000, untuk 1 bulan = Rp10.000"
    )
    assert why.line("Pokok:") == "Rp1.000.000 dibagi 10 = Rp100.000"
    second = await siti.presses("Berikutnya ▶", why)
    assert second.line("Jasa ke-2:").endswith("Rp900.000, untuk 1 bulan = Rp9.000")
    owed = await siti.presses("Sisa", second)
    assert owed.line("Sisa pokok:") == "Rp1.000.000"
    ends = await siti.presses("Pelunasan", second)
    assert ends.line("Sisa pokok:") == "Rp1.000.000"


async def test_saldo_and_riwayat_speak_of_the_loan_too(house: House) -> None:
    village, rina, siti = await a_borrower(house)
    await village.lent(siti, 1_000_000, on=months_ago(1))
    await rina.says("Siti bayar angsuran 110rb")
    await rina.presses("✅ Simpan")
    await siti.sees("Tercatat")
    saldo = await siti.says("saldo")
    assert "Pinjaman P-0001: sisa Rp900.000, berikutnya" in saldo.text
    for sender, words in ((siti, "riwayat"), (rina, "Siti Aminah sudah bayar bulan ini belum?")):
        told = await sender.says(words)
        assert "angsuran P-0001 Rp110.000" in told.text
        assert "pencairan P-0001 Rp1.000.000" in told.text


async def test_nobody_sees_the_loan_of_somebody_else(house: House) -> None:
    village, _, siti = await a_borrower(house)
    budi = await village.member("Budi Santoso", joined=months_ago(12))
    loan = await village.lent(siti, 1_000_000, on=today())
    for words in ("pinjaman Siti", "utang Siti Aminah berapa", "jadwal angsuran Siti"):
        refused = await budi.says(words)
        assert "tidak bisa ditampilkan" in refused.text
    own = await budi.says("/pinjaman")
    for what in ("show", "plan", "moves", "why", "fine", "end", "owed", "late", "next"):
        forged = await budi.forges(f"q:{village.cooperative.id}:{loan.id}:{what}:0", own)
        assert "Rp1.000.000" not in forged.text
        assert "Siti" not in forged.text
    arrears = await budi.says("siapa nunggak?")
    assert "Siti" not in arrears.text


async def test_officers_see_a_members_loan_and_lists(house: House) -> None:
    village, rina, siti = await a_borrower(house)
    budi = await village.member("Budi Santoso", joined=months_ago(12), linked=False)
    await village.lent(siti, 1_000_000, on=today() - timedelta(days=45))
    await village.lent(budi, 2_000_000, on=today())
    one = await rina.says("pinjaman Siti")
    assert "sisa pokok Rp1.000.000" in one.text
    assert "Kolektibilitas: " in one.text
    late = await rina.says("siapa nunggak?")
    assert "P-0001 Siti Aminah" in late.text
    assert "Budi" not in late.text
    both = await rina.says("daftar pinjaman")
    assert "Siti Aminah" in both.text
    assert "Budi Santoso" in both.text
    shown = await rina.presses("P-0002", both)
    assert "sisa pokok Rp2.000.000" in shown.text
    nobody = await rina.says("pinjaman Sitta Aminuh")
    assert nobody.is_question


async def test_a_schedule_and_the_figure_that_settles_are_asked_for_by_words(house: House) -> None:
    village, rina, siti = await a_borrower(house)
    await village.lent(siti, 1_000_000, on=today())
    plan = await rina.says("jadwal angsuran Siti")
    assert plan.lines[1].startswith("1. ")
    ends = await siti.says("berapa pelunasan saya hari ini?")
    assert ends.line("Sisa pokok:") == "Rp1.000.000"
    assert ends.line("Jasa yang tidak perlu dibayar:") == "Rp100.000"
    own = await siti.says("pinjaman berjalan")
    assert "sisa pokok Rp1.000.000" in own.text


async def test_several_loans_are_chosen_by_their_number(house: House) -> None:
    village, _, siti = await a_borrower(house)
    await village.lent(siti, 1_000_000, on=today())
    second = await village.lent(siti, 2_000_000, on=today())
    await village.applied(siti, 500_000, approved=False)
    answer = await siti.says("pinjaman saya")
    assert "P-0003: pengajuan Rp500.000" in answer.text
    shown = await siti.presses(answer.label(second.label))
    assert "sisa pokok Rp2.000.000" in shown.text
