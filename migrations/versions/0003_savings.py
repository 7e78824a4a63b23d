"""Savings: which months a simpanan wajib covers, and the receipts members countersign."""

from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = """
CREATE TABLE dues (
  koperasi_id integer NOT NULL,
  member_id integer NOT NULL,
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  entry bigint NOT NULL,
  amount bigint NOT NULL CHECK (amount <> 0),     -- rupiah of the entry that count for this month; a reversal's are negative
  PRIMARY KEY (koperasi_id, member_id, month, entry),
  FOREIGN KEY (koperasi_id, member_id) REFERENCES members,
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries
);
CREATE TABLE receipts (
  koperasi_id integer NOT NULL,
  entry bigint NOT NULL,
  member_id integer NOT NULL,
  officer_id integer,                    -- the person who recorded it
  code text NOT NULL,                    -- the short check code
  kind text NOT NULL,
  amount bigint NOT NULL,
  balance_before bigint NOT NULL,
  balance bigint NOT NULL,
  outbox_id uuid,                        -- the message to the member; null while there is no chat
  witness boolean NOT NULL,              -- false: it went to the recorder's own chat and proves nothing
  answer text CHECK (answer IN ('confirmed', 'disputed')),
  answered_at timestamptz,
  made_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, entry),
  UNIQUE (koperasi_id, code),
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries,
  FOREIGN KEY (koperasi_id, member_id) REFERENCES members
);
CREATE INDEX receipts_member ON receipts (koperasi_id, member_id, entry);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table in ("dues", "receipts"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_cooperative ON {table} TO kopdes_app, kopdes_clock USING "
            "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
        )
        op.execute(f"GRANT SELECT, INSERT ON {table} TO kopdes_app, kopdes_clock")
    op.execute(
        "GRANT UPDATE (outbox_id, witness, answer, answered_at) ON receipts TO kopdes_app, kopdes_clock"
    )


def downgrade() -> None:
    raise NotImplementedError("the months paid and the receipts would be lost")
