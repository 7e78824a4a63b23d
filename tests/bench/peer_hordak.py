"""django-hordak in its own process: the same deposit, cash to a member's savings. Speaks lines of JSON."""

# ruff: noqa: PLC0415 - its parts are imported once it is configured
from __future__ import annotations

import json
import random
import sys
import threading
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings

_ACCOUNTS = 1000
_ENTRIES = 50_000  # that stand there before: a cooperative's few years, not an empty book
_FILL = f"""
SET session_replication_role = replica;
INSERT INTO hordak_transaction (id, uuid, timestamp, date, description)
SELECT n, gen_random_uuid(), now(), now(), '' FROM generate_series(1, {_ENTRIES}) AS n;
INSERT INTO hordak_leg (uuid, transaction_id, account_id, debit, credit, currency, description)
SELECT gen_random_uuid(), n, CASE k WHEN 1 THEN (SELECT min(id) FROM hordak_account)
         ELSE (SELECT min(id) FROM hordak_account) + 1 + n % {_ACCOUNTS} END,
       CASE k WHEN 1 THEN 50000 END, CASE k WHEN 2 THEN 50000 END, 'IDR', ''
  FROM generate_series(1, {_ENTRIES}) AS n, generate_series(1, 2) AS k;
SELECT setval(pg_get_serial_sequence('hordak_transaction', 'id'), {_ENTRIES});
SET session_replication_role = DEFAULT;
ANALYZE;
"""


def main() -> None:
    """Set up in an empty database, then answer {"seconds", "threads"} with {"tps"}."""
    parts = urlsplit(sys.argv[1])
    query = parse_qs(parts.query)
    settings.configure(
        SECRET_KEY="of no use",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path.lstrip("/"),
                "USER": parts.username,
                "PASSWORD": parts.password,
                "HOST": query["host"][0],
                "PORT": query["port"][0],
                "CONN_MAX_AGE": None,
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        HORDAK_INTERNAL_CURRENCY="IDR",
        DEFAULT_CURRENCY="IDR",
        CURRENCIES=["IDR"],
        HORDAK_DECIMAL_PLACES=0,
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from hordak.models import Account, AccountType

    call_command("migrate", verbosity=0)
    Account.objects.create(name="Kas", code="1", type=AccountType.asset, currencies=["IDR"])
    for number in range(_ACCOUNTS):
        Account.objects.create(
            name=f"Simpanan {number}",
            code=str(number + 2),
            type=AccountType.liability,
            currencies=["IDR"],
        )
    with connection.cursor() as cursor:
        cursor.execute(_FILL)
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        tps = _post(asked["seconds"], asked["threads"])
        print(json.dumps({"tps": tps}), flush=True)


def _post(seconds: float, threads: int) -> float:
    """Do what a deposit needs: find both accounts, transfer, know the member's balance for the receipt."""
    from django.db import connection, transaction
    from hordak.models import Account
    from moneyed import Money  # type: ignore[import-not-found,unused-ignore]

    done, today = [0] * threads, datetime.now(UTC).date()
    begun = time.perf_counter()

    def repeat(number: int) -> None:
        while time.perf_counter() < begun + seconds:
            with transaction.atomic():
                cash = Account.objects.get(code="1")
                member = Account.objects.get(code=str(random.randint(2, _ACCOUNTS + 1)))
                # Its transfer credits the first and debits the second.
                member.transfer_to(cash, Money(50_000, "IDR"), date=today)
                member.get_balance()
            done[number] += 1
        connection.close()

    workers = [threading.Thread(target=repeat, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(done) / (time.perf_counter() - begun)


main()
