"""Sentences put together at random: whatever gets a card says exactly what was meant."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understand.grammar import clear, read
from tests.bot.understand.test_amounts import _spellings
from tests.bot.understand.village import DIRECTORY, TODAY, UTTERANCE_MEMBERS

OPERATIONS = {
    "deposit_mandatory": ["bayar wajib", "simpanan wajib", "iuran wajib", "byr wajib"],
    "deposit_voluntary": ["nabung", "setor sukarela", "menabung", "simpan tabungan"],
    "withdraw_voluntary": ["tarik tabungan", "narik sukarela", "ambil tabungan"],
    "loan_repayment": ["bayar angsuran", "cicilan", "nyicil pinjaman", "bayar utang"],
    "loan_application": ["mengajukan pinjaman", "pinjam", "minjam uang"],
}
SAID = [(name, words) for name, entries in OPERATIONS.items() for words in entries]
BEFORE = ["", "pak ", "bu ", "mohon dicatat ", "hari ini ", "kemarin ", "tgl 5 ", "min, "]
AFTER = ["", " ya", " pas", " tunai", " hari kamis", " 🙏", " rt 3", " untuk 3 bulan", " 2 orang"]
VALUES = st.integers(1, 999).map(lambda n: n * 1000) | st.integers(1, 99).map(lambda n: n * 100_000)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_card_never_shows_another_amount_member_or_operation(data):
    member = data.draw(st.sampled_from(UTTERANCE_MEMBERS))
    intent, words = data.draw(st.sampled_from(SAID))
    value = data.draw(VALUES)
    amount = data.draw(st.sampled_from(_spellings(value)))
    parts = data.draw(st.permutations([f"{member.name} {member.number}", words, amount]))
    text = data.draw(st.sampled_from(BEFORE)) + " ".join(parts) + data.draw(st.sampled_from(AFTER))
    reading = read(text, today=TODAY, directory=DIRECTORY)
    if clear(reading):
        assert reading.intent == intent, text
        assert reading.amount.value == value, text
        assert reading.people.members == (member,), text
