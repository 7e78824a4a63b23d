"""The clock: what people answered to a reminder, which books were looked at, invites that run out unused."""

from alembic import op

revision = "0008"
down_revision = "0007"

TABLES = """
CREATE TABLE reminder_answers (
  koperasi_id integer NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  person_id integer NOT NULL,
  loan_id integer,                       -- null: simpanan wajib
  version smallint NOT NULL,             -- of the loan's schedule; 0 of simpanan wajib
  n integer NOT NULL,                    -- the instalment; of simpanan wajib the month as 202612
  answer text NOT NULL CHECK (answer IN ('paid', 'tomorrow')),
  at timestamptz NOT NULL,
  until date,                            -- 'tomorrow': the day on which it is said again
  checked_at timestamptz,                -- 'paid': an officer looked, or a payment came
  checked_by text,
  PRIMARY KEY (koperasi_id, id),
  FOREIGN KEY (koperasi_id, person_id) REFERENCES people,
  FOREIGN KEY (koperasi_id, loan_id) REFERENCES loans,
  CHECK ((answer = 'tomorrow') = (until IS NOT NULL))
);
CREATE UNIQUE INDEX reminder_answers_paid ON reminder_answers (koperasi_id, person_id, loan_id, version, n)
  NULLS NOT DISTINCT WHERE answer = 'paid' AND checked_at IS NULL;
CREATE UNIQUE INDEX reminder_answers_tomorrow ON reminder_answers (koperasi_id, until, person_id, loan_id, version, n)
  NULLS NOT DISTINCT WHERE answer = 'tomorrow';
CREATE INDEX loan_instalments_due ON loan_instalments (koperasi_id, due) WHERE paid_on IS NULL;
CREATE TABLE integrity_checks (
  koperasi_id integer PRIMARY KEY REFERENCES cooperatives,
  on_day date NOT NULL,                  -- the cooperative's own day on which its book was recomputed last
  at timestamptz NOT NULL,
  entries bigint NOT NULL,               -- that were in order
  head text NOT NULL,
  finding text,                          -- what was not; null: nothing
  entry bigint,
  found_at timestamptz                   -- since when it is known
)
"""

# Invites carry no cooperative's policy: this is the clock's door to them, one cooperative at a time and without codes.
EXPIRING = """
CREATE FUNCTION chat.expiring(p_after timestamptz, p_until timestamptz)
RETURNS TABLE (person_id integer, made_by text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT i.person_id, i.made_by, i.expires_at
    FROM chat.invites i
   WHERE i.koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer
     AND i.used_at IS NULL AND i.expires_at > p_after AND i.expires_at <= p_until
     AND NOT EXISTS (SELECT FROM chat.invites n
       WHERE n.koperasi_id = i.koperasi_id AND n.person_id = i.person_id
         AND (n.expires_at, n.code_hash) > (i.expires_at, i.code_hash))
   ORDER BY i.expires_at, i.person_id LIMIT 5000
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table in ("reminder_answers", "integrity_checks"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_cooperative ON {table} TO kopdes_app, kopdes_clock USING "
            "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
        )
    op.execute("GRANT SELECT, INSERT ON reminder_answers TO kopdes_app, kopdes_clock")
    op.execute(
        "GRANT UPDATE (checked_at, checked_by) ON reminder_answers TO kopdes_app, kopdes_clock"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON integrity_checks TO kopdes_clock")
    # The night begins with the question whose book was not looked at yet.
    op.execute(
        "CREATE POLICY every_cooperative ON integrity_checks FOR SELECT TO kopdes_clock USING (true)"
    )
    op.get_bind().exec_driver_sql(EXPIRING)
    op.execute("REVOKE ALL ON FUNCTION chat.expiring FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION chat.expiring TO kopdes_clock")
    # STOP cancels what waits for the chat at once.
    op.execute("GRANT UPDATE (done_at, reason) ON outbox TO kopdes_app")


def downgrade() -> None:
    raise NotImplementedError("what people answered would be lost")
