"""Corrections people ask for of their own data: a ticket is answered once, by its due time, and never taken away."""

from alembic import op

revision = "0040"
down_revision = "0039"

TABLE = """
CREATE TABLE data_requests (
  koperasi_id integer NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  person_id integer NOT NULL,
  said_sealed bytea,                     -- null: erased with the profile
  field text CHECK (field IN ('name', 'phone', 'nik', 'address')),
  value_sealed bytea,
  at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  outcome text CHECK (outcome IN ('done', 'refused')),
  because_sealed bytea,
  before_sealed bytea,                   -- what the field held
  decided_by integer,
  decided_at timestamptz,
  PRIMARY KEY (koperasi_id, number),
  FOREIGN KEY (koperasi_id, person_id) REFERENCES people,
  FOREIGN KEY (koperasi_id, decided_by) REFERENCES people,
  CHECK ((outcome IS NULL) = (decided_at IS NULL)),
  CHECK (decided_by <> person_id)
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    op.execute("CREATE INDEX data_requests_person ON data_requests (koperasi_id, person_id)")
    op.execute("ALTER TABLE data_requests ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON data_requests TO kopdes_app, kopdes_clock USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (outcome, because_sealed, before_sealed, decided_by, decided_at,"
        " said_sealed, value_sealed) ON data_requests TO kopdes_app"
    )
    # The officers' morning counts the open ones.
    op.execute(
        "GRANT SELECT (koperasi_id, number, due_at, outcome) ON data_requests TO kopdes_clock"
    )


def downgrade() -> None:
    raise NotImplementedError("what people asked to be put right would be lost")
