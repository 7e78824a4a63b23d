"""Announcements to several regions, and to members for whom nothing was recorded."""

from importlib.resources import files

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    text = files("migrations").joinpath("sql", "0018_audiences.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(text)


def downgrade() -> None:
    """Leave the function as it is: it reads what the one before read."""
