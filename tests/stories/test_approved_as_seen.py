"""What is approved is what its approver read: figures that moved meanwhile are shown before anything is recorded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.permissions import Role
from core.rules import FOUNDED
from tests.builders import Village, a_village, months_ago
from tests.house import House, Person
from tests.stories.test_allowance import a_month_ended

pytestmark = pytest.mark.asyncio(loop_scope="session")
CHANGED = "Ada yang berubah sejak permintaan ini dibuat"


async def a_village_in_arrears(house: House) -> tuple[Village, Person, Person, Person, int]:
    """A treasurer, a chair, and Siti who owes a million since four months."""
    village = await a_village(house, rest_days="none")
    await village.product(moves_holidays=False)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", joined=months_ago(12), sukarela=900_000)
    loan = await village.lent(siti, 1_000_000, on=months_ago(4))
    return village, rina, hendra, siti, loan.id


async def an_officer_who_owes(
    house: House, *, months: int = 4, decides: Role = Role.KETUA
) -> tuple[Village, Person, Person, Person]:
    """Rina, a treasurer who owes a million, who decides, and another treasurer."""
    village = await a_village(house, rest_days="none")
    await village.product(moves_holidays=False)
    hendra = await village.officer("Hendra Wijaya", decides)
    dewi = await village.officer("Dewi Lestari", Role.BENDAHARA)
    rina = await village.member("Rina Kartika", joined=months_ago(12), linked=False)
    await village.lent(rina, 1_000_000, on=months_ago(months))
    await village.officer("Rina Kartika", Role.BENDAHARA, chat=rina)
    return village, rina, hendra, dewi


async def state(house: House, village: Village, loan: int) -> str:
    return str(
        await house.value(
            "SELECT state FROM loans WHERE koperasi_id = :here AND id = :loan",
            here=village.cooperative.id,
            loan=loan,
        )
    )


async def pays(officer: Person, words: str) -> None:
    await officer.says(words)
    assert "Tercatat" in (await officer.presses("✅ Simpan")).text


async def test_a_write_off_is_shown_anew_when_the_loan_was_paid_meanwhile(house: House) -> None:
    village, rina, hendra, _, loan = await a_village_in_arrears(house)
    assert "lancar, tidak" not in (await rina.says("hapus buku pinjaman Siti, alasan macet")).text
    await rina.presses("✅ Simpan")
    old = await hendra.sees("Mohon persetujuan No. 1")
    assert old.line("Jumlah:").startswith("Rp1.000.000 ")
    await pays(rina, "angsuran Siti 440rb")
    new = await hendra.presses("Setujui", on=old)
    assert CHANGED in new.text
    assert new.line("Jumlah:").startswith("Rp600.000 ")
    assert new.line("Kolektibilitas:") == "lancar"
    assert "Pinjaman ini lancar" in new.text
    assert await state(house, village, loan) == "running"
    done = await hendra.presses("Setujui", on=new)
    assert done.line("Jumlah:").startswith("Rp600.000 ")
    assert await state(house, village, loan) == "written-off"


async def test_who_says_setujui_reads_a_new_schedule_before_it_holds(house: House) -> None:
    _, rina, hendra, siti, _ = await a_village_in_arrears(house)
    await rina.says("jadwal ulang pinjaman Siti 24 bulan, alasan sakit")
    await rina.presses("✅ Simpan")
    assert "Rp51.667" in (await hendra.sees("Mohon persetujuan No. 1")).text
    await pays(rina, "angsuran Siti 220rb")
    new = await hendra.says("setujui 1")
    assert CHANGED in new.text
    assert new.line("Total dibayar:").startswith("Rp992.000")
    assert "Jadwal baru berlaku" in (await hendra.says("setujui 1")).text
    await siti.sees("Jadwal baru berlaku")


async def test_others_who_may_decide_read_the_new_figures_and_an_older_setujui_does_not_count(
    house: House,
) -> None:
    village, rina, hendra, dewi = await an_officer_who_owes(house, decides=Role.WAKIL_USAHA)
    seka = await village.officer("Seka Tari", Role.SEKRETARIS)
    await rina.says("angsuran Rina 105rb")
    await rina.presses("✅ Simpan")
    old = await seka.sees("Mohon persetujuan No. 1")
    await pays(dewi, "angsuran Rina 8rb")
    new = await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan No. 1"))
    assert CHANGED in new.text
    fresh = await seka.sees("Mohon persetujuan No. 1")
    assert fresh.line("Pokok:") == new.line("Pokok:") != old.line("Pokok:")
    before = await village.entries()
    assert CHANGED in (await seka.presses("Setujui", on=old)).text
    assert await village.entries() == before
    done = await seka.presses("Setujui", on=fresh)
    assert done.line("Pokok:") == fresh.line("Pokok:")
    assert await village.entries() == before + 1


async def test_an_unmoved_request_is_decided_at_once(house: House) -> None:
    village, rina, hendra, siti, loan = await a_village_in_arrears(house)
    await pays(rina, "sukarela Siti 50rb")
    await rina.says("hapus buku pinjaman Siti, alasan macet")
    await rina.presses("✅ Simpan")
    await pays(rina, "sukarela Siti 20rb")
    assert "Tercatat" in (await hendra.says("setujui 1")).text
    assert await state(house, village, loan) == "written-off"
    await siti.sees("Rp50.000")


async def test_a_write_off_card_of_before_a_payment_is_shown_anew_to_its_maker(
    house: House,
) -> None:
    _, rina, _, siti, _ = await a_village_in_arrears(house)
    card = await rina.says("hapus buku pinjaman Siti, alasan macet")
    await pays(rina, "angsuran Siti 110rb")
    new = await rina.presses("✅ Simpan", on=card)
    assert new.is_card
    assert new.line("Jumlah:").startswith("Rp900.000 ")
    await rina.presses("❌ Batal", on=new)
    await siti.sees("Tercatat")


async def test_savings_that_pay_are_asked_for_anew_when_the_split_moved(house: House) -> None:
    village, rina, _, siti, _ = await a_village_in_arrears(house)
    await rina.says("angsuran Siti 105rb potong sukarela")
    await rina.presses("✅ Simpan")
    old = await siti.sees("Mohon persetujuan No. 1")
    await pays(rina, "angsuran Siti 8rb")
    new = await siti.presses("Setujui", on=old)
    assert CHANGED in new.text
    assert (new.line("Jasa:"), new.line("Pokok:")) != (old.line("Jasa:"), old.line("Pokok:"))
    assert await village.saved(siti, "sukarela") == 900_000
    done = await siti.presses("Setujui", on=new)
    assert done.line("Pokok:") == new.line("Pokok:")
    assert await village.saved(siti, "sukarela") == 795_000


async def test_a_disbursement_shows_what_it_takes_off_by_now(house: House) -> None:
    village, rina, hendra, dewi = await an_officer_who_owes(house, months=0)
    new_loan = await village.applied(rina, 3_000_000)
    await house.change(
        "UPDATE loans SET tops_up = 1 WHERE koperasi_id = :here AND id = :loan",
        here=village.cooperative.id,
        loan=new_loan.id,
    )
    await rina.says("cairkan pinjaman Rina 3jt")
    await rina.presses("✅ Simpan")
    old = await hendra.sees("Mohon persetujuan No. 1")
    await pays(dewi, "angsuran Rina 220rb")
    new = await hendra.presses("Setujui", on=old)
    assert CHANGED in new.text
    handed = "Diserahkan tunai:"
    assert new.line(handed) != old.line(handed)
    assert await state(house, village, new_loan.id) == "approved"
    assert (await hendra.presses("Setujui", on=new)).line(handed) == new.line(handed)


async def test_an_allowance_that_is_another_by_then_is_shown_anew(house: House) -> None:
    village, hendra, ended = await a_month_ended(house)
    old = await hendra.sees("Mohon persetujuan No. 1")
    here = village.cooperative
    budi = await village.member("Budi Santoso", joined=FOUNDED, linked=False)
    await village.lent(budi, 2_000_000, on=ended - timedelta(days=1))
    before = await village.entries()
    new = await hendra.presses("Setujui", on=old)
    assert CHANGED in new.text
    assert new.line("Ditambah:") == "Rp15.000"
    assert await village.entries() == before
    assert (await hendra.presses("Setujui", on=new)).line("Seharusnya:") == "Rp15.000"
    booked = await house.value(
        "SELECT count(*) FROM ledger.entries WHERE koperasi_id = :here AND kind = 'loan-allowance'",
        here=here.id,
    )
    assert booked == 1
