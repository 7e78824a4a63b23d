"""A file of any size, encrypted by the secret key: read to its end, or refused.

    the format's name · the key's mark (16 bytes) · salt (32 bytes) · pieces

A piece is AES-256-GCM over 256 KiB of what is kept, the last one over what is left. Its nonce is its
number and whether it is the last, so none can be left out, repeated, moved or cut off; the head is
authenticated with each. Every file has a key of its own, derived from the secret key and the salt.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.sealing import Keys

PIECE = 256 * 1024  # bytes
_FORMAT = b"kopdes sealed file 1\n"
_MARK, _SALT, _TAG = 16, 32, 16  # bytes
_HEAD = len(_FORMAT) + _MARK + _SALT


class SealedFileError(Exception):
    """The file is not what was written, or not for this key; the message is what is said of it."""


class Writer:
    """Encrypts what is written, piece by piece; only `end` makes the file one that can be read."""

    def __init__(self, file: IO[bytes], keys: Keys, purpose: str) -> None:
        """Write the head."""
        salt = os.urandom(_SALT)
        self._file = file
        self._head = _FORMAT + _mark(keys) + salt
        self._cipher = _cipher(keys, purpose, salt)
        self._left = bytearray()
        self._number = 0
        file.write(self._head)

    def write(self, data: bytes) -> None:
        """Encrypt; something always stays for the last piece."""
        self._left += data
        while len(self._left) > PIECE:
            self._put(bytes(self._left[:PIECE]), is_last=False)
            del self._left[:PIECE]

    def end(self) -> None:
        """Write the last piece."""
        self._put(bytes(self._left), is_last=True)
        self._left.clear()

    def _put(self, data: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._number, is_last=is_last)
        self._file.write(self._cipher.encrypt(nonce, data, self._head))
        self._number += 1


class Reader:
    """Decrypts a file piece by piece; every byte it gives out is as it was written."""

    def __init__(self, file: IO[bytes], keys: Keys, purpose: str) -> None:
        """Read the head. Raises SealedFileError for another kind of file and for another key."""
        self._file = file
        self._head = file.read(_HEAD)
        if not self._head.startswith(_FORMAT) or len(self._head) < _HEAD:
            raise SealedFileError("is no backup")
        if self._head[len(_FORMAT) : -_SALT] != _mark(keys):
            raise SealedFileError("was made with another secret key")
        self._cipher = _cipher(keys, purpose, self._head[-_SALT:])
        self._pieces = self._read()
        self._left = b""

    def exactly(self, size: int) -> bytes:
        """Return the next `size` bytes. Raises SealedFileError when there are not so many."""
        while len(self._left) < size:
            more = next(self._pieces, None)
            if more is None:
                raise SealedFileError("is damaged: it ends too early")
            self._left += more
        data, self._left = self._left[:size], self._left[size:]
        return data

    def __iter__(self) -> Self:
        """Go through what is left."""
        return self

    def __next__(self) -> bytes:
        """Return the next part. Raises SealedFileError where a byte was changed or the end is missing."""
        if self._left:
            data, self._left = self._left, b""
            return data
        return next(self._pieces)

    def _read(self) -> Iterator[bytes]:
        size, number = PIECE + _TAG, 0
        sealed = self._file.read(size)
        while True:
            after = self._file.read(size)
            is_last = not after
            try:
                data = self._cipher.decrypt(_nonce(number, is_last=is_last), sealed, self._head)
            except (InvalidTag, ValueError):
                raise SealedFileError(
                    f"is damaged, or was cut off: byte {_HEAD + number * size} and after"
                ) from None
            yield data
            if is_last:
                return
            sealed, number = after, number + 1


def _mark(keys: Keys) -> bytes:
    return keys.fingerprint("sealed file", "key")


def _cipher(keys: Keys, purpose: str, salt: bytes) -> AESGCM:
    return AESGCM(keys.derive(f"file/{purpose}/{salt.hex()}"))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if is_last else b"\0")
