"""Term and holiday savings (211100, 211200): what was put away until when, at which rate."""

from alembic import op

revision = "0022"
down_revision = "0021"

TABLE = """
CREATE TABLE term_savings (
  koperasi_id integer NOT NULL,
  entry bigint NOT NULL,                 -- that put the money away: people name it by this number
  member_id integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('berjangka', 'hari-raya')),
  amount bigint NOT NULL CHECK (amount > 0),
  rate numeric(4, 2) NOT NULL CHECK (rate BETWEEN 0 AND 9),  -- per cent a year (Permenkop 8/2023)
  months integer NOT NULL CHECK (months BETWEEN 1 AND 120),
  opened_on date NOT NULL,
  matures_on date NOT NULL CHECK (matures_on > opened_on),
  closed_on date,
  closed_by bigint,                      -- the entry that paid it out, set it off or took it back
  PRIMARY KEY (koperasi_id, entry),
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries,
  FOREIGN KEY (koperasi_id, closed_by) REFERENCES ledger.entries,
  FOREIGN KEY (koperasi_id, member_id) REFERENCES members,
  CHECK ((closed_on IS NULL) = (closed_by IS NULL))
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    op.execute("CREATE INDEX term_savings_member ON term_savings (koperasi_id, member_id)")
    op.execute("ALTER TABLE term_savings ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON term_savings TO kopdes_app, kopdes_clock USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute("GRANT SELECT ON term_savings TO kopdes_app, kopdes_clock")
    op.execute("GRANT INSERT ON term_savings TO kopdes_app")
    op.execute("GRANT UPDATE (closed_on, closed_by) ON term_savings TO kopdes_app")


def downgrade() -> None:
    raise NotImplementedError("term and holiday savings would be lost")
