"""Practice mode by chat: into the practice book and out again, its mark everywhere, its lessons, nothing of it anywhere else."""

from __future__ import annotations

import re

import pytest

from core.permissions import Role
from tests.builders import Village, a_village, an_official
from tests.house import House, Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

MARK = "🧪 LATIHAN – bukan buku asli"


async def an_office(house: House, role: Role = Role.BENDAHARA) -> tuple[Village, Person]:
    village = await a_village(house, wajib="20000")
    return village, await village.officer("Rina Kartika", role)


def practised(answer: Message) -> Message:
    """Every answer in practice ends with the mark."""
    assert answer.lines[-1] == MARK, answer.text
    return answer


async def records(person: Person, words: str) -> Message:
    card = practised(await person.says(words))
    assert card.is_card, card.text
    return practised(await person.presses("✅ Simpan"))


async def test_a_treasurer_goes_through_the_lessons_and_the_real_book_knows_nothing(
    house: House,
) -> None:
    village, rina = await an_office(house)
    siti = await village.member("Siti Aminah", sukarela=300_000)
    real = await rina.says("sukarela Siti 75rb")
    assert real.is_card
    assert MARK not in real.text
    before = await everything_of(village)
    begun = practised(await rina.says("latihan"))
    assert "buku latihan" in begun.text
    card = practised(await rina.says("wajib Siti 20rb"))
    assert card.lines[0] == "Simpanan Wajib"
    assert card.line("Anggota:") == "Siti Aminah (A-001)"
    done = practised(await rina.presses("✅ Simpan"))
    assert "Tercatat No." in done.text
    assert "Pelajaran selesai: Catat simpanan wajib (1 dari 9)" in done.text
    task = practised(await rina.presses(done.label("Pelajaran: Catat beberapa")))
    assert "sukarela Budi 50rb, Fatimah 50rb" in task.text
    assert "(2 dari 9)" in (await records(rina, "sukarela Budi 50rb, Fatimah 50rb")).text
    assert "(3 dari 9)" in (await records(rina, "tarik Fatimah 100rb")).text
    assert "(4 dari 9)" in (await records(rina, "beli ATK 45rb")).text
    assert "(5 dari 9)" in (await records(rina, "jual beras 2 kg")).text
    paid = await records(rina, "angsuran Budi 132rb")
    assert "(6 dari 9)" in paid.text
    number = paid.line("✅ Tercatat No.")
    asked = await records(rina, f"batalkan no {number} salah jumlah")
    assert "Menunggu persetujuan" in asked.lines[0]
    assert "(7 dari 9)" in practised(await rina.presses("Pengurus rekaan: setuju")).text
    assert "?" in practised(await rina.says("tutup kas")).text
    card = practised(await rina.says(f"{await cash_of(rina)}"))
    assert card.is_card
    waiting = practised(await rina.presses("✅ Simpan"))
    assert "Menunggu persetujuan" in waiting.lines[0]
    assert "orang lain yang memutuskan" in waiting.text
    sealed = practised(await rina.presses("Pengurus rekaan: setuju"))
    assert sealed.lines[0] == "Dijawab pengurus rekaan, Pak Latihan (ketua):"
    assert "(8 dari 9)" in sealed.text
    task = practised(await rina.says("pelajaran 9"))
    assert "saldo Siti Aminah" in task.text
    assert "Belum tepat" in practised(await rina.says("jawab 1")).text
    right = practised(await rina.says("jawab 250.000"))
    assert "Semua pelajaran selesai" in right.text
    assert practised(await rina.says("pelajaran")).text.count("✅") == 9
    assert await everything_of(village) == before
    left = await rina.says("selesai latihan")
    assert MARK not in left.text
    assert "masih terbuka" in left.text
    assert "Tercatat" not in (await rina.says("ya")).text
    receipt = await rina.presses("✅ Simpan", on=real)
    assert "Tercatat No." in receipt.text
    assert MARK not in receipt.text
    await siti.sees("Simpanan Sukarela")
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    told = await hendra.says("progres latihan")
    assert "Rina Kartika (bendahara): 9 dari 9" in told.text
    assert "Hendra Wijaya (ketua): 0 dari 4" in told.text
    dewi = await an_official(house, "Dewi Anggraini")
    await dewi.says("/pantau")
    told = await dewi.presses("Belum terhubung")
    assert re.search(r"Latihan: \d+ koperasi sudah selesai semua pelajaran, [1-9]", told.text)


async def test_a_ketua_learns_to_approve_and_to_reject(house: House) -> None:
    village, hendra = await an_office(house, Role.KETUA)
    await hendra.says("latihan")
    assert "persetujuan" in practised(await hendra.presses("Pelajaran: Setujui pinjaman")).text
    queue = practised(await hendra.says("persetujuan"))
    asked = [label for label in queue.labels if "No." in label]
    assert len(asked) == 2
    await hendra.presses(asked[0])
    approved = practised(await hendra.presses("Setujui"))
    assert "Pelajaran selesai: Setujui pinjaman (1 dari 4)" in approved.text
    await hendra.presses(asked[1], on=queue)
    await hendra.presses("Tolak")
    rejected = practised(await hendra.says("jaminannya kurang"))
    assert "(2 dari 4)" in rejected.text
    # Whoever is late finds something to decide again.
    task = practised(await hendra.says("pelajaran 1"))
    assert "menunggu ketua" in task.text
    assert "No. 3" in practised(await hendra.says("persetujuan")).text
    assert "(3 dari 4)" in (await hendra.says(f"jawab {await cash_of(hendra)}")).text
    assert await village.entries() == 0


async def test_the_two_books_stay_apart_and_nothing_open_is_lost(house: House) -> None:
    village, rina = await an_office(house)
    await village.member("Siti Aminah")
    real_card = await rina.says("sukarela Siti 75rb")
    asked = await rina.says("wajib Siti")
    assert "?" in asked.text
    await rina.says("mau mulai latihan")
    practice_card = practised(await rina.says("wajib Siti 20rb"))
    # A button acts in its own book alone.
    assert "buku asli" in practised(await rina.presses("✅ Simpan", on=real_card)).text
    for words in ("pengumuman", "umumkan ke semua anggota: rapat besok", "ganti", "undang Siti"):
        answer = practised(await rina.says(words))
        assert "orang sungguhan" in answer.text, (words, answer.text)
    assert await village.entries() == 0
    left = await rina.says("stop latihan")
    assert "masih terbuka" in left.text
    assert "buku latihan" in (await rina.presses("✅ Simpan", on=practice_card)).text
    assert await village.entries() == 0
    card = await rina.says("20rb")  # The question of before still takes its answer.
    assert card.lines[0] == "Simpanan Wajib"
    assert card.is_card
    back = practised(await rina.says("latihan"))
    assert "kembali" in back.text
    assert "Tercatat" in practised(await rina.presses("✅ Simpan", on=practice_card)).text
    first = await books_of(village)
    fresh = practised(await rina.says("ulangi latihan dari awal"))
    assert "rekaan" in fresh.text
    second = await books_of(village)
    assert len(first) == 1
    assert len(second) == 2
    assert "1 dari 9" in practised(await rina.says("pelajaran")).text
    assert "Rp250.000" in practised(await rina.says("saldo Siti")).text
    assert "masih terbuka" in (await rina.says("selesai latihan")).text
    # STOP and MULAI keep their meaning.
    assert "dihentikan" in (await rina.says("berhenti")).text


async def test_members_have_no_practice_book(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    assert MARK not in (await siti.says("latihan")).text
    assert await books_of(village) == []


async def cash_of(person: Person) -> int:
    """Read what the newest practice book holds in Kas."""
    return int(
        await person.house.value(
            "SELECT balance FROM ledger.accounts WHERE code = '111000' AND koperasi_id ="
            " (SELECT max(koperasi_id) FROM cooperatives WHERE practice_of IS NOT NULL)"
        )
    )


async def books_of(village: Village) -> list[int]:
    rows = await village.house.rows(
        "SELECT koperasi_id FROM cooperatives WHERE practice_of = :here ORDER BY 1",
        here=village.cooperative.id,
    )
    return [row.koperasi_id for row in rows]


async def everything_of(village: Village) -> list[object]:
    """Count the rows of every tenant table that are a real cooperative's, and read its book's head."""
    house = village.house
    tables = await house.rows(
        "SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname IN ('public', 'ledger')"
        " AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'koperasi_id')"
        " AND c.relname NOT IN ('outbox', 'lessons_done') ORDER BY 1"
    )
    found: list[object] = [
        (
            table.name,
            await house.value(
                f"SELECT count(*) FROM {table.name} WHERE koperasi_id = :here",
                here=village.cooperative.id,
            ),
        )
        for table in tables
    ]
    found.append(
        await house.value(
            "SELECT head FROM ledger.books WHERE koperasi_id = :here", here=village.cooperative.id
        )
    )
    return found
