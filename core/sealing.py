"""Encryption of personal data, keyed hashes to find it again, and all else derived from the secret key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12  # bytes, as NIST SP 800-38D asks for AES-GCM


@dataclass(frozen=True, slots=True)
class Keys:
    """What the secret key gives: a cipher, a hash key, passwords. Never printed."""

    secret: str = field(repr=False)
    _cipher: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the cipher once: AES-256-GCM."""
        object.__setattr__(self, "_cipher", AESGCM(self.derive("seal")))

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose; nothing of another purpose can be told from them."""
        return hmac.digest(self.secret.encode(), b"kopdes/1/" + purpose.encode(), "sha256")

    def seal(self, data: bytes) -> bytes:
        """Encrypt; the same data looks different each time."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data, None)

    def unseal(self, sealed: bytes) -> bytes:
        """Decrypt; raises cryptography's InvalidTag when the key or the bytes are not ours."""
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)

    def seal_text(self, text: str | None) -> bytes | None:
        """Encrypt a text, or nothing."""
        return None if text is None else self.seal(text.encode())

    def unseal_text(self, sealed: bytes | None) -> str | None:
        """Decrypt a text, or nothing."""
        return None if sealed is None else self.unseal(sealed).decode()

    def fingerprint(self, kind: str, value: str) -> bytes:
        """Hash a phone, a NIK or a code so that it is found again but not read back."""
        return hmac.digest(self.derive("find/" + kind), value.encode(), "sha256")[:16]

    def code(self, kind: str, value: str, length: int) -> str:
        """Derive a short check code of letters and digits that are hard to confuse."""
        digest = hmac.digest(self.derive("code/" + kind), value.encode(), "sha256")
        text = base64.b32encode(digest).decode()
        return text.translate(str.maketrans("OIL", "089"))[:length]

    def login(self, role: str) -> tuple[str, str]:
        """Name the database login of a role and its password; another secret key has other logins."""
        mark = hashlib.sha256(self.derive("logins")).hexdigest()[:8]
        return f"kopdes_{role}_{mark}", self.derive("login/" + role).hex()
