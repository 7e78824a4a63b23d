"""A stored schedule computed once more from the rule stored with it: what explains it, and what checks it.

Neither the days of rest of its time nor a first due date that was said are stored: they are what gives these
rows. Where a holiday became known later the dates are held to be the rule's when none lies before its own
day or further after it than a run of holidays moves it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from core.loans import schedule
from core.loans.book import Version
from core.loans.schedule import Line
from core.loans.terms import BadTerms, Instalment

_RESTS: tuple[frozenset[int], ...] = (frozenset({6, 7}), frozenset({7}), frozenset())
_LONGEST_REST = 15  # days a run of holidays may move a due date


def lines(version: Version, *, first_due_said: bool = True) -> tuple[Line, ...] | None:
    """Compute a schedule again, with its dates if they are found, else its amounts; None when they are others.

    `first_due_said`: the first due date may have been said outright, as for a new schedule.
    """
    alike: tuple[Line, ...] | None = None
    for found in _guesses(version, first_due_said=first_due_said):
        if schedule.instalments(found) == version.rows:
            return found
        if alike is None and _are_alike(version, found):
            alike = found
    return alike


def difference(version: Version, *, first_due_said: bool) -> str | None:
    """Name the first instalment that the stored rule does not give, in English for who verifies; None: all it does."""
    if lines(version, first_due_said=first_due_said) is not None:
        return None
    found = next(_guesses(version, first_due_said=False), None)
    if found is None:
        return "its terms make no schedule"
    for row, line in zip(version.rows, found, strict=True):
        due = line.period.ends
        if (row.principal, row.interest) != (line.principal, line.interest):
            return (
                f"instalment {row.n} is {row.principal} + {row.interest},"
                f" its terms give {line.principal} + {line.interest}"
            )
        if not _is_near(version, row, line):
            return f"instalment {row.n} is due {row.due}, its terms give {due}"
    return "its due dates are not those of its terms"


def _are_alike(version: Version, found: Sequence[Line]) -> bool:
    rising = all(
        before.due < after.due
        for before, after in zip(version.rows, version.rows[1:], strict=False)
    )
    return rising and all(
        (row.principal, row.interest) == (line.principal, line.interest)
        and _is_near(version, row, line)
        for row, line in zip(version.rows, found, strict=True)
    )


def _is_near(version: Version, row: Instalment, line: Line) -> bool:
    """Say whether a due date may be the rule's, moved on by days of rest; daily ones push each other on."""
    moved = (row.due - line.period.ends).days
    if not version.terms.moves_holidays:
        return moved == 0
    daily = version.terms.every.unit == "d"
    return moved >= 0 and (daily or moved <= _LONGEST_REST)


def _guesses(version: Version, *, first_due_said: bool) -> Iterator[tuple[Line, ...]]:
    """Compute the schedule for each first due date and each days of rest there may have been."""
    rests = _RESTS if version.terms.moves_holidays else (frozenset[int](),)
    days: list[date | None] = [None]
    if first_due_said:
        back = _LONGEST_REST if version.terms.moves_holidays else 0
        days.extend(version.rows[0].due - timedelta(days=ago) for ago in range(back + 1))
    for first_due in days:
        for rest_days in rests:
            try:
                yield schedule.compute(
                    principal=version.principal,
                    count=len(version.rows),
                    terms=version.terms,
                    disbursed=version.starts_on,
                    first_due=first_due,
                    rest_days=rest_days,
                )
            except BadTerms:  # this day cannot be the first
                continue
