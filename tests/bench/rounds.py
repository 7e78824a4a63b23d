"""Rounds: short, taking turns, so that a noisy minute hits every contestant alike; medians of them count."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

Work = Callable[[], Awaitable[object]]  # one operation
Contest = Callable[[float], Awaitable[float]]  # seconds -> operations a second


@dataclass(frozen=True, slots=True)
class Found:
    """What each contestant reached in each round, in operations a second."""

    figures: Mapping[str, Sequence[float]]

    def median(self, name: str) -> float:
        """Return a contestant's middle round."""
        return statistics.median(self.figures[name])

    def ratio(self, name: str, peer: str) -> float:
        """Return the middle of the rounds' own ratios: a noisy minute falls on both sides of each."""
        pairs = zip(self.figures[name], self.figures[peer], strict=True)
        return statistics.median(ours / theirs for ours, theirs in pairs)

    def said(self) -> str:
        """Name every median."""
        return ", ".join(f"{name} {self.median(name):,.0f}/s" for name in self.figures)


async def interleaved(
    contestants: Mapping[str, Contest], *, rounds: int = 5, seconds: float = 1.0
) -> Found:
    """Let every contestant run `rounds` times, taking turns."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        order = list(contestants.items())
        for name, contest in order if number % 2 == 0 else reversed(order):
            found[name].append(await contest(seconds))
    return Found(found)


def side_by_side(workers: int, make: Callable[[int], Work]) -> Contest:
    """Make a contest of `workers` tasks, each repeating its operation until the time is over."""

    async def contest(seconds: float) -> float:
        done = 0
        begun = time.perf_counter()
        until = begun + seconds

        async def repeat(work: Work) -> None:
            nonlocal done
            while time.perf_counter() < until:
                await work()
                done += 1

        async with asyncio.TaskGroup() as group:
            for number in range(workers):
                group.create_task(repeat(make(number)))
        return done / (time.perf_counter() - begun)

    return contest


def percentile(figures: list[float], share: float) -> float:
    """Return the figure below which `share` of all lie."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
