"""Whom an announcement's sentence means: every word of it is understood, or named as not understood."""

from __future__ import annotations

import pytest

from bot.conversations.announcement_whom import ALL_ROLES, LATE, split
from core.announcements.audience import Activity, Audience
from core.permissions import Role

REGIONS = {
    "64": "Kalimantan Timur",
    "64.01": "Kabupaten Paser",
    "64.02": "Kabupaten Kutai Kartanegara",
    "64.03": "Kabupaten Berau",
    "64.08": "Kabupaten Kutai Timur",
    "64.09": "Kabupaten Penajam Paser Utara",
    "64.74": "Kota Bontang",
}
MEMBERS = Audience(members=True)
OFFICERS = Audience(roles=ALL_ROLES)


@pytest.mark.parametrize(
    ("typed", "audience", "regions", "text"),
    [
        ("umumkan ke anggota: rapat", MEMBERS, (), "rapat"),
        ("umumkan ke semua anggota di Berau dan Bontang: x", MEMBERS, ("64.03", "64.74"), "x"),
        ("umumkan ke anggota di Berau, Kaltim: x", MEMBERS, ("64.03",), "x"),
        ("umumkan ke anggota di PPU: x", MEMBERS, ("64.09",), "x"),
        (
            "umumkan ke ketua dan bendahara di Kukar: x",
            Audience(roles=(Role.KETUA, Role.BENDAHARA)),
            ("64.02",),
            "x",
        ),
        ("umumkan kepada seluruh koperasi: x", OFFICERS, (), "x"),
        (
            "umumkan ke anggota yang tidak aktif: x",
            MEMBERS.of_members(activity=Activity.IDLE, months=3),
            (),
            "x",
        ),
        (
            "umumkan ke anggota aktif 1 bulan terakhir: x",
            MEMBERS.of_members(activity=Activity.RECORDED, months=1),
            (),
            "x",
        ),
        (
            "umumkan ke anggota yang sudah bayar wajib: x",
            MEMBERS.of_members(activity=Activity.WAJIB, months=3),
            (),
            "x",
        ),
        ("umumkan ke anggota yang menunggak: x", MEMBERS.of_members(classes=LATE), (), "x"),
        ("umumkan ke anggota yang macet: x", MEMBERS.of_members(classes=("macet",)), (), "x"),
        (
            "umumkan ke anggota aktif yang menunggak: x",
            MEMBERS.of_members(activity=Activity.RECORDED, months=3, classes=LATE),
            (),
            "x",
        ),
        ("umumkan ke ketua rapat besok", Audience(roles=(Role.KETUA,)), (), "rapat besok"),
        ("umumkan ke anggota di Kutai Timur rapat", MEMBERS, ("64.08",), "rapat"),
        ("umumkan ke semua anggota bahwa rapat tanggal 5", MEMBERS, (), "rapat tanggal 5"),
        ("beritahu semua anggota besok rapat", MEMBERS, (), "besok rapat"),
        ("umumkan rapat besok jam 10:00 di balai", None, (), "rapat besok jam 10:00 di balai"),
        ("umumkan lihat https://contoh.id", None, (), "lihat https://contoh.id"),
        ("umumkan koperasi tutup besok", None, (), "koperasi tutup besok"),
        ("umumkan mohon hadir semua", None, (), "mohon hadir semua"),
        ("pengumuman: iuran: 50rb", None, (), "iuran: 50rb"),
        ("tolong umumkan:\nbatas data: 20", None, (), "batas data: 20"),
        ("umumkan\nrapat: besok", None, (), "rapat: besok"),
        ("/pengumuman libur besok", None, (), "libur besok"),
        ("umumkan ke pengurus", OFFICERS, (), None),
    ],
)
def test_what_is_said_is_meant(typed, audience, regions, text):
    said = split(typed, REGIONS)
    assert said.whom.unread == ""
    assert (said.whom.audience, said.whom.regions, said.text) == (audience, regions, text)


@pytest.mark.parametrize(
    ("typed", "unread"),
    [
        ("umumkan ke Siti: jangan lupa", "siti"),
        ("umumkan ke Budi Santoso dan Siti: halo", "budi santoso siti"),
        ("umumkan ke seluruh anggota kecuali Berau: x", "kecuali berau"),
        ("umumkan ke anggota selain Siti: x", "selain siti"),
        ("umumkan ke anggota yang tidak menunggak: x", "tidak menunggak"),
        ("umumkan ke anggota yang belum bayar wajib: x", "belum bayar wajib"),
        ("umumkan ke ketua yang aktif: x", "aktif"),
        ("umumkan ke koperasi yang tidak aktif: x", "koperasi"),
        ("umumkan ke anggota aktif 99 bulan terakhir: x", "99 bulan"),
        ("umumkan ke semua unit gerai: x", "unit gerai"),
        ("umumkan ke 5 anggota: x", "5"),
        ("umumkan ke calon anggota: x", "calon"),
        ("umumkan ke wakil ketua: x", "wakil"),
        ("umumkan ke ketua dan pengurus: x", "pengurus"),
        ("umumkan ke: x", "ke"),
        ("umumkan ke desa Tanjung Batu: x", "tanjung batu"),
        ("umumkan ke Siti jangan lupa datang", "siti jangan lupa datang"),
        ("umumkan ke anggota kecuali Siti besok rapat", "kecuali siti besok rapat"),
        ("umumkan ke anggota di balai desa kumpul", "balai desa kumpul"),
        ("umumkan ke anggota koperasi Rotan Jaya rapat", "rotan jaya rapat"),
        ("umumkan penting: besok libur", "penting"),
    ],
)
def test_what_is_not_understood_is_named(typed, unread):
    assert split(typed, REGIONS).whom.unread == unread


def test_codes_of_cooperatives_and_a_time_for_sending_are_read():
    whom = split("umumkan ke 64-0001 dan 64-9999: x", REGIONS).whom
    assert (whom.codes, whom.unread, whom.audience) == (("64-0001", "64-9999"), "", None)
    said = split("umumkan ke anggota tanggal 1 Desember jam 8: rapat", REGIONS)
    assert (said.whom.at, said.whom.audience) == ("tanggal 1 desember jam 8", MEMBERS)
    assert (said.whom.unread, said.text) == ("", "rapat")
    timed = split("umumkan ke anggota jam 08:00: rapat", REGIONS)
    assert (timed.whom.at, timed.text) == ("jam 08 00", "rapat")
    assert split("umumkan ke anggota besok jam 8 rapat", REGIONS).text == "besok jam 8 rapat"


def test_a_text_keeps_what_it_says_before_its_own_colon():
    assert split("umumkan penting: besok libur", REGIONS).text == "penting: besok libur"
    said = split("umumkan ke anggota rapat besok. Bawa: KTP", REGIONS)
    assert (said.whom.audience, said.text) == (MEMBERS, "rapat besok. Bawa: KTP")
