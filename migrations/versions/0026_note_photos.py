"""Photos of notes: what an expense was paid for, encrypted."""

from alembic import op

revision = "0026"
down_revision = "0025"

TABLE = """
CREATE TABLE note_photos (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  id uuid NOT NULL,
  entry bigint,                          -- null: its card or request is not decided yet
  content_sealed bytea NOT NULL,
  mime text NOT NULL,
  size integer NOT NULL CHECK (size BETWEEN 1 AND 5242880),
  sent_by text NOT NULL,                 -- person:7
  sent_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, id),
  FOREIGN KEY (koperasi_id, entry) REFERENCES ledger.entries
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    op.execute("CREATE INDEX note_photos_entry ON note_photos (koperasi_id, entry)")
    op.execute("ALTER TABLE note_photos ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON note_photos TO kopdes_app, kopdes_clock USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    # What no entry came of is forgotten everywhere: the clock sees how old it is, not what it shows.
    op.execute("CREATE POLICY every_cooperative ON note_photos TO kopdes_clock USING (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE (entry) ON note_photos TO kopdes_app")
    op.execute("GRANT SELECT, DELETE ON note_photos TO kopdes_clock")


def downgrade() -> None:
    raise NotImplementedError("photos of notes would be lost")
