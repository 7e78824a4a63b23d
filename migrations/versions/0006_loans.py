"""Loans: products, loans with their schedule versions, what was paid, guarantors, classes."""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = """
CREATE TABLE loan_products (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  code text NOT NULL,
  since date NOT NULL,
  name text NOT NULL,
  terms jsonb NOT NULL,                  -- core.loans.terms
  tenor smallint NOT NULL CHECK (tenor > 0),      -- instalments, when none is said
  longest smallint NOT NULL CHECK (longest >= tenor),
  most bigint,                           -- rupiah one loan may be; null: no ceiling
  offered boolean NOT NULL,
  set_by text NOT NULL,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, code, since)
);
CREATE TABLE loans (
  koperasi_id integer NOT NULL,
  id integer NOT NULL,
  member_id integer NOT NULL,
  product text NOT NULL,
  terms jsonb NOT NULL,                  -- the product's, as applied for
  principal bigint NOT NULL CHECK (principal > 0),
  count smallint NOT NULL CHECK (count > 0),      -- instalments
  state text NOT NULL
    CHECK (state IN ('applied', 'approved', 'rejected', 'cancelled', 'running', 'settled', 'written-off')),
  operation text NOT NULL,               -- the card's id, or an import row's
  applied_on date NOT NULL,
  applied_by text NOT NULL,
  applied_at timestamptz NOT NULL,
  source text NOT NULL,
  told_sealed bytea,                     -- purpose and monthly income, as the applicant said them
  tops_up integer,                       -- the running loan that this one's disbursement settles
  approvers text[] NOT NULL DEFAULT '{}',
  decided_at timestamptz,
  decided_because text,
  imported boolean NOT NULL DEFAULT false,
  disbursed_on date,
  entry bigint,                          -- of the disbursement, or of the import
  version smallint NOT NULL DEFAULT 0,   -- of the schedule; 0: not disbursed
  outstanding bigint NOT NULL DEFAULT 0, -- principal the current version still owes = the loan's account
  oldest_due date,                       -- of the oldest instalment that is not fully paid
  settled_on date,
  class text NOT NULL DEFAULT 'lancar',
  class_on date,                         -- the day an operation last looked at the class; the nightly job goes on from it
  class_floor text,                      -- after restructuring: no better class before three instalments are paid
  written_off bigint NOT NULL DEFAULT 0,
  recovered bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (koperasi_id, id),
  UNIQUE (koperasi_id, operation),
  FOREIGN KEY (koperasi_id, member_id) REFERENCES members,
  FOREIGN KEY (koperasi_id, tops_up) REFERENCES loans
) WITH (fillfactor = 80);
CREATE INDEX loans_member ON loans (koperasi_id, member_id);
CREATE INDEX loans_running ON loans (koperasi_id, oldest_due) WHERE state = 'running';
CREATE TABLE loan_versions (
  koperasi_id integer NOT NULL,
  loan_id integer NOT NULL,
  version smallint NOT NULL CHECK (version > 0),
  starts_on date NOT NULL,
  principal bigint NOT NULL CHECK (principal > 0),
  count smallint NOT NULL,
  terms jsonb NOT NULL,                  -- the rule that made its instalments
  opening_paid smallint NOT NULL DEFAULT 0,       -- instalments paid before the books began
  carried_interest bigint NOT NULL DEFAULT 0,     -- rupiah of the version before, due with the first instalment
  carried_penalty bigint NOT NULL DEFAULT 0,
  entry bigint,                          -- that brought it; null when only the terms changed
  reason text,
  operation text,                        -- of a restructuring: it makes one version, however often it is said
  made_by text NOT NULL,
  made_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, loan_id, version),
  UNIQUE (koperasi_id, operation),
  FOREIGN KEY (koperasi_id, loan_id) REFERENCES loans
);
CREATE TABLE loan_instalments (
  koperasi_id integer NOT NULL,
  loan_id integer NOT NULL,
  version smallint NOT NULL,
  n smallint NOT NULL,
  due date NOT NULL,
  principal bigint NOT NULL,
  interest bigint NOT NULL,
  principal_paid bigint NOT NULL DEFAULT 0,       -- these four are what core.loans.replay says
  interest_paid bigint NOT NULL DEFAULT 0,
  penalty_paid bigint NOT NULL DEFAULT 0,
  paid_on date,                          -- fully paid, or nothing more is owed
  PRIMARY KEY (koperasi_id, loan_id, version, n),
  FOREIGN KEY (koperasi_id, loan_id, version) REFERENCES loan_versions
) WITH (fillfactor = 80);
CREATE TABLE loan_payments (
  koperasi_id integer NOT NULL,
  loan_id integer NOT NULL,
  entry bigint NOT NULL,
  version smallint NOT NULL,
  kind text NOT NULL
    CHECK (kind IN ('payment', 'settlement', 'adjustment', 'reversal', 'write-off', 'recovery')),
  "on" date NOT NULL,
  amount bigint NOT NULL,                -- rupiah this loan received; a reversal's is negative
  principal bigint NOT NULL,             -- what the entry moved: signed, they add up to amount
  interest bigint NOT NULL,
  penalty bigint NOT NULL,
  provisi bigint NOT NULL DEFAULT 0,     -- of 113120, taken to income with it
  reverses bigint,                       -- the entry that this one takes back
  PRIMARY KEY (koperasi_id, loan_id, entry),
  FOREIGN KEY (koperasi_id, loan_id) REFERENCES loans,
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries
);
CREATE INDEX loan_payments_entry ON loan_payments (koperasi_id, entry);
CREATE TABLE loan_guarantors (
  koperasi_id integer NOT NULL,
  loan_id integer NOT NULL,
  member_id integer NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),      -- of the guarantor's sukarela, held while principal is owed
  state text NOT NULL CHECK (state IN ('asked', 'agreed', 'declined', 'on-paper')),
  answered_at timestamptz,
  PRIMARY KEY (koperasi_id, loan_id, member_id),
  FOREIGN KEY (koperasi_id, loan_id) REFERENCES loans,
  FOREIGN KEY (koperasi_id, member_id) REFERENCES members
);
CREATE INDEX loan_guarantors_member ON loan_guarantors (koperasi_id, member_id);
CREATE TABLE loan_classes (
  koperasi_id integer NOT NULL,
  loan_id integer NOT NULL,
  n integer NOT NULL,
  "on" date NOT NULL,                    -- the day from which the class holds
  class text NOT NULL,
  overdue_days integer NOT NULL,
  cause text NOT NULL CHECK (cause IN ('days', 'payment', 'reversal', 'restructuring', 'import', 'rules')),
  at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, loan_id, n),
  FOREIGN KEY (koperasi_id, loan_id) REFERENCES loans
);
CREATE TABLE loan_assessments (
  koperasi_id integer PRIMARY KEY REFERENCES cooperatives,
  through date NOT NULL,                 -- classes are right up to the end of this day; 0001-01-01: none yet
  at timestamptz NOT NULL,
  classes text,                          -- the tables used for that day
  classes_short text
);
INSERT INTO counters (koperasi_id, noun, last)
  SELECT koperasi_id, noun, 0 FROM cooperatives, unnest(ARRAY['loan', 'approval']) AS noun
"""
CHANGED = {
    "loans": (
        "terms, count, state, approvers, decided_at, decided_because, disbursed_on, entry, version,"
        " outstanding, oldest_due, settled_on, class, class_on, class_floor, written_off, recovered"
    ),
    "loan_instalments": "principal_paid, interest_paid, penalty_paid, paid_on",
    "loan_guarantors": "state, answered_at",
    "loan_assessments": "through, at, classes, classes_short",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table in (
        "loan_products", "loans", "loan_versions", "loan_instalments", "loan_payments",
        "loan_guarantors", "loan_classes", "loan_assessments",
    ):  # fmt: skip
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_cooperative ON {table} TO kopdes_app, kopdes_clock USING "
            "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
        )
        op.execute(f"GRANT SELECT, INSERT ON {table} TO kopdes_app, kopdes_clock")
    for table, columns in CHANGED.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO kopdes_app, kopdes_clock")
    # The night begins with the question whose day has moved on.
    op.execute(
        "CREATE POLICY every_cooperative ON loan_assessments FOR SELECT TO kopdes_clock USING (true)"
    )


def downgrade() -> None:
    raise NotImplementedError("loans would be lost")
