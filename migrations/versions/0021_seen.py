"""A request that is shown anew keeps what it shows then: its approvers decide on figures they saw."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("GRANT UPDATE (request_sealed) ON approvals TO kopdes_app")


def downgrade() -> None:
    op.execute("REVOKE UPDATE (request_sealed) ON approvals FROM kopdes_app")
