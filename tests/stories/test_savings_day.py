"""A savings day: the treasurer records, the members see it, nothing is recorded twice or by mistake."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date

from bot import state
from core import database, ledger
from core.permissions import Role
from tests.builders import Village, a_village, months_ago, today
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


def said(day: datetime) -> str:
    return format_date(day, "d MMMM y", locale="id")


async def a_counter(house: House, **rules: str) -> tuple[Village, Person, Person]:
    """A village with a treasurer and Siti, both with a chat."""
    village = await a_village(house, **rules)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    return village, rina, await village.member("Siti Aminah")


async def a_day_passes(rina: Person, *, hours: int = 25) -> None:
    """Let the open cards of a chat grow older."""
    sealed = await rina.house.value(
        "SELECT state FROM chat.chats WHERE chat = :chat", chat=rina.chat_id
    )
    kept = state.unseal(sealed, rina.house.keys)
    older = tuple(_shown_before(card, timedelta(hours=hours)) for card in kept.cards)
    await rina.house.change(
        "UPDATE chat.chats SET state = :state WHERE chat = :chat",
        state=state.seal(replace(kept, cards=older), rina.house.keys),
        chat=rina.chat_id,
    )


def _shown_before(card: state.Card, by: timedelta) -> state.Card:
    on = card.draft.on
    assert on is not None
    draft = replace(card.draft, on=on - timedelta(days=by.days or 1))
    return replace(card, shown_at=card.shown_at - by, draft=draft)


async def test_a_sentence_becomes_a_card_and_the_card_a_receipt_on_both_phones(
    house: House,
) -> None:
    village, rina, siti = await a_counter(house)
    card = await rina.says("wajib Siti 50rb")
    assert card.lines[0] == "Simpanan Wajib"
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    assert card.line("Jumlah:") == "Rp50.000 (lima puluh ribu rupiah)"
    assert card.line("Tanggal:") == format_date(today(), "d MMMM y", locale="id")
    assert card.labels == ["✅ Simpan", "✏️ Ubah", "❌ Batal"]
    assert await village.entries() == 0
    receipt = await rina.presses("✅ Simpan")
    assert "Tercatat No. 1" in receipt.text
    assert (receipt.edited, receipt.id) == (True, card.id)
    assert "Rp0 menjadi Rp50.000" in receipt.line("Saldo:")
    got = await siti.sees("Tercatat No. 1")
    assert got.labels == ["BENAR", "BUKAN"]
    for begins in ("Anggota:", "Jumlah:", "Tanggal:", "Saldo:", "Kode cek:"):
        assert got.line(begins) == receipt.line(begins)
    assert await village.saved(siti) == 50_000


async def test_guided_by_buttons_from_the_menu_to_the_receipt(house: House) -> None:
    village, rina, siti = await a_counter(house)
    await rina.says("menu")
    which = await rina.presses("Catat transaksi")
    assert which.is_question
    who = await rina.presses("Simpanan Sukarela")
    assert who.is_question
    much = await rina.says("Siti")
    assert much.is_question
    card = await rina.says("100rb")
    assert card.lines[0] == "Simpanan Sukarela"
    assert card.is_card
    await rina.presses("✅ Simpan")
    await siti.sees("Simpanan Sukarela")
    assert await village.saved(siti, "sukarela") == 100_000


async def test_words_and_buttons_mix_what_was_not_said_is_asked_one_at_a_time(
    house: House,
) -> None:
    village, rina, siti = await a_counter(house)
    which = await rina.says("setor 50rb")
    assert "Rp50.000" in which.text
    assert "Simpanan Wajib" in which.labels
    who = await rina.presses("Simpanan Wajib")
    assert "siapa" in who.text
    card = await rina.says(siti.number)
    assert (card.lines[0], card.is_card) == ("Simpanan Wajib", True)
    assert card.line("Jumlah:").startswith("Rp50.000 ")
    await rina.says("iya")
    assert await village.saved(siti) == 50_000
    await siti.sees("Tercatat")


async def test_a_bare_fifty_is_a_question_never_a_guess(house: House) -> None:
    village, rina, siti = await a_counter(house)
    asked = await rina.says("wajib Siti 50")
    assert asked.is_question
    assert not asked.is_card
    assert "Rp50.000" in asked.labels
    card = await rina.presses("Rp50.000")
    assert card.line("Jumlah:").startswith("Rp50.000 ")
    await rina.presses("✅ Simpan")
    await siti.sees("Tercatat")
    assert await village.saved(siti) == 50_000


async def test_namesakes_are_a_choice_with_number_and_hint(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    one, two = await village.members(["Sugeng Riyadi", "Sugeng Hartono"])
    asked = await rina.says("wajib sugeng 20rb")
    assert asked.is_question
    labels = [asked.label(one.number), asked.label(two.number)]
    assert one.phone[-3:] in labels[0]
    assert two.phone[-3:] in labels[1]
    card = await rina.presses("Sugeng Hartono")
    assert card.line("Anggota:") == f"Sugeng Hartono ({two.number})"
    await rina.presses("✅ Simpan")
    assert (await village.saved(one), await village.saved(two)) == (0, 20_000)


async def test_a_typed_digit_chooses_what_was_offered(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.members(["Sugeng Riyadi", "Sugeng Hartono"])
    asked = await rina.says("wajib sugeng 20rb")
    card = await rina.says("2")
    assert asked.labels[1].startswith(card.line("Anggota:").split(" (")[0])


async def test_a_name_with_a_typo_and_an_honorific_is_proposed_on_the_card(house: House) -> None:
    _, rina, siti = await a_counter(house)
    card = await rina.says("wajib bu sity aminah 50rb")
    assert siti.number in card.text


async def test_an_unknown_name_is_a_question_and_the_rest_is_kept(house: House) -> None:
    _, rina, siti = await a_counter(house)
    asked = await rina.says("wajib Zulkarnain 35rb")
    assert asked.is_question
    assert not asked.is_card
    card = await rina.says("Siti")
    assert card.line("Jumlah:").startswith("Rp35.000 ")
    assert siti.number in card.line("Anggota:")


async def test_rapel_covers_the_months_that_are_owed(house: House) -> None:
    village = await a_village(house, wajib="20000")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(3), linked=False)
    card = await rina.says("wajib Siti 60rb rapel 3 bulan")
    assert "(3 bulan)" in card.line("Untuk:")
    assert card.line("Untuk:").startswith(format_date(months_ago(3), "MMMM y", locale="id"))
    await rina.presses("✅ Simpan")
    balance = await rina.says(f"saldo {siti.number}")
    assert "belum dibayar: 1 bulan" in balance.text
    card = await rina.says("wajib Siti 2 bulan")
    assert card.line("Jumlah:").startswith("Rp40.000 ")


async def test_an_amount_that_is_no_multiple_of_the_dues_is_booked_as_said(house: House) -> None:
    village, rina, siti = await a_counter(house, wajib="20000")
    card = await rina.says("wajib Siti 50rb")
    assert "(2 bulan)" in card.line("Untuk:")
    assert card.line("Sebagian:").startswith("Rp10.000 untuk ")
    await rina.presses("✅ Simpan")
    assert await village.saved(siti) == 50_000
    await siti.sees("Tercatat")


async def test_arrears_and_a_likely_repeat_stand_on_the_card(house: House) -> None:
    village = await a_village(house, wajib="20000")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.member("Siti Aminah", joined=months_ago(4), linked=False)
    card = await rina.says("wajib Siti 20rb")
    assert "⚠️ Masih ada 4 bulan" in card.text
    await rina.presses("✅ Simpan")
    again = await rina.says("wajib Siti 20rb")
    assert "⚠️ Mungkin dobel" in again.text
    assert again.is_card


async def test_pokok_by_instalments_until_it_is_paid_and_no_further(house: House) -> None:
    village, rina, siti = await a_counter(house, pokok="100000")
    for _ in range(2):
        assert (await rina.says("pokok Siti 50rb")).is_card
        await rina.presses("✅ Simpan")
        await siti.sees("Tercatat")
    refused = await rina.says("pokok Siti 50rb")
    assert "sudah lunas" in refused.text
    assert not refused.is_card
    assert await village.saved(siti, "pokok") == 100_000


async def test_a_withdrawal_beyond_the_balance_is_refused_naming_what_is_there(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", sukarela=75_000)
    refused = await rina.says("tarik Siti 80rb")
    assert not refused.is_card
    assert "Rp75.000" in refused.text
    card = await rina.says("tarik Siti 75rb")
    assert card.lines[0] == "Penarikan Simpanan Sukarela"
    await rina.presses("✅ Simpan")
    assert await village.saved(siti, "sukarela") == 0
    assert "Rp75.000 menjadi Rp0" in (await siti.sees("Tercatat")).line("Saldo:")


async def test_what_was_there_when_the_card_was_shown_may_be_gone_at_its_save(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", sukarela=75_000, linked=False)
    await rina.says("tarik Siti 50rb")
    await hendra.says("tarik Siti 50rb")
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    refused = await hendra.presses("✅ Simpan")
    assert "Rp25.000" in refused.text
    assert "Tercatat" not in refused.text
    assert await village.saved(siti, "sukarela") == 25_000


async def test_two_officers_save_for_the_same_member_at_the_same_moment(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", linked=False)
    await rina.says("wajib Siti 20rb")
    await hendra.says("wajib Siti 30rb")
    both = await asyncio.gather(rina.presses("✅ Simpan"), hendra.presses("✅ Simpan"))
    assert all("Tercatat" in one.text for one in both)
    assert await village.saved(siti) == 50_000


async def test_a_card_saved_twice_is_recorded_once(house: House) -> None:
    village, rina, siti = await a_counter(house)
    card = await rina.says("wajib Siti 50rb")
    save = card.data["✅ Simpan"]
    first = await rina.presses("✅ Simpan")
    second = await rina.forges(save, first)
    assert "Tidak dicatat dua kali" in second.text
    assert await village.entries() == 1
    assert "Tidak dicatat dua kali" in (await rina.forges(save, first)).text
    await siti.sees("Tercatat")


async def test_a_cancelled_card_records_nothing_even_when_saved_later(house: House) -> None:
    village, rina, _ = await a_counter(house)
    card = await rina.says("wajib Siti 50rb")
    gone = await rina.presses("❌ Batal")
    assert "Tidak ada yang dicatat" in gone.text
    assert "dibatalkan" in (await rina.forges(card.data["✅ Simpan"], gone)).text
    assert await village.entries() == 0


async def test_ubah_changes_one_thing_and_keeps_the_rest(house: House) -> None:
    village, rina, siti = await a_counter(house)
    budi = await village.member("Budi Santoso", linked=False)
    await rina.says("wajib Siti 50rb")
    assert (await rina.presses("✏️ Ubah")).is_question
    asked = await rina.presses("Jumlah")
    assert asked.is_question
    card = await rina.says("60rb")
    assert card.line("Jumlah:").startswith("Rp60.000 ")
    await rina.presses("✏️ Ubah")
    await rina.presses("Anggota")
    card = await rina.says("Budi")
    assert card.line("Anggota:") == f"Budi Santoso ({budi.number})"
    assert card.line("Jumlah:").startswith("Rp60.000 ")
    await rina.presses("✏️ Ubah")
    await rina.presses("Tanggal")
    other = today() - timedelta(days=1 if today().day > 1 else 0)  # another month asks ketua
    card = await rina.says("kemarin" if today().day > 1 else "hari ini")
    assert card.line("Tanggal:") == format_date(other, "d MMMM y", locale="id")
    await rina.presses("✏️ Ubah")
    await rina.presses("Catatan")
    card = await rina.says("titip lewat Pak RT")
    assert card.line("Catatan:") == "titip lewat Pak RT"
    await rina.presses("✏️ Ubah")
    await rina.presses("Jenis")
    card = await rina.presses("Simpanan Sukarela")
    assert card.lines[0] == "Simpanan Sukarela"
    await rina.presses("✅ Simpan")
    assert await village.saved(budi, "sukarela") == 60_000
    assert await village.entries() == 1
    assert await village.saved(siti) == 0


async def test_ubah_closes_the_card_it_came_from(house: House) -> None:
    village, rina, _ = await a_counter(house)
    card = await rina.says("wajib Siti 50rb")
    asked = await rina.presses("✏️ Ubah")
    old = await rina.forges(card.data["✅ Simpan"], asked)
    assert "Tercatat" not in old.text
    assert await village.entries() == 0


async def test_the_months_a_wajib_is_for_can_be_changed(house: House) -> None:
    village = await a_village(house, wajib="20000")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.member("Siti Aminah", joined=months_ago(3), linked=False)
    await rina.says("wajib Siti 20rb")
    await rina.presses("✏️ Ubah")
    asked = await rina.presses("Bulan")
    assert asked.is_question
    wanted = format_date(months_ago(1), "MMMM y", locale="id")
    card = await rina.presses(wanted)
    assert card.line("Untuk:") == wanted
    await rina.presses("✅ Simpan")
    paid = await house.rows(
        "SELECT month FROM dues WHERE koperasi_id = :here", here=village.cooperative.id
    )
    assert [row.month for row in paid] == [months_ago(1)]


async def test_a_typed_answer_to_the_months_question_is_no_bug(house: House) -> None:
    _, rina, siti = await a_counter(house)
    await rina.says("wajib Siti 20rb")
    await rina.presses("✏️ Ubah")
    await rina.presses("Bulan")
    answer = await rina.says("bulan depan")
    assert "gangguan" not in answer.text
    assert siti.name


async def test_a_card_left_for_a_day_is_shown_anew_with_its_own_date(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.members(["Siti Aminah"], joined=months_ago(1))
    await rina.says("wajib Siti 50rb")
    await a_day_passes(rina)
    anew = await rina.presses("✅ Simpan")
    assert "24 jam" in anew.text
    assert anew.is_card
    yesterday = today() - timedelta(days=1)
    assert anew.line("Tanggal:") == format_date(yesterday, "d MMMM y", locale="id")
    assert await village.entries() == 0
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    written = await house.value(
        'SELECT max("on") FROM ledger.entries WHERE koperasi_id = :here',
        here=village.cooperative.id,
    )
    assert written == yesterday


async def test_a_card_of_twenty_three_hours_is_still_good(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.members(["Siti Aminah"], joined=months_ago(1))
    await rina.says("wajib Siti 50rb")
    await a_day_passes(rina, hours=23)
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text


async def test_what_was_written_at_2358_and_handled_at_six_is_of_that_day(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.members(["Siti Aminah"], joined=months_ago(1))
    zone = ZoneInfo("Asia/Makassar")
    last_night = datetime.now(zone).replace(hour=23, minute=58) - timedelta(days=1)
    card = await rina.says("wajib Siti 50rb", at=int(last_night.timestamp()))
    assert card.line("Tanggal:") == said(last_night)
    kemarin = await rina.says("wajib Siti 60rb kemarin", at=int(last_night.timestamp()))
    assert kemarin.line("Tanggal:") == said(last_night - timedelta(days=1))
    await rina.presses("✅ Simpan")
    written = await house.value(
        'SELECT max("on") FROM ledger.entries WHERE koperasi_id = :here',
        here=village.cooperative.id,
    )
    assert written == (last_night - timedelta(days=1)).date()


async def test_an_amount_above_the_limit_of_a_message_is_asked_again(house: House) -> None:
    village, rina, _ = await a_counter(house, message_limit="1000000")
    asked = await rina.says("sukarela Siti 1,5 juta")
    assert asked.is_question
    assert not asked.is_card
    assert "Rp1.000.000" in asked.text
    card = await rina.says("900rb")
    assert card.line("Jumlah:").startswith("Rp900.000 ")
    assert await village.entries() == 0


async def test_an_unusual_amount_is_pointed_out_and_still_a_card(house: House) -> None:
    _, rina, siti = await a_counter(house, unusual_times="10")
    for _ in range(3):
        await rina.says("sukarela Siti 20rb")
        await rina.presses("✅ Simpan")
        await siti.sees("Tercatat")
    card = await rina.says("sukarela Siti 2 juta")
    assert card.is_card
    assert "⚠️ Jauh di atas biasanya" in card.text


async def test_batal_leaves_the_form_and_says_so_in_one_message(house: House) -> None:
    village, rina, _ = await a_counter(house)
    await rina.says("setor 50rb")
    assert "Tidak ada yang dicatat" in (await rina.says("/batal")).text
    assert "Tidak ada yang sedang diisi" in (await rina.says("/batal")).text
    asked = await rina.says("setor 50rb")
    assert "Tidak ada yang dicatat" in (await rina.presses("❌ Batal", on=asked)).text
    assert await village.entries() == 0


async def test_a_refusal_leaves_the_form_as_it_was(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", sukarela=75_000, linked=False)
    await rina.says("/catat")
    await rina.presses("Penarikan")
    await rina.says("Siti")
    refused = await rina.says("80rb")
    assert "Rp75.000" in refused.text
    card = await rina.says("70rb")
    assert card.lines[0] == "Penarikan Simpanan Sukarela"
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    assert card.line("Jumlah:").startswith("Rp70.000 ")


async def test_a_refusal_leaves_an_open_card_good(house: House) -> None:
    village, rina, siti = await a_counter(house)
    card = await rina.says("wajib Siti 50rb")
    refused = await rina.says("tarik Siti 80rb")
    assert not refused.is_card
    assert "Tercatat" in (await rina.presses("✅ Simpan", on=card)).text
    assert await village.saved(siti) == 50_000
    await siti.sees("Tercatat")


async def test_ya_saves_the_one_card_that_was_shown_last_and_no_other(house: House) -> None:
    village, rina, siti = await a_counter(house)
    await rina.says("wajib Siti 50rb")
    await rina.says("menu")
    assert "Tercatat" not in (await rina.says("ya")).text
    assert await village.entries() == 0
    await rina.says("/batal")
    await rina.says("wajib Siti 50rb")
    await rina.says("wajib Siti 60rb")
    which = await rina.says("ya")
    assert "2 kartu" in which.text
    assert await village.entries() == 0
    await rina.says("/batal")
    await rina.says("wajib Siti 70rb")
    assert "Tercatat" in (await rina.says("ok")).text
    assert await village.saved(siti) == 70_000
    await siti.sees("Tercatat")


async def test_old_buttons_are_answered_kindly_and_record_nothing(house: House) -> None:
    village, rina, _ = await a_counter(house)
    asked = await rina.says("setor 50rb")
    await rina.says("setor 60rb")
    old = await rina.presses("Simpanan Wajib", on=asked)
    assert "tidak berlaku" in old.text
    assert await village.entries() == 0


async def test_a_doubtful_sentence_is_a_question(house: House) -> None:
    village, rina, _ = await a_counter(house)
    for words in ("wajib Siti 50rb tidak jadi", "Siti belum setor wajib 50rb"):
        answer = await rina.says(words)
        assert answer.is_question, words
        assert not answer.is_card, words
    assert await village.entries() == 0


async def test_a_date_to_come_and_a_day_before_joining_are_refused_kindly(house: House) -> None:
    village, rina, _ = await a_counter(house)
    besok = await rina.says("wajib Siti 50rb besok")
    assert besok.is_question
    assert not besok.is_card
    await rina.says("/batal")
    early = await rina.says("wajib Siti 50rb 3 Januari 2026")
    assert not early.is_card
    assert "menjadi anggota" in early.text
    assert await village.entries() == 0


async def test_what_is_recorded_for_the_own_savings_waits_and_the_answer_names_who_may(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.member("Rina Kartika", linked=False)
    await village.officer("Rina Kartika", Role.BENDAHARA, chat=rina)
    await village.officer("Hendra Wijaya", Role.KETUA, linked=False)
    assert "Perlu persetujuan pengurus lain" in (await rina.says("wajib Rina 50rb")).text
    waiting = await rina.presses("✅ Simpan")
    assert waiting.lines[0] == "Menunggu persetujuan No. 1"
    assert "Hendra Wijaya (ketua)" in waiting.text
    assert await village.entries() == 0


async def test_a_day_of_forty_turns_is_answered_quickly(house: House) -> None:
    _, rina, _ = await a_counter(house)
    began = time.perf_counter()
    for _ in range(20):
        await rina.says("wajib Siti 50rb")
        await rina.says("/batal")
    assert time.perf_counter() - began < 20
    assert datetime.now(UTC)


async def test_ya_and_the_button_at_the_same_moment_record_once(house: House) -> None:
    village, rina, siti = await a_counter(house)
    await rina.says("wajib Siti 50rb")
    typed = await house.sim.text(rina.chat, "ya")
    pressed = await house.sim.press(rina.chat, "✅ Simpan")
    first, second = await rina._answer(typed), await rina._answer(pressed)
    assert "Tercatat No. 1" in first.text
    assert "Tidak dicatat dua kali" in second.text
    assert await village.saved(siti) == 50_000
    await siti.sees("Tercatat No. 1")


async def test_who_left_before_the_save_is_refused_and_named(house: House) -> None:
    village, rina, siti = await a_counter(house)
    await rina.says("wajib Siti 50rb")
    await house.change(
        "UPDATE members SET left_on = :day WHERE koperasi_id = :here",
        day=today(),
        here=village.cooperative.id,
    )
    refused = await rina.presses("✅ Simpan")
    assert "sudah keluar" in refused.text
    assert await village.entries() == 0
    assert "Simpanan" not in (await siti.says("saldo")).text


async def test_a_closed_book_refuses_and_the_card_can_still_be_given_another_date(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    (siti,) = await village.members(["Siti Aminah"], joined=months_ago(2))
    card = await rina.says("wajib Siti 50rb kemarin")
    assert card.is_card
    yesterday = today() - timedelta(days=1)
    async with database.transaction(house.owner, koperasi_id=village.cooperative.id) as db:
        await ledger.close(
            db,
            koperasi_id=village.cooperative.id,
            through=yesterday,
            at=datetime.now(UTC),
            by="cli",
            reason="tutup buku",
        )
    refused = await rina.presses("✅ Simpan", on=card)
    assert "ditutup sampai" in refused.text
    assert await village.entries() == 0
    await rina.presses("✏️ Ubah", on=card)
    await rina.presses("Tanggal")
    again = await rina.says("hari ini")
    assert again.line("Tanggal:") == format_date(today(), "d MMMM y", locale="id")
    assert "Tercatat" in (await rina.presses("✅ Simpan", on=again)).text
    assert await village.saved(siti) == 50_000


async def test_a_question_about_a_balance_leaves_the_half_filled_form(house: House) -> None:
    _, rina, siti = await a_counter(house)
    await rina.says("setor wajib 45rb")
    assert siti.number in (await rina.says("saldo Siti")).text
    card = await rina.says("Siti")
    assert card.line("Jumlah:").startswith("Rp45.000 ")
    assert card.lines[0] == "Simpanan Wajib"


async def test_another_full_sentence_in_mid_form_is_its_own_card(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.member("Siti Aminah", sukarela=90_000, linked=False)
    await village.member("Budi Santoso", linked=False)
    await rina.says("setor wajib Budi")
    card = await rina.says("tarik Siti 20rb")
    assert card.lines[0] == "Penarikan Simpanan Sukarela"
    assert "Siti Aminah" in card.line("Anggota:")
    assert card.line("Jumlah:").startswith("Rp20.000 ")
