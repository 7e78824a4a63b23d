#!/bin/sh
# install.sh NAME: bring requirements/NAME.txt and this project into .venv, by uv or by venv and pip.
# Every package is checked against the hashes of the lock; the project itself is built by the locked
# setuptools, so nothing is fetched that the lock does not name.
set -eu
cd "$(dirname "$0")/.."
name=$1
lock=requirements/$name.txt

say() { printf 'kopdes: %s\n' "$*" >&2; }
works() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
has_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

uv=
if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; then uv=uv; fi

find_python() { # the first that is new enough and, without uv, can make an environment
    old=
    for one in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.14 python; do
        command -v "$one" >/dev/null 2>&1 || continue
        if ! works "$one"; then continue; fi
        if [ -n "$uv" ] || has_venv "$one"; then command -v "$one"; return 0; fi
        old=$one
    done
    if [ -n "$old" ]; then
        say "$old cannot make environments: install its venv module (Debian, Ubuntu: python3-venv), or uv"
    else
        say "needs Python 3.11 or newer: none of python3, python3.13, python3.12, python3.11 is (PYTHON=/path/to/it make ... names another)"
    fi
    return 1
}

if ! works .venv/bin/python; then # none yet, half made, or its Python is gone
    python=$(find_python)
    say "making .venv with $("$python" --version 2>&1)"
    rm -rf .venv
    if [ -n "$uv" ]; then uv venv --quiet --python "$python" .venv; else "$python" -m venv .venv; fi
fi

# Wheels only; the one peer that has none is built by what the lock brings, too.
build='--only-binary :all:'
if [ "$name" = bench ]; then build="$build --no-binary django-hordak --no-build-isolation"; fi

say "installing $lock"
if [ -n "$uv" ]; then
    uv pip install --quiet --python .venv/bin/python --require-hashes --no-deps $build --compile-bytecode -r "$lock"
else
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps $build -r "$lock"
fi
if [ "$name" = run ]; then
    if [ -n "$uv" ]; then
        uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
    else
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation --editable .
    fi
    .venv/bin/python -m compileall -q bot core notifications migrations >/dev/null 2>&1 || true # a quick first start
    .venv/bin/kopdes --help >/dev/null
fi
touch ".venv/.$name"
