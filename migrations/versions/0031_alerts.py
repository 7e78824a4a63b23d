"""Which events officials were told of; practice books are not watched."""

from importlib.resources import files

from alembic import op

revision = "0031"
down_revision = "0030"

TABLE = """
CREATE TABLE alerts (
  code text NOT NULL,                    -- the cooperative's
  kind text NOT NULL CHECK (kind IN ('silence', 'floor', 'dispute', 'integrity')),
  mark text NOT NULL,                    -- tells the event from the one before: since when
  at timestamptz NOT NULL,
  PRIMARY KEY (code, kind, mark)
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    op.execute("GRANT SELECT, INSERT ON alerts TO kopdes_clock")
    text = files("migrations").joinpath("sql", "0025_monitoring.sql").read_text(encoding="utf-8")
    stale = text.split("$$;\n")[0] + "$$"
    op.get_bind().exec_driver_sql(
        stale.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        .replace(" WHERE last.at IS NULL", " WHERE c.practice_of IS NULL AND (last.at IS NULL")
        .replace("interval '1 hour'\n", "interval '1 hour')\n")
    )


def downgrade() -> None:
    raise NotImplementedError("what officials were told of would be lost")
