"""Instalments by chat: the split stands on the card, what is said beside it, early settlement, lists."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.loans.terms import Fine, Penalty, Share
from core.permissions import Role
from tests.builders import Village, a_village, months_ago, today
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

LATE = Penalty(kind=Fine.PERCENT_DAILY, value=Decimal("0.1"), grace_days=3, cap=Decimal(10))
POKOK_FIRST = (Share.PRINCIPAL, Share.INTEREST, Share.PENALTY)


async def a_counter(house: House, **terms: Any) -> tuple[Village, Person, Person]:
    """A village with a treasurer and Siti, both with a chat; Siti may borrow since last year."""
    village = await a_village(house, rest_days="none")
    await village.product(**({"moves_holidays": False} | terms))
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(12), sukarela=900_000)
    return village, rina, siti


def rupiah(said: str) -> int:
    return int(said.split(" ", maxsplit=1)[0].removeprefix("Rp").replace(".", ""))


async def test_the_split_stands_on_the_card_and_the_receipt_goes_to_both(house: House) -> None:
    village, rina, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(1))
    card = await rina.says("Siti bayar angsuran 110rb")
    assert card.lines[0] == "Angsuran Pinjaman"
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    assert card.line("Jumlah:") == "Rp110.000 (seratus sepuluh ribu rupiah)"
    assert (card.line("Jasa:"), card.line("Pokok:")) == ("Rp10.000", "Rp100.000")
    assert card.line("Sisa pokok:") == "Rp1.000.000 menjadi Rp900.000"
    assert "Angsuran ke-1 " in card.text
    assert await village.owed(loan) == 1_000_000
    receipt = await rina.presses("✅ Simpan")
    assert "Tercatat No." in receipt.text
    assert receipt.line("Sisa pokok:") == "Rp1.000.000 menjadi Rp900.000"
    got = await siti.sees("Tercatat No.")
    assert got.labels == ["BENAR", "BUKAN"]
    assert got.line("Kode cek:") == receipt.line("Kode cek:")
    assert await village.owed(loan) == 900_000
    answered = await siti.presses("BENAR", got)
    assert answered.line("Sisa pokok:") == "Rp1.000.000 menjadi Rp900.000"


async def test_what_is_paid_beyond_what_is_due_goes_on_and_the_rest_may_go_to_savings(
    house: House,
) -> None:
    village, rina, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(1))
    card = await rina.says("Siti bayar angsuran 200rb")
    assert "Rp90.000 lebih dari yang jatuh tempo: masuk ke angsuran berikutnya" in card.text
    await rina.presses("✏️ Ubah")
    asked = await rina.presses("Kelebihan")
    assert asked.is_question
    card = await rina.presses("Sisanya ke simpanan sukarela")
    assert card.line("Jumlah:").startswith("Rp200.000 ")
    assert card.line("Kelebihannya ke simpanan sukarela:") == "Rp90.000"
    receipt = await rina.presses("✅ Simpan")
    assert "saldonya Rp990.000" in receipt.line("Ke simpanan sukarela:")
    assert await village.owed(loan) == 900_000
    assert await village.saved(siti, "sukarela") == 990_000
    await siti.sees("Tercatat")


async def test_more_than_everything_owed_is_refused_with_the_exact_figure(house: House) -> None:
    village, rina, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(1))
    refused = await rina.says("Siti bayar angsuran 5 juta")
    assert not refused.is_card
    assert "Rp1.100.000" in refused.text
    card = await rina.says("1.100.000")
    assert card.is_card
    assert card.line("Sisa pokok:") == "Rp1.000.000 menjadi Rp0"
    assert "Pelunasan hari itu cukup Rp1.0" in card.text
    await rina.presses("❌ Batal")
    assert await village.owed(loan) == 1_000_000


async def test_settling_without_an_amount_shows_the_exact_figure_of_the_day(house: House) -> None:
    village, rina, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=today() - timedelta(days=5))
    card = await rina.says("pelunasan Siti")
    assert card.lines[0] == "Angsuran Pinjaman"
    assert "Melunasi pinjaman. Jasa yang tidak perlu dibayar" in card.text
    assert 1_001_000 <= rupiah(card.line("Jumlah:")) <= 1_002_000
    receipt = await rina.presses("✅ Simpan")
    assert "Pinjaman ini lunas." in receipt.text
    assert await village.owed(loan) == 0
    await siti.sees("Pinjaman ini lunas.")
    again = await rina.says("Siti bayar angsuran 110rb")
    assert "tidak punya pinjaman berjalan" in again.text
    assert not again.is_card


async def test_words_of_settling_with_another_amount_are_a_payment_that_says_so(
    house: House,
) -> None:
    village, rina, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(1))
    card = await rina.says("Siti melunasi pinjaman 500rb")
    assert "Ini belum melunasi. Pelunasan hari itu Rp1.0" in card.text
    await rina.presses("✅ Simpan")
    assert await village.owed(loan) == 550_000  # four whole instalments and 50,000 of the fifth
    await siti.sees("Tercatat")


async def test_a_late_payment_pays_the_fine_first_and_an_earlier_day_makes_it_fall_away(
    house: House,
) -> None:
    village, rina, siti = await a_counter(house, penalty=LATE)
    loan = await village.lent(siti, 1_000_000, on=today() - timedelta(days=70))
    card = await rina.says("Siti bayar angsuran 110rb")
    fine, rest = rupiah(card.line("Denda:")), rupiah(card.line("Pokok:"))
    assert fine > 0
    assert fine + 10_000 + rest == 110_000
    assert "Masih menunggak" in card.text
    back = await rina.says("Siti bayar angsuran 110rb 30 hari lalu")
    assert rupiah(back.line("Denda:")) < fine
    assert "Bertanggal mundur: denda berkurang Rp" in back.text
    principal = rupiah(back.line("Pokok:"))
    await rina.presses("✅ Simpan", back)
    assert await village.owed(loan) == 1_000_000 - principal
    await siti.sees("Tercatat")


async def test_savings_pay_only_after_the_member_agreed(house: House) -> None:
    village, rina, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(1))
    card = await rina.says("angsuran Siti 110rb potong tabungan")
    assert card.line("Dibayar dari:") == "simpanan sukarela"
    waits = await rina.presses("✅ Simpan")
    assert waits.lines[0].startswith("Menunggu persetujuan No. ")
    assert await village.owed(loan) == 1_000_000
    asked = await siti.sees("Angsuran Pinjaman")
    done = await siti.presses("Setujui", asked)
    assert "Tercatat" in done.text
    assert await village.owed(loan) == 900_000
    assert await village.saved(siti, "sukarela") == 790_000
    await rina.sees("Tercatat")


async def test_more_than_the_savings_hold_is_refused_with_what_there_is(house: House) -> None:
    village, rina, siti = await a_counter(house)
    await village.lent(siti, 2_000_000, on=months_ago(1))
    refused = await rina.says("angsuran Siti 1,1jt dari sukarela")
    assert "Rp900.000" in refused.text
    assert not refused.is_card


async def test_of_several_loans_the_one_that_is_paid_is_asked_for(house: House) -> None:
    village, rina, siti = await a_counter(house)
    first = await village.lent(siti, 1_000_000, on=months_ago(1))
    second = await village.lent(siti, 2_000_000, on=months_ago(1))
    asked = await rina.says("Siti bayar angsuran 220rb")
    assert asked.is_question
    card = await rina.presses(asked.label(second.label))
    assert card.line("Pinjaman:") == second.label
    await rina.presses("✅ Simpan")
    assert (await village.owed(first), await village.owed(second)) == (1_000_000, 1_800_000)
    await siti.sees("Tercatat")


async def test_a_list_of_instalments_and_dues_is_one_card(house: House) -> None:
    village, rina, siti = await a_counter(house)
    budi = await village.member("Budi Santoso", joined=months_ago(12))
    loans = [await village.lent(one, 1_000_000, on=months_ago(1)) for one in (siti, budi)]
    card = await rina.says("angsuran:\nSiti 110rb\nBudi 110rb")
    assert card.lines[0] == "Angsuran Pinjaman"
    assert card.lines[1] == f"1. Siti Aminah ({siti.number}) Rp110.000"
    assert card.line("P-0001:") == "jasa Rp10.000, pokok Rp100.000. Sisa pokok Rp900.000"
    assert card.line("Total:") == "Rp220.000"
    receipt = await rina.presses("✅ Simpan")
    assert "Tercatat 2 transaksi" in receipt.text
    assert [await village.owed(loan) for loan in loans] == [900_000, 900_000]
    await siti.sees("Tercatat")
    await budi.sees("Tercatat")
    mixed = await rina.says("wajib Siti 20rb, angsuran Siti 110rb")
    assert mixed.lines[0] == "Simpanan Wajib"
    assert f"2. Siti Aminah ({siti.number}) Rp110.000 Angsuran Pinjaman" in mixed.text
    await rina.presses("✅ Simpan")
    assert await village.saved(siti) == 20_000
    assert await village.owed(loans[0]) == 800_000
    await siti.sees("Angsuran Pinjaman")


async def test_the_split_of_each_row_is_what_is_recorded_fines_and_second_rows_included(
    house: House,
) -> None:
    village, rina, siti = await a_counter(house, penalty=LATE)
    budi = await village.member("Budi Santoso", joined=months_ago(12))
    for one in (siti, budi):
        await village.lent(one, 1_000_000, on=today() - timedelta(days=75))
    card = await rina.says("angsuran:\nSiti 60rb\nBudi 200rb\nSiti 90rb")
    said = [line for line in card.lines if line.startswith("P-000")]
    assert "denda " in said[0]
    await rina.presses("✅ Simpan")
    rows = await house.rows(
        "SELECT loan_id, penalty, interest, principal FROM loan_payments"
        " WHERE koperasi_id = :here ORDER BY entry",
        here=village.cooperative.id,
    )
    booked = []
    for loan, penalty, interest, principal in rows:
        parts = (("denda", penalty), ("jasa", interest), ("pokok", principal))
        split = ", ".join(
            f"{name} Rp{amount:,}".replace(",", ".") for name, amount in parts if amount
        )
        booked.append(f"P-{loan:04d}: {split}")
    assert [line.split(". Sisa pokok")[0] for line in said] == booked
    await siti.sees("Rp90.000")
    await budi.sees("Rp200.000")


async def test_a_row_of_a_list_asks_which_of_several_loans(house: House) -> None:
    village, rina, siti = await a_counter(house)
    first = await village.lent(siti, 1_000_000, on=months_ago(1))
    second = await village.lent(siti, 2_000_000, on=months_ago(1))
    budi = await village.member("Budi Santoso", joined=months_ago(12))
    third = await village.lent(budi, 1_000_000, on=months_ago(1))
    asked = await rina.says("angsuran:\nSiti 220rb\nBudi 110rb")
    assert not asked.is_card
    card = await rina.presses(asked.label(second.label))
    assert card.is_card
    await rina.presses("✅ Simpan")
    left = [await village.owed(loan) for loan in (first, second, third)]
    assert left == [1_000_000, 1_800_000, 900_000]
    await siti.sees("Tercatat")
    await budi.sees("Tercatat")


async def test_the_same_payment_twice_on_a_day_is_warned_of(house: House) -> None:
    village, rina, siti = await a_counter(house)
    await village.lent(siti, 1_000_000, on=months_ago(1))
    await rina.says("Siti bayar angsuran 110rb")
    await rina.presses("✅ Simpan")
    await siti.sees("Tercatat")
    card = await rina.says("Siti bayar angsuran 110rb")
    assert "Mungkin dobel" in card.text
    assert card.is_card
    await rina.presses("❌ Batal")


async def test_nobody_takes_the_own_instalment_alone(house: House) -> None:
    village, _, _ = await a_counter(house)
    dewi = await village.member("Dewi Lestari", joined=months_ago(12))
    await village.officer("Dewi Lestari", Role.BENDAHARA, chat=dewi, linked=False)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    loan = await village.lent(dewi, 1_000_000, on=months_ago(1))
    await dewi.says("angsuran Dewi 110rb")
    waits = await dewi.presses("✅ Simpan")
    assert waits.lines[0].startswith("Menunggu persetujuan No. ")
    assert await village.owed(loan) == 1_000_000
    asked = await hendra.sees("Angsuran Pinjaman")
    await hendra.presses("Setujui", asked)
    assert await village.owed(loan) == 900_000
    await dewi.sees("Tercatat")


async def test_an_amount_without_a_number_offers_what_is_due(house: House) -> None:
    village, rina, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(1))
    asked = await rina.says("angsuran Siti")
    assert "Rp110.000" in asked.labels
    card = await rina.presses("Rp110.000")
    assert card.is_card
    await rina.presses("✅ Simpan")
    assert await village.owed(loan) == 900_000
    await siti.sees("Tercatat")


async def test_another_day_changes_the_figure_that_settles(house: House) -> None:
    village, rina, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=today() - timedelta(days=20))
    card = await rina.says("pelunasan Siti")
    later = rupiah(card.line("Jumlah:"))
    await rina.presses("✏️ Ubah")
    await rina.presses("Tanggal")
    card = await rina.says("10 hari lalu")
    assert rupiah(card.line("Jumlah:")) < later
    await rina.presses("✅ Simpan")
    assert await village.owed(loan) == 0
    await siti.sees("lunas")


async def test_a_settlement_card_with_another_amount_becomes_a_payment(house: House) -> None:
    village, rina, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(1))
    await rina.says("pelunasan Siti")
    await rina.presses("✏️ Ubah")
    await rina.presses("Jumlah")
    card = await rina.says("110rb")
    assert "Ini belum melunasi" in card.text
    await rina.presses("✅ Simpan")
    assert await village.owed(loan) == 900_000
    await siti.sees("Tercatat")


async def test_a_fine_alone_can_be_paid(house: House) -> None:
    village, rina, siti = await a_counter(house, penalty=LATE)
    loan = await village.lent(siti, 1_000_000, on=today() - timedelta(days=45))
    card = await rina.says("Siti bayar angsuran 1000")
    assert card.line("Denda:") == "Rp1.000"
    await rina.presses("✅ Simpan")
    assert await village.owed(loan) == 1_000_000
    await siti.sees("Tercatat")


async def test_before_the_money_was_handed_over_nothing_is_paid(house: House) -> None:
    village, rina, siti = await a_counter(house)
    await village.lent(siti, 1_000_000, on=today())
    asked = await rina.says("Siti bayar angsuran 110rb kemarin")
    assert not asked.is_card
    assert "baru cair" in asked.text
    card = await rina.says("hari ini")
    assert card.is_card
    await rina.presses("❌ Batal")
    await village.applied(await village.member("Budi Santoso", joined=months_ago(2)), 500_000)
    refused = await rina.says("Budi bayar angsuran 50rb")
    assert "belum dicairkan" in refused.text
    dewi = await village.member("Dewi Lestari", linked=False)
    refused = await rina.says("Dewi bayar angsuran 50rb")
    assert "tidak punya pinjaman berjalan" in refused.text
    assert dewi.number


async def test_a_loans_label_names_its_borrower_never_the_member_of_that_number(
    house: House,
) -> None:
    village, rina, siti = await a_counter(house)
    budi = await village.member("Budi Santoso", joined=months_ago(12))
    first = await village.lent(budi, 1_000_000, on=months_ago(1))
    second = await village.lent(budi, 2_000_000, on=months_ago(1))
    assert (first.label, siti.number) == ("P-0001", "A-001")
    card = await rina.says("angsuran P-0002 220rb")
    assert card.line("Anggota:") == f"Budi Santoso ({budi.number})"
    assert card.line("Pinjaman:") == "P-0002"
    await rina.presses("✅ Simpan")
    assert (await village.owed(first), await village.owed(second)) == (1_000_000, 1_800_000)
    await budi.sees("Tercatat")
    mismatch = await rina.says("angsuran P-0002 Siti Aminah 220rb")
    assert not mismatch.is_card
    assert mismatch.is_question
    unknown = await rina.says("angsuran P-0009 220rb")
    assert "P-0009 tidak ada" in unknown.text
    shown = await rina.says("pinjaman P-0001")
    assert "sisa pokok Rp1.000.000" in shown.text
    rows = await rina.says("angsuran:\nP-0001 110rb\nP-0002 220rb")
    assert rows.is_card, rows.text
    await rina.presses("✅ Simpan")
    assert (await village.owed(first), await village.owed(second)) == (900_000, 1_600_000)
    await budi.sees("Tercatat")
    refused = await siti.says("pinjaman P-0001")
    assert "tidak bisa ditampilkan" in refused.text


async def test_a_settlement_that_is_no_longer_exact_records_nothing(house: House) -> None:
    village, rina, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(1))
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    settling = await rina.says("pelunasan Siti")
    await hendra.says("Siti bayar angsuran 110rb")
    await hendra.presses("✅ Simpan")
    await siti.sees("Tercatat")
    refused = await rina.presses("✅ Simpan", settling)
    assert "Tercatat" not in refused.text
    assert await village.owed(loan) == 900_000
    await rina.presses("❌ Batal", settling)


async def test_a_settled_loan_takes_no_payment_by_its_label_either(house: House) -> None:
    village, rina, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=today() - timedelta(days=3))
    await village.lent(siti, 2_000_000, on=months_ago(1))
    await rina.says(f"pelunasan {loan.label}")
    await rina.presses("✅ Simpan")
    await siti.sees("lunas")
    refused = await rina.says(f"angsuran {loan.label} 110rb")
    assert not refused.is_card
    assert loan.label in refused.text


async def test_a_fine_already_paid_that_falls_away_becomes_principal(house: House) -> None:
    village, rina, siti = await a_counter(house, penalty=LATE)
    loan = await village.lent(siti, 1_000_000, on=today() - timedelta(days=70))
    card = await rina.says("Siti bayar angsuran 110rb")
    fine = rupiah(card.line("Denda:"))
    await rina.presses("✅ Simpan")
    await siti.sees("Tercatat")
    owed = await village.owed(loan)
    back = await rina.says("Siti bayar angsuran 110rb 39 hari lalu")
    falls = rupiah(back.line("Denda yang sudah dibayar dan sekarang gugur:"))
    assert 0 < falls <= fine
    assert rupiah(back.line("Pokok:")) == 100_000 + falls
    await rina.presses("✅ Simpan")
    assert await village.owed(loan) == owed - 100_000 - falls
    await siti.sees("Tercatat")
    await siti.says("/pinjaman")
    history = await siti.presses("Riwayat")
    assert "denda -Rp" in history.text


async def test_guided_by_buttons_a_payment_may_still_become_a_settlement(house: House) -> None:
    village, rina, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(1))
    await rina.says("/catat")
    await rina.presses("Angsuran Pinjaman")
    asked = await rina.says("Siti")
    assert "Rp110.000" in asked.labels
    card = await rina.says("pelunasan")
    assert "Melunasi pinjaman" in card.text
    await rina.presses("✅ Simpan")
    assert await village.owed(loan) == 0
    await siti.sees("lunas")


async def test_a_card_of_another_kind_becomes_a_payment_by_its_edit(house: House) -> None:
    village, rina, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(1))
    await rina.says("wajib Siti 110rb")
    await rina.presses("✏️ Ubah")
    await rina.presses("Jenis")
    card = await rina.presses("Angsuran Pinjaman")
    assert card.lines[0] == "Angsuran Pinjaman"
    await rina.presses("✅ Simpan")
    assert await village.owed(loan) == 900_000
    assert await village.saved(siti) == 0
    await siti.sees("Tercatat")


async def test_a_loan_whose_end_costs_nothing_ends_with_the_payment(house: House) -> None:
    village, rina, siti = await a_counter(house, order=POKOK_FIRST)
    loan = await village.lent(siti, 100_000, count=1, on=today())
    card = await rina.says("angsuran Siti 100rb")
    assert "Pinjaman ini lunas." in card.text
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    assert await village.owed(loan) == 0
    assert "tidak punya pinjaman berjalan" in (await rina.says("pelunasan Siti")).text


async def test_a_settlement_of_nothing_is_said_and_asks_for_no_money(house: House) -> None:
    village, rina, siti = await a_counter(house, order=POKOK_FIRST, settlement_instalments=1)
    await village.lent(siti, 100_000, count=1, on=today() - timedelta(days=1))
    await rina.says("angsuran Siti 100.500 kemarin")
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    said = await rina.says("pelunasan Siti")
    assert not said.is_card
    assert "Rp0: sisanya hanya jasa yang belum berjalan, Rp500" in said.text
