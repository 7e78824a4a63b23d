"""The pages say what is so: their code runs, their links lead somewhere, their commands exist."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase
from sqlalchemy.ext.asyncio import AsyncConnection
from typer.main import get_command

from bot.cli.commands import app
from bot.cli.run import JOBS
from core import database
from core.statements import kinds
from notifications import errors, metrics
from tests.core.books import a_book, deposit, reverse, withdraw

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path):
    targets = re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path):
    text = page.read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:bot|core|notifications|migrations|tests|requirements|docs)/[\w./-]+)`", text
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_targets_that_are_named_exist(page: Path):
    text = page.read_text(encoding="utf-8")
    commands = get_command(app).commands  # type: ignore[attr-defined]
    named = re.findall(r"(?:`|bin/)kopdes ([a-z]+)", text)
    assert set(named) <= set(commands)
    targets = set(re.findall(r"(?m)^([a-z]+(?: [a-z]+)*):", (ROOT / "Makefile").read_text()))
    known = {target for line in targets for target in line.split()}
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)) <= known


def test_operators_find_every_metric_alarm_job_and_warning():
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    said = set(re.findall(r"`([a-z_.-]+)`", text))
    metrics_ = {
        metric.name
        for value in vars(metrics).values()
        if isinstance(value, MetricWrapperBase)
        for metric in value.describe()
    }
    assert {name for name in metrics_ if not {name, f"{name}_total"} & said} == set()
    alarms = {rule.alarm for table in errors.TABLES.values() for rule in table.values()}
    assert {*alarms - {None}, "integrity"} - said == set()
    assert set(JOBS) - said == set()
    warned: set[str] = set()
    for package in ("bot", "core", "notifications"):
        for path in (ROOT / package).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            warned |= set(re.findall(r'log\.(?:warning|error|exception)\(\s*"([a-z._]+)"', source))
            warned |= set(re.findall(r'complain\(\s*mouth, "([a-z._]+)"', source))
    assert len(warned) > 20
    assert warned - said == set()


def test_the_readme_shows_a_picture_of_the_page():
    assert (ROOT / "docs" / "page.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


async def test_an_outsider_recomputes_the_chain_with_the_code_of_the_ledgers_page(
    db: AsyncConnection,
):
    await a_book(db, 1)
    await deposit(db, 1, 50_000, "d1", reason="catatan – dengan é")
    await withdraw(db, 1, 20_000, "w2")
    await reverse(db, 2, "r3")
    page = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    outside: dict[str, object] = {"hashlib": hashlib}
    exec(code, outside)
    raw = await database.driver(db)
    head = hashlib.sha256(b"kopdes book 1").digest()
    for entry in await raw.fetch(
        "SELECT * FROM ledger.entries WHERE koperasi_id = 1 ORDER BY number"
    ):
        lines = await raw.fetch(
            "SELECT d.key AS debit, c.key AS credit, p.amount FROM ledger.postings p"
            " JOIN ledger.accounts d ON d.koperasi_id = p.koperasi_id AND d.id = p.debit"
            " JOIN ledger.accounts c ON c.koperasi_id = p.koperasi_id AND c.id = p.credit"
            " WHERE p.koperasi_id = 1 AND p.entry = $1 ORDER BY p.line",
            entry["number"],
        )
        head = outside["next_hash"](head, Row(entry), [Row(line) for line in lines])  # type: ignore[operator]
        assert head == entry["hash"]


class Row:
    """A row whose columns are read by name."""

    def __init__(self, record: object) -> None:
        self.__dict__.update(dict(record))  # type: ignore[call-overload]


def test_every_kind_of_entry_has_a_name_people_read_in_registers():
    text = (ROOT / "docs/ledger.md").read_text(encoding="utf-8")
    table = text[text.index("## Journals of what is built") :]
    named = [line.split("|")[1] for line in table.splitlines() if line.startswith("| ")]
    written = {kind for cell in named for kind in re.findall(r"`([a-z_-]+)`", cell)}
    written -= {"kind", "jasa_accrual", "assets", "bank_loans"}  # a heading, a rule, tables
    assert len(written) > 50
    assert [kind for kind in sorted(written) if kinds.called(kind) == kind] == []
