"""A village's directory for these tests: the people of the utterances, and some harder names."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from bot.understand.directory import Directory
from bot.understand.grammar import read
from bot.understand.readings import Member, Reading, Slot

DATA = Path(__file__).parents[2] / "data"
TODAY = date(2026, 11, 24)  # a Tuesday

UTTERANCE_MEMBERS = [
    Member(id=number, number=entry["no"], name=entry["name"])
    for number, entry in enumerate(json.loads((DATA / "utterance_members.json").read_text()), 1)
]
HARDER = [
    Member(id=100 + place, number=f"B-{place:03}", name=name)
    for place, name in enumerate(
        (
            "Siti Aminah",
            "Budi Santoso",
            "M. Yusup",
            "Juli Astuti",
            "<b>&",
            "Nor'aini binti H. Hasan",
            "St. Noor Halimah",
            "Ani",
            "Muhammad Ma'ruf, S.Pd",
            "Galuh",
        ),
        1,
    )
]
DIRECTORY = Directory(UTTERANCE_MEMBERS)
LARGER = Directory([*UTTERANCE_MEMBERS, *HARDER])


def said(text: str, *, expecting: Slot | None = None) -> Reading:
    """Read a text on the test's day, in the larger village."""
    return read(text, today=TODAY, directory=LARGER, expecting=expecting)
