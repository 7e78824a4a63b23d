"""Invented names as many as are wanted: villages of any size for the reader."""

from __future__ import annotations

FIRST = [
    "Siti",
    "Budi",
    "Ahmad",
    "Muhammad",
    "Abdul",
    "Sugeng",
    "Rina",
    "Dewi",
    "Agus",
    "Eko",
    "Tri",
    "Nur",
    "Fatimah",
    "Kamis",
    "Juli",
    "Rela",
]
LAST = [
    begin + end
    for begin in ("Sapu", "Hari", "Wahyu", "Riya", "Suka", "Pra", "Nug", "Set")
    for end in ("tra", "yanto", "di", "rman", "roho", "tono", "nomo")
]


def crowd(count: int) -> list[str]:
    """Return so many names of three words."""
    return [f"{FIRST[n % 16]} {LAST[n % 55]} {LAST[n % 53]}" for n in range(count)]
