"""The monitoring's other columns: meetings, documents, training, cash counts, BMPP; whose limits are a cooperative's rules.

An official's office ends with the day of the office's own zone, in the chat too.
"""

from importlib.resources import files

from alembic import op

revision = "0035"
down_revision = "0034"

COLUMNS = """
ALTER TABLE monitoring
  -- As of the day the row was worked out, like those before.
  ADD COLUMN unclosed smallint,          -- months that are over and whose book is open
  ADD COLUMN meetings_due smallint,      -- annual meetings of the last twelve months' deadlines
  ADD COLUMN meetings_met smallint,
  ADD COLUMN documents smallint,         -- legal documents that are there and valid
  ADD COLUMN documents_needed smallint,
  ADD COLUMN officers integer,           -- who have lessons
  ADD COLUMN trained integer,            -- of them, who passed all of their offices
  ADD COLUMN cash_off bigint,            -- rupiah counted over and short in the last thirty days, not taken back
  ADD COLUMN bmpp integer,               -- borrowers above the limit; null: no modal tetap is set
  ADD COLUMN silence_days smallint,      -- its rules of that day
  ADD COLUMN liquidity_floor smallint,
  ADD COLUMN dispute_days smallint
"""
REACHED = """
CREATE OR REPLACE VIEW chat.officials_reached AS
SELECT DISTINCT ON (u.id) u.id, u.region, r.zone, c.channel, c.account, c.chat
  FROM province_users u
  JOIN regions r ON r.code = u.region
  JOIN chat.chats c ON c.province_user = u.id
 WHERE (u.until IS NULL OR u.until > (now() AT TIME ZONE r.zone)::date) AND c.stopped_at IS NULL
 ORDER BY u.id, c.seen_at DESC
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(COLUMNS)
    op.execute("DROP FUNCTION province.monitored(text, date)")
    op.execute("DROP FUNCTION province.regions_monitored(text, date, date, integer)")
    for statement in _statements("0035_monitoring"):
        op.get_bind().exec_driver_sql(statement)
    for name in ("monitored", "regions_monitored"):
        op.execute(f"REVOKE ALL ON FUNCTION province.{name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION province.{name} TO kopdes_clock, kopdes_province")
    op.execute(
        "CREATE POLICY own_cooperative_clock ON lessons_done FOR SELECT TO kopdes_clock USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute("GRANT SELECT ON lessons, lessons_done TO kopdes_clock")
    op.execute(REACHED)
    here = "(u.until IS NULL OR u.until > {})"
    for name, until, day in (
        ("open", "p_at::date", "(p_at AT TIME ZONE 'Asia/Makassar')::date"),
        ("officials", "current_date", "(now() AT TIME ZONE 'Asia/Makassar')::date"),
    ):
        definition = f"SELECT pg_get_functiondef('chat.{name}'::regproc)"
        told = str(op.get_bind().exec_driver_sql(definition).scalar_one())
        assert told.count(here.format(until)) == 1, told
        op.get_bind().exec_driver_sql(told.replace(here.format(until), here.format(day)))


def _statements(name: str) -> list[str]:
    text = files("migrations").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return [f"{one}$$" for one in text.split("$$;\n") if one.strip()]


def downgrade() -> None:
    raise NotImplementedError("what months were last known to be would be lost")
