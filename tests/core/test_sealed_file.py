"""A sealed file is read as it was written, or not at all."""

from __future__ import annotations

import io
import os

import pytest

from core.sealed_file import PIECE, Reader, SealedFileError, Writer
from core.sealing import Keys
from tests.conftest import KEYS


def sealed(data: bytes, purpose: str = "test") -> bytes:
    file = io.BytesIO()
    writer = Writer(file, KEYS, purpose)
    for start in range(0, len(data), 100_000):
        writer.write(data[start : start + 100_000])
    writer.end()
    return file.getvalue()


def opened(written: bytes, keys: Keys = KEYS, purpose: str = "test") -> bytes:
    return b"".join(Reader(io.BytesIO(written), keys, purpose))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_was_written_is_read_whatever_its_size(size: int):
    data = os.urandom(size)
    written = sealed(data)
    assert opened(written) == data
    assert size < 64 or data[:64] not in written


def test_the_beginning_can_be_read_apart():
    reader = Reader(io.BytesIO(sealed(b"head" + b"x" * PIECE)), KEYS, "test")
    assert reader.exactly(4) == b"head"
    assert b"".join(reader) == b"x" * PIECE
    with pytest.raises(SealedFileError, match="too early"):
        reader.exactly(1)


def test_a_changed_byte_anywhere_is_refused():
    written = sealed(os.urandom(2 * PIECE + 5))
    for place in (0, 25, 45, 80, PIECE, 2 * PIECE + 60, len(written) - 1):
        changed = bytearray(written)
        changed[place] ^= 1
        with pytest.raises(SealedFileError):
            opened(bytes(changed))


@pytest.mark.parametrize("left", [0, 10, 69, 70, 100, PIECE + 85, 2 * PIECE, -17, -1])
def test_a_file_that_was_cut_off_is_refused(left: int):
    written = sealed(os.urandom(2 * PIECE + 5))
    with pytest.raises(SealedFileError):
        opened(written[:left])


def test_pieces_that_change_places_or_are_added_are_refused():
    written = sealed(os.urandom(3 * PIECE))
    head, size = len(written) - 3 * (PIECE + 16), PIECE + 16
    first, second = written[head : head + size], written[head + size : head + 2 * size]
    for pieces in (
        written[:head] + second + first + written[head + 2 * size :],
        written[: head + size] + written[head + 2 * size :],
        written + first,
    ):
        with pytest.raises(SealedFileError, match="damaged"):
            opened(pieces)


def test_another_key_is_told_from_a_damaged_file_and_another_purpose_reads_nothing():
    written = sealed(b"rahasia")
    with pytest.raises(SealedFileError, match="another secret key"):
        opened(written, Keys("another secret key, long enough too"))
    with pytest.raises(SealedFileError, match="damaged"):
        opened(written, purpose="other")


def test_a_reader_stops_before_a_damaged_piece():
    data = os.urandom(3 * PIECE)
    written = bytearray(sealed(data))
    written[-1] ^= 1
    reader = Reader(io.BytesIO(bytes(written)), KEYS, "test")
    assert reader.exactly(2 * PIECE) == data[: 2 * PIECE]
    with pytest.raises(SealedFileError, match="damaged"):
        next(reader)
