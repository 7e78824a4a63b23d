"""Logs to stderr, one line per event: ids, never names, numbers, tokens or message text."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog

HIDDEN = "[hidden]"
_SECRETS = re.compile(
    r"""
    (?P<detail>\b(?:DETAIL|HINT|CONTEXT):\s)[^\n]*    # of a database error: it quotes the row
  | (?P<before>://[^/\s:@]*:)[^@\s/]+(?=@)          # the password of an address
  | (?P<bearer>\b(?:Bearer|OAuth)\s+)\S+            # an access token in a header
  | \b(?:bot)?\d{6,12}:[A-Za-z0-9_-]{30,}           # a Telegram token, also in a path
  | \bEAA[A-Za-z0-9]{20,}                           # a Meta token
  | (?<![\w-])(?:\+?62|0)[\s.-]?8\d[\d\s.-]{5,12}\d(?![\w-])  # a mobile number of Indonesia
  | (?<![\w-])\+\d[\d\s.-]{7,16}\d(?![\w-])         # any number with its country
  | (?<![\w.-])\d{16}(?![\w-])                      # a NIK
    """,
    re.VERBOSE,
)
_NUMBERS = re.compile(r"62[2-9]\d{6,12}|\d{16}")
_NAMED = frozenset({"token", "secret", "password", "phone", "nik", "name", "text", "pin", "invite"})


def configure(*, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every log of ours and of the libraries to stderr: lines for people at a terminal, else JSON."""
    out = stream or sys.stderr
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _hide,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=True)
        if out.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "apscheduler", "aiohttp.access", "alembic.runtime.plugins"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A look that lasts longer than its interval is not begun twice, and no news: the next one finds it all.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


def _hide(_: Any, __: str, event: Any) -> Any:
    """Hide what looks like a phone, a NIK or a token, and what is named as one."""
    return {
        key: HIDDEN if key in _NAMED and value else hidden(value) for key, value in event.items()
    }


def hidden(value: object) -> object:
    """Return a value with phones, NIK and tokens taken out of it, however deep."""
    if isinstance(value, str):
        return _SECRETS.sub(_replacement, value)
    if isinstance(value, int) and not isinstance(value, bool):
        return HIDDEN if _NUMBERS.fullmatch(str(value)) else value
    if isinstance(value, Mapping):
        return {str(hidden(str(key))): hidden(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [hidden(inner) for inner in value]
    if value is None or isinstance(value, bool | float):
        return value
    return hidden(str(value))


def _replacement(match: re.Match[str]) -> str:
    return (match["detail"] or match["before"] or match["bearer"] or "") + HIDDEN
