"""Who sells to the gerai: each supplier's debt is an account of its own."""

from alembic import op

revision = "0043"
down_revision = "0042"

TABLE = """
CREATE TABLE suppliers (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  id integer NOT NULL,                   -- 3 in the account 212000:u3
  name text NOT NULL,
  words text NOT NULL,                   -- the name as it is compared: lower case, single spaces
  set_by text NOT NULL,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, id),
  UNIQUE (koperasi_id, words)
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    op.execute(
        "INSERT INTO counters (koperasi_id, noun, last) SELECT koperasi_id, 'supplier', 0 FROM cooperatives"
    )
    op.execute("ALTER TABLE suppliers ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON suppliers TO kopdes_app, kopdes_clock USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute("GRANT SELECT ON suppliers TO kopdes_app, kopdes_clock")
    op.execute("GRANT INSERT ON suppliers TO kopdes_app")


def downgrade() -> None:
    raise NotImplementedError("suppliers would be lost")
