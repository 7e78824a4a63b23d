"""WhatsApp tells what became of messages: delivered, read, failed; which templates may be used; how many people a day."""

from alembic import op

revision = "0014"
down_revision = "0013"

CHANGES = """
ALTER TABLE outbox
  ADD delivered_at timestamptz,
  ADD read_at timestamptz,
  ADD failed_code text,                       -- told after it was taken; the mouth acts on it and clears it
  ADD failures text[] NOT NULL DEFAULT '{}',  -- the message ids that failed: told again they change nothing
  ADD template text                           -- with which it was said, or for which it is held
;
CREATE INDEX outbox_failed ON outbox (channel, account) WHERE failed_code IS NOT NULL;
CREATE INDEX outbox_template ON outbox (account, done_at) WHERE template IS NOT NULL;
CREATE INDEX outbox_held ON outbox (channel, account, chat) WHERE state = 'held';
ALTER TABLE mouths ADD tier integer  -- people a day outside their window; -1: any number
;
CREATE TABLE whatsapp_templates (
  account text NOT NULL,
  name text NOT NULL,
  state text NOT NULL,                        -- as the channel names it
  usable boolean NOT NULL,
  reason text,
  at timestamptz NOT NULL,
  PRIMARY KEY (account, name)
)
"""

# What waits for a person to write is in any of the cooperatives the chat speaks in, and in none (0).
OPENED = """
CREATE FUNCTION chat.window_opened(p_account text, p_chat text, p_at timestamptz) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
  WITH opened AS (
    UPDATE outbox SET state = 'waiting', reason = NULL, template = NULL, not_before = least(not_before, p_at)
     WHERE channel = 'whatsapp' AND account = p_account AND chat = p_chat
       AND ((state = 'held' AND reason IN ('window', 'template'))
            OR (state = 'waiting' AND reason = 'tier' AND not_before > p_at))
       AND (expires_at IS NULL OR expires_at > p_at)
    RETURNING id)
  SELECT count(*)::integer FROM opened
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in CHANGES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    op.get_bind().exec_driver_sql(OPENED)
    op.execute("REVOKE ALL ON FUNCTION chat.window_opened FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION chat.window_opened TO kopdes_app, kopdes_clock")
    op.execute("GRANT SELECT, INSERT, UPDATE ON whatsapp_templates TO kopdes_clock")


def downgrade() -> None:
    raise NotImplementedError("what people received and read would be lost")
