from __future__ import annotations

from datetime import date

import pytest

from bot.understand.grammar import clear
from bot.understand.readings import AmountKind, DateKind, Intent, PeopleKind, Slot
from tests.bot.understand.village import said

CARDS = {
    "wajib Budi 50rb": ("deposit_mandatory", 50_000),
    "setor wajib 50rb Budi": ("deposit_mandatory", 50_000),
    "iuran Budi 20rb": ("deposit_mandatory", 20_000),
    "SW Budi 20rb": ("deposit_mandatory", 20_000),
    "SP Budi 100rb": ("deposit_principal", 100_000),
    "uang pangkal Budi 100rb": ("deposit_principal", 100_000),
    "Budi nyetor sukarela seket ewu": ("deposit_voluntary", 50_000),
    "tabungan Budi 50rb": ("deposit_voluntary", 50_000),
    "Budi nabung selembar biru": ("deposit_voluntary", 50_000),
    "Budi maandak duit 50rb": ("deposit_voluntary", 50_000),
    "Rela setor sukarela 50rb": ("deposit_voluntary", 50_000),
    "narik tabungan Budi 100rb": ("withdraw_voluntary", 100_000),
    "ambil 100rb dari tabungan Budi": ("withdraw_voluntary", 100_000),
    "Budi ngalak duit tabungan 50rb kemai": ("withdraw_voluntary", 50_000),
    "cairkan tabungan Budi 500rb": ("withdraw_voluntary", 500_000),
    "Budi pinjam 2 juta 12 bulan": ("loan_application", 2_000_000),
    "Budi nyilih duit sak yuta": ("loan_application", 1_000_000),
    "Budi ajukan pinjaman 3jt 12x": ("loan_application", 3_000_000),
    "saya mau pinjam 3 juta": ("loan_application", 3_000_000),
    "cairkan pinjaman Budi 1,5jt": ("loan_disbursement", 1_500_000),
    "pinjaman Budi cair 2jt": ("loan_disbursement", 2_000_000),
    "bayar utang Budi 200rb": ("loan_repayment", 200_000),
    "pelunasan Budi 1.200.000": ("loan_repayment", 1_200_000),
    "Budi bayar angsuran ke 3 200rb": ("loan_repayment", 200_000),
    "setoran pinjaman Budi 200rb": ("loan_repayment", 200_000),
    "Budi bayar denda 5rb": ("loan_repayment", 5_000),
    "bayar gaji karyawan 1,5jt": ("expense", 1_500_000),
    "honor Pak Sugeng 200rb": ("expense", 200_000),
    "token listrik 100rb": ("expense", 100_000),
    "biaya admin bank 10rb": ("bank_charge", 10_000),
    "beli bensin 50rb": ("expense", 50_000),
    "laku 250rb hari ini": ("sale", 250_000),
    "omzet toko 1.250.000": ("sale", 1_250_000),
    "restock gas 10 tabung 220rb": ("purchase", 220_000),
    "beli beras 10 karung 1,2jt": ("purchase", 1_200_000),
    "setor ke bank 2jt": ("bank_deposit", 2_000_000),
    "setoran kas ke BRI 3jt": ("bank_deposit", 3_000_000),
    "tarik uang di BRI 500rb": ("bank_withdraw", 500_000),
    "ambil uang bank 2jt buat kas": ("bank_withdraw", 2_000_000),
    "terima simpanan wajib an Bu Budi juli-des 120rb": ("deposit_mandatory", 120_000),
    "/catat wajib Budi 50rb": ("deposit_mandatory", 50_000),
}
WHICH = {
    "Budi setor 50rb": {"deposit_mandatory", "deposit_voluntary", "deposit_principal"},
    "simpanan Budi 50rb": {"deposit_mandatory", "deposit_voluntary", "deposit_principal"},
    "Budi bayar 500rb": {"deposit_mandatory", "loan_repayment"},
    "pinjaman Budi 2 juta": {"loan_application", "loan_disbursement", "loan_repayment"},
    "cairkan Budi 500rb": {"loan_disbursement", "withdraw_voluntary"},
    "ambil 100rb Budi": {"withdraw_voluntary", "sale"},
    "tarik wajib Budi 50rb": {"withdraw_voluntary", "deposit_mandatory"},
    "Budi beli gula 20rb": {"sale", "purchase"},
    "bayar wajib Budi 20rb dari tabungan": {"withdraw_voluntary", "deposit_mandatory"},
    "Budi kasih uang 100rb": set(),
}
ANSWERED = {
    "halo min, saldo saya berapa": "balance_inquiry",
    "tabungan saya": "balance_inquiry",
    "piro saldoku": "balance_inquiry",
    "cek saldo Budi": "balance_inquiry",
    "barapa utang ulun": "loan_inquiry",
    "kapan jatuh tempo Budi": "loan_inquiry",
    "sisa pinjaman Budi": "loan_inquiry",
    "pinjaman Budi": "loan_inquiry",
    "daftar pinjaman": "loan_inquiry",
    "siapa nunggak?": "arrears_inquiry",
    "berapa denda saya?": "loan_inquiry",
    "daftar tunggakan": "arrears_inquiry",
    "dari mana?": "loan_explanation",
    "kenapa denda saya segini?": "loan_explanation",
    "jasanya dari mana": "loan_explanation",
    "restrukturisasi pinjaman Budi 24 bulan, alasan panen gagal": "loan_restructuring",
    "hapus buku pinjaman Budi karena sudah pindah": "loan_write_off",
    "batal pengajuan": "loan_withdrawal",
    "batalkan pengajuan pinjaman saya": "loan_withdrawal",
    "riwayat Budi": "history_inquiry",
    "mutasi saya bulan ini": "history_inquiry",
    "apakah Budi sudah bayar wajib?": "history_inquiry",
    "wajib saya kurang berapa": "dues_inquiry",
    "siapa saja yang belum bayar wajib": "dues_inquiry",
    "harga beras berapa": "price_inquiry",
    "kas berapa hari ini": "cash_inquiry",
    "daftar anggota": "members_list",
    "laporan bulan ini": "report",
    "simulasi pinjaman 3 juta 12 bulan": "simulation",
    "data saya": "my_data",
    "ganti koperasi": "switch",
    "undang anggota baru": "invite",
    "saya mau berhenti jadi anggota": "leave",
    "STOP": "stop",
    "mulai": "resume",
    "bantuan": "help",
    "menu": "menu",
    "selamat pagi bu": "greeting",
    "terima kasih": "thanks",
    "/saldo@kopdes_bot": "balance_inquiry",
    "/pinjaman": "loan_inquiry",
    "/pantau": "monitor",
}
DOUBTED = {
    "Budi kada jadi setor wajib 50rb": "negated",
    "setoran wajib Budi 50rb batal": "negated",
    "Budi wajib bukan 50rb": "negated",
    "besok Budi bayar wajib 50rb": "not_yet",
    "Budi belum bayar wajib 50rb": "not_yet",
    "nanti Budi bayar wajib 50rb": "not_yet",
    "Budi bayar wajib 50rb?": "question",
    "berapa wajib Budi, 50rb": "question",
    "ralat: Budi wajib 60rb": "correction",
    "Budi wajib 50rb eh salah": "correction",
    "<b>Budi</b> wajib 50rb": "markup",
    "[Budi](http://x.y) wajib 50rb": "markup",
    "*Budi* wajib 50rb": "markup",
    "`Budi` wajib 50rb": "markup",
    "Budi'; DROP TABLE members;-- wajib 50rb": "markup",
    "wajib Juli 50rb": "name_or_date",
    "Budi bayar listrik 100rb": "with_member",
}


@pytest.mark.parametrize("text", CARDS)
def test_a_complete_sentence_gets_its_card(text):
    reading = said(text)
    assert clear(reading), reading
    assert (reading.intent, reading.amount.value) == CARDS[text]


def test_settling_and_paying_from_savings_are_said_beside_the_payment():
    settled = said("pelunasan Budi")
    assert (settled.intent, settled.settles, settled.from_savings) == (
        "loan_repayment",
        True,
        False,
    )
    drawn = said("angsuran Budi 200rb potong tabungan")
    assert (drawn.intent, drawn.settles, drawn.from_savings) == ("loan_repayment", False, True)
    plain = said("angsuran Budi 200rb")
    assert (plain.settles, plain.from_savings) == (False, False)


def test_the_reason_of_a_new_schedule_is_its_note():
    reading = said("restrukturisasi pinjaman Budi 24 bulan karena panen gagal")
    assert (reading.period.count, reading.note, reading.doubts) == (24, "panen gagal", ())


@pytest.mark.parametrize("text", WHICH)
def test_an_operation_that_is_not_said_is_asked_about(text):
    reading = said(text)
    assert set(reading.intents) == WHICH[text]
    assert reading.intent is None
    assert not clear(reading)


@pytest.mark.parametrize("text", ANSWERED)
def test_what_is_no_record(text):
    reading = said(text)
    assert reading.intent == ANSWERED[text]
    assert not clear(reading)


@pytest.mark.parametrize("text", DOUBTED)
def test_a_doubt_forbids_the_card(text):
    reading = said(text)
    assert DOUBTED[text] in reading.doubts
    assert not clear(reading)


@pytest.mark.parametrize(
    "text", ["setor", "setor 50rb", "siti wajib", "wajib 50rb", "Budi", "50rb"]
)
def test_what_is_missing_is_simply_none(text):
    reading = said(text)
    assert not clear(reading)
    assert reading.doubts == ()


def test_short_texts_fill_what_they_state():
    assert said("siti wajib").intent is Intent.DEPOSIT_MANDATORY
    assert said("siti wajib").people.kind is PeopleKind.SEVERAL
    assert said("siti wajib").amount.kind is AmountKind.NONE
    assert said("50rb").amount.value == 50_000
    assert said("Budi").people.members[0].name == "Budi Santoso"


def test_a_day_and_a_name_that_are_one_word_are_told_apart():
    reading = said("Kamis Hariyanto bayar wajib kamis 45rb")
    assert clear(reading)
    assert reading.people.members[0].number == "A-007"
    assert reading.date.day == date(2026, 11, 19)
    assert said("Budi bayar wajib kamis 45rb").people.members[0].name == "Budi Santoso"


def test_the_day_has_to_be_certain_for_a_card():
    for text, kind in (
        ("minggu lalu", DateKind.ASK),
        ("habis panen", DateKind.ASK),
        ("31/2/2026", DateKind.REFUSE),
    ):
        reading = said(f"Budi wajib 25rb {text}")
        assert reading.date.kind is kind
        assert not clear(reading)


def test_a_filled_in_form_is_one_operation():
    reading = said("Nama: Budi\nJenis: wajib\nJumlah: 20.000\nTanggal: 5/11/2026")
    assert clear(reading)
    assert (reading.rows, reading.amount.value) == ((), 20_000)
    assert reading.date.day == date(2026, 11, 5)


def test_everyday_words_are_no_name_beside_a_name():
    assert said("Fatimah setor suka rela 50rb").people.members[0].number == "A-003"


def test_markup_in_a_note_is_only_text():
    reading = said("bensin <b>motor</b> 20rb")
    assert clear(reading)
    assert reading.note == "bensin <b>motor</b>"
    kept = said("Budi wajib 50rb ket: titip <b>ibu</b> 20rb")
    assert clear(kept)
    assert (kept.note, kept.amount.value) == ("titip <b>ibu</b> 20rb", 50_000)


def test_the_officers_own_word_for_himself_does_not_hide_a_stranger():
    reading = said("saya catat Slamet bayar wajib 30rb")
    assert reading.people.kind is PeopleKind.UNKNOWN
    assert not clear(said("saya catat slamet bayar wajib 30rb"))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("umumkan rapat besok jam 10 di balai desa", "rapat besok jam 10 di balai desa"),
        ("pengumuman: iuran 50rb", "iuran 50rb"),
        ("umumkan ke semua anggota bahwa rapat tanggal 5", "rapat tanggal 5"),
        ("tolong umumkan:\nbatas data tanggal 20", "batas data tanggal 20"),
        ("/pengumuman libur besok", "libur besok"),
    ],
)
def test_an_announcement_is_its_text_and_nothing_else(text, note):
    reading = said(text)
    assert clear(reading)
    assert (reading.intent, reading.note) == (Intent.ANNOUNCEMENT, note)
    assert (reading.amount.kind, reading.date.kind) == (AmountKind.NONE, DateKind.NONE)


def test_an_announcement_without_words_is_not_clear():
    assert not clear(said("umumkan"))
    assert not clear(said("/pengumuman"))


@pytest.mark.parametrize(
    ("text", "reference", "who"),
    [
        ("transaksi barusan dibatalkan ya", None, []),
        ("batalkan transaksi no 12", "12", []),
        ("batalkan transaksi Budi", None, ["B-002"]),
        ("batalkan setoran A-001 tadi", None, ["A-001"]),
        ("hapus transaksi terakhir", None, []),
    ],
)
def test_a_reversal_and_what_it_speaks_of(text, reference, who):
    reading = said(text)
    assert clear(reading)
    assert (reading.intent, reading.reference) == (Intent.REVERSAL, reference)
    assert [member.number for member in reading.people.members] == who


def test_a_wrong_record_with_the_right_amount_is_not_reversed_at_once():
    reading = said("salah catat, harusnya Budi 60rb")
    assert reading.intent is Intent.REVERSAL
    assert not clear(reading)


@pytest.mark.parametrize("text", ["cek bukti KD-2026-0012", "/cek KD-2026-0012"])
def test_a_receipt_to_check(text):
    reading = said(text)
    assert (reading.intent, reading.reference) == (Intent.CHECK_RECEIPT, "KD-2026-0012")
    assert reading.people.kind is PeopleKind.NONE


YES = (
    "ya",
    "iya",
    "iye",
    "yo",
    "y",
    "ok",
    "oke",
    "betul",
    "inggih",
    "nggih",
    "sip",
    "👍",
    "👍🏽",
    "Iya bu",
    "ok sip 👍",
)
NO = ("tidak", "gak", "ga", "nggak", "kada", "ndik", "endik", "ora", "salah", "jangan")


@pytest.mark.parametrize("text", YES)
def test_yes(text):
    assert said(text).intent is Intent.YES


@pytest.mark.parametrize("text", NO)
def test_no(text):
    assert said(text).intent is Intent.NO


def test_the_other_short_answers():
    assert said("batal").intent is Intent.CANCEL
    assert said("gak jadi").intent is Intent.CANCEL
    assert said("BENAR").intents == (Intent.CONFIRM_RECEIPT, Intent.YES)
    assert said("BENAR 123").reference == "123"
    assert said("BUKAN").intents == (Intent.DISPUTE_RECEIPT, Intent.NO)
    assert said("ya batal").intent is None
    assert said("ya?").intent is None
    assert said("ya, wajib Budi 50rb").intent is Intent.DEPOSIT_MANDATORY


def test_an_answer_fills_the_slot_that_was_asked_for():
    assert said("Kamis", expecting=Slot.MEMBER).people.members[0].number == "A-007"
    assert said("12", expecting=Slot.MEMBER).people.members[0].number == "A-012"
    assert said("50rb", expecting=Slot.AMOUNT).amount.value == 50_000
    assert said("50", expecting=Slot.AMOUNT).amount.choices == (50_000, 50)
    assert said("sukarela", expecting=Slot.KIND).intent is Intent.DEPOSIT_VOLUNTARY
    assert said("kemarin", expecting=Slot.DATE).date.day == date(2026, 11, 23)
    assert said("5", expecting=Slot.DATE).date.day == date(2026, 11, 5)
    assert said("buat sekolah anak 50rb", expecting=Slot.NOTE).note == "buat sekolah anak 50rb"
    assert said("batal", expecting=Slot.NOTE).intent is Intent.CANCEL


def test_a_whole_sentence_is_read_even_when_a_slot_was_asked_for():
    reading = said("wajib Budi 50rb", expecting=Slot.AMOUNT)
    assert clear(reading)


@pytest.mark.parametrize(
    "text",
    [
        "batalkan no 26",
        "batal no 26",
        "batalkan 26",
        "batal #26",
        "batalkan transaksi 26",
        "hapus bukti #26",
        "hapus catatan 26",
        "tolong batalkan no. 26 ya pak",
        "batalkan 26 dan 27",
    ],
)
def test_a_reversal_by_the_number_of_a_receipt(text):
    reading = said(text)
    assert clear(reading)
    assert (reading.intent, reading.reference) == (Intent.REVERSAL, "26")
    assert (reading.amount.kind, reading.people.kind) == (AmountKind.NONE, PeopleKind.NONE)


@pytest.mark.parametrize(
    ("text", "note"),
    [("batalkan no 28, salah orang", "salah orang"), ("batalkan 28 karena dobel", "dobel")],
)
def test_a_reversal_keeps_its_reason(text, note):
    reading = said(text)
    assert (reading.reference, reading.note) == ("28", note)


@pytest.mark.parametrize(
    "text",
    ["batalkan 26rb Masdar", "batalkan 26 ribu", "batalkan 26.000", "hapus transaksi 3 hari lalu"],
)
def test_an_amount_or_a_day_is_no_number_of_a_receipt(text):
    assert said(text).reference is None


ALONE = {
    "catat": "record",
    "tolong catat dong": "record",
    "ubah": "edit",
    "mau ubah": "edit",
    "gambar bukti": "receipt_picture",
    "minta gambarnya": "receipt_picture",
    "makasih": "thanks",
    "makasih banyak ya bu": "thanks",
    "terima kasih pak sudah dibantu": "thanks",
    "ok makasih": "thanks",
    "simpan": "yes",
    "ya simpan": "yes",
    "simpan ya": "yes",
    "jangan simpan": "no",
    "undang ketua Pak Ketua Dua 081355550002": "invite",
}
NOT_ALONE = {
    "simpan wajib": "deposit_mandatory",
    "simpan?": None,
    "tidak, simpan": None,
    "ubah jadi 50rb": None,
    "terima kasih, saldo saya berapa": "balance_inquiry",
    "cetak undangan rapat 50rb": "expense",
    "catat wajib Budi 50rb": "deposit_mandatory",
}


@pytest.mark.parametrize("text", ALONE)
def test_a_command_that_stands_alone(text):
    reading = said(text)
    assert reading.intent == ALONE[text]
    assert not clear(reading)
    assert reading.amount.kind is AmountKind.NONE


@pytest.mark.parametrize("text", NOT_ALONE)
def test_the_words_of_a_command_inside_a_sentence(text):
    assert said(text).intent == NOT_ALONE[text]


def test_simpan_in_the_answer_to_a_question_is_no_yes():
    assert said("simpan", expecting=Slot.KIND).intent is not Intent.YES


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("cek ABCD-2345", "ABCD-2345"),
        ("cek kode ABCD2345", "ABCD2345"),
        ("cek ABCD-EFGH", "ABCD-EFGH"),
        ("cek kode abcd efgh", "abcd efgh"),
    ],
)
def test_the_code_of_a_receipt_is_checked(text, reference):
    reading = said(text)
    assert (reading.intent, reading.reference) == (Intent.CHECK_RECEIPT, reference)


@pytest.mark.parametrize("text", ["cek A-001", "cek Budi 2026", "cek siti amin", "cek saldo"])
def test_a_member_or_a_word_is_no_code(text):
    assert said(text).intent is not Intent.CHECK_RECEIPT


def test_the_picture_of_one_receipt():
    assert said("kirim gambar bukti no 26").reference == "26"
    assert said("gambar bukti Masdar").people.members[0].number == "A-012"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("wajib Budi 25rb catatan titip lewat anaknya", "titip lewat anaknya"),
        ("wajib Budi 25rb ket titip 50rb dari anak", "titip 50rb dari anak"),
        ("wajib Budi 25rb keterangan = titip", "titip"),
        ("wajib 25rb Budi note: titip bu Ani", "titip bu Ani"),
        ("wajib Budi 25rb memo besok lunas", "besok lunas"),
        ("wajib Budi 25rb berita tf dari anak", "tf dari anak"),
        ("wajib Budi 25rb catatan setoran anak", "setoran anak"),
        ("sukarela Budi 25rb catatan <script>", "<script>"),
        ("Nama: Budi\nwajib\n25.000\nKet: titip bu Ani\nTanggal: 24/11/2026", "titip bu Ani"),
    ],
)
def test_a_stated_note_is_kept_as_it_is_and_not_read(text, note):
    reading = said(text)
    assert clear(reading)
    assert (reading.note, reading.amount.value) == (note, 25_000)
    assert [member.name for member in reading.people.members] == ["Budi Santoso"]


def test_a_note_before_the_amount_does_not_become_one():
    reading = said("wajib Budi catatan titip 25rb")
    assert (reading.note, reading.amount.kind) == ("titip 25rb", AmountKind.NONE)


def test_a_note_that_may_be_somebody_elses_deposit_is_asked_about():
    assert not clear(said("wajib Masdar 25rb catatan titip bu ani 20rb"))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("catatan setoran Budi", Intent.HISTORY_INQUIRY),
        ("cek Budi catatan setoran", Intent.HISTORY_INQUIRY),
        ("catatan Budi wajib 25rb", Intent.DEPOSIT_MANDATORY),
    ],
)
def test_the_word_for_a_note_in_another_meaning(text, intent):
    reading = said(text)
    assert (reading.intent, reading.note) == (intent, None)


@pytest.mark.parametrize(
    "text",
    ["sukarela <b>Budi</b> 50rb catatan titip", "sukarela `Budi` 50rb ket: titip"],
)
def test_markup_beside_a_note_is_a_doubt_still(text):
    reading = said(text)
    assert (reading.note, reading.doubts) == ("titip", ("markup",))


@pytest.mark.parametrize(
    "text",
    [
        "transfer bank wajib Budi 25rb",
        "wajib Budi 25rb tf",
        "wajib Budi 25rb lewat rekening",
        "wajib Budi 25rb qris",
        "wajib Budi 25rb via BRI",
        "wajib Budi 25rb transfer ke bank",
    ],
)
def test_money_that_came_through_the_bank(text):
    reading = said(text)
    assert clear(reading)
    assert (reading.intent, reading.by_bank) == (Intent.DEPOSIT_MANDATORY, True)


@pytest.mark.parametrize(
    "text",
    ["wajib Budi 25rb", "wajib Budi 25rb titip lewat anaknya", "transfer ke bank 2jt"],
)
def test_money_that_did_not_come_through_the_bank(text):
    assert not said(text).by_bank


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sukarela Fatimah merah", 100_000),
        ("sukarela Fatimah biru", 50_000),
        ("sukarela Fatimah hijau ya", 20_000),
        ("SUKARELA FATIMAH MERAH", 100_000),
        ("sukarela A-003 biru kemarin", 50_000),
    ],
)
def test_the_colour_of_a_banknote_behind_a_name_is_the_amount(text, value):
    reading = said(text)
    assert clear(reading)
    assert (reading.amount.value, reading.amount.confirm) == (value, True)


@pytest.mark.parametrize(
    "text",
    [
        "beli cabe merah",
        "sukarela Fatimah cabe merah",
        "Fatimah beli cabe merah",
        "sukarela Fatimah Merah",
        "sukarela Fatimah merah putih",
        "sukarela Fatimah kartu merah",
        "sukarela Fatimah biru 2 lembar",
        "Fatimah merah",
        "koperasi merah putih",
    ],
)
def test_a_colour_of_something_else_is_no_amount(text):
    assert said(text).amount.kind is AmountKind.NONE


def test_a_colour_beside_an_amount_says_nothing():
    assert said("wajib Fatimah merah 50rb").amount.value == 50_000


@pytest.mark.parametrize(
    "text", ["catatan batal", "ket: tidak jadi", "ket belum bayar", "note salah"]
)
def test_a_note_that_takes_back_what_was_said_forbids_the_card(text):
    assert not clear(said(f"wajib Budi 25rb {text}"))
