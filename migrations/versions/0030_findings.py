"""Findings of pengawas on entries, their follow-ups and closings: nobody changes or takes them away."""

from alembic import op

revision = "0030"
down_revision = "0029"

TABLES = """
CREATE TABLE findings (
  koperasi_id integer NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  entry bigint NOT NULL,
  person_id integer NOT NULL,
  said_sealed bytea NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, number),
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries,
  FOREIGN KEY (koperasi_id, person_id) REFERENCES people
);
CREATE INDEX findings_entry ON findings (koperasi_id, entry);
CREATE TABLE finding_steps (
  koperasi_id integer NOT NULL,
  finding integer NOT NULL,
  n integer NOT NULL CHECK (n > 0),
  kind text NOT NULL CHECK (kind IN ('follow-up', 'closed')),
  person_id integer NOT NULL,
  said_sealed bytea NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, finding, n),
  FOREIGN KEY (koperasi_id, finding) REFERENCES findings,
  FOREIGN KEY (koperasi_id, person_id) REFERENCES people
);
CREATE UNIQUE INDEX finding_steps_closed ON finding_steps (koperasi_id, finding) WHERE kind = 'closed'
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table in ("findings", "finding_steps"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_cooperative ON {table} TO kopdes_app, kopdes_clock USING "
            "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
        )
        op.execute(f"GRANT SELECT, INSERT ON {table} TO kopdes_app")
    # The officers' morning counts the open ones.
    op.execute("GRANT SELECT (koperasi_id, number) ON findings TO kopdes_clock")
    op.execute("GRANT SELECT (koperasi_id, finding, kind) ON finding_steps TO kopdes_clock")


def downgrade() -> None:
    raise NotImplementedError("findings of pengawas would be lost")
