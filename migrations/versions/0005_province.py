"""What the province may see: one row per cooperative, five members at least per figure, never a member."""

from alembic import op

revision = "0005"
down_revision = "0004"

VIEWS = """
CREATE SCHEMA province;
CREATE VIEW province.cooperatives AS
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
      FROM officers o WHERE o.koperasi_id = c.koperasi_id AND o.until IS NULL) o ON true;
CREATE VIEW province.unlinked_offices AS
SELECT c.code, c.name, c.region,
       coalesce(string_agg(o.role, ', ' ORDER BY o.id), '-') AS roles
  FROM cooperatives c
  LEFT JOIN officers o ON o.koperasi_id = c.koperasi_id AND o.until IS NULL
 WHERE NOT EXISTS (SELECT FROM addresses a WHERE a.koperasi_id = o.koperasi_id
                      AND a.person_id = o.person_id AND a.ended_at IS NULL)
 GROUP BY c.code, c.name, c.region
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in VIEWS.split(";\n"):
        op.execute(statement)
    op.execute("GRANT USAGE ON SCHEMA province TO kopdes_province")
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA province TO kopdes_province")


def downgrade() -> None:
    op.execute("DROP SCHEMA province CASCADE")
