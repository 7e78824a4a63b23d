"""shu: a surplus divided that no book holds; no database, no cooperative."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import running
from bot.cli.running import AsJson, Stopped

if TYPE_CHECKING:
    from core.surplus import Base, Split

_KEYS = {"shu", "split", "members", "total_simpanan", "total_usaha"}
_DECIMALS = 50


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(shu)


def shu(
    file: Annotated[
        Path, typer.Option("--input", metavar="FILE", help="JSON: shu, split, members.")
    ],
    as_json: AsJson = False,
) -> None:
    """Divide a surplus into its pools and among members; ends with 1 when the split is not exactly 100."""
    from core import surplus

    case = _object(_read(file), "the file")
    if unknown := sorted(set(case) - _KEYS):
        raise Stopped(f"unknown: {', '.join(unknown)}")
    percentages = {
        name: _percentage(value, f"split.{name}")
        for name, value in _object(case.get("split"), "split").items()
    }
    found = surplus.split(
        _rupiah(case.get("shu"), "shu", least=None),
        percentages,
        _members(case.get("members", [])),
        total_simpanan=_total(case, "total_simpanan"),
        total_usaha=_total(case, "total_usaha"),
    )
    running.say(_told(found), _lines(found, percentages), as_json=as_json)


def _read(file: Path) -> Any:
    from core.sheets import LARGEST

    text = running.read_file(file)
    if len(text) > LARGEST:
        raise Stopped(f"{file}: more than {LARGEST} bytes")
    try:
        return json.loads(text, parse_float=Decimal, object_pairs_hook=_keys_once)
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise Stopped(f"{file}: no JSON: {error}") from error


def _keys_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    if twice:
        raise Stopped(f"{twice[0]} is there twice")
    return dict(pairs)


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Stopped(f"{what} is no JSON object")
    return value


def _members(listed: Any) -> list[Base]:
    from core.surplus import Base

    if not isinstance(listed, list):
        raise Stopped("members is no list")
    bases = []
    for n, row in enumerate(listed, 1):
        member = _object(row, f"members[{n}]")
        number = member.get("number")
        if isinstance(number, bool) or not isinstance(number, str | int) or not _is_text(number):
            raise Stopped(f"members[{n}].number: a text")
        simpanan = _rupiah(member.get("simpanan", 0), f"members[{n}].simpanan")
        usaha = _rupiah(member.get("usaha", 0), f"members[{n}].usaha")
        bases.append(Base(number=str(number), simpanan=simpanan, usaha=usaha))
    number, count = next(iter(Counter(base.number for base in bases).most_common(1)), ("", 0))
    if count > 1:
        raise Stopped(f"member {number} is there {count} times")
    return bases


def _is_text(number: str | int) -> bool:
    """Tell half a character of UTF-16, which JSON can name and nothing can print, from a text."""
    return str(number).encode(errors="replace").decode() == str(number) != ""


def _total(case: dict[str, Any], what: str) -> int | None:
    return None if case.get(what) is None else _rupiah(case[what], what)


def _rupiah(value: Any, what: str, *, least: int | None = 0) -> int:
    from core.money import LARGEST

    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Stopped(f"{what}: whole rupiah")
    if not -LARGEST <= value <= LARGEST or value != int(value):
        raise Stopped(f"{what}: whole rupiah, at most {LARGEST}")
    if least is not None and value < least:
        raise Stopped(f"{what}: not below {least}")
    return int(value)


def _percentage(value: Any, what: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Stopped(f"{what}: a number in per cent")
    found = Decimal(value)
    if not 0 <= found <= 10_000:
        raise Stopped(f"{what}: a number in per cent, from 0 to 10000")
    if int(found.as_tuple().exponent) < -_DECIMALS:
        raise Stopped(f"{what}: at most {_DECIMALS} decimals")
    return found


def _told(found: Split) -> dict[str, Any]:
    return {
        "pools": dict(found.pools),
        "members": [
            {
                "number": part.number,
                "jasa_modal": part.jasa_modal,
                "jasa_usaha": part.jasa_usaha,
                "total": part.total,
            }
            for part in found.parts
        ],
    }


def _lines(found: Split, percentages: dict[str, Decimal]) -> list[str]:
    return [
        *(f"{name} {percentages[name]} %: {amount:,}" for name, amount in found.pools.items()),
        *(
            f"{part.number}: jasa modal {part.jasa_modal:,}, jasa usaha {part.jasa_usaha:,},"
            f" total {part.total:,}"
            for part in found.parts
        ),
    ]
