"""Goods by the account their stock stands on, and stock that is counted (opname)."""

from alembic import op

revision = "0036"
down_revision = "0035"

_STOCK = "IN ('114000', '114100', '114200', '114300')"
COUNTS = """
CREATE TABLE goods_counts (
  koperasi_id integer NOT NULL,
  good_id integer NOT NULL,
  n integer NOT NULL,
  "on" date NOT NULL,
  counted bigint NOT NULL CHECK (counted >= 0),  -- thousandths of a unit on the shelf
  booked bigint NOT NULL CHECK (booked >= 0),    -- and in the book at that moment
  entry bigint,                                  -- that booked the difference; null: there was none
  operation text NOT NULL,
  counter text NOT NULL,                         -- person:7
  approver text,
  at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, good_id, n),
  UNIQUE (koperasi_id, operation, good_id),
  FOREIGN KEY (koperasi_id, good_id) REFERENCES goods,
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries,
  CHECK ((entry IS NULL) = (counted = booked))
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("goods", "goods_moves"):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN account text NOT NULL DEFAULT '114000' CHECK (account {_STOCK})"
        )
    op.execute("GRANT UPDATE (account) ON goods TO kopdes_app")
    op.execute("ALTER TABLE goods_moves DROP CONSTRAINT goods_moves_kind_check")
    op.execute(
        "ALTER TABLE goods_moves ADD CONSTRAINT goods_moves_kind_check"
        " CHECK (kind IN ('opening', 'purchase', 'sale', 'return', 'loss', 'count'))"
    )
    op.execute(COUNTS)
    op.execute("ALTER TABLE goods_counts ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON goods_counts TO kopdes_app, kopdes_clock USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute("GRANT SELECT ON goods_counts TO kopdes_app, kopdes_clock")
    op.execute("GRANT INSERT ON goods_counts TO kopdes_app")


def downgrade() -> None:
    raise NotImplementedError("stock counts would be lost")
