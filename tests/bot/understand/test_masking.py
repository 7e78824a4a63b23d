"""What could not be read is kept so that nobody can be found in it, and the unknown word can."""

from __future__ import annotations

import pytest

from bot.understand.directory import Directory
from bot.understand.masking import masked
from tests.bot.understand.village import DIRECTORY, UTTERANCE_MEMBERS


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("blokir kartuku mas", "blokir kartuku mas"),
        ("ngeteri bukune nang omahe Sugeng Riyadi", "ngeteri bukune nang omahe <nama>"),
        ("ngeteri bukune fatimh", "ngeteri bukune <nama>"),
        ("ngeteri bukune pak slametto", "ngeteri bukune pak <nama>"),
        ("ngeteri Paijo", "ngeteri <nama>"),
        ("ngeteri bukune wahyudi", "ngeteri bukune <nama>"),  # a common given name
        ("hub 0812-5400-1234", "hub <nomor>"),
        ("hub +6281254001234 ya", "hub <nomor> ya"),
        ("nik 6402010101010001", "nik <nomor>"),
        ("ngeteri 250rb", "ngeteri <angka>rb"),
        ("kirimi ke budi@contoh.id", "kirimi ke <tautan>"),
        ("buka https://t.me/budi123 lek", "buka <tautan> lek"),
        ("ngeteri\nbukune", "ngeteri bukune"),
    ],
)
def test_only_what_is_personal_is_left_out(said, kept):
    assert masked(said, DIRECTORY) == kept


@pytest.mark.parametrize("member", UTTERANCE_MEMBERS, ids=lambda one: one.number)
@pytest.mark.parametrize("shape", [str, str.lower, str.upper])
def test_no_members_name_is_kept_however_it_is_written(member, shape):
    kept = masked(shape(f"ngeteri bukune {member.name} {member.number}"), DIRECTORY).lower()
    for word in (*member.name.lower().split(), member.number.lower()):
        if len(word.strip(".")) > 3:
            assert word not in kept.split(), kept


def test_a_mark_that_stands_for_a_link_cannot_be_smuggled_in():
    assert masked("a\ue000b", Directory([])) == "a b"
