"""Goods of the gerai: prices, their ceiling, stock with its value, and every movement of it."""

from alembic import op

revision = "0016"
down_revision = "0015"

TABLES = (
    """
CREATE TABLE goods (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  id integer NOT NULL,
  name text NOT NULL,
  words text NOT NULL,                   -- the name as it is compared: lower case, single spaces
  unit text NOT NULL,
  price bigint CHECK (price > 0),        -- rupiah a unit; null: not yet said
  ceiling bigint CHECK (ceiling > 0),    -- HET: the most a unit may be sold for
  stocked boolean NOT NULL,              -- whether its stock is kept
  offered boolean NOT NULL,
  quantity bigint NOT NULL DEFAULT 0,    -- thousandths of a unit, as its movements say
  value bigint NOT NULL DEFAULT 0,       -- rupiah of it in account 114000
  set_by text NOT NULL,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, id),
  UNIQUE (koperasi_id, words),
  CHECK (price <= ceiling),
  CHECK (quantity >= 0 AND value >= 0 AND (quantity > 0 OR value = 0))
) WITH (fillfactor = 80)
""",
    """
CREATE TABLE goods_moves (
  koperasi_id integer NOT NULL,
  good_id integer NOT NULL,
  n integer NOT NULL,
  entry bigint,                          -- null: stock that the books held before goods were named
  kind text NOT NULL CHECK (kind IN ('opening', 'purchase', 'sale', 'return', 'loss')),
  "on" date NOT NULL,
  quantity bigint NOT NULL,              -- thousandths, signed: what comes in is positive
  value bigint NOT NULL,                 -- rupiah of 114000, signed
  amount bigint NOT NULL,                -- rupiah paid or received for it
  -- a reversal keeps the kind of what it takes back, all three numbers with the other sign
  PRIMARY KEY (koperasi_id, good_id, n),
  FOREIGN KEY (koperasi_id, good_id) REFERENCES goods,
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries,
  CHECK (entry IS NOT NULL OR kind = 'opening')
)
""",
    "CREATE INDEX goods_moves_entry ON goods_moves (koperasi_id, entry)",
    "INSERT INTO counters (koperasi_id, noun, last) SELECT koperasi_id, 'good', 0 FROM cooperatives",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES:
        op.execute(statement)
    for table in ("goods", "goods_moves"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_cooperative ON {table} TO kopdes_app, kopdes_clock USING "
            "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
        )
        op.execute(f"GRANT SELECT ON {table} TO kopdes_app, kopdes_clock")
        op.execute(f"GRANT INSERT ON {table} TO kopdes_app")
    op.execute(
        "GRANT UPDATE (name, words, unit, price, ceiling, stocked, offered, quantity, value, set_by,"
        " set_at) ON goods TO kopdes_app"
    )


def downgrade() -> None:
    raise NotImplementedError("goods and their stock would be lost")
