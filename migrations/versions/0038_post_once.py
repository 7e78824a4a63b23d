"""The one door writes an account's row once an entry, however many of its lines name it."""

from importlib.resources import files

from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _run(files("migrations").joinpath("sql", "0038_post.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    first = files("migrations").joinpath("sql", "0002_post.sql").read_text(encoding="utf-8")
    _run(first.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


def _run(text: str) -> None:
    for statement in text.split("$$;"):  # The file holds functions only.
        if statement.strip():
            op.get_bind().exec_driver_sql(statement + "$$")
