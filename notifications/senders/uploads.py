"""What a channel calls the files it has: a picture for many people is uploaded once, then named.

Kept by the process that speaks: another one uploads once more.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from notifications.attachments import File

_MOST = 200


@dataclass(frozen=True, slots=True)
class Uploads:
    """The channel's names of files, by their key; the newest."""

    _names: OrderedDict[str, str] = field(default_factory=OrderedDict)

    def name_of(self, file: File) -> str | None:
        """Return what the channel calls a file; none while it has to be uploaded."""
        return self._names.get(file.key) if file.key else None

    def learn(self, file: File, name: str) -> None:
        """Keep what the channel called a file that was uploaded."""
        if file.key:
            self._names[file.key] = name
            while len(self._names) > _MOST:
                self._names.popitem(last=False)

    def forget(self, file: File) -> None:
        """Upload a file again: the channel does not know its name any more."""
        if file.key:
            self._names.pop(file.key, None)
