"""The reader: microseconds per message by members of the village; a sheet of 30 lines pasted at once, to its card."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

from bot.understand.directory import Directory
from bot.understand.grammar import read
from bot.understand.readings import Member
from core import database, schema
from core.permissions import Role
from tests.bench import house
from tests.bench.report import Report
from tests.bench.rounds import percentile
from tests.builders import Village, a_village
from tests.conftest import KEYS, Database
from tests.crowd_names import crowd
from tests.house import Person, logs_kept, running_house
from tests.utterances import lines_of

_TODAY = date(2026, 11, 24)
_SHEETS = ("utterances", "utterances_more", "utterances_blind")
_VILLAGES = (15, 100, 1_000, 10_000)  # members
_HELD = 1_000  # the size for which a time is promised
_MOST = 5.0  # milliseconds for any message there
_LINES, _PASTED = 30, 9
_CARD = 300.0  # milliseconds from the paste to its card in the chat


async def run(report: Report, server: house.Server) -> None:
    """Read every sample message in villages of each size; then paste sheets into a running service."""
    report.title("The reader: every sample message, and a sheet pasted at once")
    texts = [line["text"] for sheet in _SHEETS for line in lines_of(sheet)]
    for members in _VILLAGES:
        took = _read_all(texts, members)
        middle, slowest = percentile(took, 0.5) * 1000, max(took) * 1000
        name = f"reader: {len(texts)} messages, {members:,} members"
        if members == _HELD:
            report.limit(f"{name}, the slowest", slowest, most=_MOST, unit=" ms")
        report.tell(name, f"{middle * 1000:.0f} us a message, {slowest * 1000:.0f} the slowest")
    await _paste(report, server)


def _names(count: int) -> list[str]:
    return crowd(count)


def _read_all(texts: Sequence[str], members: int) -> list[float]:
    """Read each text three times; its best time counts, since others share the machine."""
    directory = Directory(
        [
            Member(id=n, number=f"A-{n:04}", name=name)
            for n, name in enumerate(_names(members), start=1)
        ]
    )
    took = []
    for text in texts:
        best = 1e9
        for _ in range(3):
            begun = time.perf_counter()
            read(text, today=_TODAY, directory=directory)
            best = min(best, time.perf_counter() - begun)
        took.append(best)
    return took


async def _paste(report: Report, server: house.Server) -> None:
    urls = database.derive_urls(await server.make("reader"), KEYS)
    await schema.migrate(urls, KEYS)
    given = Database(urls=urls, keys=KEYS, name="reader")
    with logs_kept():
        async with running_house(given) as running:
            village = await a_village(running)
            rina = await village.officer("Rina Kartika", Role.BENDAHARA)
            people = await village.members(_names(_HELD))
            took = [await _card(village, rina, people, n) for n in range(_PASTED + 1)][1:]
    name = f"reader: {_LINES} lines pasted at once, {_HELD:,} members, to the card"
    report.limit(name, percentile(took, 0.5) * 1000, most=_CARD, unit=" ms")
    report.tell(f"{name}, the slowest of {_PASTED}", f"{max(took) * 1000:.0f} ms")


async def _card(village: Village, rina: Person, people: Sequence[Person], n: int) -> float:
    """Paste a sheet of other members than the last; nothing of it is recorded."""
    chosen = people[n * _LINES : (n + 1) * _LINES]
    sheet = "wajib November:\n" + "\n".join(
        f"{at}. {one.name} {one.number} 20rb" for at, one in enumerate(chosen, start=1)
    )
    begun = time.perf_counter()
    card = await rina.says(sheet)
    took = time.perf_counter() - begun
    assert card.is_card, card.text
    assert f"1. {chosen[0].name} ({chosen[0].number}) Rp20.000" in card.text
    await rina.presses("❌ Batal")
    assert await village.saved(chosen[0]) == 0
    return took
