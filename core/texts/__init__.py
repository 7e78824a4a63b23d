"""The words: Fluent files by language, rendered as HTML with every fact escaped."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from babel.dates import format_date
from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.types import FluentNone

from core import money

LOCALE = "id"


class TextError(Exception):
    """A key is missing, or a fact its text names was not given."""


def _rupiah(amount: Any) -> str:
    whole = int(amount)
    return f"{'-' if whole < 0 else ''}Rp{abs(whole):,}".replace(",", ".")


def _number(value: Any) -> str:
    return f"{int(value):,}".replace(",", ".")


def _quantity(thousandths: Any) -> str:
    whole, part = divmod(int(thousandths), 1000)
    return _number(whole) + (f",{part:03d}".rstrip("0") if part else "")


def _spelled(amount: Any) -> str:
    return f"{money.in_words(int(amount))} rupiah"


def _day(value: Any) -> str:
    return format_date(value, "d MMMM y", locale=LOCALE)


def _month(value: Any) -> str:
    return format_date(value, "MMMM y", locale=LOCALE)


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "RUPIAH": _rupiah,  # Rp50.000
    "ANGKA": _number,  # 1.250
    "TAKARAN": _quantity,  # 2,5 of 2500 thousandths
    "TERBILANG": _spelled,  # lima puluh ribu rupiah
    "TANGGAL": _day,  # 24 November 2026
    "BULAN": _month,  # November 2026
}


@cache
def _bundle() -> FluentBundle:
    bundle = FluentBundle([LOCALE], functions=_FUNCTIONS, use_isolating=False)
    folder = files("core.texts").joinpath(LOCALE)
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".ftl"):
            bundle.add_resource(FluentResource(file.read_text(encoding="utf-8")))
    return bundle


def keys() -> list[str]:
    """List every key of the language files: a test renders each."""
    return sorted(_bundle()._messages)  # noqa: SLF001 - the library lists them nowhere else


def render(key: str, facts: Mapping[str, object] | None = None) -> str:
    """Put facts into a text. The result is HTML: <b> and <i> come from the file, facts are escaped."""
    if not key:
        return ""
    bundle = _bundle()
    if not bundle.has_message(key):
        raise TextError(f"no text {key}")
    pattern = bundle.get_message(key).value
    if pattern is None:
        raise TextError(f"text {key} is empty")
    written, errors = bundle.format_pattern(
        pattern, {name: _fact(value) for name, value in (facts or {}).items()}
    )
    if errors or isinstance(written, FluentNone):
        raise TextError(f"text {key}: {errors}")
    return str(written)


def _fact(value: object) -> Any:
    if isinstance(value, str):
        return html.escape(value, quote=False)
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, date | int) or value is None:
        return "" if value is None else value
    raise TextError(f"a fact of type {type(value).__name__}")
