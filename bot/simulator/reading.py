"""How the control API reads what it is asked and writes what it answers."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import BodyPartReader, web

from bot.simulator.call import Upload


class NotFound(ValueError):  # noqa: N818 - it becomes a 404
    """Say what does not exist."""


def as_json(body: Any, status: int = 200) -> web.Response:
    """Answer with JSON; what is no Unicode is replaced."""
    raw = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return web.Response(body=raw, status=status, content_type="application/json", charset="utf-8")


async def body_of(request: web.Request) -> dict[str, Any]:
    """Read a JSON object; no body is an empty one."""
    raw = await request.read()
    body = json.loads(raw) if raw else {}
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 - a 400, not a defect
    return body


def needed(body: dict[str, Any], name: str) -> Any:
    """Return a key that must be there."""
    if name not in body:
        raise ValueError(f"missing: {name}")
    return body[name]


async def read_file(request: web.Request) -> tuple[Upload, dict[str, str]]:
    """Read a multipart form: its file, and the other fields."""
    upload: Upload | None = None
    fields: dict[str, str] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        if part.name == "file":
            upload = await Upload.read(part)
        else:
            fields[part.name] = await part.text()
    if upload is None or not upload.data:
        raise ValueError("missing: file")
    return upload, fields
