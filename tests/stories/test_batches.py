"""Lists: one card or several, every row as said, what is unclear or impossible is asked row by row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from babel.dates import format_date

from core.permissions import Role
from tests.builders import Village, a_village, months_ago, today
from tests.house import House, Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def a_counter(
    house: House, *names: str, sukarela: int = 0, **rules: str
) -> tuple[Village, Person, list[Person]]:
    """A village with a treasurer, and members without a chat."""
    village = await a_village(house, **rules)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    everyone = await village.members(list(names), savings=(0, 0, sukarela), joined=months_ago(2))
    return village, rina, everyone


def rows_of(card: Message) -> list[str]:
    """The numbered lines of a card or of a question."""
    return [line for line in card.lines if line.split(".")[0].isdigit()]


async def test_three_rows_are_one_card_and_three_entries(house: House) -> None:
    village, rina, (budi, fatimah) = await a_counter(house, "Budi Santoso", "Fatimah Zahra")
    siti = await village.member("Siti Aminah")
    card = await rina.says("wajib:\nSiti 20rb\nBudi 40rb\nFatimah 20rb")
    assert card.lines[0] == "Simpanan Wajib"
    assert card.lines[1] == f"1. Siti Aminah ({siti.number}) Rp20.000"
    assert card.lines[2] == f"2. Budi Santoso ({budi.number}) Rp40.000"
    assert card.line("Total:") == "Rp80.000"
    receipt = await rina.presses("✅ Simpan")
    assert "Tercatat 3 transaksi" in receipt.text
    assert "2 anggota belum punya chat" in receipt.text
    await siti.sees("Tercatat No. 1")
    assert [await village.saved(one) for one in (siti, budi, fatimah)] == [20_000, 40_000, 20_000]


async def test_eighty_rows_become_several_cards_each_saved_by_itself(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    names = [f"{_word(n)} Pratama Kusumawardhani" for n in range(80)]
    everyone = await village.members(names)
    rows = "\n".join(f"{one.number} 20rb" for one in everyone)
    card = await rina.says(f"wajib:\n{rows}")
    heading = next(line for line in card.lines if line.startswith("Kartu "))
    parts = int(heading.split()[-1])
    assert parts > 1
    assert heading == f"Kartu 1 dari {parts}"
    shown = 0
    for part in range(1, parts + 1):
        assert f"Kartu {part} dari {parts}" in card.text
        assert len(card.text.encode()) < 1024
        numbered = rows_of(card)
        shown += len(numbered)
        assert card.line("Total:") == f"Rp{len(numbered) * 20_000:,}".replace(",", ".")
        receipt, card = card, await rina.presses("✅ Simpan")
        assert await village.entries() == shown
        (receipt,) = [one for one in await rina.messages() if one.id == receipt.id]
        assert len(receipt.text.encode()) < 1024
    assert shown == 80
    assert not card.is_card
    assert sum([await village.saved(one) for one in everyone]) == 80 * 20_000


def _word(number: int) -> str:
    """Make a name that no other is like."""
    syllables = ("ba", "ci", "du", "fe", "go", "hu", "ji", "ka", "lo")
    return (syllables[number // 9] + syllables[number % 9] + syllables[number % 7]).capitalize()


async def test_a_batch_whose_written_total_differs_is_a_question(house: House) -> None:
    _, rina, _ = await a_counter(house, "Siti Aminah", "Budi Santoso")
    asked = await rina.says("wajib:\nSiti 20rb\nBudi 40rb\ntotal 70rb")
    assert asked.is_question
    assert not asked.is_card


async def test_a_batch_is_recorded_whole_or_not_at_all(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", sukarela=50_000, linked=False)
    budi = await village.member("Budi Santoso", sukarela=50_000, linked=False)
    before = await village.entries()
    card = await rina.says("tarik:\nSiti 40rb\nBudi 40rb")
    assert card.is_card
    await hendra.says("tarik Budi 30rb")
    await hendra.presses("✅ Simpan")
    refused = await rina.presses("✅ Simpan", on=card)
    assert "Rp20.000" in refused.text
    assert await village.entries() == before + 1
    assert await village.saved(siti, "sukarela") == 50_000
    assert await village.saved(budi, "sukarela") == 20_000


async def test_the_date_of_a_batch_can_be_changed(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.members(["Siti Aminah", "Budi Santoso"], joined=months_ago(1))
    await rina.says("wajib:\nSiti 20rb\nBudi 40rb")
    await rina.presses("✏️ Ubah")
    await rina.presses("Tanggal")
    card = await rina.says("kemarin")
    yesterday = today() - timedelta(days=1)
    assert card.line("Tanggal:") == format_date(yesterday, "d MMMM y", locale="id")
    assert card.line("Total:") == "Rp60.000"


async def test_unclear_rows_are_asked_one_by_one_and_the_others_stay(house: House) -> None:
    village, rina, everyone = await a_counter(
        house, "Siti Aminah", "Budi Santoso", "Sugeng Riyadi", "Sugeng Hartono"
    )
    siti, budi, riyadi, hartono = everyone
    asked = await rina.says("wajib:\nSiti 20rb\nSugeng 30rb\nZulkarnain 40rb\nBudi 50")
    assert asked.lines[0] == 'Baris 2 ("Sugeng"):'
    assert hartono.number in asked.label("Hartono")
    asked = await rina.presses("Sugeng Hartono")
    assert asked.lines[0] == 'Baris 3 ("Zulkarnain"):'
    assert asked.is_question
    asked = await rina.says("Sugeng Riyadi")
    assert asked.lines[0] == 'Baris 4 ("Budi"):'
    card = await rina.presses("Rp50.000")
    assert rows_of(card) == [
        f"1. Siti Aminah ({siti.number}) Rp20.000",
        f"2. Sugeng Hartono ({hartono.number}) Rp30.000",
        f"3. Sugeng Riyadi ({riyadi.number}) Rp40.000",
        f"4. Budi Santoso ({budi.number}) Rp50.000",
    ]
    assert card.line("Total:") == "Rp140.000"
    await rina.presses("✅ Simpan")
    assert [await village.saved(one) for one in everyone] == [20_000, 50_000, 40_000, 30_000]


async def test_a_row_is_answered_by_a_digit_a_number_or_an_amount_in_words(house: House) -> None:
    _, rina, (_, riyadi, hartono) = await a_counter(
        house, "Siti Aminah", "Sugeng Riyadi", "Sugeng Hartono"
    )
    words = "wajib:\nSiti 20rb\nSugeng 30"
    assert (await rina.says(words)).lines[0] == 'Baris 2 ("Sugeng"):'
    asked = await rina.says("2")
    assert asked.lines[0].startswith("Baris 2")
    assert "Rp30.000" in asked.labels
    card = await rina.says("35rb")
    assert rows_of(card)[1] == f"2. Sugeng Hartono ({hartono.number}) Rp35.000"
    await rina.says(words)
    await rina.says(riyadi.number)
    card = await rina.says("1")
    assert rows_of(card)[1] == f"2. Sugeng Riyadi ({riyadi.number}) Rp30.000"


async def test_an_answer_that_is_none_asks_the_same_row_again(house: House) -> None:
    _, rina, _ = await a_counter(house, "Siti Aminah", "Sugeng Riyadi", "Sugeng Hartono")
    await rina.says("wajib:\nSiti 20rb\nSugeng 30rb")
    again = await rina.says("yang kemarin datang itu lho")
    assert not again.is_card
    again = await rina.says("apa ya")
    assert 'Baris 2 ("Sugeng"):' in again.lines
    assert (await rina.says("Sugeng Riyadi")).is_card


async def test_a_row_that_belongs_to_nobody_can_be_left_out(house: House) -> None:
    village, rina, (siti, budi) = await a_counter(house, "Siti Aminah", "Budi Santoso")
    asked = await rina.says("wajib:\nSiti 20rb\nZulkarnain 30rb\nBudi 40rb")
    assert "Tanpa baris ini" in asked.labels
    card = await rina.presses("Tanpa baris ini")
    assert rows_of(card) == [
        f"1. Siti Aminah ({siti.number}) Rp20.000",
        f"2. Budi Santoso ({budi.number}) Rp40.000",
    ]
    assert card.line("Total:") == "Rp60.000"
    await rina.presses("✅ Simpan")
    assert await village.entries() == 2


async def test_when_all_but_one_row_is_left_out_the_rest_is_a_card_of_its_own(
    house: House,
) -> None:
    _, rina, (siti,) = await a_counter(house, "Siti Aminah")
    await rina.says("wajib:\nSiti 20rb\nZulkarnain 30rb")
    card = await rina.presses("Tanpa baris ini")
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    assert card.line("Jumlah:").startswith("Rp20.000 ")


async def test_a_kind_that_no_row_names_is_asked_once_for_all(house: House) -> None:
    _, rina, _ = await a_counter(house, "Siti Aminah", "Budi Santoso", "Fatimah Zahra")
    for answer in ("press", "type"):
        asked = await rina.says("Siti 20rb\nBudi 30rb\nFatimah 40rb")
        assert asked.is_question
        card = await (
            rina.presses("Simpanan Sukarela") if answer == "press" else rina.says("sukarela")
        )
        assert card.lines[0] == "Simpanan Sukarela"
        assert len(rows_of(card)) == 3
        assert not any("Simpanan" in row for row in rows_of(card))


async def test_rows_of_other_kinds_name_theirs(house: House) -> None:
    village, rina, (siti, budi) = await a_counter(house, "Siti Aminah", "Budi Santoso")
    card = await rina.says("Siti wajib 20rb\nBudi sukarela 30rb")
    assert card.lines[0] == "Simpanan Wajib"
    assert rows_of(card)[1] == f"2. Budi Santoso ({budi.number}) Rp30.000 Simpanan Sukarela"
    await rina.presses("✅ Simpan")
    assert (await village.saved(siti), await village.saved(budi, "sukarela")) == (20_000, 30_000)


async def test_rows_of_different_days_and_directions_are_sent_apart(house: House) -> None:
    village, rina, _ = await a_counter(house, "Siti Aminah", "Budi Santoso", sukarela=90_000)
    for words, part in (
        ("sukarela:\nSiti 20rb kemarin\nBudi 30rb hari ini", "Tanggalnya tidak sama"),
        ("Siti setor sukarela 20rb\nBudi tarik 30rb", "tidak bisa dalam satu daftar"),
    ):
        before = await village.entries()
        answer = await rina.says(words)
        assert part in answer.text
        assert answer.is_question
        assert not answer.is_card
        assert await village.entries() == before


async def test_the_day_of_the_heading_is_the_day_of_every_row(house: House) -> None:
    village, rina, _ = await a_counter(house, "Siti Aminah", "Budi Santoso")
    card = await rina.says("wajib kemarin:\nSiti 20rb\nBudi 30rb")
    yesterday = today() - timedelta(days=1)
    assert card.line("Tanggal:") == format_date(yesterday, "d MMMM y", locale="id")
    await rina.presses("✅ Simpan")
    written = await house.rows(
        'SELECT DISTINCT "on" FROM ledger.entries WHERE koperasi_id = :here'
        " AND kind = 'deposit-wajib'",
        here=village.cooperative.id,
    )
    assert [row.on for row in written] == [yesterday]


async def test_a_day_to_come_does_not_become_today(house: House) -> None:
    _, rina, _ = await a_counter(house, "Siti Aminah", "Budi Santoso")
    await rina.says("wajib:\nSiti 20rb\nBudi 30rb")
    await rina.presses("✏️ Ubah")
    await rina.presses("Tanggal")
    asked = await rina.says("besok")
    assert not asked.is_card
    assert "belum tiba" in asked.text
    card = await rina.says("kemarin")
    yesterday = today() - timedelta(days=1)
    assert card.line("Tanggal:") == format_date(yesterday, "d MMMM y", locale="id")
    assert len(rows_of(card)) == 2


async def test_a_list_above_the_limit_is_asked_to_be_divided(house: House) -> None:
    village, rina, _ = await a_counter(house, "Siti Aminah", "Budi Santoso", message_limit="100000")
    answer = await rina.says("sukarela:\nSiti 60rb\nBudi 60rb")
    assert "Rp100.000" in answer.text
    assert not answer.is_card
    assert (await rina.says("sukarela:\nSiti 60rb\nBudi 40rb")).is_card
    assert await village.entries() == 0


async def test_a_list_that_is_too_long_is_asked_to_be_divided(house: House) -> None:
    village, rina, _ = await a_counter(house, "Siti Aminah")
    answer = await rina.says("wajib:\n" + "\n".join(f"A-{n} 1rb" for n in range(1, 402)))
    assert not answer.is_card
    assert "Bagi menjadi beberapa" in answer.text
    assert await village.entries() == 0


async def test_rows_that_are_the_same_are_pointed_out_and_still_a_card(house: House) -> None:
    village, rina, (siti, _) = await a_counter(house, "Siti Aminah", "Budi Santoso")
    card = await rina.says("wajib:\nSiti 20rb\nBudi 20rb\nSiti 20rb")
    assert card.is_card
    assert card.lines[card.lines.index(rows_of(card)[2]) + 1].startswith("⚠️ Baris ini sama")
    assert card.text.count("⚠️ Baris ini sama") == 1
    await rina.presses("✅ Simpan")
    assert await village.saved(siti) == 40_000


async def test_two_withdrawals_of_one_member_are_checked_together(house: House) -> None:
    village, rina, (siti, budi) = await a_counter(
        house, "Siti Aminah", "Budi Santoso", sukarela=50_000
    )
    refused = await rina.says("tarik:\nSiti 30rb\nBudi 10rb\nSiti 30rb")
    assert not refused.is_card
    assert refused.lines[0] == 'Baris 3 ("Siti Aminah"):'
    assert "hanya Rp50.000, tidak cukup untuk Rp60.000" in refused.text
    card = await rina.says("20rb")
    assert rows_of(card)[2] == f"3. Siti Aminah ({siti.number}) Rp20.000"
    await rina.presses("✅ Simpan")
    assert await village.saved(siti, "sukarela") == 0
    assert await village.saved(budi, "sukarela") == 40_000


async def test_the_own_dues_in_a_list_are_left_for_another_officer(house: House) -> None:
    village, _, _ = await a_counter(house, "Siti Aminah", "Budi Santoso")
    hendra = await village.member("Hendra Wijaya", linked=False)
    await village.officer("Hendra Wijaya", Role.KETUA, chat=hendra)
    refused = await hendra.says("wajib:\nSiti 20rb\nHendra 20rb\nBudi 20rb")
    assert not refused.is_card
    assert "perlu persetujuan pengurus lain. Kirim sendiri" in refused.text
    card = await hendra.presses("Tanpa baris ini")
    assert "Hendra" not in card.text
    assert "Tercatat 2 transaksi" in (await hendra.presses("✅ Simpan")).text
    assert await village.saved(hendra) == 0


async def a_long_list(house: House) -> tuple[Village, Person, list[Person], Message]:
    """A list that needs two cards."""
    names = [f"{_word(n)} Pratama Kusumawardhani" for n in range(16)]
    village, rina, everyone = await a_counter(house, *names, sukarela=20_000)
    rows = "\n".join(f"{one.number} 20rb" for one in everyone)
    card = await rina.says(f"tarik:\n{rows}")
    assert card.lines[1] == "Kartu 1 dari 2"
    return village, rina, everyone, card


async def test_a_saved_part_becomes_its_receipt_and_the_next_card_follows(house: House) -> None:
    village, rina, everyone, card = await a_long_list(house)
    fitting = len(rows_of(card))
    before = await village.entries()
    following = await rina.presses("✅ Simpan")
    assert following.lines[:2] == ["Penarikan Simpanan Sukarela", "Kartu 2 dari 2"]
    assert following.is_card
    assert following.id != card.id
    receipt = await rina.sees(f"Tercatat {fitting} transaksi")
    assert (receipt.edited, receipt.id, receipt.labels) == (True, card.id, [])
    assert all(line.endswith("saldo Rp0") for line in rows_of(receipt))
    assert await village.entries() == before + fitting
    assert "Tidak dicatat dua kali" in (await rina.forges(card.data["✅ Simpan"], card)).text
    last = await rina.presses("✅ Simpan", on=following)
    assert f"Tercatat {16 - fitting} transaksi" in last.text
    assert sum([await village.saved(one, "sukarela") for one in everyone]) == 0


async def test_a_typed_ya_saves_one_part_and_shows_the_next(house: House) -> None:
    village, rina, _, card = await a_long_list(house)
    before = await village.entries()
    following = await rina.says("ya")
    assert following.lines[1] == "Kartu 2 dari 2"
    receipt = await rina.sees("Tercatat")
    assert (receipt.edited, receipt.id) == (True, card.id)
    assert await village.entries() == before + len(rows_of(card))
    assert "Tercatat" in (await rina.says("ya")).text
    assert await village.entries() == before + 16


async def test_a_part_is_saved_even_when_the_next_one_is_no_longer_possible(
    house: House,
) -> None:
    village, rina, everyone, card = await a_long_list(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    last = everyone[-1]
    await hendra.says(f"tarik {last.number} 15rb")
    await hendra.presses("✅ Simpan")
    before = await village.entries()
    fitting = len(rows_of(card))
    asked = await rina.presses("✅ Simpan")
    assert not asked.is_card
    assert last.name in asked.lines[0]
    assert "Rp5.000" in asked.text
    assert await village.entries() == before + fitting
    await rina.sees(f"Tercatat {fitting} transaksi")
    following = await rina.says("5rb")
    assert len(rows_of(following)) == 16 - fitting
    await rina.presses("✅ Simpan", on=following)
    assert await village.entries() == before + 16
    assert await village.saved(last, "sukarela") == 0


async def test_a_list_with_the_widest_names_fits_its_messages(house: House) -> None:
    names = ["😀" * 90 + f" {_word(n)}" for n in range(30)]
    village, rina, everyone = await a_counter(house, *names)
    card = await rina.says("wajib:\n" + "\n".join(f"{one.number} 20rb" for one in everyone))
    while card.is_card:
        assert len(rows_of(card)) == 1 or len(card.text.encode()) < 1024
        assert len(card.text.encode("utf-16-le")) // 2 <= 4096
        card = await rina.presses("✅ Simpan", on=card)
    assert "Tercatat" in card.text
    assert await village.entries() == 30


async def reasons(house: House, village: Village) -> list[str | None]:
    rows = await house.rows(
        "SELECT reason FROM ledger.entries WHERE koperasi_id = :here"
        " AND kind = 'deposit-wajib' ORDER BY number",
        here=village.cooperative.id,
    )
    return [row.reason for row in rows]


async def test_what_is_noted_to_one_row_is_kept_with_that_row(house: House) -> None:
    village, rina, _ = await a_counter(house, "Siti Aminah", "Budi Santoso")
    card = await rina.says("wajib:\nSiti 20rb catatan: titip Pak RT\nBudi 30rb")
    assert card.lines[2] == "Catatan: titip Pak RT"
    receipt = await rina.presses("✅ Simpan")
    assert receipt.lines[2] == "Catatan: titip Pak RT"
    assert await reasons(house, village) == ["titip Pak RT", None]


async def test_what_is_noted_to_a_list_is_kept_with_every_row(house: House) -> None:
    village, rina, _ = await a_counter(house, "Siti Aminah", "Budi Santoso")
    card = await rina.says("wajib:\nSiti 20rb\nBudi 30rb\ncatatan: rapat RT")
    assert card.line("Catatan:") == "rapat RT"
    assert (await rina.presses("✅ Simpan")).line("Catatan:") == "rapat RT"
    assert await reasons(house, village) == ["rapat RT", "rapat RT"]


async def test_the_month_of_a_list_is_the_month_of_every_row_and_stands_on_the_card(
    house: House,
) -> None:
    village, rina, _ = await a_counter(house, "Siti Aminah", "Budi Santoso", wajib="20000")
    month = format_date(months_ago(1), "MMMM y", locale="id")
    card = await rina.says(f"wajib {month}:\nSiti 20rb\nBudi 20rb")
    assert card.lines.count(f"Untuk: {month}") == 2
    await rina.presses("✅ Simpan")
    paid = await house.rows(
        "SELECT DISTINCT month FROM dues WHERE koperasi_id = :here", here=village.cooperative.id
    )
    assert [row.month for row in paid] == [months_ago(1)]


async def test_markup_in_a_list_is_asked_about(house: House) -> None:
    _, rina, _ = await a_counter(house, "Siti Aminah", "Budi Santoso")
    for words in (
        "wajib:\n<b>Siti</b> 20rb\nBudi 30rb",
        "wajib:\n[Siti](tg://user?id=1) 20rb\nBudi 30rb",
    ):
        answer = await rina.says(words)
        assert not answer.is_card
        assert answer.is_question


async def test_names_with_signs_of_ours_are_just_names_in_a_list(house: House) -> None:
    odd = [("&<>\"'{ $name }" * 9)[:90] + f" {_word(n)}" for n in range(30)]
    village, rina, everyone = await a_counter(house, *odd)
    card = await rina.says("wajib:\n" + "\n".join(f"{one.number} 20rb" for one in everyone))
    first = everyone[0]
    assert rows_of(card)[0] == f"1. {first.name} ({first.number}) Rp20.000"
    while card.is_card:
        card = await rina.presses("✅ Simpan", on=card)
    assert everyone[-1].name in card.text
    assert await village.entries() == 30


async def test_a_long_list_of_instalments_is_read_card_by_card_with_every_split(
    house: House,
) -> None:
    names = [f"{_word(n)} Pratama Kusumawardhani Binti Abdurrahman" for n in range(9)]
    village, rina, everyone = await a_counter(house, *names)
    for one in everyone:
        await village.lent(one, 1_000_000, on=months_ago(2))
    card = await rina.says("angsuran:\n" + "\n".join(f"{one.number} 110rb" for one in everyone))
    shown = 0
    while card.is_card:
        assert len(card.text.encode()) < 1024
        rows = rows_of(card)
        assert card.text.count("jasa Rp10.000, pokok Rp100.000. Sisa pokok Rp") == len(rows)
        shown += len(rows)
        card = await rina.presses("✅ Simpan", on=card)
    assert (shown, await village.entries()) == (9, 18)
