"""A consent is never rewritten: it is given once and withdrawn once; what it was for and when stays as it was."""

from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "CREATE POLICY withdrawn_once ON consents AS RESTRICTIVE FOR UPDATE TO kopdes_app, kopdes_clock"
        " USING (withdrawn_at IS NULL) WITH CHECK (withdrawn_at IS NOT NULL)"
    )
    op.execute("REVOKE UPDATE ON consents FROM kopdes_app, kopdes_clock")
    op.execute("GRANT UPDATE (withdrawn_at) ON consents TO kopdes_app, kopdes_clock")


def downgrade() -> None:
    raise NotImplementedError("how consents changed could be lost")
