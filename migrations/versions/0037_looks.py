"""Who looked at whose data: rows are added, and taken away by the clock alone when they were kept long enough."""

from alembic import op

revision = "0037"
down_revision = "0036"

TABLE = """
CREATE TABLE looks (
  koperasi_id integer NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  member_id integer,                     -- NULL: a list that names many
  person_id integer,                     -- NULL: the operator's command line
  role text,                             -- the office held then
  what text NOT NULL,
  at timestamptz NOT NULL,
  forget_on date NOT NULL,
  PRIMARY KEY (koperasi_id, id),
  FOREIGN KEY (koperasi_id, member_id) REFERENCES members,
  FOREIGN KEY (koperasi_id, person_id) REFERENCES people
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    op.execute("CREATE INDEX looks_member ON looks (koperasi_id, member_id, id)")
    op.execute("CREATE INDEX looks_forget ON looks (forget_on)")
    op.execute("ALTER TABLE looks ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON looks TO kopdes_app USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute("CREATE POLICY every_cooperative ON looks TO kopdes_clock USING (true)")
    op.execute("GRANT SELECT, INSERT ON looks TO kopdes_app")
    op.execute("GRANT SELECT (koperasi_id, id, forget_on), DELETE ON looks TO kopdes_clock")


def downgrade() -> None:
    raise NotImplementedError("who looked at whose data would be lost")
