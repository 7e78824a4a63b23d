"""What members ask of their officers: it waits in the officers' queue until one of them looked after it."""

from alembic import op

revision = "0020"
down_revision = "0019"

TABLE = """
CREATE TABLE wishes (
  koperasi_id integer NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  member_id integer NOT NULL,
  said_sealed bytea NOT NULL,
  at timestamptz NOT NULL,
  done_at timestamptz,
  done_by text,
  PRIMARY KEY (koperasi_id, id),
  FOREIGN KEY (koperasi_id, member_id) REFERENCES members
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    op.execute("CREATE INDEX wishes_open ON wishes (koperasi_id, at) WHERE done_at IS NULL")
    op.execute("CREATE INDEX wishes_at ON wishes (at)")
    op.execute("ALTER TABLE wishes ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON wishes TO kopdes_app USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute("CREATE POLICY every_cooperative ON wishes TO kopdes_clock USING (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE (done_at, done_by) ON wishes TO kopdes_app")
    op.execute("GRANT SELECT (koperasi_id, id, at), DELETE ON wishes TO kopdes_clock")


def downgrade() -> None:
    raise NotImplementedError("what members asked for would be lost")
