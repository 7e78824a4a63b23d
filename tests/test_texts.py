"""Every text renders with the facts it names, is used by the code, and is decent Indonesian."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as fluent

from core import texts

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "core" / "texts" / "id").glob("*.ftl"))
SPEAKING = ("say", "button", "answer", "Say", "render")  # their first argument is a key
KEYS = texts.keys()
LIMIT = 1024  # bytes of one text; a receipt is several
LONG = ("help-", "join-ask-contact", "announcement-")

# What a fact can be at its worst: by the function that writes it, else by being words.
AMOUNT, COUNT, DAY = 999_999_999_999, 1_000_000, date(2026, 11, 24)
WORDS = "Hj. Siti <b>Aminah</b> & Co"
BY_FUNCTION = {
    "RUPIAH": AMOUNT,
    "TERBILANG": AMOUNT,
    "ANGKA": COUNT,
    "TAKARAN": COUNT,
    "TANGGAL": DAY,
    "BULAN": DAY,
}


@cache
def messages() -> dict[str, fluent.Message]:
    found = {}
    for file in FILES:
        for entry in FluentParser().parse(file.read_text(encoding="utf-8")).body:
            if isinstance(entry, fluent.Message):
                found[entry.id.name] = entry
    return found


def nodes(node: object) -> Iterator[object]:
    """Walk a Fluent tree."""
    yield node
    if isinstance(node, fluent.BaseNode):
        for value in vars(node).values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, fluent.BaseNode):
                    yield from nodes(one)


def facts(key: str) -> dict[str, object]:
    """Name what a text needs, each with a sample of its kind."""
    needed: dict[str, object] = {}
    for node in nodes(messages()[key]):
        if isinstance(node, fluent.VariableReference):
            needed.setdefault(node.id.name, WORDS)
    for node in nodes(messages()[key]):
        if isinstance(node, fluent.FunctionReference):
            for argument in node.arguments.positional:
                if isinstance(argument, fluent.VariableReference):
                    needed[argument.id.name] = BY_FUNCTION[node.id.name]
    return needed


@cache
def trees() -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for package in ("bot", "core", "notifications")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "simulator" not in path.parts
    }


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Find every call that speaks: (where, call, name)."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node, name


def refusals() -> dict[str, str]:
    """Find the text of each refusal class: the name of a class that has `text = "key"`."""
    found = {}
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for line in node.body:
                    match line:
                        case ast.Assign(
                            targets=[ast.Name(id="text")], value=ast.Constant(value=str(key))
                        ):
                            found[node.name] = key
    return found


def literal_keys() -> Iterator[tuple[str, str, set[str] | None]]:
    """List the keys that code spells out: (where, key, names of the facts given; None: not visible)."""
    for where, call, name in calls():
        if name not in SPEAKING or not call.args or where.startswith("core/"):
            continue  # core speaks in keys of its refusals and remarks
        given: set[str] | None = {word.arg for word in call.keywords if word.arg}
        if any(word.arg is None for word in call.keywords) or name in ("Say", "render"):
            given = None
        for node in _branches(call.args[0]):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield where, node.value, given
    for name, key in refusals().items():
        yield name, key, None


def _branches(node: ast.expr) -> list[ast.expr]:
    """`say("a" if x else "b")` speaks two keys."""
    if isinstance(node, ast.IfExp):
        return [*_branches(node.body), *_branches(node.orelse)]
    return [node]


def families() -> set[str]:
    """List how the keys begin that code composes: f"doubt-{code}" makes the family doubt-."""
    found = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            match node:
                case ast.JoinedStr(values=[ast.Constant(value=str(begin)), *_]):
                    if re.fullmatch(r"[a-z]+(-[a-z]+)*-", begin):
                        found.add(begin)
    return found


def test_every_line_of_a_language_file_is_understood():
    broken = [
        f"{file.name}: {(entry.content or '')[:60]!r}"
        for file in FILES
        for entry in FluentParser().parse(file.read_text(encoding="utf-8")).body
        if isinstance(entry, fluent.Junk)
    ]
    assert not broken


def test_no_line_begins_with_a_star_since_fluent_would_drop_it_silently():
    starred = [
        f"{file.name}:{number}"
        for file in FILES
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.match(r"\s*\*(?!\[)", line)  # *[other] is the last case of a choice
    ]
    assert not starred


def test_a_key_stands_once():
    found = Counter(
        entry.id.name
        for file in FILES
        for entry in FluentParser().parse(file.read_text(encoding="utf-8")).body
        if isinstance(entry, fluent.Message)
    )
    assert [key for key, count in found.items() if count > 1] == []
    assert sorted(found) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_a_text_renders_with_the_facts_it_names(key: str):
    needed = facts(key)
    written = texts.render(key, needed)
    assert written.strip() == written != ""
    assert "{" not in written
    assert len(written.encode()) < (2 * LIMIT if key.startswith(LONG) else LIMIT)
    if WORDS in needed.values():
        assert "&lt;b&gt;Aminah&lt;/b&gt; &amp; Co" in written  # a name is never markup
    for name in needed:
        missing = {other: value for other, value in needed.items() if other != name}
        with pytest.raises(texts.TextError):
            texts.render(key, missing)


def test_texts_are_polite_and_their_markup_is_whole():
    wrong = []
    for key in KEYS:
        written = texts.render(key, facts(key))
        if re.search(r"\b(kamu|kau|elu|lo|gue|gua)\b", written, re.IGNORECASE):
            wrong.append(f"{key}: too familiar")
        if re.search(r"\banda\b", written):
            wrong.append(f"{key}: Anda is written large")
        tags = re.findall(r"<(/?)(\w+)>", written)
        opened = Counter(tag for closing, tag in tags if not closing)
        if set(opened) - {"b", "i"} or opened != Counter(tag for closing, tag in tags if closing):
            wrong.append(f"{key}: markup")
    assert not wrong


def test_every_key_that_code_spells_out_exists():
    known = set(KEYS)
    missing = sorted({f"{where}: {key}" for where, key, _ in literal_keys() if key not in known})
    assert not missing


def test_every_composed_key_has_a_family():
    """f"check-state-{state}" needs texts that begin so; f-strings of other things are not key-shaped."""
    composed = set()
    for where, call, name in calls():
        if name in SPEAKING and call.args and isinstance(call.args[0], ast.JoinedStr):
            first = call.args[0].values[0]
            if isinstance(first, ast.Constant):
                composed.add((where, str(first.value)))
    lonely = [pair for pair in composed if not any(key.startswith(pair[1]) for key in KEYS)]
    assert not lonely


def test_code_gives_each_text_the_facts_it_needs():
    known = set(KEYS)
    wrong = []
    for where, key, given in literal_keys():
        if given is None or key not in known:
            continue
        missing = set(facts(key)) - given
        if missing:
            wrong.append(f"{where}: {key} lacks {sorted(missing)}")
    assert not wrong


def test_a_refusal_is_raised_with_the_facts_its_text_needs():
    by_class = refusals()
    wrong = []
    for where, call, name in calls():
        key = by_class.get(name)
        if key is None or any(word.arg is None for word in call.keywords):
            continue
        missing = set(facts(key)) - {word.arg for word in call.keywords}
        if missing:
            wrong.append(f"{where}: {key} lacks {sorted(missing)}")
    assert not wrong


def test_every_key_is_used_by_the_code():
    spelled = {
        node.value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    begun = tuple(families())
    unused = [key for key in KEYS if key not in spelled and not key.startswith(begun)]
    assert not unused
