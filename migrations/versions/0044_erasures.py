"""Former members whose profile was taken away, and the one door that detaches their chats and erases their words."""

from alembic import op

revision = "0044"
down_revision = "0043"

TABLE = """
CREATE TABLE erasures (
  koperasi_id integer NOT NULL,
  person_id integer NOT NULL,
  at timestamptz NOT NULL,
  by text NOT NULL,
  approver text NOT NULL,
  PRIMARY KEY (koperasi_id, person_id),
  FOREIGN KEY (koperasi_id, person_id) REFERENCES people
)
"""
FORGET = """
CREATE FUNCTION chat.forget_person(p_koperasi_id integer, p_person_id integer, p_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE own record;
BEGIN
  IF p_koperasi_id IS DISTINCT FROM nullif(current_setting('kopdes.koperasi_id', true), '')::integer THEN
    RAISE EXCEPTION 'not the cooperative that was named';
  END IF;
  IF NOT EXISTS (SELECT FROM members m WHERE m.koperasi_id = p_koperasi_id AND m.id = p_person_id
                    AND m.left_on IS NOT NULL) THEN
    RAISE EXCEPTION 'not a former member';
  END IF;
  FOR own IN DELETE FROM chat.links l WHERE l.koperasi_id = p_koperasi_id AND l.person_id = p_person_id
      RETURNING l.channel, l.account, l.chat LOOP
    UPDATE chat.chats c SET koperasi_id = NULL, person_id = NULL, state = NULL
     WHERE c.channel = own.channel AND c.account = own.account AND c.chat = own.chat
       AND c.koperasi_id = p_koperasi_id AND c.person_id = p_person_id;
    DELETE FROM chat.contacts k WHERE k.account = own.account AND k.chat = own.chat
       AND NOT EXISTS (SELECT FROM chat.links o WHERE o.account = own.account AND o.chat = own.chat)
       AND NOT EXISTS (SELECT FROM chat.chats c WHERE c.account = own.account AND c.chat = own.chat
                          AND c.province_user IS NOT NULL);
  END LOOP;
  DELETE FROM chat.invites WHERE koperasi_id = p_koperasi_id AND person_id = p_person_id;
  DELETE FROM addresses WHERE koperasi_id = p_koperasi_id AND person_id = p_person_id;
  DELETE FROM pins WHERE koperasi_id = p_koperasi_id AND person_id = p_person_id;
  DELETE FROM wishes WHERE koperasi_id = p_koperasi_id AND member_id = p_person_id;
  UPDATE outbox SET facts = '', words = NULL, chat = NULL,
         state = CASE WHEN state IN ('waiting', 'unaddressed', 'held') THEN 'cancelled' ELSE state END,
         done_at = coalesce(done_at, p_at)
   WHERE koperasi_id = p_koperasi_id AND person_id = p_person_id AND state <> 'claimed';
  UPDATE data_requests SET said_sealed = NULL, value_sealed = NULL, before_sealed = NULL, because_sealed = NULL
   WHERE koperasi_id = p_koperasi_id AND person_id = p_person_id;
  UPDATE data_requests SET outcome = 'done', decided_at = p_at
   WHERE koperasi_id = p_koperasi_id AND person_id = p_person_id AND outcome IS NULL;
  UPDATE loans SET told_sealed = NULL WHERE koperasi_id = p_koperasi_id AND member_id = p_person_id;
END $$
"""

# Of a region (64, 64.72): corrections of people's data that nobody answered in time, and in how many cooperatives.
LATE = """
CREATE FUNCTION province.requests_late(p_region text, p_at timestamptz)
RETURNS TABLE (requests bigint, cooperatives bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
SELECT count(*), count(DISTINCT r.koperasi_id) FROM data_requests r
  JOIN cooperatives c ON c.koperasi_id = r.koperasi_id
 WHERE r.outcome IS NULL AND r.due_at < p_at AND c.practice_of IS NULL
   AND (c.region = p_region OR p_region = '64')
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    op.execute("ALTER TABLE data_requests DROP CONSTRAINT data_requests_field_check")
    op.execute(
        "ALTER TABLE data_requests ADD CONSTRAINT data_requests_field_check"
        " CHECK (field IN ('name', 'phone', 'nik', 'address', 'erase'))"
    )
    op.execute("CREATE INDEX data_requests_open ON data_requests (due_at) WHERE outcome IS NULL")
    op.get_bind().exec_driver_sql(LATE)
    op.execute("REVOKE ALL ON FUNCTION province.requests_late FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION province.requests_late TO kopdes_province, kopdes_clock")
    op.execute("ALTER TABLE erasures ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_cooperative ON erasures TO kopdes_app USING "
        "(koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer)"
    )
    op.execute("GRANT SELECT, INSERT ON erasures TO kopdes_app")
    op.get_bind().exec_driver_sql(FORGET)
    op.execute("REVOKE ALL ON FUNCTION chat.forget_person FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION chat.forget_person TO kopdes_app")


def downgrade() -> None:
    raise NotImplementedError("who was erased would be lost")
