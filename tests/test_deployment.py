"""The image and the compose file are those of this project: same lock, same entry point, real settings."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from bot.cli.service import Part
from bot.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = ("bot", "core", "migrations", "notifications")
SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}


def instructions() -> list[tuple[str, str]]:
    """Read the Dockerfile as (instruction, the rest of its line)."""
    lines = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", DOCKERFILE)).splitlines()
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines if line.strip()]


def of(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def compose() -> dict[str, Any]:
    """Read compose.yaml: the mappings, lists and plain words that it is made of, no other YAML."""
    rows: list[tuple[int, str]] = []
    for line in (ROOT / "compose.yaml").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            rows.append((len(line) - len(line.lstrip()), line.strip()))

    def block(at: int) -> tuple[Any, int]:
        depth, made, items = rows[at][0], {}, []
        while at < len(rows) and rows[at][0] == depth:
            line = rows[at][1]
            at += 1
            if line.startswith("- "):
                items.append(word(line[2:]))
                continue
            name, _, value = line.partition(":")
            if value.strip():
                made[name] = word(value.strip())
            elif at < len(rows) and rows[at][0] > depth:
                made[name], at = block(at)
            else:
                made[name] = None
        assert not (items and made), "a list and a mapping in one block"
        assert at == len(rows) or rows[at][0] < depth, f"indented oddly: {rows[at][1]}"
        return items or made, at

    def word(value: str) -> Any:
        if value.startswith("["):
            return [part.strip(" \"'") for part in value.strip("[]").split(",")]
        return value.strip("\"'")

    whole: dict[str, Any] = block(0)[0]
    return whole


def test_everything_the_image_copies_exists():
    copied = [source for rest in of("COPY") for source in shlex.split(rest)[:-1]]
    assert copied
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert set(PACKAGES) <= set(copied)


def test_what_the_image_copies_is_not_ignored():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert let_in == {source for rest in of("COPY") for source in shlex.split(rest)[:-1]}


def test_the_image_installs_the_same_lock_with_hashes_and_builds_with_it():
    installs = [rest for rest in of("RUN") if "pip install" in rest]
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "-r requirements/run.txt" in installs[0]
    assert "--no-build-isolation" in installs[1]
    assert "--no-deps" in installs[1]
    assert "requirements/run.txt" in (ROOT / "Makefile").read_text(encoding="utf-8")
    lock = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    assert re.search(r"(?m)^setuptools==", lock)


def test_the_image_starts_the_console_script():
    (script,) = PROJECT["project"]["scripts"]
    assert of("ENTRYPOINT") == [f'["{script}"]']
    assert of("CMD")[-1] == '["serve"]'


def test_the_image_does_not_run_as_root_and_owns_its_data():
    (user,) = of("USER")
    assert user not in ("root", "0")
    assert any(
        f"useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin {user}" in rest
        for rest in of("RUN")
    )
    order = [name for name, _ in instructions()]
    assert order.index("USER") < order.index("ENTRYPOINT")
    last_install = max(i for i, (name, _) in enumerate(instructions()) if name == "RUN")
    assert order.index("USER") > last_install


def test_the_image_asks_healthz_for_its_health():
    (check,) = of("HEALTHCHECK")
    assert "/healthz" in check
    source = shlex.split(check.split("CMD", 1)[1].strip("[] ").replace('", "', '" "'))[2]
    compile(source, "healthcheck", "exec")
    assert PREFIX + "HTTP_PORT" in source


def test_every_setting_the_image_and_compose_name_is_a_setting():
    texts = [
        DOCKERFILE,
        *((ROOT / n).read_text(encoding="utf-8") for n in ("compose.yaml", ".env.example")),
    ]
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", "\n".join(texts)))
    assert named
    assert named <= SETTINGS


def test_the_operators_page_explains_every_setting_and_no_other():
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", page)) - {f"{PREFIX}BROWSER", f"{PREFIX}FAULTS"}
    assert named == SETTINGS


def test_compose_migrates_before_it_serves():
    services = compose()["services"]
    assert set(services) == {"postgres", "migrate", "kopdes"}
    assert services["migrate"]["command"] == ["migrate"]
    assert services["kopdes"]["command"][0] == "serve"
    assert services["migrate"]["image"] == services["kopdes"]["image"]
    waits = services["kopdes"]["depends_on"]
    assert waits["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert set(services["postgres"]["healthcheck"]) >= {"test", "interval"}
    assert {part.value for part in Part} == {"bot", "notifications"}


def test_compose_keeps_the_database_and_shows_it_to_nobody():
    made = compose()
    postgres = made["services"]["postgres"]
    (volume,) = postgres["volumes"]
    name, folder = volume.split(":")
    assert name in made["volumes"]
    assert folder == "/var/lib/postgresql"  # where the image of PostgreSQL 18 keeps its data
    assert "ports" not in postgres
    assert made["services"]["kopdes"]["ports"] == ["127.0.0.1:8080:8080"]
    address = made["services"]["kopdes"]["environment"][f"{PREFIX}DATABASE_URL"]
    assert address == made["services"]["migrate"]["environment"][f"{PREFIX}DATABASE_URL"]
    assert address.endswith(f"@postgres:5432/{postgres['environment']['POSTGRES_DB']}")


def test_no_secret_is_committed():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^[A-Z_]+=(.+)$", example) == []
    assert not re.search(
        r"(PASSWORD|SECRET|TOKEN)\S*: (?!\$\{)\S", (ROOT / "compose.yaml").read_text()
    )


def test_the_installed_package_brings_every_file_of_data(tmp_path: Path):
    """The image installs a wheel, not a work tree: what is not packed is missed only there."""
    source = tmp_path / "source"
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source / name)
    code = (
        "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"
    )
    built = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )
    assert built.returncode == 0, built.stderr
    packed = set(zipfile.ZipFile(tmp_path / built.stdout.split()[-1]).namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted - packed == set()
