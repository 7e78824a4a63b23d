"""Fixed assets, loans from banks, and receipts nobody could name yet: what the book's entries do not say."""

from alembic import op

revision = "0024"
down_revision = "0023"

TABLES = (
    """
CREATE TABLE assets (
  koperasi_id integer NOT NULL,
  number integer NOT NULL,
  entry bigint NOT NULL,                 -- that brought it into the book
  kind text NOT NULL CHECK (kind IN ('land', 'building', 'vehicle', 'equipment', 'intangible')),
  name text NOT NULL,
  cost bigint NOT NULL CHECK (cost > 0),
  residual bigint NOT NULL CHECK (residual BETWEEN 0 AND cost),
  months integer NOT NULL CHECK (months BETWEEN 0 AND 1200),  -- 0: never worn off (land)
  acquired_on date NOT NULL,
  PRIMARY KEY (koperasi_id, number),
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries
)
""",
    """
CREATE TABLE bank_loans (
  koperasi_id integer NOT NULL,
  entry bigint NOT NULL,                 -- that received it
  lender text NOT NULL CHECK (lender IN ('himbara', 'lpdb')),
  amount bigint NOT NULL CHECK (amount > 0),
  rate numeric(4, 2) NOT NULL CHECK (rate BETWEEN 0 AND 99),  -- per cent a year
  months integer NOT NULL CHECK (months BETWEEN 1 AND 1200),
  grace integer NOT NULL CHECK (grace BETWEEN 0 AND months),  -- first months of interest only
  received_on date NOT NULL,
  consent text NOT NULL,                 -- of the Rapat Anggota, as it is written down
  PRIMARY KEY (koperasi_id, entry),
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries
)
""",
    """
CREATE TABLE held_receipts (
  koperasi_id integer NOT NULL,
  entry bigint NOT NULL,                 -- that received it on 215000
  amount bigint NOT NULL CHECK (amount > 0),
  received_on date NOT NULL,
  settled_by bigint,                     -- the entry that moved it to where it belongs
  PRIMARY KEY (koperasi_id, entry),
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries,
  FOREIGN KEY (koperasi_id, settled_by) REFERENCES ledger.entries
)
""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in TABLES:
        op.execute(table)
    for name in ("assets", "bank_loans", "held_receipts"):
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_cooperative ON {name} TO kopdes_app, kopdes_clock USING "
            "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
        )
        op.execute(f"GRANT SELECT ON {name} TO kopdes_app, kopdes_clock")
        op.execute(f"GRANT INSERT ON {name} TO kopdes_app")
    op.execute("GRANT UPDATE (settled_by) ON held_receipts TO kopdes_app")


def downgrade() -> None:
    raise NotImplementedError(
        "the register of assets, loans from banks and open receipts would be lost"
    )
