"""What is asked after a refusal or in between: only the one thing, and nothing of the rest is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from babel.dates import format_date

from core.permissions import Role
from tests.builders import Village, a_village, months_ago, today
from tests.house import House, Person
from tests.stories.test_savings_day import a_day_passes

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def a_counter(house: House, **rules: str) -> tuple[Village, Person, list[Person]]:
    """A village with a treasurer; Siti, two Sugengs and Fatimah have sukarela of 75.000 each."""
    village = await a_village(house, **rules)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    names = ["Siti Aminah", "Sugeng Riyadi", "Sugeng Hartono", "Fatimah Zahra"]
    everyone = await village.members(names, savings=(0, 0, 75_000), joined=months_ago(2))
    return village, rina, everyone


def yesterday() -> str:
    return format_date(today() - timedelta(days=1), "d MMMM y", locale="id")


async def test_too_much_asks_for_the_amount_alone(house: House) -> None:
    _, rina, (siti, *_) = await a_counter(house)
    refused = await rina.says("tarik Siti 80rb kemarin")
    assert "Rp75.000" in refused.text
    assert refused.labels == ["❌ Batal"]
    card = await rina.says("70rb")
    assert card.lines[0] == "Penarikan Simpanan Sukarela"
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    assert card.line("Tanggal:") == yesterday()


async def test_a_new_sentence_after_a_refusal_owes_nothing_to_the_old_one(house: House) -> None:
    _, rina, _ = await a_counter(house)
    await rina.says("tarik Siti 80rb kemarin")
    card = await rina.says("tarik Fatimah 20rb")
    assert "Fatimah Zahra" in card.line("Anggota:")
    assert card.line("Tanggal:") == format_date(today(), "d MMMM y", locale="id")


async def test_a_doubtful_sentence_in_mid_form_is_as_doubtful_as_before_it(house: House) -> None:
    _, rina, _ = await a_counter(house)
    await rina.says("wajib Siti")
    answer = await rina.says("wajib Siti 50rb tidak jadi")
    assert answer.is_question
    assert not answer.is_card


async def test_a_day_before_joining_asks_for_the_day_alone(house: House) -> None:
    _, rina, (siti, *_) = await a_counter(house)
    refused = await rina.says("sukarela Siti 50rb 3 Januari 2026")
    assert "menjadi anggota" in refused.text
    card = await rina.says("kemarin")
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    assert card.line("Jumlah:").startswith("Rp50.000 ")
    assert card.line("Tanggal:") == yesterday()


async def test_a_day_to_come_asks_for_the_day_and_offers_two(house: House) -> None:
    _, rina, _ = await a_counter(house)
    await rina.says("sukarela Siti 50rb")
    await rina.presses("✏️ Ubah")
    await rina.presses("Tanggal")
    asked = await rina.says("besok")
    assert asked.is_question
    assert yesterday() in asked.labels
    card = await rina.presses(yesterday())
    assert card.line("Tanggal:") == yesterday()
    assert card.line("Jumlah:").startswith("Rp50.000 ")


async def test_a_paid_pokok_asks_which_operation_was_meant(house: House) -> None:
    village = await a_village(house, pokok="100000")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.member("Siti Aminah", pokok=100_000, linked=False)
    refused = await rina.says("pokok Siti 50rb")
    assert "sudah lunas" in refused.text
    card = await rina.presses("Simpanan Sukarela")
    assert card.lines[0] == "Simpanan Sukarela"
    assert card.line("Jumlah:").startswith("Rp50.000 ")


async def test_too_much_pokok_asks_for_the_amount(house: House) -> None:
    village = await a_village(house, pokok="100000")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.member("Siti Aminah", pokok=60_000, linked=False)
    assert "Rp40.000" in (await rina.says("pokok Siti 50rb")).text
    assert (await rina.says("40rb")).line("Jumlah:").startswith("Rp40.000 ")


async def test_who_has_left_is_asked_for_anew(house: House) -> None:
    _, rina, (siti, *_) = await a_counter(house)
    await house.change(
        "UPDATE members SET left_on = :day WHERE id = :id", day=today(), id=siti.person_id
    )
    refused = await rina.says(f"sukarela {siti.number} 50rb")
    assert not refused.is_card
    card = await rina.says("Fatimah")
    assert "Fatimah Zahra" in card.line("Anggota:")
    assert card.line("Jumlah:").startswith("Rp50.000 ")


@pytest.mark.parametrize("words", ["tarik semua Siti", "Siti tarik semua sukarela"])
async def test_all_of_it_is_looked_up(house: House, words: str) -> None:
    village, rina, (siti, *_) = await a_counter(house)
    card = await rina.says(words)
    assert card.lines[0] == "Penarikan Simpanan Sukarela"
    assert card.line("Jumlah:").startswith("Rp75.000 ")
    assert card.line("Saldo:") == "Rp75.000 menjadi Rp0"
    await rina.presses("✅ Simpan")
    assert await village.saved(siti, "sukarela") == 0
    nothing = await rina.says(words)
    assert nothing.is_question
    assert not nothing.is_card


async def test_all_of_it_waits_for_who_it_is(house: House) -> None:
    _, rina, _ = await a_counter(house)
    assert "siapa" in (await rina.says("tarik semua")).text
    assert (await rina.says("Fatimah")).line("Jumlah:").startswith("Rp75.000 ")


async def test_the_rest_of_the_pokok_is_looked_up(house: House) -> None:
    village = await a_village(house, pokok="100000")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.member("Siti Aminah", pokok=60_000, linked=False)
    card = await rina.says("pokok Siti lunas")
    if not card.is_card:
        card = await rina.presses("Simpanan Pokok")
    assert card.lines[0] == "Simpanan Pokok"
    assert card.line("Jumlah:").startswith("Rp40.000 ")


@pytest.mark.only("telegram", "WhatsApp cannot edit: the old buttons stay, and do nothing")
async def test_a_typed_ya_takes_the_cards_buttons_and_answers_once(house: House) -> None:
    village, rina, _ = await a_counter(house)
    before = await village.entries()
    card = await rina.says("wajib Siti 20rb")
    receipt = await rina.says("ya")
    assert "Tercatat" in receipt.text
    assert not receipt.edited
    gone = await rina.sees("Simpanan Wajib")
    assert (gone.id, gone.edited, gone.labels) == (card.id, True, [])
    assert gone.text == card.text
    assert len(await house.sim.log("editMessageReplyMarkup", chat_id=rina.chat)) == 1
    assert await village.entries() == before + 1


@pytest.mark.only("telegram", "WhatsApp cannot edit: the old buttons stay, and do nothing")
async def test_a_typed_tidak_takes_the_cards_buttons_too(house: House) -> None:
    village, rina, _ = await a_counter(house)
    before = await village.entries()
    card = await rina.says("wajib Siti 20rb")
    assert "Tidak ada yang dicatat" in (await rina.says("tidak")).text
    assert (await rina.sees("Simpanan Wajib")).labels == []
    assert "dibatalkan" in (await rina.forges(card.data["✅ Simpan"], card)).text
    assert await village.entries() == before


async def test_a_balance_of_namesakes_is_asked_and_answered_in_words(house: House) -> None:
    _, rina, (_, riyadi, hartono, _) = await a_counter(house)
    for answer, number in (
        ("Sugeng Riyadi", riyadi.number),
        ("2", hartono.number),
        (riyadi.number, riyadi.number),
    ):
        asked = await rina.says("saldo Sugeng")
        assert "Yang mana?" in asked.text
        assert number in (await rina.says(answer)).lines[0]


async def test_an_answered_balance_question_takes_no_more_names(house: House) -> None:
    _, rina, (*_, fatimah) = await a_counter(house)
    await rina.says("saldo Sugeng")
    await rina.says("Sugeng Riyadi")
    card = await rina.says("/catat wajib Fatimah 25rb")
    assert card.is_card
    assert card.line("Anggota:") == f"Fatimah Zahra ({fatimah.number})"
    await rina.says("saldo Sugeng")
    assert (await rina.says("wajib Fatimah 30rb")).is_card


async def test_a_balance_asked_in_between_leaves_the_form_where_it_was(house: House) -> None:
    _, rina, (*_, fatimah) = await a_counter(house)
    for press in (False, True):
        await rina.says("wajib 45rb kemarin")
        await rina.says("saldo Sugeng")
        await rina.says("riwayat Sugeng")
        answer = await (rina.presses("Sugeng Hartono") if press else rina.says("Sugeng Hartono"))
        assert "Sugeng Hartono" in answer.text
        card = await rina.says("Fatimah")
        assert card.line("Anggota:") == f"Fatimah Zahra ({fatimah.number})"
        assert card.line("Jumlah:").startswith("Rp45.000 ")
        assert card.line("Tanggal:") == yesterday()


async def test_commands_take_what_is_written_behind_them(house: House) -> None:
    _, rina, (*_, fatimah) = await a_counter(house)
    assert fatimah.number in (await rina.says("/saldo Fatimah")).lines[0]
    assert fatimah.number in (await rina.says("/riwayat Fatimah")).text
    card = await rina.says("/catat wajib Fatimah 25rb")
    assert card.line("Jumlah:").startswith("Rp25.000 ")


async def test_kembali_shows_the_card_again_as_it_was(house: House) -> None:
    village, rina, (siti, *_) = await a_counter(house)
    before = await village.entries()
    card = await rina.says("sukarela Siti 50rb kemarin")
    await rina.presses("✏️ Ubah")
    again = await rina.presses("◀ Kembali")
    assert again.text == card.text
    assert (again.edited, again.id) == (True, card.id)
    assert again.data["✅ Simpan"] != card.data["✅ Simpan"]
    assert "Tercatat" not in (await rina.forges(card.data["✅ Simpan"], again)).text
    assert await village.entries() == before
    assert "Tercatat" in (await rina.presses("✅ Simpan", on=again)).text
    assert await village.saved(siti, "sukarela") == 125_000


@pytest.mark.parametrize(
    ("words", "begins", "now"),
    [
        ("60rb", "Jumlah:", "Rp60.000 "),
        ("jumlah 60rb", "Jumlah:", "Rp60.000 "),
        ("Fatimah", "Anggota:", "Fatimah Zahra"),
        ("kemarin", "Tanggal:", ""),
    ],
)
async def test_what_is_to_be_changed_can_be_typed_at_once(
    house: House, words: str, begins: str, now: str
) -> None:
    _, rina, _ = await a_counter(house)
    await rina.says("sukarela Siti 50rb")
    await rina.presses("✏️ Ubah")
    card = await rina.says(words)
    assert card.line(begins).startswith(now or yesterday())
    same = {"Jumlah:": "Rp50.000 ", "Anggota:": "Siti Aminah"}
    for other in same.keys() - {begins}:
        assert card.line(other).startswith(same[other])


@pytest.mark.parametrize("word", ["jumlah", "Anggota", "tanggal", "catatan"])
async def test_the_name_of_a_line_asks_for_it(house: House, word: str) -> None:
    _, rina, _ = await a_counter(house)
    await rina.says("sukarela Siti 50rb")
    await rina.presses("✏️ Ubah")
    asked = await rina.says(word)
    assert asked.is_question
    assert asked.labels == ["❌ Batal"]


async def test_a_note_is_kept_with_the_entry_and_stands_on_both_papers(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    await rina.says("wajib Siti 20rb")
    await rina.presses("✏️ Ubah")
    await rina.presses("Catatan")
    card = await rina.says("titip lewat\n Pak RT  05")
    assert card.line("Catatan:") == "titip lewat Pak RT 05"
    receipt = await rina.presses("✅ Simpan")
    assert receipt.line("Catatan:") == "titip lewat Pak RT 05"
    assert (await siti.sees("Tercatat")).line("Catatan:") == "titip lewat Pak RT 05"
    kept = await house.value(
        "SELECT reason FROM ledger.entries WHERE koperasi_id = :here AND number = 1",
        here=village.cooperative.id,
    )
    assert kept == "titip lewat Pak RT 05"


async def test_months_that_are_paid_already_are_pointed_out(house: House) -> None:
    village = await a_village(house, wajib="20000")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.member("Siti Aminah", joined=months_ago(3), linked=False)
    month = format_date(months_ago(3), "MMMM y", locale="id")
    await rina.says(f"wajib Siti 20rb untuk {month}")
    await rina.presses("✅ Simpan")
    card = await rina.says(f"wajib Siti 20rb untuk {month}")
    assert card.is_card
    assert "1 bulan yang disebut sudah lunas" in card.text
    assert month not in card.line("Untuk:")


async def test_a_large_first_amount_is_pointed_out(house: House) -> None:
    _, rina, _ = await a_counter(house)
    card = await rina.says("sukarela Siti 90 juta")
    assert card.is_card
    assert "⚠️ Jumlahnya besar" in card.text
    assert "⚠️" not in (await rina.says("sukarela Siti 90rb")).text


async def test_yesterdays_card_begins_with_the_operation(house: House) -> None:
    village, rina, _ = await a_counter(house)
    card = await rina.says("sukarela Siti 50rb kemarin")
    await a_day_passes(rina)
    anew = await rina.says("ya")
    assert anew.lines[0] == "Simpanan Sukarela"
    assert anew.lines[-1].startswith("ℹ️ Kartu yang lama sudah lewat 24 jam")
    assert anew.line("Jumlah:") == card.line("Jumlah:")
    before = await village.entries()
    assert "lebih baru" in (await rina.forges(card.data["✅ Simpan"], card)).text
    assert await village.entries() == before
    await rina.presses("✅ Simpan", on=anew)
    assert await village.entries() == before + 1
