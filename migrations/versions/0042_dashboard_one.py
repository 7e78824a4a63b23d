"""A new link to the dashboard ends what was open before: who sees that somebody else used the own link has a remedy."""

from alembic import op

revision = "0042"
down_revision = "0041"

OFFER = """
CREATE OR REPLACE FUNCTION chat.offer_dashboard(p_link bytea, p_user integer, p_at timestamptz, p_until timestamptz)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  DELETE FROM chat.dashboard_passes d WHERE d.expires_at <= p_at OR d.province_user = p_user;
  INSERT INTO chat.dashboard_passes (hash, kind, province_user, region, expires_at)
  SELECT p_link, 'link', u.id, u.region, p_until FROM public.province_users u
   WHERE u.id = p_user AND (u.until IS NULL OR u.until > (p_at AT TIME ZONE 'Asia/Makassar')::date);
END $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(OFFER)


def downgrade() -> None:
    op.execute(OFFER.replace(" OR d.province_user = p_user", ""))
