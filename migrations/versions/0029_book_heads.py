"""Heads of the books, one a day, as pengawas and officials were sent them."""

from alembic import op

revision = "0029"
down_revision = "0028"

TABLE = """
CREATE TABLE book_heads (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  "on" date NOT NULL,                    -- the cooperative's own day
  entries bigint NOT NULL,               -- the book's last entry then; 0: none
  hash text NOT NULL,                    -- of that entry, in hex
  at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, "on")
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    op.execute("ALTER TABLE book_heads ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON book_heads TO kopdes_app, kopdes_clock USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    # Officials get one list of their region: the clock reads it over all cooperatives.
    op.execute(
        "CREATE POLICY every_cooperative ON book_heads FOR SELECT TO kopdes_clock USING (true)"
    )
    op.execute("GRANT SELECT ON book_heads TO kopdes_app")
    op.execute("GRANT SELECT, INSERT ON book_heads TO kopdes_clock")


def downgrade() -> None:
    raise NotImplementedError("what was sent to be kept would be lost")
