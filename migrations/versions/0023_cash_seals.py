"""Cash seals: what was counted on a day, what the book said, and the book's hash at that moment."""

from alembic import op

revision = "0023"
down_revision = "0022"

TABLE = """
CREATE TABLE cash_seals (
  koperasi_id integer NOT NULL,
  "on" date NOT NULL,
  n integer NOT NULL CHECK (n > 0),      -- more than 1: counted again after later entries of that day
  boxes text[] NOT NULL,                 -- codes of the cash boxes that were counted
  counted bigint[] NOT NULL CHECK (0 <= ALL (counted)),  -- rupiah of each
  booked bigint[] NOT NULL,              -- rupiah the book said before
  difference bigint,                     -- the entry that booked the differences; null: there was none
  entry bigint NOT NULL,                 -- the book's last entry when it was sealed
  hash bytea NOT NULL,                   -- of that entry
  counter_id integer NOT NULL,
  approver_id integer NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, "on", n),
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries,
  FOREIGN KEY (koperasi_id, difference) REFERENCES ledger.entries,
  FOREIGN KEY (koperasi_id, counter_id) REFERENCES people,
  FOREIGN KEY (koperasi_id, approver_id) REFERENCES people,
  CHECK (counter_id <> approver_id),
  CHECK (cardinality(boxes) > 0 AND cardinality(counted) = cardinality(boxes)
         AND cardinality(booked) = cardinality(boxes)),
  CHECK ((counted = booked) = (difference IS NULL))
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    op.execute("ALTER TABLE cash_seals ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON cash_seals TO kopdes_app, kopdes_clock USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute("GRANT SELECT ON cash_seals TO kopdes_app, kopdes_clock")
    op.execute("GRANT INSERT ON cash_seals TO kopdes_app")
    op.execute("ALTER TABLE approvals DROP CONSTRAINT approvals_voter_check")
    op.execute(
        "ALTER TABLE approvals ADD CONSTRAINT approvals_voter_check"
        " CHECK (voter IN ('officer', 'any-officer', 'member', 'ketua-pengawas'))"
    )


def downgrade() -> None:
    raise NotImplementedError("cash seals would be lost")
