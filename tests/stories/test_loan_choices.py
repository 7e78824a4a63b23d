"""Which loan is meant, what guarantors' savings are held for, and a late loan that a new one settles."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village, months_ago
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def an_office(house: House) -> tuple[Village, Person, Person, Person]:
    """A village with a treasurer, a chair and Siti, who may borrow since last year."""
    village = await a_village(house, rest_days="none")
    await village.product(moves_holidays=False)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", joined=months_ago(12), sukarela=900_000)
    return village, rina, hendra, siti


async def test_the_approved_amount_tells_which_of_several_loans_is_paid_out(house: House) -> None:
    _, rina, hendra, siti = await an_office(house)
    for number, amount in ((1, "1 juta"), (2, "1,2 juta"), (3, "1,2 juta")):
        await rina.says(f"Siti mengajukan pinjaman {amount}")
        await rina.presses("✅ Simpan")
        await hendra.says(f"setujui {number}")
    card = await rina.says("cairkan pinjaman Siti 1 juta")
    assert card.is_card
    assert "P-0001" in card.text
    await rina.presses("❌ Batal", card)
    for words in ("cairkan pinjaman Siti 1,2jt", "cairkan pinjaman Siti"):
        asked = await rina.says(words)
        assert "P-0002, disetujui Rp1.200.000" in asked.labels
        await rina.says("/batal")
    await siti.sees("P-0003")


async def test_held_savings_are_shown_and_refused_before_any_card(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    budi = await village.member("Budi Santoso", joined=months_ago(12), sukarela=1_000_000)
    await siti.says("pinjam 3 juta 10 bulan")
    await siti.presses("✏️ Ubah")
    await siti.presses("Penjamin")
    await siti.says("Budi Santoso 500rb")
    await siti.presses("✅ Simpan")
    await budi.presses("Setuju", await budi.sees("menjadi penjamin"))
    await hendra.says("setujui 1")
    assert "Ditahan" not in (await budi.says("/saldo")).text
    await rina.says("cairkan pinjaman Siti")
    await rina.presses("✅ Simpan")
    shown = await budi.says("/saldo")
    assert shown.line("Ditahan sebagai jaminan:").startswith("Rp500.000, sampai pinjaman")
    refused = await rina.says("tarik Budi 600rb")
    assert not refused.is_card
    assert "ditahan Rp500.000" in refused.text
    assert (await rina.says("tarik Budi 500rb")).is_card
    await siti.sees("Tercatat")


async def test_a_new_loan_may_settle_the_one_that_is_late(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    old = await village.lent(siti, 1_000_000, on=months_ago(2))
    await rina.says("Siti mengajukan pinjaman 5 juta")
    await rina.presses("✏️ Ubah")
    asked = await rina.presses("Lunasi pinjaman lama")
    card = await rina.presses(asked.label("P-0001"))
    assert "tunggakan" not in "\n".join(line for line in card.lines if not line.startswith("✓"))
    await rina.presses("✅ Simpan")
    assert "disetujui" in (await hendra.says("setujui 1")).text
    await rina.says("cairkan pinjaman Siti")
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    assert await village.owed(old) == 0
    await siti.sees("Tercatat")


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("mau pinjam 1 juta bayar sekolah anak", {"Keperluan:": "bayar sekolah anak"}),
        ("mau pinjam 1 juta produk mingguan", {"Produk:": "Mingguan, bunga tetap 1% per bulan"}),
        ("mohon dibantu pinjaman 500rb 5x angsuran", {"Tenor:": "5 kali, tiap bulan"}),
        ("pinjam 1 juta buat beli pupuk Budi", {"Keperluan:": "beli pupuk Budi"}),
        ("pinjam 1 juta Sumbergayam", {"Keperluan:": "Sumbergayam"}),
        (
            "pinjam 3 juta 10 bulan penjamin Budi Santoso 500rb, untuk modal warung",
            {
                "Penjamin:": "Budi Santoso Rp500.000",
                "Keperluan:": "modal warung",
                "Tenor:": "10 kali, tiap bulan",
            },
        ),
    ],
)
async def test_what_a_member_says_besides_is_no_other_borrower(
    house: House, words: str, lines: dict[str, str]
) -> None:
    village, _, _, siti = await an_office(house)
    await village.product("mingguan")
    await village.member("Budi Santoso", joined=months_ago(12), sukarela=900_000, linked=False)
    card = await siti.says(words)
    assert card.is_card, card.text
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    assert {begins: card.line(begins) for begins in lines} == lines
    await siti.presses("❌ Batal", card)


async def test_what_is_said_of_a_running_loan_is_no_wish_for_another(house: House) -> None:
    village, _, _, siti = await an_office(house)
    await village.lent(siti, 1_000_000, on=months_ago(1))
    for words in ("mohon pinjaman saya dibayar dari simpanan 100rb", "mau bayar pinjaman 100rb"):
        answer = await siti.says(words)
        assert not answer.is_card, answer.text


@pytest.mark.parametrize(
    "words",
    [
        "pinjam 2 juta untuk Budi",
        "mau pinjam 1 juta atas nama Budi Santoso",
        "ajukan pinjaman Budi 3jt",
        "Budi mau pinjam 1 juta",
        "Joko mau pinjam 1 juta",
    ],
)
async def test_a_loan_for_somebody_else_is_no_members_to_ask_for(house: House, words: str) -> None:
    village, _, _, siti = await an_office(house)
    await village.member("Budi Santoso", joined=months_ago(12), linked=False)
    refused = await siti.says(words)
    assert not refused.is_card
    assert "untuk diri sendiri" in refused.text


async def test_a_guarantor_or_product_not_certain_in_the_sentence_is_asked_about(
    house: House,
) -> None:
    village, _, _, siti = await an_office(house)
    await village.member("Budi Santoso", joined=months_ago(12), sukarela=900_000, linked=False)
    asked = await siti.says("pinjam 3 juta penjamin Budi 500rb")
    assert "Siapa penjaminnya?" in asked.text
    assert "Santoso" not in asked.lines[0]
    card = await siti.says("Budi Santoso 500rb")
    assert card.line("Penjamin:") == "Budi Santoso Rp500.000"
    assert card.line("Jumlah:").startswith("Rp3.000.000 ")
    await siti.presses("❌ Batal", card)
    asked = await siti.says("pinjam 3 juta produk kilat")
    assert "Memakai produk yang mana?" in asked.text
    assert (await siti.presses(asked.labels[0])).is_card
    await siti.says("/batal")


async def applies(officer: Person, guarantor: str) -> None:
    """Write an application of Siti's down, with a guarantor."""
    await officer.says("Siti mengajukan pinjaman 3 juta")
    await officer.presses("✏️ Ubah")
    await officer.presses("Penjamin")
    await officer.says(guarantor)
    await officer.presses("✅ Simpan")


async def test_who_will_not_stand_for_a_loan_is_told_clearly_and_so_is_who_waits_for_it(
    house: House,
) -> None:
    village, rina, hendra, siti = await an_office(house)
    budi = await village.member("Budi Santoso", joined=months_ago(12), sukarela=2_000_000)
    joko = await village.member("Joko Susilo", joined=months_ago(12), sukarela=2_000_000)
    await applies(rina, "Budi Santoso 500rb")
    question = await budi.sees("menjadi penjamin")
    for part in ("Siti Aminah (A-001)", "P-0001 sebesar Rp3.000.000", "ditahan Rp500.000"):
        assert part in question.text
    assert question.labels == ["Setuju", "Tidak"]
    declined = await budi.presses("Tidak", question)
    assert declined.text.endswith("sebesar Rp500.000. Simpanan Anda tidak ditahan.")
    for waiting in (rina, siti):
        told = await waiting.sees("Budi Santoso menolak menjamin P-0001")
        assert "belum bisa disetujui" in told.text
        assert "batal pengajuan" in told.text
    refused = await hendra.presses("Setujui", await hendra.sees("Pengajuan Pinjaman"))
    assert "penjamin" in refused.text
    await rina.presses("Tarik permintaan", await rina.says("batal pengajuan"))
    await applies(rina, "Joko Susilo 500rb")
    agreed = await joko.presses("Setuju", await joko.sees("menjadi penjamin"))
    assert "ditahan Rp500.000 sejak pinjaman cair sampai lunas" in agreed.text
    await rina.sees("Joko Susilo setuju menjamin P-0002")
    approved = await hendra.presses("Setujui", await hendra.sees("P-0002"))
    assert "disetujui" in approved.text
    await siti.sees("disetujui")
