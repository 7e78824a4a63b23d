"""The command line, as an operator runs it: a process, its two outputs and its exit code."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import subprocess
import sys
import uuid
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from beancount import loader
from typer.testing import CliRunner

from bot.cli import commands, words
from core import schema, sheets, texts
from core.errors import Refusal
from core.imports import rows as import_rows
from tests.conftest import KEYS, Database

ROOT = Path(__file__).parents[2]
NAME = "Koperasi Desa Merah Putih Busui"
VILLAGE = "64.01.01.2010"


@dataclass(frozen=True)
class Ended:
    """What a command left: exit code, stdout, stderr; `data` is stdout as it was."""

    code: int
    out: str
    err: str
    data: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Operator:
    """Somebody at a terminal with these settings."""

    settings: dict[str, str]

    async def runs(self, *words_: str, script: tuple[str, ...] = ("-m", "bot.cli"), **more: str):
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("KOPDES_") and name != "PYTHONDONTWRITEBYTECODE"
        }
        settings = self.settings | {f"KOPDES_{name}": value for name, value in more.items()}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *script,
            *words_,
            cwd=ROOT,
            env=kept | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode is not None
        return Ended(process.returncode, out.decode(errors="replace"), err.decode(), out)

    async def founds(self, name: str = NAME, village: str = VILLAGE) -> str:
        ended = await self.runs("koperasi", "add", "--name", name, "--village", village)
        assert (ended.code, ended.err) == (0, "")
        code = ended.json["code"]
        assert isinstance(code, str)
        return code


@pytest.fixture
def operator(own_database: Database) -> Operator:
    """An operator of a migrated database of their own."""
    return Operator(
        {"KOPDES_DATABASE_URL": own_database.urls.owner, "KOPDES_SECRET_KEY": KEYS.secret}
    )


def a_file(folder: Path, text: str, name: str = "berkas.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


async def test_a_village_is_set_up_from_the_command_line(operator: Operator, tmp_path: Path):
    koperasi = await operator.founds()
    assert koperasi == "64-0001"
    named = ("--koperasi", koperasi)
    listed = await operator.runs("koperasi", "list", "--json")
    assert listed.json == [{"code": koperasi, "name": NAME, "region": "64.01"}]

    sheet = a_file(
        tmp_path,
        "nama,no_hp,simpanan_pokok,simpanan_wajib\nSiti <b>&,081234567890,100000,\n"
        'Budi,0812 3456 7890,"Rp100.000",20000\n',
    )
    tried = await operator.runs("members", "import", sheet, *named, "--dry-run", "--json")
    assert tried.json["dry_run"]
    assert tried.json["members"] == 2
    done = await operator.runs("members", "import", sheet, *named, "--json")
    assert done.json["members"] == 2
    assert done.json["savings"] == {"pokok": 200_000, "wajib": 20_000, "sukarela": 0}
    assert done.json["warnings"] == [{"row": 3, "column": "no_hp", "reason": "same phone as row 2"}]
    again = await operator.runs("members", "import", sheet, *named)
    assert (again.code, again.out) == (1, "")
    assert "imported on" in again.err

    opening = a_file(tmp_path, "kode;jumlah\n111000;220000\n", "neraca.csv")
    booked = await operator.runs("balances", "import", opening, *named, "--json")
    assert booked.json == {"accounts": 1, "entry": 2, "warnings": []}

    book = tmp_path / "book.beancount"
    written = await operator.runs("export", *named, "--format", "beancount", "--to", str(book))
    assert (written.code, written.out, written.err) == (0, "", "")
    entries, errors, _ = loader.load_file(str(book))
    assert entries
    assert errors == []
    lines = await operator.runs("export", *named, "--format", "csv")
    assert len(list(csv.DictReader(io.StringIO(lines.out)))) == 4
    zipped = tmp_path / "simkopdes.zip"
    await operator.runs("export", *named, "--format", "simkopdes", "--to", str(zipped))
    with zipfile.ZipFile(zipped) as file:
        rows = list(csv.DictReader(io.StringIO(file.read("anggota_koperasi.csv").decode())))
    assert [row["status_keanggotaan"] for row in rows] == ["aktif"] * len(rows) != []

    verified = await operator.runs("verify", "--json")
    assert verified.code == 0
    assert verified.json["ok"]
    assert [found["entries"] for found in verified.json["books"]] == [2]


async def test_row_errors_are_listed_all_at_once_and_nothing_is_written(
    operator: Operator, tmp_path: Path
):
    koperasi = await operator.founds()
    sheet = a_file(tmp_path, "nama,no_hp,simpanan_pokok\nSiti,12,\n,081234567890,50.5\n")
    told = await operator.runs("members", "import", sheet, "--koperasi", koperasi)
    assert told.code == 1
    assert told.out.splitlines() == [
        "row 2, column no_hp: not a phone number",
        "row 3, column simpanan_pokok: not whole rupiah: 50.5",
        "row 3, column nama: must not be empty",
    ]
    asked = await operator.runs("members", "import", sheet, "--koperasi", koperasi, "--json")
    assert asked.code == 1
    assert asked.json["errors"][0] == {
        "row": 2, "column": "no_hp", "reason": "not a phone number",
    }  # fmt: skip
    missing = await operator.runs("member", "invite", "--koperasi", koperasi, "--number", "A-001")
    assert (missing.code, missing.out) == (1, "")
    assert missing.err == "kopdes: no member has the number A-001\n"


async def test_officers_are_added_listed_and_ended_and_links_are_null_until_learnt(
    operator: Operator, own_database: Database
):
    koperasi = await operator.founds()
    named = ("--koperasi", koperasi)
    officer = (*named, "--name", "Siti", "--role", "bendahara", "--phone", "081234567890")
    first = await operator.runs("officer", "add", *officer)
    assert first.json.keys() == {"invite", "telegram", "whatsapp"}
    assert (first.json["telegram"], first.json["whatsapp"]) == (None, None)

    connection = await asyncpg.connect(own_database.urls.owner)
    await connection.execute(
        "INSERT INTO mouths (channel, account, holder, fence, until, username)"
        " VALUES ('telegram', '1', 'x', 1, now(), 'kopdes_bot')"
    )
    await connection.close()
    second = await operator.runs("officer", "add", *officer, WHATSAPP_NUMBER="+62 811-1111-111")
    code = second.json["invite"]
    assert code != first.json["invite"]
    assert second.json["telegram"] == f"https://t.me/kopdes_bot?start={code}"
    assert second.json["whatsapp"] == f"https://wa.me/628111111111?text=/start%20{code}"

    (office,) = (await operator.runs("officer", "list", *named, "--json")).json
    assert (office["role"], office["name"], office["linked"]) == ("bendahara", "Siti", False)
    ended = await operator.runs("officer", "end", *named, "--office", str(office["office"]))
    assert ended.code == 0
    assert (await operator.runs("officer", "list", *named, "--json")).json == []
    gone = await operator.runs("officer", "end", *named, "--office", str(office["office"]))
    assert gone.code == 1

    bad = await operator.runs("officer", "add", *officer[:-1], "12")
    assert bad.err == "kopdes: not a phone number: 12\n"


async def test_a_sheet_of_officers_gives_a_sheet_of_invites(operator: Operator, tmp_path: Path):
    koperasi = await operator.founds()
    sheet = a_file(tmp_path, f"koperasi;nama;peran;no_hp\n{koperasi};=Siti;ketua;081234567890\n")
    printed = await operator.runs("officers", "import", sheet, TELEGRAM_USERNAME="kopdes_bot")
    (row,) = csv.DictReader(io.StringIO(printed.out))
    assert (row["koperasi"], row["nama"], row["peran"]) == (koperasi, "'=Siti", "ketua")
    assert row["telegram"] == f"https://t.me/kopdes_bot?start={row['invite']}"
    asked = await operator.runs("officers", "import", sheet, "--json")
    assert asked.json["officers"][0]["nama"] == "=Siti"


async def test_rules_hold_from_a_day_on_and_province_users_are_invited(
    operator: Operator, own_database: Database
):
    koperasi = await operator.founds()
    changed = await operator.runs(
        "koperasi", "set", "--koperasi", koperasi, "--rule", "wajib=25000", "--rule",
        "due_day=5", "--since", "2027-01-01", "--json",
    )  # fmt: skip
    assert changed.json["rules"] == {"wajib": "25000", "due_day": "5"}
    connection = await asyncpg.connect(own_database.urls.owner)
    rules = await connection.fetch("SELECT since::text, value FROM rules WHERE name = 'wajib'")
    await connection.close()
    assert [tuple(row) for row in rules] == [("2025-01-01", "20000"), ("2027-01-01", "25000")]
    official = ("--name", "Ani", "--phone", "081234567890")
    added = await operator.runs("province", "add", *official, "--region", "64.72")
    assert len(added.json["invite"]) == 10
    nowhere = await operator.runs("province", "add", *official, "--region", "99")
    assert (nowhere.code, nowhere.out) == (1, "")


@pytest.mark.parametrize(
    "typed",
    [
        "koperasi set --koperasi K --rule wajib=-5",
        "koperasi set --koperasi K --rule usp=maybe",
        "koperasi set --koperasi K --rule colour=red",
        "koperasi set --koperasi K --rule due_day=31",
        "koperasi set --koperasi K --rule wajib=1 --since tomorrow",
        "koperasi add --name N",
        "koperasi add --name N --village V --wajib -1",
        "officer add --koperasi K --name N --role raja --phone 0812345678",
        "verify --since 00000000",
        "verify --koperasi K --since xyz",
        "export --koperasi K --format pdf",
        "serve --only nothing",
        "nonsense",
    ],
)
def test_what_is_not_understood_ends_with_two_before_anything_is_opened(typed: str):
    ended = CliRunner().invoke(commands.app, typed.split())
    assert ended.exit_code == 2
    assert ended.stdout == ""


async def test_an_unusual_name_is_a_warning_and_an_unknown_village_a_refusal(operator: Operator):
    odd = await operator.runs("koperasi", "add", "--name", "Usaha Kita", "--village", VILLAGE)
    assert odd.json == {"code": "64-0001"}
    assert odd.err.startswith("warning: unusual name")
    refused = await operator.runs("koperasi", "add", "--name", NAME, "--village", "64.99")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "kopdes: no village has the code 64.99\n"
    assert len((await operator.runs("koperasi", "list", "--json")).json) == 1


async def test_the_province_is_seeded_once(operator: Operator):
    first = await operator.runs("seed", "kaltim", "--json")
    assert first.json == {"founded": 1038, "cooperatives": 1038}
    second = await operator.runs("seed", "kaltim", "--json")
    assert second.json == {"founded": 0, "cooperatives": 1038}


async def test_verify_ends_with_one_and_names_the_first_bad_entry(
    operator: Operator, own_database: Database, tmp_path: Path
):
    koperasi = await operator.founds()
    sheet = a_file(tmp_path, "kode,jumlah\n111000,5000\n")
    await operator.runs("balances", "import", sheet, "--koperasi", koperasi)
    head = (await operator.runs("verify", "--json")).json["books"][0]["head"]
    for since in (("--koperasi", koperasi, "--since", head), ("--since", f"{koperasi}:1:{head}")):
        known = await operator.runs("verify", *since)
        assert known.code == 0
    other = await operator.runs(
        "verify", "--koperasi", "64-9999", "--since", f"{koperasi}:1:{head}"
    )
    assert (other.code, f"is a head of {koperasi}" in other.err) == (2, True)
    foreign = await operator.runs("verify", "--koperasi", koperasi, "--since", "0" * 64)
    assert foreign.code == 1
    connection = await asyncpg.connect(own_database.urls.owner)
    await connection.execute("UPDATE ledger.postings SET amount = 6000")
    await connection.close()
    broken = await operator.runs("verify", "--json")
    assert broken.code == 1
    assert not broken.json["ok"]
    assert broken.json["books"][0]["entry"] == 1


async def test_the_outbox_is_counted_and_failures_are_listed_without_words(
    operator: Operator, own_database: Database
):
    connection = await asyncpg.connect(own_database.urls.owner)
    for state, key in (("failed", "a"), ("waiting", "b"), ("waiting", "c")):
        await connection.execute(
            "INSERT INTO outbox (koperasi_id, id, channel, account, chat, purpose, priority, facts,"
            " dedupe, not_before, state, reason, made_at) VALUES (0, gen_random_uuid(), 'telegram',"
            " '1', '77', 'reply', 0, 'secret', $1, now(), $2, 'blocked', now())",
            key,
            state,
        )
    await connection.close()
    counts = (await operator.runs("outbox", "--json")).json
    assert (counts["waiting"], counts["failed"], counts["sent"], counts["unknown"]) == (2, 1, 0, 0)
    listed = await operator.runs("outbox", "--failed", "--json")
    (row,) = listed.json["failed"]
    assert (row["purpose"], row["reason"]) == ("reply", "blocked")
    assert "secret" not in listed.out
    assert "77" not in [*row.values()]


@pytest.fixture
async def empty_database(server_url: str) -> AsyncIterator[str]:
    """A database without a single table."""
    name = f"kopdes_empty_{uuid.uuid4().hex[:8]}"
    connection = await asyncpg.connect(server_url)
    await connection.execute(f"CREATE DATABASE {name}")
    yield re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", server_url, count=1)  # not the socket's folder
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


async def test_an_operators_database_is_refused_until_migrate_ran(empty_database: str):
    operator = Operator(
        {"KOPDES_DATABASE_URL": empty_database, "KOPDES_SECRET_KEY": "another secret key"}
    )
    refused = await operator.runs("koperasi", "list")
    assert (refused.code, refused.out) == (1, "")
    assert "kopdes migrate" in refused.err
    assert refused.err.count("\n") == 1
    migrated = await operator.runs("migrate", "--json")
    assert migrated.json == {"version": schema.latest()}
    assert (await operator.runs("koperasi", "list", "--json")).json == []


async def test_bad_settings_end_with_two_and_one_line_a_dead_database_with_one(
    operator: Operator,
):
    for words_ in (("koperasi", "list"), ("serve",)):
        wrong = await operator.runs(*words_, HTTP_PORT="x", WHATSAPP_TOKEN="half")
        assert (wrong.code, wrong.out) == (2, "")
        assert wrong.err.startswith("kopdes: KOPDES_HTTP_PORT")
        assert wrong.err.count("\n") == 1
    away = await operator.runs(
        "koperasi", "list", DATABASE_URL="postgresql://kopdes:hidden@127.0.0.1:1/x"
    )
    assert away.code == 1
    assert away.err.startswith("kopdes: the database cannot be reached: ")
    assert away.err.count("\n") == 1
    assert "hidden" not in away.err


async def test_a_command_that_speaks_to_no_channel_loads_no_channel_library(operator: Operator):
    listing = "atexit.register(lambda: print(*sys.modules, sep='\\n', file=sys.stderr))"
    script = ("-c", f"import atexit, sys; from bot.cli import main; {listing}; main()")
    ended = await operator.runs("koperasi", "list", script=script)
    assert ended.code == 0
    loaded = {line.partition(".")[0] for line in ended.err.splitlines()}
    heavy = {"aiogram", "telegram", "pywa", "aiohttp", "alembic", "openpyxl", "babel", "structlog"}
    assert loaded & heavy == set()
    assert "sqlalchemy" in loaded


async def test_commands_on_the_embedded_database_make_and_keep_their_key(tmp_path: Path):
    home = tmp_path / "data"
    operator = Operator({"KOPDES_DATA_DIR": str(home)})
    koperasi = await operator.founds()
    both = await asyncio.gather(*(operator.runs("koperasi", "list", "--json") for _ in range(2)))
    assert [ended.json[0]["code"] for ended in both] == [koperasi, koperasi]
    (key,) = kept_keys(home)
    assert key.stat().st_mode & 0o777 == 0o600
    kept = key.read_text()
    key.unlink()
    lost = await operator.runs("koperasi", "list")
    assert lost.code == 2
    assert "KOPDES_SECRET_KEY is missing" in lost.err
    given = await operator.runs("koperasi", "list", "--json", SECRET_KEY=kept.strip())
    assert given.code == 0


def kept_keys(home: Path) -> list[Path]:
    """Find the key where the embedded database's private files lie."""
    note = home / "postgres.home"
    folder = Path(note.read_text().strip()) if note.exists() else home
    return [*folder.glob("secret.key")]


async def test_files_that_cannot_be_read_are_one_line(operator: Operator, tmp_path: Path):
    koperasi = await operator.founds()
    absent = await operator.runs("members", "import", "nowhere.csv", "--koperasi", koperasi)
    assert (absent.code, absent.err) == (1, "kopdes: nowhere.csv: No such file or directory\n")
    lying = a_file(tmp_path, "nama\nSiti\n", "a.xlsx")
    refused = await operator.runs("members", "import", lying, "--koperasi", koperasi, "--json")
    assert refused.code == 1
    assert refused.err.startswith("kopdes: the file is no .xlsx or .csv sheet")


def _reasons() -> set[str]:
    found = set()
    for path in (ROOT / "core" / "imports").glob("*.py"):
        found |= set(re.findall(r'"(import-[a-z-]+)"', path.read_text(encoding="utf-8")))
    return found


def test_every_refusal_and_reason_of_a_file_has_words_in_both_languages():
    refusals = {
        kind.text
        for module in (sheets, import_rows)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Refusal) and kind is not Refusal
    }
    wanted = refusals | _reasons()
    assert len(wanted) > 40
    assert wanted <= words.keys()
    assert wanted <= set(texts.keys())


def test_the_newest_migration_is_the_one_alembic_finds():
    from alembic.config import Config  # noqa: PLC0415 - a second to load, for this test alone
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    assert schema.latest() == ScriptDirectory.from_config(config).get_current_head()
