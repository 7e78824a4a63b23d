"""Announcements to active members: what was reversed is no activity, nor is its reversal."""

from importlib.resources import files

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    text = files("migrations").joinpath("sql", "0012_activity.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(text)


def downgrade() -> None:
    """Leave the function as it is: the one before serves nobody better."""
