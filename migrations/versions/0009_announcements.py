"""Announcements: composed by the province or a cooperative, owed to many by one statement."""

from importlib.resources import files

from alembic import op

revision = "0009"
down_revision = "0008"

TABLES = """
CREATE TABLE announcement_files (
  koperasi_id integer NOT NULL CHECK (koperasi_id >= 0),
  id uuid NOT NULL,
  name_sealed bytea NOT NULL,
  content_sealed bytea NOT NULL,
  mime text NOT NULL,
  size integer NOT NULL,
  made_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, id)
);
CREATE TABLE announcements (
  koperasi_id integer NOT NULL CHECK (koperasi_id >= 0),   -- 0: the province's
  id uuid NOT NULL,                      -- the card's
  number integer NOT NULL,
  composer text NOT NULL,                -- official:3, person:7
  content_sealed bytea NOT NULL,         -- the text, who speaks, who composed it
  region text NOT NULL,                  -- nobody outside it is reached
  audience jsonb NOT NULL,
  corrects uuid,                         -- the announcement whose readers get this one
  file uuid,
  people integer NOT NULL,               -- reachable when it was composed
  state text NOT NULL
    CHECK (state IN ('waiting-approval', 'pilot', 'sending', 'paused', 'done', 'cancelled')),
  because text,                          -- why it is paused or was cancelled
  decided_by text,                       -- the second official
  decided_at timestamptz,
  channel text NOT NULL,                 -- with account and chat: the composer's, where its progress is told
  account text NOT NULL,
  chat text NOT NULL,
  told_in integer NOT NULL,              -- koperasi_id and dedupe key of the message that tells it
  told text NOT NULL,
  told_what text,                        -- what that message says now
  told_at timestamptz,
  counts jsonb NOT NULL DEFAULT '{}',    -- rows by state, failed ones by reason
  retry boolean NOT NULL DEFAULT false,  -- those that failed are to be tried once more
  piloted boolean NOT NULL DEFAULT false,          -- the first few went ahead
  settled boolean NOT NULL DEFAULT false,          -- nothing is left to be done for it
  made_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,       -- of the request for approval
  started_at timestamptz,                -- the first rows were owed
  fanned_at timestamptz,                 -- all rows were owed
  ended_at timestamptz,
  PRIMARY KEY (koperasi_id, id),
  UNIQUE (koperasi_id, number),
  FOREIGN KEY (koperasi_id, file) REFERENCES announcement_files
);
CREATE INDEX announcements_open ON announcements (koperasi_id, id) WHERE NOT settled;
CREATE INDEX announcements_file ON announcements (koperasi_id, file) WHERE file IS NOT NULL;
ALTER TABLE outbox ADD announcement uuid;
CREATE INDEX outbox_announcement ON outbox (announcement, state) INCLUDE (reason) WHERE announcement IS NOT NULL;
CREATE SCHEMA announce;
CREATE FUNCTION announce.below(p_region text, p_above text) RETURNS boolean LANGUAGE sql IMMUTABLE
  RETURN p_above IS NULL OR p_region = p_above OR starts_with(p_region, p_above || '.')
"""
FUNCTIONS = "announce.below, announce.people, announce.reached, announce.counted"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    text = files("migrations").joinpath("sql", "0009_announce.sql").read_text(encoding="utf-8")
    for statement in text.split("$$;\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement + "$$")
    for table in ("announcements", "announcement_files"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_cooperative ON {table} TO kopdes_app, kopdes_clock USING "
            "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
        )
        # The clock tells members of every cooperative what the province announces.
        op.execute(f"CREATE POLICY every_cooperative ON {table} TO kopdes_clock USING (true)")
        op.execute(f"GRANT SELECT ON {table} TO kopdes_app, kopdes_clock")
    op.execute("GRANT INSERT ON announcements, announcement_files TO kopdes_app")
    op.execute(
        "GRANT UPDATE (state, because, decided_by, decided_at, told_in, told, told_what, retry, settled,"
        " ended_at) ON announcements TO kopdes_app"
    )
    op.execute("GRANT UPDATE ON announcements TO kopdes_clock")
    op.execute(
        "GRANT DELETE ON announcement_files TO kopdes_clock"
    )  # those of cards never confirmed
    op.execute(f"REVOKE ALL ON FUNCTION {FUNCTIONS}, announce.fan_out FROM PUBLIC")
    op.execute("REVOKE ALL ON FUNCTION province.reach, chat.officials FROM PUBLIC")
    op.execute("GRANT USAGE ON SCHEMA announce TO kopdes_app, kopdes_clock")
    op.execute(f"GRANT EXECUTE ON FUNCTION {FUNCTIONS} TO kopdes_app")
    op.execute("GRANT EXECUTE ON FUNCTION announce.fan_out TO kopdes_clock")
    op.execute("GRANT EXECUTE ON FUNCTION province.reach TO kopdes_province")
    op.execute("GRANT EXECUTE ON FUNCTION chat.officials TO kopdes_app")


def downgrade() -> None:
    raise NotImplementedError("what was announced would be lost")
