"""The ledger: chart, books, accounts, entries, postings, and its one door."""

from importlib.resources import files

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = """
CREATE SCHEMA ledger;
CREATE TABLE ledger.chart (
  code text PRIMARY KEY CHECK (code ~ '^[1-5][0-9]{5}$'),
  name text NOT NULL,
  normal text NOT NULL CHECK (normal IN ('D', 'K')),
  line text NOT NULL,                    -- line of the financial statements
  cash_flow text,                        -- O, I, F: group of the counter account
  subledger text CHECK (subledger IN ('member', 'loan')),
  floor bigint                           -- lowest balance of an account opened under this code
);
CREATE TABLE ledger.books (
  koperasi_id integer PRIMARY KEY REFERENCES cooperatives,
  entries bigint NOT NULL DEFAULT 0,     -- the number of the last entry: no gaps below it
  accounts integer NOT NULL DEFAULT 0,   -- the id of the last account
  head bytea NOT NULL,                   -- hash of the last entry
  closed_through date                    -- nothing is dated on or before this day any more
) WITH (fillfactor = 50);
CREATE TABLE ledger.accounts (
  koperasi_id integer NOT NULL REFERENCES ledger.books,
  id integer NOT NULL,
  key text NOT NULL,                     -- 211000:m12, 113100:m12:l3, 111000, 412000:u2
  code text NOT NULL REFERENCES ledger.chart,
  member_id integer,
  loan_id integer,
  unit_id integer,
  normal text NOT NULL,
  balance bigint NOT NULL,               -- rupiah, positive on the normal side
  floor bigint,
  PRIMARY KEY (koperasi_id, id),
  UNIQUE (koperasi_id, key)
) WITH (fillfactor = 60);
CREATE INDEX accounts_code ON ledger.accounts (koperasi_id, code);
CREATE INDEX accounts_member ON ledger.accounts (koperasi_id, member_id) WHERE member_id IS NOT NULL;
CREATE TABLE ledger.entries (
  koperasi_id integer NOT NULL REFERENCES ledger.books,
  number bigint NOT NULL,
  "on" date NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  operation text NOT NULL,
  recorder text NOT NULL,
  approver text,
  source text NOT NULL,
  reason text,
  reverses bigint,
  hash bytea NOT NULL,
  PRIMARY KEY (koperasi_id, number),
  UNIQUE (koperasi_id, operation),
  UNIQUE (koperasi_id, reverses),
  FOREIGN KEY (koperasi_id, reverses) REFERENCES ledger.entries (koperasi_id, number)
);
CREATE INDEX entries_on ON ledger.entries (koperasi_id, "on");
CREATE TABLE ledger.postings (
  koperasi_id integer NOT NULL,
  entry bigint NOT NULL,
  line smallint NOT NULL,
  debit integer NOT NULL,
  credit integer NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  debit_balance bigint NOT NULL,         -- of the debited account, this line included
  credit_balance bigint NOT NULL,
  PRIMARY KEY (koperasi_id, entry, line),
  CHECK (debit <> credit),
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries,
  FOREIGN KEY (koperasi_id, debit) REFERENCES ledger.accounts,
  FOREIGN KEY (koperasi_id, credit) REFERENCES ledger.accounts
);
CREATE INDEX postings_debit ON ledger.postings (koperasi_id, debit, entry);
CREATE INDEX postings_credit ON ledger.postings (koperasi_id, credit, entry);
CREATE TABLE ledger.closings (
  koperasi_id integer NOT NULL REFERENCES ledger.books,
  n integer NOT NULL,
  through date,
  at timestamptz NOT NULL,
  by text NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (koperasi_id, n)
);
"""

TENANT = ("books", "accounts", "entries", "postings", "closings")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for name in ("0002_post.sql", "0002_close.sql"):
        text = files("migrations").joinpath("sql", name).read_text(encoding="utf-8")
        for statement in text.split("$$;\n"):  # Each file holds functions only.
            if statement.strip():
                op.get_bind().exec_driver_sql(statement + "$$")
    op.execute(
        "REVOKE ALL ON FUNCTION ledger.post, ledger.close, ledger.difference, ledger.field FROM PUBLIC"
    )
    op.execute("GRANT EXECUTE ON FUNCTION ledger.post TO kopdes_app, kopdes_clock")
    op.execute("GRANT USAGE ON SCHEMA ledger TO kopdes_app, kopdes_clock")
    op.execute("GRANT SELECT ON ledger.chart TO kopdes_app, kopdes_clock")
    for table in TENANT:
        op.execute(f"ALTER TABLE ledger.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_cooperative ON ledger.{table} TO kopdes_app, kopdes_clock USING "
            "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
        )
        op.execute(f"GRANT SELECT ON ledger.{table} TO kopdes_app, kopdes_clock")


def downgrade() -> None:
    raise NotImplementedError("the books would be lost")
