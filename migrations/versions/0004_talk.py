"""The chat directory with its two doors, the outbox, and the mouth's lease."""

from importlib.resources import files

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = """
CREATE SCHEMA chat;
CREATE TABLE chat.chats (
  channel text NOT NULL,
  account text NOT NULL,                 -- the bot or number that is spoken to
  chat text NOT NULL,
  koperasi_id integer,                   -- the cooperative this chat speaks in now
  person_id integer,                     -- who speaks, in that cooperative
  province_user integer REFERENCES province_users,
  state bytea,                           -- sealed: where the conversation stands
  wrong_codes integer NOT NULL DEFAULT 0,
  wrong_since timestamptz,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (channel, account, chat)
) WITH (fillfactor = 60);
CREATE TABLE chat.links (
  channel text NOT NULL,
  account text NOT NULL,
  chat text NOT NULL,
  koperasi_id integer NOT NULL,
  person_id integer NOT NULL,
  linked_at timestamptz NOT NULL,
  PRIMARY KEY (channel, account, chat, koperasi_id, person_id)
);
CREATE TABLE chat.updates (
  channel text NOT NULL,
  account text NOT NULL,
  chat text NOT NULL,
  update_key text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (channel, account, chat, update_key)
);
CREATE INDEX updates_at ON chat.updates (at);
CREATE TABLE chat.invites (
  code_hash bytea PRIMARY KEY,
  koperasi_id integer,
  person_id integer,
  province_user integer REFERENCES province_users,
  made_by text NOT NULL,
  made_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  CHECK ((koperasi_id IS NULL) = (province_user IS NOT NULL)),
  CHECK ((koperasi_id IS NULL) = (person_id IS NULL))
);
CREATE INDEX invites_person ON chat.invites (koperasi_id, person_id);
CREATE TABLE outbox (
  koperasi_id integer NOT NULL,          -- 0: nobody's cooperative (strangers, the province)
  id uuid NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  channel text,                          -- with account and chat: null while the person has no chat
  account text,
  chat text,
  person_id integer,
  purpose text NOT NULL,                 -- reply, receipt, approval, notice, reminder, statement, announcement
  priority smallint NOT NULL,            -- 0 first
  facts bytea NOT NULL,                  -- sealed: text key, facts, buttons, keyboard, attachment
  edit_message text,                     -- the message to be replaced by this one
  dedupe text NOT NULL,
  not_before timestamptz NOT NULL,
  expires_at timestamptz,
  state text NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('unaddressed', 'waiting', 'claimed', 'sent', 'failed', 'unknown', 'expired', 'cancelled', 'held')),
  attempts smallint NOT NULL DEFAULT 0,
  resent boolean NOT NULL DEFAULT false, -- sent once more after an unknown outcome
  fence bigint,                          -- the lease under which it was claimed
  claimed_at timestamptz,
  words bytea,                           -- sealed: what was said; erased with the facts after 90 days
  message_id text,
  reason text,
  made_at timestamptz NOT NULL,
  done_at timestamptz,
  PRIMARY KEY (koperasi_id, id),
  UNIQUE (koperasi_id, dedupe)
) WITH (fillfactor = 70);
-- What may be said next; what stands before a row in its own chat; what a dead mouth left behind.
CREATE INDEX outbox_waiting ON outbox (channel, account, priority, not_before, seq) WHERE state = 'waiting';
CREATE INDEX outbox_chat ON outbox (channel, account, chat, priority, seq) WHERE state IN ('waiting', 'claimed');
CREATE INDEX outbox_in_flight ON outbox (channel, account) WHERE state = 'claimed';
CREATE INDEX outbox_expiring ON outbox (expires_at) WHERE state IN ('unaddressed', 'waiting', 'held') AND expires_at IS NOT NULL;
CREATE INDEX outbox_readable ON outbox (done_at) WHERE done_at IS NOT NULL AND facts <> '';
CREATE INDEX addresses_reached ON addresses (channel, account, chat) WHERE ended_at IS NULL;
CREATE INDEX outbox_unaddressed ON outbox (koperasi_id, person_id) WHERE state = 'unaddressed';
CREATE TABLE mouths (
  channel text NOT NULL,
  account text NOT NULL,
  holder text NOT NULL,
  fence bigint NOT NULL,
  until timestamptz NOT NULL,
  silent_until timestamptz,              -- the channel's retry_after: nothing is sent before
  username text,                         -- learnt from getMe: makes links
  PRIMARY KEY (channel, account)
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    text = files("migrations").joinpath("sql", "0004_chat.sql").read_text(encoding="utf-8")
    for statement in text.split("$$;\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement + "$$")
    op.execute("GRANT USAGE ON SCHEMA chat TO kopdes_app")
    op.execute("REVOKE ALL ON FUNCTION chat.open, chat.close FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION chat.open, chat.close TO kopdes_app")
    op.execute("ALTER TABLE outbox ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON outbox TO kopdes_app USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute("CREATE POLICY every_cooperative ON outbox TO kopdes_clock USING (true)")
    op.execute("GRANT SELECT, INSERT ON outbox TO kopdes_app, kopdes_clock")
    op.execute(
        "GRANT UPDATE (channel, account, chat, state, not_before, expires_at) ON outbox TO kopdes_app"
    )
    op.execute("GRANT UPDATE ON outbox TO kopdes_clock")
    op.execute("GRANT SELECT ON mouths TO kopdes_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON mouths TO kopdes_clock")
    op.execute("GRANT USAGE ON SCHEMA chat TO kopdes_clock")
    op.execute("GRANT SELECT, DELETE ON chat.updates TO kopdes_clock")  # forgets those of last week


def downgrade() -> None:
    raise NotImplementedError("links and what is owed would be lost")
