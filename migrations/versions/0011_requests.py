"""A request whose operation can never succeed any more has failed; the same thing waits once."""

from alembic import op

revision = "0011"
down_revision = "0010"

# Where the clock looks: it may read no cooperative's requests without naming it.
WAITING = """
CREATE VIEW approvals_waiting_at AS
SELECT a.koperasi_id, c.zone, a.made_at, a.reminded_at, a.expires_at
  FROM approvals a JOIN cooperatives c ON c.koperasi_id = a.koperasi_id
 WHERE a.state = 'waiting'
"""
CHANGES = (
    "ALTER TABLE approvals ADD COLUMN subject text",  # what only one request may wait for
    (
        "CREATE UNIQUE INDEX approvals_subject ON approvals (koperasi_id, subject)"
        " WHERE state = 'waiting' AND subject IS NOT NULL"
    ),
    "ALTER TABLE approvals DROP CONSTRAINT approvals_state_check",
    (
        "ALTER TABLE approvals ADD CONSTRAINT approvals_state_check CHECK (state IN"
        " ('waiting', 'approved', 'rejected', 'expired', 'withdrawn', 'failed'))"
    ),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in CHANGES:
        op.execute(statement)
    op.execute(WAITING)
    op.execute("GRANT SELECT ON approvals_waiting_at TO kopdes_clock")


def downgrade() -> None:
    raise NotImplementedError("what requests failed, and what they were for, would be lost")
