"""More that needs a second person: parts of one withdrawal, a loan let go, what officers pay for themselves."""

from __future__ import annotations

import pytest

from core.loans.terms import Share
from core.permissions import Role
from tests.builders import a_village, months_ago
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_withdrawal_in_parts_is_one_of_that_day(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", sukarela=9_000_000)
    await rina.says("tarik Siti 3jt")
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    first, second = [await rina.says(f"tarik Siti {part}") for part in ("2jt", "1,9jt")]
    assert "di atas batas" not in first.text
    assert "Tercatat" in (await rina.presses("✅ Simpan", on=first)).text
    anew = await rina.presses("✅ Simpan", on=second)
    assert "di atas batas tarik sehari" in anew.text
    assert "Menunggu persetujuan No. 1" in (await rina.presses("✅ Simpan", on=anew)).text
    assert await village.saved(siti, "sukarela") == 4_000_000
    await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan No. 1"))
    assert await village.saved(siti, "sukarela") == 2_100_000
    third = await rina.says(
        "tarik Siti 1jt"
    )  # What was approved does not count again, 5 million do.
    assert "di atas batas tarik sehari" in third.text


async def test_another_date_is_no_way_around_the_limit(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", sukarela=9_000_000, joined=months_ago(2))
    await rina.says("tarik Siti 5jt")
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    card = await rina.says("tarik Siti 100rb kemarin")
    assert "di atas batas tarik sehari" in card.text
    assert "Menunggu persetujuan" in (await rina.presses("✅ Simpan")).text
    assert await village.saved(siti, "sukarela") == 4_000_000


async def test_a_sentence_of_money_is_no_reason(house: House) -> None:
    village = await a_village(house, rest_days="none")
    await village.product(moves_holidays=False)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(12))
    await village.lent(siti, 1_000_000, on=months_ago(2))
    assert "Mengapa" in (await rina.says("hapus buku pinjaman Siti")).text
    card = await rina.says("angsuran Siti 110rb")
    assert card.lines[0] == "Angsuran Pinjaman"
    await rina.says("hapus buku pinjaman Siti")
    card = await rina.says("angsuran sudah lama macet, orangnya pindah")
    assert card.lines[0] == "Hapus Buku Pinjaman"


async def test_an_approved_loan_is_let_go_by_two(house: House) -> None:
    village = await a_village(house)
    await village.product()
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", joined=months_ago(12))
    loan = await village.applied(siti, 1_000_000)
    asked = await rina.says("batalkan pinjaman Siti")
    assert "Mengapa" in asked.text
    card = await rina.says("rumahnya sudah selesai dibangun")
    assert card.lines[0] == "Pembatalan Pinjaman"
    assert card.line("Jumlah:").startswith("Rp1.000.000 ")
    number = (await rina.presses("✅ Simpan")).lines[0].split()[-1]
    assert "sudah diminta" in (await rina.says("batalkan pinjaman Siti")).text
    paid_out = await rina.says("cairkan pinjaman Siti")
    assert not paid_out.is_card
    assert f"masih menunggu keputusan: permintaan No. {number}" in paid_out.text
    await hendra.presses("Setujui", on=await hendra.sees(f"Mohon persetujuan No. {number}"))
    told = await siti.sees("tidak jadi dicairkan")
    assert "rumahnya sudah selesai" in told.text
    state = await house.value(
        "SELECT state FROM loans WHERE koperasi_id = :here AND id = :loan",
        here=village.cooperative.id,
        loan=loan.id,
    )
    assert state == "cancelled"
    nothing = await rina.says("cairkan pinjaman Siti")
    assert not nothing.is_card


async def test_the_reason_in_the_sentence_or_tidak_jadi_is_the_reason(house: House) -> None:
    village = await a_village(house, rest_days="none")
    await village.product(moves_holidays=False)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(12))
    first = await village.applied(siti, 1_000_000)
    card = await rina.says(f"batalkan pinjaman {first.label} tidak jadi")
    assert (card.lines[0], card.line("Alasan:")) == ("Pembatalan Pinjaman", "tidak jadi")
    await rina.presses("❌ Batal")
    assert "Mengapa" in (await rina.says(f"batalkan pinjaman {first.label}")).text
    assert (await rina.says("tidak jadi")).line("Alasan:") == "tidak jadi"
    await rina.presses("❌ Batal")
    await rina.says(f"batalkan pinjaman {first.label}")
    assert "Dibatalkan" in (await rina.says("batal")).text
    lent = await village.lent(siti, 1_000_000, on=months_ago(4))
    card = await rina.says(f"hapus buku pinjaman {lent.label} macet lama")
    assert card.line("Alasan:") == "macet lama"
    await rina.presses("❌ Batal")
    refused = await rina.says(f"batalkan pinjaman {lent.label}")  # It runs: no reason helps.
    assert "Mengapa" not in refused.text
    assert not refused.is_card


async def test_the_application_that_is_named_is_the_one_to_take_back(house: House) -> None:
    village = await a_village(house, rest_days="none")
    await village.product(moves_holidays=False)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.officer("Hendra Wijaya", Role.KETUA)
    await village.member("Siti Aminah", joined=months_ago(12))
    for amount in ("1jt", "2jt"):
        await rina.says(f"Siti mengajukan pinjaman {amount} 10 bulan")
        await rina.presses("✅ Simpan")
    shown = await rina.says("batalkan pengajuan P-0001")
    assert shown.line("Pinjaman:") == "P-0001"
    assert (await rina.says("batalkan pengajuan P-0002")).line("Pinjaman:") == "P-0002"


async def test_savings_do_not_pay_for_a_loan_that_was_written_off(house: House) -> None:
    village = await a_village(house, rest_days="none")
    await village.product(moves_holidays=False)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", joined=months_ago(12), sukarela=500_000)
    await village.lent(siti, 1_000_000, on=months_ago(4))
    await rina.says("hapus buku pinjaman Siti, alasan macet")
    await rina.presses("✅ Simpan")
    await hendra.says("setujui 1")
    before = await village.entries()
    refused = await rina.says("angsuran Siti 100rb potong sukarela")
    assert not refused.is_card
    assert "tidak bisa dipotong dari simpanan" in refused.text
    assert await village.entries() == before
    card = await rina.says("angsuran Siti 100rb tunai")
    assert card.is_card
    await rina.presses("❌ Batal", on=card)
    earlier = await rina.says("angsuran Siti 100rb tanggal 5 bulan lalu")
    assert "Pilih tanggal itu atau sesudahnya" in earlier.text
    await rina.says("/batal")
    for words in ("pelunasan Siti", "Siti melunasi pinjaman yang dihapus buku"):
        whole = await rina.says(words)
        assert "Pemulihan" in whole.text
        assert whole.text.count("menjadi Rp0") == 1
        await rina.presses("❌ Batal", on=whole)
    assert await village.saved(siti, "sukarela") == 500_000


async def test_what_an_officer_pays_for_the_own_written_off_loan_is_approved(house: House) -> None:
    village = await a_village(house, rest_days="none")
    await village.product(moves_holidays=False)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    rina = await village.member("Rina Kartika", joined=months_ago(12), linked=False)
    loan = await village.lent(rina, 1_000_000, on=months_ago(11))
    dewi = await village.officer("Dewi Lestari", Role.BENDAHARA)
    await village.officer("Rina Kartika", Role.BENDAHARA, chat=rina)
    await dewi.says("hapus buku pinjaman Rina, alasan usaha tutup")
    await dewi.presses("✅ Simpan")
    await hendra.presses("Setujui", on=await hendra.sees("Hapus Buku Pinjaman"))
    card = await rina.says("Rina bayar angsuran 200rb")
    assert "Pemulihan" in card.text
    waits = await rina.presses("✅ Simpan")
    assert "Menunggu persetujuan No. 2" in waits.text
    done = await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan No. 2"))
    assert "Tercatat" in done.text
    assert done.line("Disetujui oleh:") == "Hendra Wijaya"
    assert done.line("Tagihan:").endswith(" menjadi Rp910.000") or "menjadi" in done.text
    recovered = await house.value(
        "SELECT recovered FROM loans WHERE koperasi_id = :here AND id = :loan",
        here=village.cooperative.id,
        loan=loan.id,
    )
    assert recovered == 200_000


async def test_fines_alone_are_not_written_off(house: House) -> None:
    village = await a_village(house, rest_days="none")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(12))
    await village.product(
        moves_holidays=False,
        order=(Share.PRINCIPAL, Share.INTEREST, Share.PENALTY),
    )
    await village.lent(siti, 100_000, count=1, on=months_ago(3))
    await rina.says("angsuran Siti 100rb")
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    refused = await rina.says("hapus buku pinjaman Siti, alasan pindah")
    assert not refused.is_card
    assert "sudah nol" in refused.text
