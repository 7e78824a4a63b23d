"""Monthly balances: a month of each cooperative for officials, and the chats in which they are reached."""

from importlib.resources import files

from alembic import op

revision = "0010"
down_revision = "0009"

# The newest chat of each official who still is one: whom the clock tells of a month.
REACHED = """
CREATE VIEW chat.officials_reached AS
SELECT DISTINCT ON (u.id) u.id, u.region, r.zone, c.channel, c.account, c.chat
  FROM province_users u
  JOIN regions r ON r.code = u.region
  JOIN chat.chats c ON c.province_user = u.id
 WHERE u.until IS NULL OR u.until > current_date
 ORDER BY u.id, c.seen_at DESC
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(REACHED)
    op.execute("GRANT SELECT ON chat.officials_reached TO kopdes_clock")
    text = files("migrations").joinpath("sql", "0010_months.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(text)
    op.execute("REVOKE ALL ON FUNCTION province.months FROM PUBLIC")
    op.execute("GRANT USAGE ON SCHEMA province TO kopdes_clock")
    op.execute("GRANT EXECUTE ON FUNCTION province.months TO kopdes_province, kopdes_clock")


def downgrade() -> None:
    op.execute("DROP FUNCTION province.months")
    op.execute("REVOKE USAGE ON SCHEMA province FROM kopdes_clock")
    op.execute("DROP VIEW chat.officials_reached")
