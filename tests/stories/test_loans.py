"""A loan's life by chat: applied for, decided by the ketua, paid out, rescheduled, written off."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from core.permissions import Role
from tests.builders import Village, a_village, months_ago, today
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def an_office(house: House, **rules: str) -> tuple[Village, Person, Person, Person]:
    """A village with treasurer, ketua and Siti, all with a chat."""
    village = await a_village(house, rest_days="none", **rules)
    await village.product(moves_holidays=False)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", joined=months_ago(12), sukarela=900_000)
    return village, rina, hendra, siti


async def state_of(village: Village, number: int = 1) -> str:
    found: str = await village.house.value(
        "SELECT state FROM loans WHERE koperasi_id = :here AND id = :loan",
        here=village.cooperative.id,
        loan=number,
    )
    return found


async def test_from_the_members_wish_to_the_money_in_hand(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    card = await siti.says("mau pinjam 5 juta 10 bulan untuk modal warung")
    assert card.lines[0] == "Pengajuan Pinjaman"
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    assert card.line("Jumlah:") == "Rp5.000.000 (lima juta rupiah)"
    assert card.line("Produk:") == "Pinjaman umum, bunga tetap 1% per bulan"
    assert card.line("Tenor:") == "10 kali, tiap bulan"
    assert card.line("Angsuran:") == "Rp550.000 × 10"
    assert card.line("Total dibayar:") == "Rp5.500.000, jasanya Rp500.000"
    assert "Setara bunga efektif 21,2" in card.text
    assert card.line("Keperluan:") == "modal warung"
    assert "✓ izin simpan pinjam, batas bunga" in card.text
    waits = await siti.presses("✅ Simpan")
    assert waits.lines[0] == "Menunggu persetujuan No. 1"
    assert "Hendra Wijaya" in waits.text
    asked = await hendra.sees("Pengajuan Pinjaman")
    assert "Siti Aminah" in asked.text
    done = await hendra.presses("Setujui", asked)
    assert "Pinjaman P-0001 disetujui: Rp5.000.000" in done.text
    await siti.sees("disetujui")
    told = await rina.sees("disetujui")
    assert 'Ketik "cairkan pinjaman Siti Aminah"' in told.text
    assert await village.entries() == 1
    card = await rina.says("cairkan pinjaman Siti")
    assert card.lines[0] == "Pencairan Pinjaman"
    assert card.line("Jumlah:") == "Rp5.000.000 (lima juta rupiah)"
    assert card.line("Disetujui oleh:") == "Hendra Wijaya"
    assert card.line("Diserahkan tunai:").startswith("Rp5.000.000 (lima juta")
    receipt = await rina.presses("✅ Simpan")
    assert "Tercatat No. 2" in receipt.text
    assert receipt.line("Sisa pokok:") == "Rp0 menjadi Rp5.000.000"
    got = await siti.sees("Tercatat No. 2")
    assert got.labels == ["BENAR", "BUKAN"]
    assert await state_of(village) == "running"
    again = await rina.says("cairkan pinjaman Siti")
    assert "tidak punya pinjaman yang disetujui" in again.text


async def test_an_officers_sentence_gets_its_card_at_once_and_edits_change_it(
    house: House,
) -> None:
    village, rina, hendra, siti = await an_office(house)
    card = await rina.says("Siti mengajukan pinjaman sebesar tiga juta")
    assert (card.lines[0], card.is_card) == ("Pengajuan Pinjaman", True)
    assert card.line("Tenor:").startswith("10 kali")
    await rina.presses("✏️ Ubah")
    asked = await rina.presses("Tenor")
    assert asked.is_question
    card = await rina.says("24")
    assert card.line("Tenor:").startswith("24 kali")
    await rina.presses("✏️ Ubah")
    await rina.presses("Penghasilan")
    card = await rina.says("400rb")
    assert card.line("Penghasilan:") == "Rp400.000 sebulan"
    assert "⚠️ Angsuran sebulan Rp155.000, di atas 35% penghasilan" in card.text
    await rina.presses("✏️ Ubah")
    await rina.presses("Tenor")
    refused = await rina.says("48")
    assert "paling lama 36" in refused.text
    card = await rina.says("36")
    await rina.presses("✅ Simpan", card)
    asked = await hendra.sees("Pengajuan Pinjaman")
    stays = await hendra.presses("Setujui", asked)
    assert await state_of(village) == "approved", stays.text
    await siti.sees("disetujui")


async def test_a_failing_check_list_stops_the_decision_not_the_application(house: House) -> None:
    village, rina, hendra, siti = await an_office(house, usp="none")
    card = await rina.says("Siti mengajukan pinjaman 3 juta")
    assert "⚠️ Koperasi belum berizin" in card.text
    waits = await rina.presses("✅ Simpan")
    assert waits.lines[0] == "Menunggu persetujuan No. 1"
    asked = await hendra.sees("Pengajuan Pinjaman")
    refused = await hendra.presses("Setujui", asked)
    assert "belum bisa diteruskan" in refused.text
    assert await state_of(village) == "applied"
    await hendra.says("tolak 1 belum berizin")
    assert await state_of(village) == "rejected"
    await rina.sees("ditolak")
    await siti.sees("ditolak")


async def test_a_member_applies_for_nobody_else(house: House) -> None:
    village, _, _, siti = await an_office(house)
    await village.member("Budi Santoso", linked=False)
    for words in ("ajukan pinjaman Budi 3jt", "Budi Santoso mau pinjam 3 juta"):
        refused = await siti.says(words)
        assert not refused.is_card
        assert "untuk diri sendiri" in refused.text
    asked = await siti.says("mau pinjam")
    assert asked.is_question
    refused = await siti.says("3 juta untuk Budi Santoso")
    assert not refused.is_card or "Siti Aminah" in refused.line("Anggota:")
    card = await siti.says("pinjam 2 juta")
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    await siti.presses("❌ Batal")


async def test_the_ketua_does_not_decide_the_own_loan(house: House) -> None:
    village, rina, hendra, _ = await an_office(house)
    card = await hendra.says("saya mau pinjam 2 juta")
    if card.is_card:
        pytest.fail("Hendra is no member: nobody lends to him")
    dewi = await village.member("Dewi Lestari", joined=months_ago(12))
    await village.officer("Dewi Lestari", Role.SEKRETARIS, chat=dewi, linked=False)
    await dewi.says("saya mau pinjam 2 juta")
    waits = await dewi.presses("✅ Simpan")
    assert waits.lines[0].startswith("Menunggu persetujuan")
    refused = await dewi.says("setujui 1")
    assert "menyangkut Anda sendiri" in refused.text
    asked = await hendra.sees("Pengajuan Pinjaman")
    await hendra.presses("Setujui", asked)
    assert await state_of(village) == "approved"
    await dewi.sees("disetujui")
    await rina.sees("disetujui")


async def test_who_decided_alone_does_not_hand_the_money_over_alone(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    await siti.says("pinjam 2 juta")
    await siti.presses("✅ Simpan")
    asked = await hendra.sees("Pengajuan Pinjaman")
    await hendra.presses("Setujui", asked)
    await siti.sees("disetujui")
    await hendra.says("cairkan pinjaman Siti")
    waits = await hendra.presses("✅ Simpan")
    assert waits.lines[0] == "Menunggu persetujuan No. 2"
    assert await state_of(village) == "approved"
    asked = await rina.sees("Pencairan Pinjaman")
    done = await rina.presses("Setujui", asked)
    assert "Tercatat" in done.text
    assert await state_of(village) == "running"
    await siti.sees("Tercatat")
    await hendra.sees("Tercatat")


async def test_another_amount_than_the_approved_one_is_not_paid_out(house: House) -> None:
    village, rina, _, siti = await an_office(house)
    await village.applied(siti, 1_500_000)
    asked = await rina.says("pinjaman Siti sudah dicairkan 2 juta")
    assert not asked.is_card
    assert "disetujui Rp1.500.000" in asked.text
    card = await rina.presses("Rp1.500.000")
    assert card.line("Jumlah:").startswith("Rp1.500.000 ")
    await rina.presses("✅ Simpan")
    assert await state_of(village) == "running"
    await siti.sees("Tercatat")


async def test_fees_and_an_old_loan_are_taken_off_the_money(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    await village.product(moves_holidays=False, provisi=Decimal(1), administrasi=25_000)
    old = await village.lent(siti, 1_000_000, on=today())
    await rina.says("Siti mengajukan pinjaman 5 juta")
    await rina.presses("✏️ Ubah")
    asked = await rina.presses("Lunasi pinjaman lama")
    card = await rina.presses(asked.label(old.label))
    assert "Melunasi pinjaman lama: P-0001" in card.text
    assert card.line("Provisi saat cair:") == "Rp50.000"
    await rina.presses("✅ Simpan")
    await hendra.presses("Setujui", await hendra.sees("Pengajuan Pinjaman"))
    await siti.sees("disetujui")
    card = await rina.says("cairkan pinjaman Siti")
    assert card.line("Melunasi pinjaman lama:") == "Rp1.000.000"
    assert card.line("Diserahkan tunai:").startswith("Rp3.925.000 ")
    await rina.presses("✅ Simpan")
    assert await village.owed(old) == 0
    assert await state_of(village, 1) == "settled"
    await siti.sees("Tercatat")


async def test_a_guarantor_is_asked_in_the_own_chat_and_by_paper_without_one(
    house: House,
) -> None:
    village, rina, hendra, siti = await an_office(house)
    budi = await village.member("Budi Santoso", joined=months_ago(12), sukarela=2_000_000)
    await village.members(["Joko Susilo"], joined=months_ago(12), savings=(0, 0, 2_000_000))
    await rina.says("Siti mengajukan pinjaman 3 juta")
    for words in ("Budi Santoso 1 juta", "Joko Susilo 500rb"):
        await rina.presses("✏️ Ubah")
        await rina.presses("Penjamin")
        card = await rina.says(words)
    assert "Penjamin: Budi Santoso Rp1.000.000" in card.text
    assert "Penjamin: Joko Susilo Rp500.000" in card.text
    await rina.presses("✅ Simpan")
    asked = await hendra.sees("Pengajuan Pinjaman")
    refused = await hendra.presses("Setujui", asked)
    assert "penjamin" in refused.text
    question = await budi.sees("menjadi penjamin")
    agreed = await budi.presses("Setuju", question)
    assert "Anda setuju menjamin P-0001" in agreed.text
    for waiting in (rina, siti):
        await waiting.sees("setuju menjamin")
    await hendra.presses("Setujui", refused)
    assert await state_of(village) == "approved"
    await siti.sees("disetujui")


async def test_an_application_is_taken_back_by_who_made_it(house: House) -> None:
    village, _, hendra, siti = await an_office(house)
    await siti.says("pinjam 2 juta")
    await siti.presses("✅ Simpan")
    await hendra.sees("Pengajuan Pinjaman")
    shown = await siti.says("batal pengajuan")
    assert "Menunggu persetujuan No. 1" in shown.text
    await siti.presses(shown.label("Tarik"))
    assert await state_of(village) == "cancelled"
    nothing = await siti.says("batalkan pengajuan pinjaman saya")
    assert "Tidak ada pengajuan" in nothing.text


async def test_a_new_schedule_waits_for_the_ketua(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(4))
    card = await rina.says("restrukturisasi pinjaman Siti 24 bulan, alasan panen gagal")
    assert card.lines[0] == "Restrukturisasi Pinjaman"
    assert card.line("Tenor:").startswith("24 kali")
    assert card.line("Alasan:") == "panen gagal"
    waits = await rina.presses("✅ Simpan")
    assert waits.lines[0] == "Menunggu persetujuan No. 1"
    asked = await hendra.sees("Restrukturisasi Pinjaman")
    done = await hendra.presses("Setujui", asked)
    assert "Jadwal baru berlaku" in done.text
    await siti.sees("Jadwal baru berlaku")
    rows = await house.value(
        "SELECT count(*) FROM loan_instalments WHERE koperasi_id = :here AND version = 2",
        here=village.cooperative.id,
    )
    assert rows == 24
    assert await village.owed(loan) == 1_000_000


async def test_a_lost_loan_is_written_off_and_what_still_comes_in_is_recovery(
    house: House,
) -> None:
    village, rina, hendra, siti = await an_office(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(11))
    asked = await rina.says("hapus buku pinjaman Siti")
    assert "Mengapa" in asked.text
    card = await rina.says("sudah pindah dan tidak bisa dihubungi")
    assert card.lines[0] == "Hapus Buku Pinjaman"
    assert card.line("Jumlah:").startswith("Rp1.000.000 ")
    await rina.presses("✅ Simpan")
    done = await hendra.presses("Setujui", await hendra.sees("Hapus Buku Pinjaman"))
    assert "rugi Rp1.000.000" in done.text
    assert (await village.owed(loan), await state_of(village)) == (0, "written-off")
    card = await rina.says("Siti bayar angsuran 200rb")
    assert "Pemulihan" in card.text
    receipt = await rina.presses("✅ Simpan")
    assert "Tercatat" in receipt.text
    got = await siti.sees("Tercatat")
    answered = await siti.presses("BENAR", got)
    assert answered.line("Tagihan:") == receipt.line("Tagihan:")


async def test_a_payment_is_taken_back_and_the_loan_stands_as_before(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    loan = await village.lent(siti, 1_000_000, on=today() - timedelta(days=40))
    await rina.says("Siti bayar angsuran 110rb")
    receipt = await rina.presses("✅ Simpan")
    await siti.sees("Tercatat")
    assert await village.owed(loan) == 900_000
    number = receipt.lines[0].rsplit(" ", 1)[1]
    card = await hendra.says(f"batalkan no {number} karena salah orang")
    assert card.lines[0] == "Pembatalan Transaksi"
    assert "Angsuran Pinjaman" in card.text
    done = await hendra.presses("✅ Simpan")
    assert await village.owed(loan) == 1_000_000
    told = await siti.sees("Pembatalan Transaksi")
    for said in (done, told):
        assert said.line("Sisa pokok P-0001 sekarang:") == "Rp1.000.000"
        assert "Saldo" not in said.text


async def test_above_the_limit_two_officers_decide(house: House) -> None:
    village, rina, hendra, siti = await an_office(house, two_approvers_above="10000000")
    card = await siti.says("pinjam 12 juta 24 bulan")
    await siti.presses("✅ Simpan", card)
    first = await hendra.sees("Pengajuan Pinjaman")
    assert "dua pengurus" in first.text
    await hendra.presses("Setujui", first)
    assert await state_of(village) == "applied"
    second = await rina.sees("Pengajuan Pinjaman")
    await rina.presses("Setujui", second)
    assert await state_of(village) == "approved"
    await siti.sees("disetujui: Rp12.000.000")


async def test_what_changed_since_the_approval_stops_the_money(house: House) -> None:
    village, rina, _, siti = await an_office(house)
    await village.applied(siti, 2_000_000)
    card = await rina.says("cairkan pinjaman Siti")
    assert card.is_card
    await house.change(
        "UPDATE rules SET value = 'none' WHERE koperasi_id = :here AND name = 'usp'",
        here=village.cooperative.id,
    )
    refused = await rina.presses("✅ Simpan", card)
    assert "belum berizin" in refused.text
    assert await state_of(village) == "approved"
    again = await rina.says("cairkan pinjaman Siti")
    assert not again.is_card


async def test_a_members_wish_to_pay_is_passed_on_not_recorded(house: House) -> None:
    village, rina, _, siti = await an_office(house)
    loan = await village.lent(siti, 1_000_000)
    wish = await siti.says("saya mau bayar angsuran 110rb")
    assert not wish.is_card
    await siti.presses("Teruskan ke pengurus")
    await rina.sees("bayar angsuran 110rb")
    assert await village.owed(loan) == 1_000_000


async def test_a_member_names_a_guarantor_only_by_the_whole_name(house: House) -> None:
    village, _, hendra, siti = await an_office(house)
    budi = await village.member("Budi Santoso", joined=months_ago(12), sukarela=2_000_000)
    await siti.says("pinjam 2 juta")
    for words in ("Budi 1 juta", f"{budi.number} 1 juta"):
        await siti.presses("✏️ Ubah")
        await siti.presses("Penjamin")
        unclear = await siti.says(words)
        assert unclear.is_question
        assert "Santoso" not in "\n".join(unclear.lines[:1])
        await siti.says("tidak ada")
    await siti.presses("✏️ Ubah")
    await siti.presses("Penjamin")
    card = await siti.says("budi santoso 1 juta")
    assert "Penjamin: Budi Santoso Rp1.000.000" in card.text
    await siti.presses("✅ Simpan")
    declined = await budi.presses("Tidak", await budi.sees("menjadi penjamin"))
    assert "tidak menjamin P-0001" in declined.text
    await siti.sees("menolak menjamin")
    await hendra.sees("Pengajuan Pinjaman")
    forged = await siti.forges(f"j:{village.cooperative.id}:1:y", card)
    assert "tidak diminta menjamin" in forged.text


async def test_applications_and_disbursements_are_no_rows_of_a_list(house: House) -> None:
    village, rina, _, _ = await an_office(house)
    await village.member("Budi Santoso", linked=False)
    answer = await rina.says("pengajuan pinjaman:\nSiti 2 juta\nBudi 3 juta")
    assert not answer.is_card
    assert "satu per satu" in answer.text


async def test_absurd_loans_are_refused_or_asked_about(house: House) -> None:
    village, rina, _, siti = await an_office(house)
    for words in ("Siti mengajukan pinjaman 0", "Siti mengajukan pinjaman -3 juta"):
        answer = await rina.says(words)
        assert not answer.is_card
    card = await rina.says("Siti mengajukan pinjaman 3 juta 480 bulan")
    assert not card.is_card
    assert "paling lama 36" in card.text
    card = await rina.says("12")
    assert card.line("Tenor:").startswith("12 kali")
    await rina.presses("❌ Batal")
    refused = await rina.says("cairkan pinjaman Siti")
    assert "tidak punya pinjaman yang disetujui" in refused.text
    assert await village.entries() == 1
    assert siti.number


async def test_markup_in_the_own_wish_is_text_and_nothing_else(house: House) -> None:
    village, _, _, siti = await an_office(house)
    card = await siti.says("pinjam 2 juta untuk <b>modal</b> warung")
    assert card.is_card
    assert card.line("Keperluan:") == "<b>modal</b> warung"
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    await siti.presses("❌ Batal")
    assert await village.entries() == 1


async def test_a_sentence_that_leaves_the_operation_open_offers_only_what_it_may_be(
    house: House,
) -> None:
    village, rina, _, siti = await an_office(house)
    asked = await rina.says("pinjaman Siti 2 juta")
    offered = ["Pengajuan Pinjaman", "Pencairan Pinjaman", "Angsuran Pinjaman"]
    assert asked.labels[:-1] == offered
    card = await rina.presses("Pengajuan Pinjaman")
    assert card.line("Jumlah:").startswith("Rp2.000.000 ")
    assert card.line("Anggota:").endswith(f"({siti.number})")
    await rina.presses("❌ Batal")
    assert await village.entries() == 1
