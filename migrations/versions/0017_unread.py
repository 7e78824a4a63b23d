"""What no chat could read: kept without names and figures for 90 days, so that the words can grow."""

from alembic import op

revision = "0017"
down_revision = "0016"

TABLE = """
CREATE TABLE unread (
  koperasi_id integer NOT NULL,  -- 0: said by an official, in no cooperative
  id bigint GENERATED ALWAYS AS IDENTITY,
  role text NOT NULL CHECK (role IN ('officer', 'member', 'province')),
  asked text,                    -- the question it did not answer, if one was open
  said_sealed bytea NOT NULL,    -- with placeholders for names, numbers and links
  at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, id)
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    op.execute("CREATE INDEX unread_at ON unread (at)")
    op.execute("ALTER TABLE unread ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON unread TO kopdes_app USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute("CREATE POLICY every_cooperative ON unread TO kopdes_clock USING (true)")
    op.execute("GRANT INSERT ON unread TO kopdes_app")
    op.execute("GRANT SELECT (koperasi_id, id, at), DELETE ON unread TO kopdes_clock")


def downgrade() -> None:
    op.execute("DROP TABLE unread")
