"""`kopdes shu`, as spec/interface.md has it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CASE: dict[str, Any] = {
    "shu": 40_000_000,
    "split": {"cadangan": 40, "jasa_modal": 25, "jasa_usaha": 30, "sosial": 5},
    "members": [
        {"number": "A-001", "simpanan": 3_000_000, "usaha": 1_000_000},
        {"number": "A-002", "simpanan": 1_000_000, "usaha": 0},
    ],
}


def run(folder: Path, *flags: str, text: str | None = None, **changed: Any) -> Any:
    file = folder / "case.json"
    file.write_text(json.dumps(CASE | changed) if text is None else text)
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", "shu", "--input", str(file), *flags],
        capture_output=True,
        text=True,
        check=False,
        env={"KOPDES_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "PATH": "/usr/bin"},
    )


def test_pools_and_parts_are_told_as_json_without_a_database(tmp_path: Path) -> None:
    ended = run(tmp_path, "--json", total_simpanan=60_000_000, total_usaha=100_000_000)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout) == {
        "pools": {
            "cadangan": 16_000_000,
            "jasa_modal": 10_000_000,
            "jasa_usaha": 12_000_000,
            "sosial": 2_000_000,
        },
        "members": [
            {"number": "A-001", "jasa_modal": 500_000, "jasa_usaha": 120_000, "total": 620_000},
            {"number": "A-002", "jasa_modal": 166_667, "jasa_usaha": 0, "total": 166_667},
        ],
    }


def test_people_read_lines(tmp_path: Path) -> None:
    ended = run(tmp_path)
    assert "jasa_modal 25 %: 10,000,000" in ended.stdout
    assert "A-001: jasa modal 7,500,000, jasa usaha 12,000,000, total 19,500,000" in ended.stdout


def test_members_may_be_missing_and_parts_may_not_be_in_the_split(tmp_path: Path) -> None:
    ended = run(tmp_path, "--json", members=[], split={"dana desa": 100})
    assert json.loads(ended.stdout) == {"pools": {"dana desa": 40_000_000}, "members": []}
    ended = run(tmp_path, "--json", split={"jasa_modal": 100}, total_usaha=0)
    assert [row["jasa_usaha"] for row in json.loads(ended.stdout)["members"]] == [0, 0]


@pytest.mark.parametrize(
    ("split", "told"),
    [
        ('{"cadangan": 40, "anggota": 65}', "105"),
        ('{"a": 33.3, "b": 33.3, "c": 33.3}', "99.9"),
        ('{"a": 99.99999999999999999999999999999999999999}', "99.99999999999999999999999999999999999999"),
        ("{}", "0"),
    ],
)  # fmt: skip
def test_a_split_that_is_not_exactly_100_ends_with_1_and_its_sum(
    tmp_path: Path, split: str, told: str
) -> None:
    ended = run(tmp_path, "--json", text=f'{{"shu": 100, "split": {split}, "members": []}}')
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"kopdes: the percentages add up to {told}, not to exactly 100\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "no JSON"),
        ("[]", "no JSON object"),
        ('{"shu": 1.5, "split": {"a": 100}}', "shu: whole rupiah"),
        ('{"shu": true, "split": {"a": 100}}', "shu: whole rupiah"),
        ('{"shu": 1, "split": {"a": 100}, "anggota": []}', "unknown: anggota"),
        ('{"shu": 1, "split": {"a": 50, "a": 50}}', "a is there twice"),
        ('{"shu": 1, "split": {"a": -1, "b": 101}}', "split.a: a number"),
        ('{"shu": 1, "split": {"a": NaN}}', "split.a: a number"),
        ('{"shu": 1, "split": {"a": 100}, "members": [{"number": ""}]}', "members[1].number"),
        ('{"shu": 1, "split": {"a": 100}, "members": [{"number": "\\ud800"}]}', "members[1].number"),
        ('{"shu": 1e99999999999999999999, "split": {"a": 100}}', "no JSON"),
        ('{"shu": 1, "split": {"a": 1e999}}', "split.a: a number in per cent, from 0 to 10000"),
        ('{"shu": 1, "split": {"a": 100}, "members": [{"number": "1", "usaha": -1}]}', "not below 0"),
        ('{"shu": 1, "split": {"a": 100}, "members": [{"number": "1"}, {"number": 1}]}', "2 times"),
        ('{"shu": 1, "split": {"a": 100}, "members": [{"number": "1", "usaha": 5}], "total_usaha": 4}',
         "total_usaha is 4, less than the 5"),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_read_ends_with_one_line(
    tmp_path: Path, text: str, told: str
) -> None:
    ended = run(tmp_path, text=text)
    assert ended.returncode == 1
    assert told in ended.stderr
    assert ended.stderr.count("\n") == 1
