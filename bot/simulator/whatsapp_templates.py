"""Templates: registering one, listing them, and filling one with parameters, with Meta's checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from bot.simulator.html import utf16_len
from bot.simulator.whatsapp_errors import GraphRefused, invalid, missing
from bot.simulator.whatsapp_markup import parse
from bot.simulator.whatsapp_world import Number, Template
from bot.simulator.world import Content

Json = dict[str, Any]
MAX_BODY: Final = 1024
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_HOLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_BROKEN = re.compile(r"[\n\t\r]| {5,}")


def register(number: Number, body: Mapping[str, Any], *, approved: bool = True) -> Json:
    """Register a template; refuse names, bodies and buttons that Meta refuses."""
    name, language = str(body.get("name", "")), str(body.get("language", ""))
    category = str(body.get("category", "")).upper()
    if not _NAME.fullmatch(name):
        raise invalid("name: lower case letters, digits and underscores only")
    if not language:
        raise missing("language")
    if category not in {"UTILITY", "MARKETING", "AUTHENTICATION"}:
        raise invalid("category must be UTILITY, MARKETING or AUTHENTICATION")
    if (name, language) in number.templates:
        raise GraphRefused(100, f"There is already {language} content for this template", subcode=2388024)  # fmt: skip
    parts = _parts(body.get("components"))
    text = str(parts.get("BODY", {}).get("text", ""))
    _check_body(text)
    buttons = tuple(_button(button) for button in parts.get("BUTTONS", {}).get("buttons", ()))
    if len(buttons) > 10:
        raise invalid("a template has at most 10 buttons")
    template = Template(
        id=str(next(number.media_ids)),
        name=name,
        language=language,
        category=category,
        body=text,
        header=str(parts.get("HEADER", {}).get("text", "")),
        footer=str(parts.get("FOOTER", {}).get("text", "")),
        buttons=buttons,
        components=tuple(parts.values()),
        status="APPROVED" if approved else "PENDING",
    )
    if utf16_len(template.header) > 60 or utf16_len(template.footer) > 60:
        raise invalid("header and footer have at most 60 characters")
    number.templates[name, language] = template
    return {"id": template.id, "status": template.status, "category": category}


def _parts(components: object) -> dict[str, Json]:
    if not isinstance(components, list | tuple):
        raise missing("components")
    parts = {str(part.get("type", "")).upper(): part for part in components}
    unknown = parts.keys() - {"HEADER", "BODY", "FOOTER", "BUTTONS"}
    if unknown:
        raise invalid(f"components: {', '.join(sorted(unknown))}")
    return parts


def _check_body(text: str) -> None:
    if not text or utf16_len(text) > MAX_BODY:
        raise invalid(f"the body has 1 to {MAX_BODY} characters")
    holes = list(_HOLE.finditer(text))
    if any(found.start() == 0 or found.end() == len(text.rstrip()) for found in holes):
        raise GraphRefused(100, "Variables can't be at the start or end of the template.", subcode=2388299)  # fmt: skip
    names = list(dict.fromkeys(found[1] for found in holes))
    if any(name.isdecimal() for name in names) and names != [str(n + 1) for n in range(len(names))]:
        raise invalid("positional parameters are {{1}}, {{2}} and so on")


def _button(button: Mapping[str, Any]) -> str:
    label = str(button.get("text", ""))
    if button.get("type") != "QUICK_REPLY" or not 1 <= utf16_len(label) <= 25:
        raise invalid("a quick reply has 1 to 25 characters")
    return label


def listed(template: Template) -> Json:
    """Return a template as Graph lists it."""
    named = any(not name.isdecimal() for name in template.parameters)
    return {
        "id": template.id,
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "status": template.status,
        "parameter_format": "NAMED" if named else "POSITIONAL",
        "components": list(template.components),
    }


def fill(number: Number, asked: object) -> Content:
    """Return what a person sees of a template message; refuse as Meta does when it does not fit."""
    if not isinstance(asked, dict):
        raise missing("template")
    language = asked.get("language")
    code = str(language.get("code", "")) if isinstance(language, dict) else ""
    template = number.templates.get((str(asked.get("name", "")), code))
    if template is None or template.status in {"PENDING", "REJECTED"}:
        raise GraphRefused(132001, f"template name ({asked.get('name')}) does not exist in {code}")
    if template.status == "PAUSED":
        raise GraphRefused(132015)
    if template.status == "DISABLED":
        raise GraphRefused(132016)
    components = asked.get("components") or ()
    text = _filled(template, [c for c in components if str(c.get("type")).lower() == "body"])
    buttons = _payloads(template, [c for c in components if str(c.get("type")).lower() == "button"])
    shown, entities = parse("\n".join(filter(None, (template.header, text, template.footer))))
    rows = [[{"text": label, "callback_data": payload}] for label, payload in buttons]
    return Content(text=shown, entities=entities, buttons=rows or None, template=template.name)


def _filled(template: Template, bodies: list[Json]) -> str:
    given = [p for body in bodies for p in body.get("parameters") or ()]
    wanted = template.parameters
    if len(given) != len(wanted):
        raise GraphRefused(
            132000,
            f"body: number of localizable_params ({len(given)}) does not match the expected number"
            f" of params ({len(wanted)})",
        )
    values: dict[str, str] = {}
    for place, parameter in zip(wanted, given, strict=True):
        if parameter.get("type") != "text":
            raise GraphRefused(132012, "body: a parameter of type text is expected")
        value = str(parameter.get("text", ""))
        if not value:
            raise missing("text")
        if _BROKEN.search(value):
            raise GraphRefused(
                132018,
                "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
            )
        name = place if place.isdecimal() else str(parameter.get("parameter_name", ""))
        if name not in wanted:
            raise GraphRefused(132012, f"body: no parameter {name}")
        values[name] = value
    text = _HOLE.sub(lambda found: values[found[1]], template.body)
    if utf16_len(text) > MAX_BODY:
        raise GraphRefused(132005, f"the filled body has more than {MAX_BODY} characters")
    return text


def _payloads(template: Template, buttons: list[Json]) -> list[tuple[str, str]]:
    payloads = list(template.buttons)
    for button in buttons:
        index = int(button.get("index", -1))
        parameters = button.get("parameters") or [{}]
        if not 0 <= index < len(payloads) or str(button.get("sub_type")).lower() != "quick_reply":
            raise GraphRefused(132012, f"button: no quick reply at index {index}")
        payload = str(parameters[0].get("payload", ""))
        if not 1 <= utf16_len(payload) <= 128:
            raise invalid("a payload has 1 to 128 characters")
        payloads[index] = payload
    return list(zip(template.buttons, payloads, strict=True))
