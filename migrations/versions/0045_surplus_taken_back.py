"""SHU: a split keeps what all bases added up to, for slips; one of which nothing is paid can be taken back."""

from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in ("simpanan", "usaha"):
        op.execute(f"ALTER TABLE surplus_splits ADD COLUMN total_{name} bigint")
        # Of splits made before: what those who got a part had together.
        op.execute(
            f"UPDATE surplus_splits s SET total_{name} = (SELECT coalesce(sum(p.{name}), 0) FROM surplus_parts p"
            " WHERE p.koperasi_id = s.koperasi_id AND p.year = s.year)"
        )
        op.execute(f"ALTER TABLE surplus_splits ALTER COLUMN total_{name} SET NOT NULL")
        op.execute(f"ALTER TABLE surplus_splits ADD CHECK (total_{name} >= 0)")
    # The books keep the entries and their reversals, the request who asked for it, who agreed and why.
    op.execute("GRANT DELETE ON surplus_splits, surplus_parts TO kopdes_app")


def downgrade() -> None:
    op.execute("REVOKE DELETE ON surplus_splits, surplus_parts FROM kopdes_app")
    for name in ("simpanan", "usaha"):
        op.execute(f"ALTER TABLE surplus_splits DROP COLUMN total_{name}")
