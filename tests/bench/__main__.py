"""Run the benchmarks named on the command line, or all: exit code 1 when a goal is missed."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

from tests.bench import (
    balance,
    collectibility,
    day,
    delivery,
    fanout,
    five,
    house,
    ledger,
    monitoring,
    month_end,
    peers,
    reader,
    schedule,
    start,
    surplus,
    turn,
    whatsapp,
)
from tests.bench.report import Report

BENCHES: dict[str, Callable[[Report, house.Server], Coroutine[Any, Any, None]]] = {
    "ledger": ledger.run,
    "balance": balance.run,
    "peers": peers.run,
    "turn": turn.run,
    "day": day.run,
    "whatsapp": whatsapp.run,
    "start": start.run,
    "schedule": schedule.run,
    "reader": reader.run,
    "collectibility": collectibility.run,
    "fanout": fanout.run,
    "delivery": delivery.run,
    "statements": month_end.run,
    "monitoring": monitoring.run,
    "five": five.run,
    "shu": surplus.run,
}


def main() -> int:
    """Run, print, and say by the exit code whether every goal was met."""
    wanted = sys.argv[1:] or list(BENCHES)
    unknown = [name for name in wanted if name not in BENCHES]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    report = Report()
    begun = time.monotonic()
    with house.server() as server:
        for name in wanted:
            try:
                uvloop.run(BENCHES[name](report, server))
            except Exception:  # noqa: BLE001 - the others are still worth their minutes
                traceback.print_exc()
                report.missing(name, "IT BROKE, see above")
    met = report.table()
    print(f"took {time.monotonic() - begun:.0f} s; two runs differ by up to x1.5, ratios by less")
    return 0 if met else 1


sys.exit(main())
