"""Goods that members and neighbours let the gerai sell (titip jual), and the outsiders among their owners."""

from alembic import op

revision = "0039"
down_revision = "0038"

TABLES = (
    """
CREATE TABLE consignors (                -- owners who are no members; members stand for themselves
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  id integer NOT NULL,                   -- what is owed to them: account 212100:u<id>
  name text NOT NULL,
  words text NOT NULL,                   -- the name as it is compared: lower case, single spaces
  PRIMARY KEY (koperasi_id, id),
  UNIQUE (koperasi_id, words)
)
""",
    """
CREATE TABLE consigned (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  id integer NOT NULL,
  member_id integer,                     -- the owner: a member, or
  consignor_id integer,                  -- an outsider
  name text NOT NULL,
  words text NOT NULL,
  unit text NOT NULL,
  price bigint NOT NULL CHECK (price > 0),   -- rupiah a unit that a buyer pays
  share bigint NOT NULL CHECK (share >= 0),  -- rupiah a unit that the gerai keeps of it
  quantity bigint NOT NULL DEFAULT 0 CHECK (quantity >= 0), -- thousandths of a unit, as its movements say
  PRIMARY KEY (koperasi_id, id),
  FOREIGN KEY (koperasi_id, member_id) REFERENCES members,
  FOREIGN KEY (koperasi_id, consignor_id) REFERENCES consignors,
  CHECK (num_nonnulls(member_id, consignor_id) = 1),
  CHECK (share < price)
) WITH (fillfactor = 80)
""",
    "CREATE UNIQUE INDEX consigned_name ON consigned (koperasi_id, coalesce(member_id, -consignor_id), words)",
    """
CREATE TABLE consigned_moves (
  koperasi_id integer NOT NULL,
  consigned_id integer NOT NULL,
  n integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('in', 'sale', 'back')),
  entry bigint,                          -- of a sale, or of its reversal, which keeps the kind
  operation text,                        -- of what moves no money: the card's id
  "on" date NOT NULL,
  at timestamptz NOT NULL,
  by text NOT NULL,
  quantity bigint NOT NULL,              -- thousandths, signed: what comes in is positive
  owed bigint NOT NULL,                  -- rupiah of the owner's part, signed
  PRIMARY KEY (koperasi_id, consigned_id, n),
  UNIQUE (koperasi_id, operation),
  FOREIGN KEY (koperasi_id, consigned_id) REFERENCES consigned,
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries,
  CHECK ((kind = 'sale') = (entry IS NOT NULL)),
  CHECK ((entry IS NULL) = (operation IS NOT NULL)),
  CHECK (entry IS NOT NULL OR owed = 0)
)
""",
    "CREATE INDEX consigned_moves_entry ON consigned_moves (koperasi_id, entry) WHERE entry IS NOT NULL",
    "INSERT INTO counters (koperasi_id, noun, last) SELECT koperasi_id, 'consigned', 0 FROM cooperatives",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES:
        op.execute(statement)
    for table in ("consignors", "consigned", "consigned_moves"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_cooperative ON {table} TO kopdes_app, kopdes_clock USING "
            "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
        )
        op.execute(f"GRANT SELECT ON {table} TO kopdes_app, kopdes_clock")
        op.execute(f"GRANT INSERT ON {table} TO kopdes_app")
    op.execute("GRANT UPDATE (price, share, quantity) ON consigned TO kopdes_app")


def downgrade() -> None:
    raise NotImplementedError("what was taken in to be sold for others would be lost")
