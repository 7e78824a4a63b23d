"""Approvals: what waits for a second person, who said what of it; and the PINs."""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = """
CREATE TABLE approvals (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  number integer NOT NULL,
  kind text NOT NULL,                    -- core.approvals.kinds
  operation text NOT NULL,               -- the card's id: the book holds it once
  request_sealed bytea NOT NULL,         -- facts of the operation, the card's lines, why
  "on" date NOT NULL,                    -- the card's date
  source text NOT NULL,
  maker text NOT NULL,                   -- as entries name the recorder; 'clock' for the night's jobs
  maker_person integer,
  channel text,                          -- with account and chat: where the maker asked
  account text,
  chat text,
  member_id integer,                     -- whose money or loan it is about
  loan_id integer,
  barred integer[] NOT NULL DEFAULT '{}',         -- persons who may not decide besides maker and member
  voter text NOT NULL CHECK (voter IN ('officer', 'member')),
  needed smallint NOT NULL CHECK (needed IN (1, 2)),
  state text NOT NULL
    CHECK (state IN ('waiting', 'approved', 'rejected', 'expired', 'withdrawn')),
  made_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  reminded_at timestamptz,
  decided_at timestamptz,
  PRIMARY KEY (koperasi_id, number),
  UNIQUE (koperasi_id, operation),
  FOREIGN KEY (koperasi_id, maker_person) REFERENCES people,
  FOREIGN KEY (koperasi_id, member_id) REFERENCES people,
  FOREIGN KEY (koperasi_id, loan_id) REFERENCES loans
);
CREATE INDEX approvals_waiting ON approvals (koperasi_id, number) WHERE state = 'waiting';
CREATE TABLE approval_votes (
  koperasi_id integer NOT NULL,
  number integer NOT NULL,
  person_id integer NOT NULL,
  approved boolean NOT NULL,
  reason_sealed bytea,                   -- why not
  at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, number, person_id),
  FOREIGN KEY (koperasi_id, number) REFERENCES approvals,
  FOREIGN KEY (koperasi_id, person_id) REFERENCES people
);
CREATE TABLE pins (
  koperasi_id integer NOT NULL,
  person_id integer NOT NULL,
  hash text,                             -- argon2id over a keyed digest; null: to be set anew
  fresh text,                            -- a new one, until it was typed a second time
  wrong smallint NOT NULL DEFAULT 0,     -- tries since the last right one
  locked_until timestamptz,
  set_at timestamptz,
  PRIMARY KEY (koperasi_id, person_id),
  FOREIGN KEY (koperasi_id, person_id) REFERENCES people
)
"""
SHARED = ("approvals", "approval_votes")  # with the clock: it reminds, and lets requests lapse


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table in (*SHARED, "pins"):
        roles = "kopdes_app, kopdes_clock" if table in SHARED else "kopdes_app"
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_cooperative ON {table} TO {roles} USING "
            "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
        )
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {roles}")
    op.execute(
        "GRANT UPDATE (state, reminded_at, decided_at) ON approvals TO kopdes_app, kopdes_clock"
    )
    op.execute("GRANT UPDATE (hash, fresh, wrong, locked_until, set_at) ON pins TO kopdes_app")
    op.execute("GRANT UPDATE (last) ON counters TO kopdes_clock")  # the night's jobs ask too
    op.execute("GRANT DELETE ON files TO kopdes_clock")  # of a request that lapsed


def downgrade() -> None:
    raise NotImplementedError("what waits for a second person would be lost")
