"""Requests that the ketua and a pengawas decide together: the end of a membership by death."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE approvals DROP CONSTRAINT approvals_voter_check")
    op.execute(
        "ALTER TABLE approvals ADD CONSTRAINT approvals_voter_check"
        " CHECK (voter IN ('officer', 'member', 'ketua-pengawas'))"
    )


def downgrade() -> None:
    raise NotImplementedError("requests that the ketua and a pengawas decide would be lost")
