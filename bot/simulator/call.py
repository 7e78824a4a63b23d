"""One request to the Bot API: its parameters, read the way Telegram reads them."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader

from bot.simulator.errors import bad
from bot.simulator.world import Bot, World


@dataclass(slots=True, frozen=True, kw_only=True)
class Upload:
    """A file part of a multipart body."""

    name: str
    mime: str
    data: bytes

    @classmethod
    async def read(cls, part: BodyPartReader) -> Upload:
        """Read a part to its end; a type that says nothing is guessed from the name."""
        name = part.filename or "berkas"
        mime = part.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if mime in {"", "application/octet-stream"}:
            mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return cls(name=name, mime=mime, data=bytes(await part.read(decode=True)))


@dataclass(slots=True, frozen=True, kw_only=True)
class Call:
    """Parameters come as text (form, multipart, query) or as JSON values; both are accepted."""

    world: World
    bot: Bot
    params: Mapping[str, Any]
    files: Mapping[str, Upload]

    def text(self, name: str) -> str:
        """Return a string, empty when absent; refuse what is not valid Unicode."""
        value = self.params.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            value = json.dumps(value) if isinstance(value, dict | list | bool) else str(value)
        if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
            raise bad("strings must be encoded in UTF-8")
        return value.replace("\x00", "")

    def integer(self, name: str, default: int = 0) -> int:
        """Return a whole number; text that is none counts as absent, as at Telegram."""
        value = self.params.get(name)
        try:
            return default if value is None or value == "" else int(value)
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        """Return whether a switch is on: true, yes, 1."""
        return str(self.params.get(name, "")).lower() in {"true", "yes", "1"}

    def json(self, name: str, refusal: str) -> Any:
        """Return a JSON value, given as such or as text; None when absent or empty."""
        value = self.params.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(refusal) from None
