"""The house's rules that no linter knows: sizes, one way in, nothing of the machine it was written on."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULE, TEST_MODULE, FUNCTION = (
    400,
    600,
    60,
)  # lines; a test module tells one module's whole behaviour

# Functions over the limit: each names why. The list only gets shorter.
LONG_FUNCTIONS = {
    "core/cooperatives.py:found_many": "one bulk INSERT after another, for a thousand cooperatives",
}

# Where a transaction may begin: core never does, so what a turn does is committed together.
BEGINNERS = {
    "bot/turn.py",  # a message's one transaction, and the small one that marks it after a bug
    "bot/app.py",  # the account's name, once at the start
    "bot/dashboard/server.py",  # an official's page: who looks, and the aggregates
    "bot/ears.py",  # what WhatsApp tells of messages, templates and the number
    "bot/cli/running.py",  # an operator's command
    "bot/conversations/province.py",  # the province's own login, reading aggregates
    "bot/demo_village.py",
    "notifications/nightly.py",  # one transaction a cooperative
    "core/database.py",  # how it is done
    "core/schema.py",  # migrations and what comes with them
}
BEGINS = re.compile(
    r"database\.transaction\(|\.begin\(\)|execute\(\s*f?[\"']BEGIN|\.transaction\(\)"
)

# Written in halves, so that this file does not name what it looks for.
HOSTS = re.compile(
    "|".join(
        re.escape(first + second)
        for first, second in (
            ("pypi", ".org"),
            ("pythonhosted", ".org"),
            ("registry.npm", "js.org"),
            ("npmmirror", ".com"),
            ("deb.debian", ".org"),
            ("crates", ".io"),
            ("proxy.golang", ".org"),
        )
    )
)
INDEX = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host")
MACHINE = re.compile(r"(^|[^\w./-])/(work|farm|root|home|Users|tmp/k)/")
MARKS = re.compile(r"\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b")


@cache
def files() -> list[Path]:
    """List what is committed or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a git work tree: what belongs to the project is not known")
    found = [ROOT / line for line in listed.stdout.splitlines()]
    return [path for path in found if path.is_file()]


@cache
def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def python() -> list[Path]:
    return [path for path in files() if path.suffix == ".py"]


def product() -> list[Path]:
    return [path for path in python() if path.relative_to(ROOT).parts[0] != "tests"]


def hits(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{named(path)}:{number}"
        for path in paths
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]


def test_modules_are_short():
    long = {
        named(path): lines
        for path in python()
        if (lines := len(text_of(path).splitlines()))
        > (TEST_MODULE if named(path).startswith("tests/") else MODULE)
    }
    assert not long


def test_functions_are_short():
    long = []
    for path in product():
        for node in ast.walk(ast.parse(text_of(path))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[1] if ast.get_docstring(node) and node.body[1:] else node.body[0]
                head = node.body[0].lineno - node.lineno
                lines = head + (node.end_lineno or first.lineno) - first.lineno + 1
                if lines > FUNCTION and f"{named(path)}:{node.name}" not in LONG_FUNCTIONS:
                    long.append(f"{named(path)}:{node.name} {lines}")
    assert not long


def test_the_exceptions_are_still_needed():
    defined = {
        f"{named(path)}:{node.name}"
        for path in product()
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= FUNCTION
    }
    assert set(LONG_FUNCTIONS) <= defined
    assert {named(path) for path in product()} >= BEGINNERS


def test_there_is_no_drawer_for_everything():
    drawers = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py"}
    assert [named(path) for path in files() if path.name in drawers] == []


def test_nothing_is_left_for_later_in_a_comment():
    assert (
        hits(MARKS, [p for p in files() if p.suffix in {".py", ".sql", ".js", ".ftl", ".toml"}])
        == []
    )


def test_transactions_begin_in_few_places():
    found = {named(path) for path in product() if BEGINS.search(text_of(path))}
    assert found - {name for name in found if name.startswith("bot/cli/")} <= BEGINNERS


def test_no_file_names_a_registry():
    assert hits(HOSTS, files()) == []
    assert hits(INDEX, [path for path in files() if named(path).startswith("requirements/")]) == []


def test_no_file_names_a_path_of_somebodys_machine():
    assert hits(MACHINE, files()) == []


def test_every_locked_package_is_pinned_and_hashed():
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        blocks = re.split(r"\n(?=\S)", text_of(path).strip())
        assert blocks
        loose = [
            block.splitlines()[0]
            for block in blocks
            if "==" not in block.splitlines()[0] or "--hash=sha256:" not in block
        ]
        assert not loose, path.name


def test_what_runs_is_what_is_tested():
    """The same version of a package in every lock: dev is run and more, bench is dev and more."""

    def pins(name: str) -> dict[str, str]:
        lines = text_of(ROOT / "requirements" / name).splitlines()
        found = [re.match(r"([\w.-]+)==(\S+)", line) for line in lines]
        return {pin[1]: pin[2] for pin in found if pin}

    run, dev, bench = pins("run.txt"), pins("dev.txt"), pins("bench.txt")
    assert run
    assert run.items() <= dev.items() <= bench.items()
