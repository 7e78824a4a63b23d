"""What a benchmark found: lines as it runs, a table of goals at the end."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the table: `met` is none when it is a report without a goal."""

    name: str
    figure: str
    goal: str = "report"
    met: bool | None = None


@dataclass(slots=True)
class Report:
    """Collects what every benchmark says."""

    lines: list[Line] = field(default_factory=list)

    def title(self, text: str) -> None:
        """Begin a benchmark."""
        print(f"\n== {text}", flush=True)

    def note(self, text: str) -> None:
        """Say a figure that stands in no table."""
        print(f"   {text}", flush=True)

    def tell(self, name: str, figure: str) -> None:
        """Report a figure that has no goal."""
        self._add(Line(name=name, figure=figure))

    def ratio(self, name: str, value: float, *, least: float, aim: float | None = None) -> None:
        """Hold a ratio against its peer to at least `least`; `aim` is what we would like."""
        goal = f">= {least:g}x" + (f", aim {aim:g}x" if aim else "")
        self._add(Line(name=name, figure=f"{value:.2f}x", goal=goal, met=value >= least))

    def limit(self, name: str, value: float, *, most: float, unit: str) -> None:
        """Hold a figure to at most `most`."""
        goal = f"<= {most:g}{unit}"
        self._add(Line(name=name, figure=f"{value:.2f}{unit}", goal=goal, met=value <= most))

    def missing(self, name: str, why: str) -> None:
        """Say loudly that something could not be measured: a goal that was not tried is not met."""
        self._add(Line(name=name, figure=f"NOT MEASURED: {why}", goal="-", met=False))

    def _add(self, line: Line) -> None:
        self.lines.append(line)
        print(f"   {_mark(line)} {line.name}: {line.figure} ({line.goal})", flush=True)

    def table(self) -> bool:
        """Print every line; say whether every goal was met."""
        names = max((len(line.name) for line in self.lines), default=0)
        figures = max((len(line.figure) for line in self.lines), default=0)
        print("\n== Summary")
        for line in self.lines:
            print(f"{_mark(line)} {line.name:<{names}}  {line.figure:>{figures}}  {line.goal}")
        missed = [line for line in self.lines if line.met is False]
        goals = [line for line in self.lines if line.met is not None]
        print(f"{len(goals) - len(missed)} of {len(goals)} goals met")
        return not missed


def _mark(line: Line) -> str:
    return {True: "pass", False: "MISS", None: "    "}[line.met]
