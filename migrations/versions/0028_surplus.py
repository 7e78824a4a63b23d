"""SHU: policies, splits and parts; months and years are closed by chat, with another officer's approval."""

from alembic import op

revision = "0028"
down_revision = "0027"

TABLES = """
CREATE TABLE surplus_policies (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  year smallint NOT NULL CHECK (year BETWEEN 1945 AND 9999),
  pools jsonb NOT NULL,                  -- [[name, per cent]], exactly 100 together
  modal_base text NOT NULL CHECK (modal_base IN ('wajib', 'pokok-wajib', 'rata-rata')),
  usaha_base text NOT NULL CHECK (usaha_base IN ('belanja', 'jasa', 'pinjaman')),
  outside text NOT NULL CHECK (outside IN ('cadangan', 'dibagi')),    -- surplus of sales to others than members
  departed text NOT NULL CHECK (departed IN ('cadangan', 'dapat')),  -- the part of who left meanwhile
  minutes text NOT NULL,                 -- number of the meeting's minutes
  decided_on date NOT NULL,
  set_by text NOT NULL,
  approved_by text NOT NULL,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, year)
);
CREATE TABLE surplus_splits (
  koperasi_id integer NOT NULL,
  year smallint NOT NULL,
  shu bigint NOT NULL,                   -- rupiah shared out; a loss is negative
  outside bigint NOT NULL CHECK (outside >= 0),
  entry bigint,                          -- the first; null: a loss without any reserve to cover it
  at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, year),
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries
);
CREATE TABLE surplus_parts (
  koperasi_id integer NOT NULL,
  year smallint NOT NULL,
  member_id integer NOT NULL,
  simpanan bigint NOT NULL CHECK (simpanan >= 0),
  usaha bigint NOT NULL CHECK (usaha >= 0),
  jasa_modal bigint NOT NULL CHECK (jasa_modal >= 0),
  jasa_usaha bigint NOT NULL CHECK (jasa_usaha >= 0),
  PRIMARY KEY (koperasi_id, year, member_id),
  FOREIGN KEY (koperasi_id, year) REFERENCES surplus_splits,
  FOREIGN KEY (koperasi_id, member_id) REFERENCES members
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table in ("surplus_policies", "surplus_splits", "surplus_parts"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_cooperative ON {table} TO kopdes_app, kopdes_clock USING "
            "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
        )
        op.execute(f"GRANT SELECT ON {table} TO kopdes_app, kopdes_clock")
        op.execute(f"GRANT INSERT ON {table} TO kopdes_app")
    op.execute("GRANT UPDATE ON surplus_policies TO kopdes_app")
    # Until here the owner alone closed books. Each closing and reopening is kept, nothing of them is deleted.
    op.execute("GRANT EXECUTE ON FUNCTION ledger.close TO kopdes_app")


def downgrade() -> None:
    raise NotImplementedError("what was shared out would be lost")
