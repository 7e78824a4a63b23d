"""What an operator watches: the queue, what became of messages, the pace, how long turns take."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

QUEUE: Final = Gauge("kopdes_outbox_waiting", "Messages that wait, by priority", ["priority"])
OLDEST: Final = Gauge(
    "kopdes_outbox_oldest_seconds", "Age of the message that is due longest", ["priority"]
)
OUTCOMES: Final = Counter(
    "kopdes_outbox_outcomes", "What became of sendings", ["channel", "purpose", "state", "reason"]
)
STATUSES: Final = Counter(
    "kopdes_message_statuses", "What the channel told of messages it took", ["channel", "state"]
)
IN_FLIGHT: Final = Gauge("kopdes_outbox_in_flight", "Messages being sent", ["channel"])
SPEAKING: Final = Gauge(
    "kopdes_mouth_held", "1 while this process speaks for the channel", ["channel"]
)
SILENCES: Final = Counter(
    "kopdes_mouth_silences", "Times the channel asked for silence", ["channel"]
)
PACE: Final = Gauge(
    "kopdes_mouth_interval_seconds", "Seconds between two requests; 0: no pace", ["channel"]
)
ALARMS: Final = Counter(
    "kopdes_alarms",
    "What somebody must look at: a book that is not as it was written, a token a channel refuses",
    ["name"],
)
JOB_SECONDS: Final = Gauge("kopdes_job_seconds", "How long the clock's last look took", ["job"])
JOB_DONE: Final = Gauge(
    "kopdes_job_last_success_timestamp", "When a look of the clock ended well, last", ["job"]
)
TURN: Final = Histogram(
    "kopdes_turn_seconds",
    "From an update's arrival to its commit",
    ["channel", "outcome"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)


def show_queue(
    waiting: Iterable[tuple[int, int, datetime]], *, levels: Iterable[int], now: datetime
) -> None:
    """Set the queue's gauges from upkeep.queue; a level with nothing in it shows 0."""
    found = {priority: (rows, oldest) for priority, rows, oldest in waiting}
    for level in levels:
        rows, oldest = found.get(level, (0, now))
        QUEUE.labels(level).set(rows)
        OLDEST.labels(level).set(max(0.0, (now - oldest).total_seconds()))
