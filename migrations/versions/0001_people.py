"""Places, cooperatives, their rules and their people; the group roles that may see them."""

from alembic import op

revision = "0001"
down_revision = None

# Group roles carry grants and policies; the logins of one installation are their members.
GROUPS = """
DO $$
DECLARE r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['kopdes_app', 'kopdes_clock', 'kopdes_province'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', r);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
END $$
"""

TABLES = """
CREATE TABLE regions (
  code text PRIMARY KEY,                 -- 64, 64.72
  name text NOT NULL,
  zone text NOT NULL
);
CREATE TABLE villages (
  code text PRIMARY KEY,                 -- 64.01.01.2009
  name text NOT NULL,
  district text NOT NULL,
  region text NOT NULL REFERENCES regions,
  kind text NOT NULL CHECK (kind IN ('desa', 'kelurahan'))
);
CREATE TABLE cooperatives (
  koperasi_id integer PRIMARY KEY CHECK (koperasi_id > 0),
  code text NOT NULL UNIQUE,
  name text NOT NULL,
  region text NOT NULL REFERENCES regions,
  zone text NOT NULL,
  people_version integer NOT NULL DEFAULT 0,   -- moves with every change of a name or a membership
  created_at timestamptz NOT NULL
);
CREATE TABLE cooperative_villages (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  village text NOT NULL REFERENCES villages,
  PRIMARY KEY (koperasi_id, village)
);
CREATE TABLE counters (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  noun text NOT NULL,
  last bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (koperasi_id, noun)
);
CREATE TABLE rules (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  name text NOT NULL,
  since date NOT NULL,
  value text NOT NULL,
  set_by text NOT NULL,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, name, since)
);
CREATE TABLE people (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  id integer NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  gender text CHECK (gender IN ('L', 'P')),
  phone_sealed bytea,
  phone_hash bytea,
  nik_sealed bytea,
  nik_hash bytea,
  address_sealed bytea,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, id)
);
CREATE INDEX people_phone ON people (koperasi_id, phone_hash);
CREATE INDEX people_nik ON people (koperasi_id, nik_hash);
CREATE TABLE members (
  koperasi_id integer NOT NULL,
  id integer NOT NULL,                   -- the person's id
  number text NOT NULL,
  joined_on date NOT NULL,
  left_on date,
  dues_from date NOT NULL,               -- first month whose simpanan wajib is due here
  PRIMARY KEY (koperasi_id, id),
  UNIQUE (koperasi_id, number),
  FOREIGN KEY (koperasi_id, id) REFERENCES people
);
CREATE TABLE officers (
  koperasi_id integer NOT NULL,
  id integer NOT NULL,
  person_id integer NOT NULL,
  role text NOT NULL,
  since date NOT NULL,
  until date,                            -- the day the office ended; access ends with it
  PRIMARY KEY (koperasi_id, id),
  FOREIGN KEY (koperasi_id, person_id) REFERENCES people
);
CREATE INDEX officers_person ON officers (koperasi_id, person_id);
CREATE TABLE addresses (
  koperasi_id integer NOT NULL,
  person_id integer NOT NULL,
  channel text NOT NULL,
  account text NOT NULL,
  chat text NOT NULL,
  linked_at timestamptz NOT NULL,
  ended_at timestamptz,
  reason text,                           -- why it ended: replaced, blocked, …
  PRIMARY KEY (koperasi_id, person_id, channel, account, chat),
  FOREIGN KEY (koperasi_id, person_id) REFERENCES people
);
CREATE INDEX addresses_chat ON addresses (koperasi_id, channel, account, chat);
CREATE TABLE consents (
  koperasi_id integer NOT NULL,
  person_id integer NOT NULL,
  purpose text NOT NULL,
  channel text NOT NULL,
  text_version text NOT NULL,
  given_at timestamptz NOT NULL,
  withdrawn_at timestamptz,
  PRIMARY KEY (koperasi_id, person_id, purpose, channel, given_at),
  FOREIGN KEY (koperasi_id, person_id) REFERENCES people
);
CREATE TABLE files (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  id uuid NOT NULL,
  name_sealed bytea NOT NULL,
  content_sealed bytea NOT NULL,
  size integer NOT NULL,
  made_by text NOT NULL,
  made_at timestamptz NOT NULL,
  expires_at timestamptz,                -- a file that only waits for its ✅ is not kept longer
  PRIMARY KEY (koperasi_id, id)
);
CREATE TABLE province_users (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  region text NOT NULL REFERENCES regions,
  phone_sealed bytea NOT NULL,
  phone_hash bytea NOT NULL,
  until date,
  created_at timestamptz NOT NULL
);
"""

TENANT = (
    "cooperatives", "cooperative_villages", "counters", "rules", "people", "members", "officers",
    "addresses", "consents", "files",
)  # fmt: skip


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(GROUPS)
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table in TENANT:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_cooperative ON {table} TO kopdes_app, kopdes_clock USING "
            "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
        )
    op.execute("GRANT SELECT ON regions, villages TO kopdes_app, kopdes_clock, kopdes_province")
    op.execute(f"GRANT SELECT ON {', '.join(TENANT)} TO kopdes_app, kopdes_clock")
    op.execute("GRANT INSERT, UPDATE ON counters, people, members, officers TO kopdes_app")
    op.execute("GRANT INSERT, UPDATE ON addresses, consents TO kopdes_app, kopdes_clock")
    op.execute("GRANT INSERT, DELETE ON files TO kopdes_app")
    op.execute("GRANT INSERT ON rules TO kopdes_app")
    op.execute("GRANT UPDATE (people_version) ON cooperatives TO kopdes_app")
    # The clock goes cooperative by cooperative and finds dead addresses wherever they are.
    op.execute(
        "CREATE POLICY every_cooperative ON cooperatives FOR SELECT TO kopdes_clock USING (true)"
    )
    for table in ("addresses", "consents"):
        op.execute(f"CREATE POLICY every_cooperative ON {table} TO kopdes_clock USING (true)")


def downgrade() -> None:
    raise NotImplementedError("people and cooperatives would be lost")
