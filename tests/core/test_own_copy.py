"""The copy of one's own data: every table that names a person is in it, or says why it is not."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.reports import own
from core.reports.own_queries import EXEMPT

# Columns that point at a person, a member or a loan; and those that name one without a foreign key.
_NAMING = """
SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint
 WHERE contype = 'f' AND confrelid IN ('people'::regclass, 'members'::regclass, 'loans'::regclass)
UNION
SELECT DISTINCT a.attrelid::regclass::text FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'ledger', 'chat') AND a.attnum > 0
   AND NOT a.attisdropped AND a.attname ~ '(^|_)(person|member|officer|counter|approver|maker|borrower)(_id|_person)?$'
"""


async def test_every_table_that_names_a_person_is_copied_or_says_why_not(
    db: AsyncConnection,
) -> None:
    raw = await database.driver(db)
    naming = {row["name"] for row in await raw.fetch(_NAMING)}
    assert len(naming) > 20
    assert naming - own.covered() - set(EXEMPT) == set()
    assert set(EXEMPT) & own.covered() == set()
    assert all(EXEMPT.values())
