"""Legal documents and the annual meeting: numbers, order, expiry, quorum, and every refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.understand import legal as reader
from bot.understand import legal_files as files
from core import documents, meetings
from core.documents import (
    Document,
    ExpiresFirst,
    Kind,
    NotAPermit,
    NotItsForm,
    NotItsNumber,
    NotYetIssued,
)
from core.errors import Refusal
from core.legal_files import Paper
from core.meetings import Meeting, MoreThanMembers, NoQuorum, NotItsYear
from core.people import Standing
from core.permissions import NotAllowed, Role
from tests.builders_core import AT, TODAY, a_cooperative, a_member, an_officer

LATER = TODAY + timedelta(days=30)


async def keep(
    db: AsyncConnection, officer: Standing, kind: Kind, number: str, **days: date
) -> None:
    said = replace(Document(kind=kind, number=number), **days)  # type: ignore[arg-type]  # of the days' type
    await documents.keep(db, officer=officer, document=said, today=TODAY, at=AT)


async def test_the_last_of_a_kind_counts_and_an_expired_one_is_not_there(db: AsyncConnection):
    here = await a_cooperative(db)
    sari = await an_officer(db, here, Role.SEKRETARIS)
    await keep(db, sari, Kind.NIB, "9120 0011 22334", expires_on=TODAY - timedelta(days=1))
    await keep(db, sari, Kind.DEED, "12/2025", issued_on=date(2025, 5, 3))
    assert await documents.completeness(db, here.id) == (2, 7)
    assert await documents.completeness(db, here.id, on=TODAY) == (1, 7)
    await keep(db, sari, Kind.NIB, "9120001122335", expires_on=LATER)
    found = await documents.held(db, here.id)
    assert [(one.kind, one.number) for one in found] == [
        (Kind.DEED, "12/2025"),
        (Kind.NIB, "9120001122335"),
    ]
    for today, since, told in (
        (TODAY, TODAY - timedelta(days=1), True),
        (TODAY + timedelta(days=2), TODAY - timedelta(days=1), True),  # the day was a Sunday
        (TODAY + timedelta(days=1), TODAY, False),
        (LATER - timedelta(days=7), LATER - timedelta(days=8), True),
        (LATER - timedelta(days=60), LATER - timedelta(days=61), True),
    ):
        warned = await documents.expiring(db, here.id, today=today, since=since)
        assert bool(warned) == told, today
    other = await a_cooperative(db)
    assert await documents.completeness(db, other.id) == (0, 7)


async def test_every_permit_counts_by_itself(db: AsyncConnection):
    here = await a_cooperative(db)
    sari = await an_officer(db, here, Role.SEKRETARIS)
    for permit, number, expires in (
        ("apotek", "503/1", TODAY - timedelta(days=1)),
        ("simpan pinjam", "503/2", LATER),
        ("Apotek ", "503/3", TODAY),
    ):
        one = Document(kind=Kind.PERMIT, permit=permit, number=number, expires_on=expires)
        await documents.keep(db, officer=sari, document=one, today=TODAY, at=AT)
    found = await documents.held(db, here.id)
    assert [(one.called, one.number, one.n) for one in found] == [
        ("Izin apotek", "503/3", 3),
        ("Izin simpan pinjam", "503/2", 2),
    ]
    assert Kind.PERMIT not in documents.lacking(found, on=TODAY)
    assert Kind.PERMIT in documents.lacking(found, on=TODAY + timedelta(days=1))
    assert await documents.completeness(db, here.id) == (1, 7)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (Document(kind=Kind.NIB, number="912000112233"), NotItsNumber),
        (Document(kind=Kind.NPWP, number="09.254.294.3-407.000"), NotItsNumber),
        (Document(kind=Kind.DECREE, number="AHU-17736"), NotItsForm),
        (Document(kind=Kind.ACCOUNT, number="1234"), NotItsForm),
        (Document(kind=Kind.DEED, number="12", issued_on=LATER), NotYetIssued),
        (Document(kind=Kind.PERMIT, number="503/1", permit="<b>"), NotAPermit),
        (Document(kind=Kind.DEED, number="12", permit="apotek"), NotAPermit),
        (Document(kind=Kind.DEED, number="12", issued_on=TODAY, expires_on=date(2020, 1, 1)), ExpiresFirst),
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_is_refused(said: Document, refusal: type[Refusal]):
    with pytest.raises(refusal):
        documents.checked(said, today=TODAY)


def test_quorum_is_more_than_half_and_then_a_third():
    assert [meetings.quorum(count) for count in (1, 2, 3, 73, 74)] == [1, 2, 2, 37, 38]
    assert [meetings.quorum(count, second=True) for count in (1, 3, 4, 73, 75)] == [1, 1, 2, 25, 25]


async def test_a_meeting_without_quorum_is_held_again_with_a_third(db: AsyncConnection):
    here = await a_cooperative(db)
    sari = await an_officer(db, here, Role.SEKRETARIS)
    for number in range(6):
        await a_member(db, here, f"Anggota {number}", joined=date(2026, 1, 5))
    await a_member(db, here, "Pergi", joined=date(2026, 1, 5), left=date(2026, 2, 1))
    await a_member(db, here, "Baru", joined=date(2026, 6, 1))

    async def held(**said: object) -> Meeting:
        facts: dict[str, object] = {
            "year": 2025, "held_on": date(2026, 3, 15), "present": 3, "minutes": "1/RAT"
        }  # fmt: skip
        meeting = Meeting(**(facts | said))  # type: ignore[arg-type]  # of each field's type
        return await meetings.keep(db, officer=sari, meeting=meeting, today=TODAY, at=AT)

    with pytest.raises(NoQuorum) as lacking:
        await held()
    assert lacking.value.facts == {"present": 3, "members": 6, "needed": 4, "second": 2}
    for wrong, refusal in (
        ({"present": 7}, MoreThanMembers),
        ({"year": 2026}, NotItsYear),
        ({"held_on": LATER}, NotItsYear),
    ):
        with pytest.raises(refusal):
            await held(**wrong)
    assert (await held(second=True)).members == 6
    await held(present=5)
    found = await meetings.of_year(db, here.id, 2025)
    assert found == Meeting(
        year=2025, held_on=date(2026, 3, 15), present=5, minutes="1/RAT", members=6
    )
    bendahara = await an_officer(db, here, name="Rina")
    with pytest.raises(NotAllowed):
        await meetings.keep(db, officer=bendahara, meeting=found, today=TODAY, at=AT)
    with pytest.raises(NotAllowed):
        await keep(db, bendahara, Kind.DEED, "12/2025")


@pytest.mark.parametrize(
    ("text", "kind", "number", "issued", "expires"),
    [
        ("NIB 1234567890123 terbit 3 mei 2025", Kind.NIB, "1234567890123", date(2025, 5, 3), None),
        ("nib 1234567890123 berlaku sampai 3 mei 2030", Kind.NIB, "1234567890123", None, date(2030, 5, 3)),
        ("SK AHU-0017736.AH.01.29.TAHUN 2025 tanggal 12 juni 2025", Kind.DECREE,
         "AHU-0017736.AH.01.29.TAHUN 2025", date(2025, 6, 12), None),
        ("NIK koperasi 6472050010001", Kind.NIK, "6472050010001", None, None),
        ("catat rekening BRI 0123-01-000456-30-1", Kind.ACCOUNT, "0123-01-000456-30-1", None, None),
        ("akta no 5 tanggal 3 mei 2025", Kind.DEED, "5", date(2025, 5, 3), None),
        ("akta nomor 12/NPAK/2025 tgl 1/6/2025", Kind.DEED, "12/NPAK/2025", date(2025, 6, 1), None),
        ("izin usaha 503/1234/DPMPTSP terbit 1 juli 2025 berlaku sampai 1 juli 2030", Kind.PERMIT,
         "503/1234/DPMPTSP", date(2025, 7, 1), date(2030, 7, 1)),
    ],
)  # fmt: skip
def test_a_document_is_read(
    text: str, kind: Kind, number: str, issued: date | None, expires: date | None
):
    assert reader.document(text, TODAY) == Document(
        kind=kind, number=number, issued_on=issued, expires_on=expires
    )


@pytest.mark.parametrize(
    "text",
    ["setor wajib Siti 50rb", "nik 6472051212900001", "rekening bank 500.000", "izin 1000000", "sk 500.000 siti",
     "akta 50rb", "izin tidak masuk 2 hari", "rekening 50rb", "nik siti", "tarik rekening 500.000",
     "bayar notaris akta 500rb", "rapat anggota hari minggu"],
)  # fmt: skip
def test_other_sentences_are_not_read_as_documents_or_meetings(text: str):
    assert reader.document(text, TODAY) is None
    assert reader.meeting(text, TODAY) is None
    assert reader.quorum(text) is None


@pytest.mark.parametrize(
    ("text", "permit", "number"),
    [
        ("izin apotek 503/12/DPMPTSP", "apotek", "503/12/DPMPTSP"),
        ("izin usaha simpan pinjam no 503/9", "simpan pinjam", "503/9"),
        ("izin usp no. 503/0009/2025", "simpan pinjam", "503/0009/2025"),
    ],
)
def test_a_permit_says_what_it_permits(text: str, permit: str, number: str):
    assert reader.document(text, TODAY) == Document(kind=Kind.PERMIT, permit=permit, number=number)


def test_a_file_is_asked_for_by_the_name_of_what_it_shows():
    assert files.asked("lihat akta") == files.Named(kind=Kind.DEED)
    assert files.asked("lihat berkas izin usaha apotek") == files.Named(
        kind=Kind.PERMIT, permit="apotek"
    )
    assert files.asked("lihat NIB 2") == files.Named(kind=Kind.NIB, page=2)
    assert files.asked("lihat daftar hadir RAT 2025") == files.Named(
        paper=Paper.ATTENDANCE, year=2025
    )
    assert files.asked("lihat foto rekening bank") == files.Named(kind=Kind.ACCOUNT)
    assert files.sent("unggah izin apotek") == files.Named(kind=Kind.PERMIT, permit="apotek")
    assert files.how("cara urus NIB") == files.Named(kind=Kind.NIB)
    for text in (
        "lihat rekening",
        "lihat nik siti",
        "lihat akta budi",
        "lihat nota 12",
        "buka rekening",
    ):
        assert files.asked(text) is None, text
    assert files.below("akta pendirian") == files.Named(kind=Kind.DEED)
    assert files.below("") is None


def test_a_question_for_the_quorum_is_read():
    for text in ("kuorum 40 dari 73", "cek kuorum 40/73", "kuorum rapat 40 orang dari 73 anggota?"):
        assert reader.quorum(text) == reader.Quorum(present=40, members=73), text
    assert reader.quorum("kuorum") == reader.Quorum(present=None, members=None)


def test_a_meeting_is_read():
    assert reader.meeting(
        "RAT 2025 tanggal 15 maret 2026 hadir 40 orang, berita acara 01/RAT/2026", TODAY
    ) == Meeting(year=2025, held_on=date(2026, 3, 15), present=40, minutes="01/RAT/2026")
    assert reader.meeting("rat dihadiri 40 orang pada 15/3/2026, BA 1", TODAY) == Meeting(
        year=2025, held_on=date(2026, 3, 15), present=40, minutes="1"
    )
    second = reader.meeting("rapat anggota kedua 20/3/2026, 30 anggota hadir, BA 02", TODAY)
    assert second == Meeting(
        year=2025, held_on=date(2026, 3, 20), present=30, minutes="02", second=True
    )
