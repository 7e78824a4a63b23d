"""WhatsApp's templates: one file says which there are; which one a message takes, and with what in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from notifications.messages import Purpose
from notifications.senders.whatsapp_text import harmless_plain, short
from notifications.words import Template, Words

PULL_FIRST: Final = (Purpose.REPLY, Purpose.STATEMENT, Purpose.ANNOUNCEMENT)
PARAMETERS: Final = 2  # who speaks, and the message
_LONGEST: Final = 800  # characters of a parameter: with its template below 1024
_BODY, _BUTTONS, _BUTTON = 1024, 3, 20
_WHO: Final = 80  # characters of a cooperative's name


class BadTemplates(Exception):  # noqa: N818 - said to the operator as it is
    """The file of templates is wrong, or lacks one that is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A template as it is registered with the channel."""

    name: str
    purpose: Purpose
    language: str
    category: str
    body: str
    buttons: tuple[str, ...]
    example: tuple[str, ...]

    @property
    def components(self) -> list[dict[str, Any]]:
        """Return what Graph is given when the template is registered."""
        body = {"type": "BODY", "text": self.body, "example": {"body_text": [list(self.example)]}}
        shown = [{"type": "QUICK_REPLY", "text": text} for text in self.buttons]
        return [body, {"type": "BUTTONS", "buttons": shown}] if shown else [body]


@cache
def declared() -> Sequence[Declared]:
    """Read the file. Raises BadTemplates: what is wrong is found before anything is said."""
    text = files("notifications").joinpath("data/whatsapp_templates.toml").read_text("utf-8")
    return parse(tomllib.loads(text))


def parse(raw: Mapping[str, Any]) -> Sequence[Declared]:
    """Read declarations and hold them against Meta's rules and what each purpose needs. Raises BadTemplates."""
    try:
        found = [
            Declared(
                name=one["name"],
                purpose=Purpose(one["purpose"]),
                language=raw["language"],
                category=raw["category"],
                body=one["body"],
                buttons=tuple(one.get("buttons", ())),
                example=tuple(one["example"]),
            )
            for one in raw["template"]
        ]
    except (KeyError, ValueError) as error:
        raise BadTemplates(f"a template is not whole: {error}") from None
    wrong = [f"{one.name}: {trouble}" for one in found for trouble in _troubles(one)]
    for purpose in Purpose:
        plain = [one for one in found if one.purpose is purpose and not one.buttons]
        if purpose not in PULL_FIRST and len(plain) != 1:
            wrong.append(f"{purpose}: needs one template without buttons")
    for what in ([one.name for one in found], [(one.purpose, one.buttons) for one in found]):
        if len(set(what)) < len(what):
            wrong.append("two templates are the same")
    if wrong:
        raise BadTemplates("; ".join(wrong))
    return tuple(found)


def _troubles(one: Declared) -> list[str]:
    """Say what Meta would refuse, and what we could not fill."""
    rules = {
        "its name has other than a-z, 0-9 and _": not re.fullmatch(r"[a-z0-9_]{1,512}", one.name),
        "its purpose waits for the person": one.purpose in PULL_FIRST,
        "its category is not UTILITY": one.category != "UTILITY",
        f"its parameters are not {{{{1}}}} to {{{{{PARAMETERS}}}}}": re.findall(r"\{\{(.*?)\}\}", one.body)
        != [str(n) for n in range(1, PARAMETERS + 1)],
        "a parameter stands at its beginning or end": one.body.startswith("{{")
        or one.body.rstrip(" .!?").endswith("}}"),
        "it has not one example for each parameter": len(one.example) != PARAMETERS,
        "it is too long": len(one.body) + _WHO + _LONGEST > _BODY + 2 * len("{{1}}"),
        "it has too many buttons": len(one.buttons) > _BUTTONS,
        "a button is too long or holds more than words": any(
            len(text) > _BUTTON or not re.fullmatch(r"[\w .-]+", text) for text in one.buttons
        ),
    }  # fmt: skip
    return [said for said, is_wrong in rules.items() if is_wrong]


def find(purpose: Purpose, labels: Sequence[str]) -> Declared | None:
    """Find the template for a message with these buttons, else its purpose's own; none: it waits for the person."""
    mine = [one for one in declared() if one.purpose is purpose]
    shown = tuple(_words(label) for label in labels)
    return next((one for one in mine if one.buttons == shown), None) or next(
        (one for one in mine if not one.buttons), None
    )


def fill(one: Declared, who: str, words: Words) -> Template:
    """Put who speaks and the message, on one line, into a template; its buttons bring back what the message's would."""
    payloads = tuple(data for row in words.buttons for _, data in row)
    said = short(_line(words.text), _LONGEST)
    return Template(
        name=one.name,
        language=one.language,
        parameters=(short(_line(who), _WHO), said.removesuffix(".")),
        payloads=payloads if one.buttons else (),
    )


def _words(label: str) -> str:
    """Leave a label's words: a template's button has no emoji."""
    return re.sub(r"[^\w .-]+", "", label).strip()


def _line(text: str) -> str:
    """Make one line: the channel takes no line break, tab or four spaces in a parameter."""
    lines = [" ".join(line.split()) for line in harmless_plain(text).splitlines()]
    return " · ".join(line for line in lines if line)
