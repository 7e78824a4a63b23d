"""The province's monitoring: a row per cooperative and month, kept by the clock, read in aggregate only."""

from importlib.resources import files

from alembic import op

revision = "0025"
down_revision = "0024"

TABLE = """
CREATE TABLE monitoring (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  at timestamptz NOT NULL,               -- when the row was worked out
  entries bigint NOT NULL,               -- of the book then
  -- At the month's end, or today: what the books and registers say of it, whenever they are asked again.
  members integer NOT NULL,
  pokok bigint NOT NULL,                 -- rupiah; beside each figure how many members stand behind it
  pokok_members integer NOT NULL,
  wajib bigint NOT NULL,
  wajib_members integer NOT NULL,
  sukarela bigint NOT NULL,
  sukarela_members integer NOT NULL,
  term bigint NOT NULL,                  -- 211100 and 211200
  term_members integer NOT NULL,
  savers integer NOT NULL,               -- who hold any of these
  lent bigint NOT NULL,                  -- principal outstanding
  borrowers integer NOT NULL,
  npl bigint NOT NULL,                   -- of that, in kurang lancar, diragukan and macet
  npl_borrowers integer NOT NULL,
  par30 bigint NOT NULL,                 -- of that, more than 30 days past due
  par30_borrowers integer NOT NULL,
  liquid bigint NOT NULL,                -- cash boxes and banks
  own_capital bigint NOT NULL,           -- UU 25/1992 article 41, without SHU
  assets bigint NOT NULL,
  income bigint NOT NULL,                -- of operations, in the month
  cost bigint NOT NULL,
  sales bigint NOT NULL,                 -- of the gerai, less what came back, in the month
  dues bigint NOT NULL,                  -- simpanan wajib owed for the month
  dues_paid bigint NOT NULL,             -- of that
  dues_members integer NOT NULL,
  recorded integer NOT NULL,             -- entries of the month
  -- As of the day the row was worked out: a month that is over keeps what was last known of it.
  last_entry_at timestamptz,
  closed_through date,
  disputed integer,                      -- receipts their members said are wrong, not taken back
  oldest_dispute date,
  unsealed integer,                      -- days of the last thirty on which cash moved and nobody sealed it
  waiting integer,                       -- requests that wait for a second person
  sound boolean,                         -- what recomputing the book said
  deadlines_due smallint,                -- of the last twelve months
  deadlines_met smallint,
  PRIMARY KEY (koperasi_id, month)
) WITH (fillfactor = 80)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    op.execute("CREATE INDEX monitoring_month ON monitoring (month)")
    op.execute("ALTER TABLE monitoring ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON monitoring TO kopdes_clock USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON monitoring TO kopdes_clock")
    text = files("migrations").joinpath("sql", "0025_monitoring.sql").read_text(encoding="utf-8")
    for statement in text.split("$$;\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement + "$$")
    for name in ("stale", "monitored", "regions_monitored"):
        op.execute(f"REVOKE ALL ON FUNCTION province.{name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION province.{name} TO kopdes_clock")
    for name in ("monitored", "regions_monitored"):
        op.execute(f"GRANT EXECUTE ON FUNCTION province.{name} TO kopdes_province")


def downgrade() -> None:
    raise NotImplementedError("what months were last known to be would be lost")
