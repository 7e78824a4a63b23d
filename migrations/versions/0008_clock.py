"""The clock: what people answered to a reminder, so that it is not said again before somebody looked."""

from alembic import op

revision = "0008"
down_revision = "0007"

TABLES = """
CREATE TABLE reminder_answers (
  koperasi_id integer NOT NULL,
  person_id integer NOT NULL,
  subject text NOT NULL,                 -- loan/7 or dues
  n integer NOT NULL,
  answer text NOT NULL CHECK (answer IN ('paid', 'tomorrow')),
  at timestamptz NOT NULL,
  until date,                            -- 'tomorrow': the day on which it is said again
  checked_at timestamptz,                -- 'paid': an officer looked, or a payment came
  checked_by text,
  PRIMARY KEY (koperasi_id, person_id, subject, n),
  FOREIGN KEY (koperasi_id, person_id) REFERENCES people
);
CREATE INDEX reminder_answers_open ON reminder_answers (koperasi_id, subject) WHERE checked_at IS NULL
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    op.execute("ALTER TABLE reminder_answers ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON reminder_answers TO kopdes_app, kopdes_clock USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute("GRANT SELECT, INSERT ON reminder_answers TO kopdes_app, kopdes_clock")
    op.execute(
        "GRANT UPDATE (checked_at, checked_by) ON reminder_answers TO kopdes_app, kopdes_clock"
    )


def downgrade() -> None:
    raise NotImplementedError("what people answered would be lost")
