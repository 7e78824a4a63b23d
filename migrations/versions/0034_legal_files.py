"""Files of legal documents and of annual meetings, encrypted; a permit says what it permits."""

from alembic import op

revision = "0034"
down_revision = "0033"

TABLE = """
CREATE TABLE legal_files (
  koperasi_id integer NOT NULL REFERENCES cooperatives,
  id uuid NOT NULL,
  kind text,                             -- a page of this document
  n integer,
  year smallint CHECK (year BETWEEN 1945 AND 9999),  -- or a paper of the meeting on this book year
  paper text CHECK (paper IN ('undangan', 'hadir', 'berita', 'laporan')),
  content_sealed bytea NOT NULL,
  mime text NOT NULL,
  size integer NOT NULL CHECK (size BETWEEN 1 AND 5242880),
  sent_by text NOT NULL,                 -- person:7
  sent_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, id),
  FOREIGN KEY (koperasi_id, kind, n) REFERENCES legal_documents,
  CHECK ((kind IS NULL) = (n IS NULL)),
  CHECK ((year IS NULL) = (paper IS NULL)),
  CHECK (kind IS NULL OR year IS NULL)
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "ALTER TABLE legal_documents ADD COLUMN permit text NOT NULL DEFAULT ''"
        " CHECK (permit = '' OR kind = 'izin')"
    )
    op.execute(TABLE)
    op.execute("CREATE INDEX legal_files_document ON legal_files (koperasi_id, kind, n)")
    op.execute("CREATE INDEX legal_files_meeting ON legal_files (koperasi_id, year, paper)")
    op.execute("ALTER TABLE legal_files ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON legal_files TO kopdes_app, kopdes_clock USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    # What no document came of is forgotten everywhere: the clock sees how old it is, not what it shows.
    op.execute("CREATE POLICY every_cooperative ON legal_files TO kopdes_clock USING (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE (kind, n, year, paper) ON legal_files TO kopdes_app")
    op.execute("GRANT SELECT, DELETE ON legal_files TO kopdes_clock")


def downgrade() -> None:
    raise NotImplementedError("files of documents would be lost")
