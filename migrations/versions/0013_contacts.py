"""WhatsApp: whom a chat is, by number or BSUID; each message once; the chosen channel; a PIN of one use."""

from importlib.resources import files

from alembic import op

revision = "0013"
down_revision = "0012"

TABLES = """
CREATE TABLE chat.contacts (
  account text NOT NULL,                 -- the number that is spoken to
  chat text NOT NULL,                    -- opaque, given once, never changed
  phone_hash bytea,
  phone_sealed bytea,                    -- with bsuid: null when somebody else has the number now
  bsuid text,
  heard_at timestamptz NOT NULL,         -- the newest message from there: 24 hours of free words
  PRIMARY KEY (account, chat),
  UNIQUE (account, phone_hash),
  UNIQUE (account, bsuid)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX updates_whatsapp ON chat.updates (account, update_key) WHERE channel = 'whatsapp';
ALTER TABLE addresses ADD COLUMN chosen_at timestamptz;
ALTER TABLE pins ADD COLUMN spent_at timestamptz
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    text = files("migrations").joinpath("sql", "0013_contacts.sql").read_text(encoding="utf-8")
    for statement in text.split("$$;\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement + "$$")
    op.execute("REVOKE ALL ON FUNCTION chat.resolve, chat.renumber FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION chat.resolve, chat.renumber TO kopdes_app")
    op.execute("GRANT SELECT ON chat.contacts TO kopdes_clock")
    op.execute("GRANT UPDATE (spent_at) ON pins TO kopdes_app")


def downgrade() -> None:
    raise NotImplementedError("who a chat is would be lost")
