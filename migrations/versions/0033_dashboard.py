"""Passes to the officials' dashboard: a link that opens once, and the session it opens."""

from alembic import op

revision = "0033"
down_revision = "0032"

TABLE = """
CREATE TABLE chat.dashboard_passes (
  hash bytea PRIMARY KEY,                -- keyed, of what the link or the cookie holds
  kind text NOT NULL CHECK (kind IN ('link', 'session')),
  province_user integer NOT NULL REFERENCES province_users,
  region text NOT NULL REFERENCES regions,  -- as it was then: who moves on asks for a new one
  expires_at timestamptz NOT NULL
)
"""

# Turns and the page have no right on the table but through these doors; what has run out is swept on the way.
DOORS = (
    """
CREATE FUNCTION chat.offer_dashboard(p_link bytea, p_user integer, p_at timestamptz, p_until timestamptz)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  DELETE FROM chat.dashboard_passes d WHERE d.expires_at <= p_at;
  INSERT INTO chat.dashboard_passes (hash, kind, province_user, region, expires_at)
  SELECT p_link, 'link', u.id, u.region, p_until FROM public.province_users u
   WHERE u.id = p_user AND (u.until IS NULL OR u.until > (p_at AT TIME ZONE 'Asia/Makassar')::date);
END $$
""",
    """
CREATE FUNCTION chat.open_dashboard(p_link bytea, p_session bytea, p_at timestamptz, p_until timestamptz)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  WITH used AS (
    DELETE FROM chat.dashboard_passes d WHERE d.hash = p_link AND d.kind = 'link' RETURNING d.*
  )
  INSERT INTO chat.dashboard_passes (hash, kind, province_user, region, expires_at)
  SELECT p_session, 'session', u.id, u.region, p_until
    FROM used JOIN public.province_users u ON u.id = used.province_user AND u.region = used.region
   WHERE used.expires_at > p_at AND (u.until IS NULL OR u.until > (p_at AT TIME ZONE 'Asia/Makassar')::date);
  RETURN FOUND;
END $$
""",
    """
CREATE FUNCTION chat.seen_dashboard(p_session bytea, p_at timestamptz)
RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
SELECT u.region
  FROM chat.dashboard_passes d
  JOIN public.province_users u ON u.id = d.province_user AND u.region = d.region
 WHERE d.hash = p_session AND d.kind = 'session' AND d.expires_at > p_at
   AND (u.until IS NULL OR u.until > (p_at AT TIME ZONE 'Asia/Makassar')::date)
$$
""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLE)
    for door in DOORS:
        op.execute(door)
    for name in ("offer_dashboard", "open_dashboard", "seen_dashboard"):
        op.execute(f"REVOKE ALL ON FUNCTION chat.{name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION chat.{name} TO kopdes_app")


def downgrade() -> None:
    for name in ("offer_dashboard", "open_dashboard", "seen_dashboard"):
        op.execute(f"DROP FUNCTION chat.{name}")
    op.execute("DROP TABLE chat.dashboard_passes")
