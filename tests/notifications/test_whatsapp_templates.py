"""The file of templates: what Meta would refuse is refused here, and every push finds the one it needs."""

from __future__ import annotations

import ast
import copy
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from core.texts import render
from notifications import templates
from notifications.messages import Button, Content, Purpose, Say
from notifications.templates import BadTemplates
from notifications.words import Words, make

ROOT = Path(__file__).parents[2]
FILE = tomllib.loads(
    files("notifications").joinpath("data/whatsapp_templates.toml").read_text("utf-8")
)
PUSHED = [purpose for purpose in Purpose if purpose not in templates.PULL_FIRST]
# The buttons pushes have, by the keys of their labels: pressed in the notification, without a word.
CHOICES = {
    ("button-right", "button-wrong"): Purpose.RECEIPT,
    ("button-approve", "button-reject"): Purpose.APPROVAL,
    ("button-announcement-yes", "button-announcement-no"): Purpose.APPROVAL,
    ("button-agree", "button-decline"): Purpose.APPROVAL,
    ("button-record-payment", "button-no-payment"): Purpose.NOTICE,
    ("button-paid", "button-details", "button-remind-tomorrow"): Purpose.REMINDER,
}


def changed(change: dict[str, Any], at: int = 0, **whole: Any) -> dict[str, Any]:
    made = copy.deepcopy(FILE)
    made["template"][at] |= change
    return made | whole


@pytest.mark.parametrize("purpose", PUSHED)
def test_every_push_has_a_template(purpose):
    found = templates.find(purpose, ["Undang Ny. Siti", "Lain"])
    assert found is not None
    assert found.buttons == ()


@pytest.mark.parametrize("purpose", templates.PULL_FIRST)
def test_what_waits_for_the_person_has_none(purpose):
    assert templates.find(purpose, []) is None


@pytest.mark.parametrize("keys", CHOICES)
def test_choices_of_a_push_are_the_buttons_of_its_template_with_their_data(keys):
    buttons = tuple((Button(label=Say(key), data=f"d:{key}"),) for key in keys)
    words = make(Content(lines=(Say("resent"),), buttons=buttons), resent=False)
    found = templates.find(CHOICES[keys], [render(key) for key in keys])
    assert found is not None
    assert len(found.buttons) == len(keys)
    filled = templates.fill(found, "Koperasi", words)
    assert filled.payloads == tuple(f"d:{key}" for key in keys)
    assert len(filled.parameters) == found.body.count("{{")


def test_the_choices_looked_at_here_are_what_the_code_says():
    """A label that is renamed must be renamed here, and in the file."""
    said = {
        node.value
        for folder in ("bot", "notifications")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named = {key for keys in CHOICES for key in keys if not key.startswith("button-announcement")}
    assert named <= said


@pytest.mark.parametrize(
    ("change", "whole", "said"),
    [
        ({"name": "Kopdes Bukti"}, {}, "a-z"),
        ({"purpose": "statement"}, {}, "waits for the person"),
        ({"purpose": "poem"}, {}, "not whole"),
        ({}, {"category": "MARKETING"}, "UTILITY"),
        ({"body": "Dari {{1}}: {{2}} dan {{3}} saja."}, {}, "parameters"),
        ({"body": "Dari {{1}} saja."}, {}, "parameters"),
        ({"body": "{{1}}: {{2}} saja."}, {}, "beginning or end"),
        ({"body": "Dari {{1}}: {{2}}."}, {}, "beginning or end"),
        ({"body": "Dari {{1}}: {{2}} " + "x" * 200}, {}, "too long"),
        ({"example": ["satu"]}, {}, "example"),
        ({"buttons": ["a", "b", "c", "d"]}, {}, "too many"),
        ({"buttons": ["✅ Ya"]}, {}, "more than words"),
        ({"buttons": ["x" * 21]}, {}, "too long"),
        ({"buttons": ["BENAR"]}, {}, "receipt: needs one template without buttons"),
        ({"name": "kopdes_kabar"}, {}, "the same"),
        ({"body": None}, {}, "not whole"),
    ],
)
def test_a_file_that_meta_or_we_could_not_use_is_refused(change, whole, said):
    raw = changed(change, **whole)
    if change.get("body", "") is None:
        del raw["template"][0]["body"]
    with pytest.raises(BadTemplates, match=said):
        templates.parse(raw)


def test_the_longest_message_stays_below_what_a_template_may_hold():
    for one in templates.declared():
        words = Words(text="<b>Sangat panjang</b>\n\n" * 200)
        filled = templates.fill(one, "Koperasi " * 40, words)
        body = one.body.replace("{{1}}", filled.parameters[0]).replace(
            "{{2}}", filled.parameters[1]
        )
        assert len(body) <= 1024
        assert not any(mark in text for text in filled.parameters for mark in ("\n", "\t", "    "))


def test_operators_register_what_is_sent():
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    for one in templates.declared():
        buttons = ", ".join(one.buttons) or "none"
        assert f"| `{one.name}` | {one.body} | {buttons} |" in page
