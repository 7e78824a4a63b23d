"""python-accounting in its own process: the same deposit as a journal entry. Speaks lines of JSON."""

# ruff: noqa: PLC0415 - its parts are imported once it is configured
from __future__ import annotations

import json
import random
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlsplit

from python_accounting.config import config

_ACCOUNTS = 100
_ENTRIES = 50_000  # that stand there before: a cooperative's few years, not an empty book
# The first entry again and again, as its own code writes it: a record of each kind beside its "recyclable".
_FILL = f"""
CREATE TEMP TABLE more AS
SELECT n, (SELECT max(id) FROM recyclable) + 4 * n AS id FROM generate_series(1, {_ENTRIES}) n;
INSERT INTO recyclable (id, recycled_type, created_at, updated_at)
SELECT m.id - 3 + k.n, k.kind, now(), now() FROM more m,
       (VALUES (0, 'Transaction'), (1, 'LineItem'), (2, 'Ledger'), (3, 'Ledger')) AS k (n, kind);
INSERT INTO transaction (id, transaction_date, transaction_no, transaction_type, narration, main_account_amount,
                         credited, compound, currency_id, account_id, entity_id)
SELECT m.id - 3, transaction_date, 'JN01/' || lpad((m.n + 1)::text, 5, '0'), transaction_type, narration,
       main_account_amount, credited, compound, currency_id, account_id, entity_id FROM transaction t, more m;
INSERT INTO line_item (id, narration, quantity, amount, credited, tax_inclusive, account_id, transaction_id, entity_id)
SELECT m.id - 2, narration, quantity, amount, credited, tax_inclusive, account_id, m.id - 3, entity_id
  FROM line_item l, more m;
INSERT INTO ledger (id, transaction_date, entry_type, amount, hash, transaction_id, currency_id, post_account_id,
                    folio_account_id, line_item_id, entity_id)
SELECT m.id - (l.entry_type = 'DEBIT')::integer, l.transaction_date, l.entry_type, l.amount, l.hash, m.id - 3,
       l.currency_id, l.post_account_id, l.folio_account_id, m.id - 2, l.entity_id FROM ledger l, more m;
SELECT setval(pg_get_serial_sequence('recyclable', 'id'), (SELECT max(id) FROM recyclable));
ANALYZE;
"""


def main() -> None:
    """Set up in an empty database, then answer {"seconds"} with {"tps"}."""
    parts = urlsplit(sys.argv[1])
    url = parts._replace(scheme="postgresql+psycopg").geturl()
    config.configure_database(url)
    from python_accounting.database.session import get_session
    from python_accounting.models import Account, Base, Currency, Entity
    from sqlalchemy import create_engine

    engine = create_engine(url)
    Base.metadata.create_all(engine)
    with get_session(engine) as session:
        entity = Entity(name="Koperasi")
        session.add(entity)
        session.commit()
        currency = Currency(name="Rupiah", code="IDR", entity_id=entity.id)
        session.add(currency)
        session.commit()
        kinds = [Account.AccountType.BANK, *[Account.AccountType.CURRENT_LIABILITY] * _ACCOUNTS]
        accounts = []
        for number, kind in enumerate(kinds):
            account = Account(
                name=f"Rekening {number}", account_type=kind, currency_id=currency.id, entity_id=entity.id
            )  # fmt: skip
            session.add(account)
            session.commit()
            accounts.append(account.id)
        _post(session, entity.id, accounts)
        with engine.begin() as direct:  # Its sessions rewrite what passes through them.
            direct.exec_driver_sql(_FILL)
        print("ready", flush=True)
        for line in sys.stdin:
            seconds, done, begun = json.loads(line)["seconds"], 0, time.perf_counter()
            while time.perf_counter() < begun + seconds:
                _post(session, entity.id, accounts)
                done += 1
            print(json.dumps({"tps": done / (time.perf_counter() - begun)}), flush=True)


def _post(session, entity_id: int, accounts: list[int]) -> None:
    from python_accounting.models import LineItem
    from python_accounting.transactions import JournalEntry

    entry = JournalEntry(
        narration="Setoran",
        transaction_date=datetime.now(UTC).replace(tzinfo=None),
        account_id=accounts[0],
        entity_id=entity_id,
    )
    entry.credited = False
    session.add(entry)
    session.flush()
    line = LineItem(
        narration="Setoran",
        account_id=random.choice(accounts[1:]),
        amount=Decimal(50_000),
        entity_id=entity_id,
    )
    session.add(line)
    session.flush()
    entry.line_items.add(line)
    session.add(entry)
    entry.post(session)


main()
