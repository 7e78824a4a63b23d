"""Practice books: cooperatives of one officer's own, in no region, and what lessons officers have passed."""

from importlib.resources import files

from alembic import op

revision = "0027"
down_revision = "0026"

TABLES = """
INSERT INTO regions (code, name, zone) VALUES ('00', 'Latihan', 'Asia/Makassar');
ALTER TABLE cooperatives
  ADD COLUMN practice_of integer,        -- the real cooperative; null: this is one
  ADD COLUMN practice_for integer,       -- the officer there whose practice it is
  ADD CHECK ((practice_of IS NULL) = (practice_for IS NULL)),
  ADD CHECK ((practice_of IS NULL) = (koperasi_id < 100000000)),
  ADD CHECK ((practice_of IS NULL) = (region <> '00'));
CREATE INDEX cooperatives_practice ON cooperatives (practice_of, practice_for) WHERE practice_of IS NOT NULL;
CREATE SEQUENCE chat.practice_books AS integer START 100000000 MINVALUE 100000000 MAXVALUE 999999999;
CREATE TABLE lessons (
  role text NOT NULL,
  lesson text NOT NULL,
  place smallint NOT NULL,               -- in the order of the role
  PRIMARY KEY (role, lesson)
);
CREATE TABLE lessons_done (
  koperasi_id integer NOT NULL,          -- the real one
  person_id integer NOT NULL,
  lesson text NOT NULL,
  done_at timestamptz NOT NULL,
  PRIMARY KEY (koperasi_id, person_id, lesson),
  FOREIGN KEY (koperasi_id, person_id) REFERENCES people
);
"""
# How far the officers of each cooperative are; nobody is named, no member is counted.
PROGRESS = """
CREATE VIEW province.practice AS
SELECT c.code, c.name, c.region, count(p.person_id) AS officers,
       count(*) FILTER (WHERE p.done = p.needed) AS officers_all,
       count(*) FILTER (WHERE p.done > 0 AND p.done < p.needed) AS officers_some,
       count(*) FILTER (WHERE p.done = 0) AS officers_none
  FROM cooperatives c
  LEFT JOIN LATERAL (
    SELECT o.person_id, count(DISTINCT l.lesson) AS needed, count(DISTINCT d.lesson) AS done
      FROM officers o
      JOIN lessons l ON l.role = o.role
      LEFT JOIN lessons_done d ON d.koperasi_id = o.koperasi_id AND d.person_id = o.person_id AND d.lesson = l.lesson
     WHERE o.koperasi_id = c.koperasi_id AND o.until IS NULL
     GROUP BY o.person_id) p ON true
 WHERE c.practice_of IS NULL
 GROUP BY c.koperasi_id, c.code, c.name, c.region
"""
# As in 0005 and 0011, of real cooperatives alone.
OF_REAL_ONES = """
CREATE OR REPLACE VIEW approvals_waiting_at AS
SELECT a.koperasi_id, c.zone, a.made_at, a.reminded_at, a.expires_at
  FROM approvals a JOIN cooperatives c ON c.koperasi_id = a.koperasi_id
 WHERE a.state = 'waiting' AND c.practice_of IS NULL;
CREATE OR REPLACE VIEW province.cooperatives AS
SELECT c.code, c.name, c.region,
       CASE WHEN m.members >= 5 THEN m.members END AS members,
       CASE WHEN m.linked >= 5 THEN m.linked END AS members_linked,
       coalesce(o.officers, 0) AS officers,
       coalesce(o.linked, 0) AS officers_linked,
       (SELECT CASE WHEN count(DISTINCT a.member_id) >= 5 THEN sum(a.balance)::bigint END
          FROM ledger.accounts a WHERE a.koperasi_id = c.koperasi_id AND a.balance <> 0
           AND a.code IN ('211000', '310000', '320000')) AS savings,
       (SELECT max(e.at) FROM ledger.entries e
         WHERE e.koperasi_id = c.koperasi_id AND e.number = b.entries) AS last_entry_at
  FROM cooperatives c
  JOIN ledger.books b ON b.koperasi_id = c.koperasi_id
  LEFT JOIN LATERAL (
    SELECT count(*) AS members, count(*) FILTER (WHERE EXISTS (
             SELECT FROM addresses a WHERE a.koperasi_id = m.koperasi_id AND a.person_id = m.id
                AND a.ended_at IS NULL)) AS linked
      FROM members m WHERE m.koperasi_id = c.koperasi_id AND m.left_on IS NULL) m ON true
  LEFT JOIN LATERAL (
    SELECT count(*) AS officers, count(*) FILTER (WHERE EXISTS (
             SELECT FROM addresses a WHERE a.koperasi_id = o.koperasi_id AND a.person_id = o.person_id
                AND a.ended_at IS NULL)) AS linked
      FROM officers o WHERE o.koperasi_id = c.koperasi_id AND o.until IS NULL) o ON true
 WHERE c.practice_of IS NULL;
CREATE OR REPLACE VIEW province.unlinked_offices AS
SELECT c.code, c.name, c.region,
       coalesce(string_agg(o.role, ', ' ORDER BY o.id), '-') AS roles
  FROM cooperatives c
  LEFT JOIN officers o ON o.koperasi_id = c.koperasi_id AND o.until IS NULL
 WHERE c.practice_of IS NULL
   AND NOT EXISTS (SELECT FROM addresses a WHERE a.koperasi_id = o.koperasi_id
                      AND a.person_id = o.person_id AND a.ended_at IS NULL)
 GROUP BY c.code, c.name, c.region
"""
# As in 0025.
STALE = """
CREATE OR REPLACE FUNCTION province.stale(p_now timestamptz, p_most integer)
RETURNS TABLE (koperasi_id integer, zone text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
SELECT c.koperasi_id, c.zone
  FROM public.cooperatives c
  JOIN ledger.books b ON b.koperasi_id = c.koperasi_id
  LEFT JOIN LATERAL (SELECT m.at, m.entries FROM public.monitoring m WHERE m.koperasi_id = c.koperasi_id
                      ORDER BY m.month DESC LIMIT 1) AS last ON true
 WHERE c.practice_of IS NULL
   AND (last.at IS NULL OR last.entries <> b.entries OR last.at < p_now - interval '1 hour')
 ORDER BY last.at NULLS FIRST, c.koperasi_id LIMIT p_most
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statements in (TABLES, PROGRESS, OF_REAL_ONES, STALE):
        for statement in statements.split(";\n"):
            if statement.strip():
                op.execute(statement)
    text = files("migrations").joinpath("sql", "0027_practice.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(text)
    op.execute("REVOKE ALL ON FUNCTION chat.practise FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION chat.practise TO kopdes_app")
    # The clock goes from cooperative to cooperative: a practice book is none of them.
    op.execute("DROP POLICY every_cooperative ON cooperatives")
    op.execute(
        "CREATE POLICY every_cooperative ON cooperatives FOR SELECT TO kopdes_clock"
        " USING (practice_of IS NULL)"
    )
    op.execute("ALTER TABLE lessons_done ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON lessons_done TO kopdes_app USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute("GRANT SELECT, INSERT ON lessons_done TO kopdes_app")
    op.execute("GRANT SELECT ON lessons TO kopdes_app")
    op.execute("GRANT SELECT ON province.practice TO kopdes_province")


def downgrade() -> None:
    raise NotImplementedError("practice books and the lessons that were passed would be lost")
