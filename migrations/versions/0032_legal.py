"""Legal documents of a cooperative and the annual meetings it held: written down once, never changed."""

from alembic import op

revision = "0032"
down_revision = "0031"

TABLES = """
CREATE TABLE legal_documents (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  kind text NOT NULL CHECK (kind IN ('npak', 'sk', 'nik', 'npwp', 'rekening', 'nib', 'izin')),
  n integer NOT NULL CHECK (n > 0),      -- the last one counts: documents are renewed
  number text NOT NULL CHECK (number <> ''),
  issued_on date,
  expires_on date,
  recorded_by text NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, kind, n),
  CHECK (expires_on >= issued_on)
);
CREATE TABLE annual_meetings (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  year smallint NOT NULL CHECK (year BETWEEN 1945 AND 9999),  -- the book year that was accounted for
  n integer NOT NULL CHECK (n > 0),      -- the last record of a year counts
  held_on date NOT NULL,
  members integer NOT NULL CHECK (members > 0),               -- on that day
  present integer NOT NULL CHECK (present > 0 AND present <= members),
  second boolean NOT NULL,               -- called again because the first had no quorum
  minutes text NOT NULL CHECK (minutes <> ''),
  recorded_by text NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, year, n)
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table in ("legal_documents", "annual_meetings"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_cooperative ON {table} TO kopdes_app, kopdes_clock USING "
            "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
        )
        op.execute(f"GRANT SELECT ON {table} TO kopdes_app, kopdes_clock")
        op.execute(f"GRANT INSERT ON {table} TO kopdes_app")


def downgrade() -> None:
    raise NotImplementedError("documents and meetings would be lost")
