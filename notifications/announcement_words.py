"""What is said of an announcement: to its readers, to its composer while it runs and at its end, to who approves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from core.announcements.announcement import PROVINCE, Announcement, State
from core.announcements.audience import Activity, Audience
from core.announcements.reach import LEAST, Reach
from core.calendar import WITA, business_date, zone_of
from core.permissions import Role, said
from core.texts import render
from notifications.messages import Attachment, Button, Content, Fact, Say

_REASONS = {
    "blocked", "deactivated", "chat-not-found", "migrated", "rejected", "stop", "left", "withdrawn",
    "address",
}  # fmt: skip
_BECAUSE = {"pilot", "expired", "corrected", "rejected", "withdrawn"}
_UNSAID = ("waiting", "claimed", "held", "unaddressed")
EXCERPT = 160  # characters of the text that progress and requests repeat
_NAMES = {"telegram": "Telegram", "whatsapp": "WhatsApp"}


def say(key: str, **facts: Fact) -> Say:
    """Name a text and its facts."""
    return Say(key, facts)


def reading(this: Announcement, corrected: date | None) -> tuple[Say, ...]:
    """Say it to its readers; `corrected` is the day of what it corrects."""
    head = say("announcement-read-head", sender=this.message.sender)
    if corrected is not None:
        head = say("announcement-read-correction", sender=this.message.sender, on=corrected)
    return (
        head,
        say("announcement-read-text", text=this.message.text),
        say("announcement-read-foot"),
    )


def quoted(text: str, most: int | None = None) -> Say:
    """Show a text so that none of its lines passes for a line of ours."""
    shown = text if most is None or len(text) <= most else f"{text[:most].rstrip()} …"
    return say("announcement-quoted", text="\n".join(f"│ {line}" for line in shown.splitlines()))


def whom(audience: Audience, where: str) -> Say:
    """Say in words whom an audience means; `where` names its region or cooperatives."""
    if audience.activity is not None:
        key = f"announcement-whom-{audience.activity.value}"
        who = render(key, {"months": audience.months})
        if audience.classes:
            owing = render("announcement-whom-classes", {"classes": ", ".join(audience.classes)})
            who = render("announcement-whom-both", {"who": who, "owing": owing})
    elif audience.classes:
        who = render("announcement-whom-classes", {"classes": ", ".join(audience.classes)})
    elif set(audience.roles) == set(Role):
        who = render(f"announcement-whom-{'everybody' if audience.members else 'officers'}")
    elif audience.roles:
        who = said(*audience.roles)
        if audience.members:
            who = render("announcement-whom-and-members", {"who": who})
    else:
        who = render("announcement-whom-members")
    return say("announcement-whom", who=who, where=where)


assert {one.value for one in Activity} == {"recorded", "wajib", "idle"}  # announcement-whom-…


def figure(count: int | None) -> str:
    """Write a number; one that may not be told is said to be small."""
    if count is None:
        return render("announcement-few", {"least": LEAST})
    return f"{count:,}".replace(",", ".")


def counted(this: Announcement, count: int) -> str:
    """Write a number of its rows: the province is told no fewer than five members."""
    hidden = this.koperasi_id == PROVINCE and this.audience.members and 0 < count < LEAST
    return figure(None if hidden else count)


def reached(found: Reach) -> Say:
    """Say how many get it, by channel."""
    if not found.channels:
        return say("announcement-reach-nobody")
    channels = ", ".join(
        f"{_NAMES.get(name, name)} {figure(count)}" for name, count in found.channels
    )
    if len(found.channels) == 1 and found.channels[0][1] is None:
        return say("announcement-reach", people=figure(None), channels=channels)
    return say("announcement-reach", people=figure(found.people), channels=channels)


def when(key: str, at: datetime, zone: str = WITA) -> Say:
    """Say an instant as a day and a time of the zone."""
    local = at.astimezone(zone_of(zone))
    return say(key, on=business_date(at, zone), time=f"{local:%H.%M}")


def progress(this: Announcement, *, ends: datetime | None = None, zone: str = WITA) -> Content:
    """Tell the composer how far it is, with what can be done now."""
    lines = [
        say("announcement-recorded", number=this.number),
        quoted(this.message.text, EXCERPT),
        say(f"announcement-state-{this.state.value}"),
    ]
    if this.state is State.WAITING and this.koperasi_id != PROVINCE:
        lines.append(say("announcement-in-queue"))
    if this.because in _BECAUSE:
        lines.append(say(f"announcement-because-{this.because}"))
    if this.counts:
        lines.extend(_figures(this))
    elif this.state is not State.WAITING:
        lines.append(say("announcement-people", people=counted(this, this.people)))
    if ends is not None and this.state in (State.SENDING, State.PILOT):
        lines.append(when("announcement-ends", ends, zone))
    return Content(lines=tuple(lines), buttons=buttons(this))


def report(this: Announcement) -> Content:
    """Tell the composer how it ended."""
    key = "announcement-report" if this.state is State.DONE else "announcement-report-stopped"
    lines = [
        say(key, number=this.number),
        quoted(this.message.text, EXCERPT),
        *_figures(this),
        _read(this),
    ]
    return Content(lines=tuple(lines), buttons=buttons(this))


def _read(this: Announcement) -> Say:
    """Say how many read it, where the channel tells."""
    followed = this.counts.get("followed")
    if not followed:
        return say("announcement-read-unknown")
    return say("announcement-read", **{name: counted(this, n) for name, n in followed.items()})


def _figures(this: Announcement) -> list[Say]:
    unsaid = sum(this.count(state) for state in _UNSAID)
    lines = [say("announcement-sent", count=counted(this, this.count("sent")))]
    if unsaid:
        lines.append(say("announcement-waiting", count=counted(this, unsaid)))
    for state in ("window", "unknown", "expired", "failed", "cancelled"):
        if count := this.count(state):
            lines.append(say(f"announcement-count-{state}", count=counted(this, count)))
            if state in ("failed", "cancelled"):
                lines.extend(_reasons(this, state))
    return lines


def _reasons(this: Announcement, state: str) -> list[Say]:
    known: dict[str, int] = {}
    for reason, count in this.counts.get("reasons", {}).get(state, {}).items():
        name = reason if reason in _REASONS else "other"
        known[name] = known.get(name, 0) + count
    return [
        say("announcement-reason", count=counted(this, count), why=why(name))
        for name, count in sorted(known.items())
    ]


def why(reason: str | None) -> str:
    """Say in words why somebody did not get it."""
    if reason is None:
        return ""
    return render(f"announcement-reason-{reason if reason in _REASONS else 'other'}")


def buttons(this: Announcement) -> tuple[tuple[Button, ...], ...]:
    """Offer what can be done now."""
    got = this.count("sent") + this.count("unknown")
    match this.state:
        case State.WAITING:
            names = [["withdraw"]] if this.koperasi_id == PROVINCE else []
        case State.PILOT | State.SENDING:
            names = [["pause", "stop"]]
        case State.PAUSED:
            names = [["resume", "stop"]]
        case _:
            names = [["again"]] if this.count("failed") else []
            names += [["sheet"]] if this.counts else []
    names += [["correct"]] if got else []
    return tuple(tuple(button(this, name) for name in row) for row in names)


ACTIONS = {
    "pause": "p", "resume": "r", "stop": "s", "withdraw": "w", "again": "t", "sheet": "x", "correct": "c",
    "yes": "y", "no": "n", "show": "v",
}  # fmt: skip


def button(this: Announcement, name: str) -> Button:
    """Make the button of what can be done with it."""
    data = f"b:{this.koperasi_id}:{this.number}:{ACTIONS[name]}"
    key = f"button-announcement-{name}"
    if name == "show" and this.koperasi_id == PROVINCE:
        key += "-official"
    return Button(label=Say(key, {"number": this.number}), data=data)


def asked(this: Announcement) -> Content:
    """Ask a second official: who composed it, what it says to whom, yes and no."""
    return Content(
        lines=(
            say("announcement-asked", number=this.number),
            say("announcement-asked-by", name=this.message.composer),
            quoted(this.message.text),
            whom(this.audience, this.message.where),
            say("announcement-people", people=figure(this.people)),
            say("announcement-pilot"),
            say("approval-until", on=business_date(this.expires_at, WITA)),
        ),
        buttons=((button(this, "yes"), button(this, "no")),),
    )


def sheet(
    this: Announcement, names: Mapping[str, str], people: Sequence[Sequence[str]] = ()
) -> Attachment:
    """Make the report as a table: totals, reasons, by region where it was counted, and people; `names` of regions."""
    rows: list[list[str]] = [[render("announcement-sheet-head", {"number": this.number}), ""]]
    rows += [[render(line.key, line.facts), ""] for line in _figures(this)]
    for region, states in sorted(this.counts.get("regions", {}).items()):
        for state, count in sorted(states.items()):
            name = names.get(region, region)
            rows.append([f"{name}: {render(f'announcement-row-{state}')}", counted(this, count)])
    rows += [list(row) for row in people]
    return sheet_of(f"pengumuman-{this.number}", rows)


def sheet_of(name: str, rows: list[list[str]]) -> Attachment:
    """Make a table of texts."""
    return Attachment(
        kind="table", facts={"name": f"{name}.xlsx", "rows": json.dumps(rows, ensure_ascii=False)}
    )
