"""STOP of officials: their chat is told of no month any more, until MULAI."""

from alembic import op

revision = "0015"
down_revision = "0014"

REACHED = """
CREATE OR REPLACE VIEW chat.officials_reached AS
SELECT DISTINCT ON (u.id) u.id, u.region, r.zone, c.channel, c.account, c.chat
  FROM province_users u
  JOIN regions r ON r.code = u.region
  JOIN chat.chats c ON c.province_user = u.id
 WHERE (u.until IS NULL OR u.until > current_date){unstopped}
 ORDER BY u.id, c.seen_at DESC
"""

# Turns have no right on chats but through doors; this one says no more than whether the chat is an official's.
HUSH = """
CREATE FUNCTION chat.hush(p_channel text, p_account text, p_chat text, p_stopped_at timestamptz)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  UPDATE chat.chats c SET stopped_at = p_stopped_at
   WHERE c.channel = p_channel AND c.account = p_account AND c.chat = p_chat
     AND c.province_user IS NOT NULL;
  RETURN FOUND;
END $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE chat.chats ADD COLUMN stopped_at timestamptz")
    op.execute(REACHED.format(unstopped=" AND c.stopped_at IS NULL"))
    op.execute(HUSH)
    op.execute("REVOKE ALL ON FUNCTION chat.hush FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION chat.hush TO kopdes_app")


def downgrade() -> None:
    raise NotImplementedError("who said STOP would be lost")
