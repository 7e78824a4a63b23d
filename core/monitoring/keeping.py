"""Work a cooperative's rows out from its books: the running month, and every month that new entries are dated in.

A month's figures are what its accounts held at its end: what they hold now less what moved later. So an entry
dated back puts right all months from its own on, and a row is the same whenever it is worked out.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, documents, rules
from core.calendar import business_date, month_of
from core.loans.collectibility import NON_PERFORMING
from core.loans.portfolio import AT_RISK_DAYS
from core.monitoring import standing


async def begin(db: AsyncConnection, *, at: datetime) -> int:
    """Give each cooperative that has nobody and no entry its first row, as `refresh` would; return how many.

    The owner's command line does so when it founds them, so that officials see them at once.
    """
    raw = await database.driver(db)
    needed = len(documents.Kind)
    rules_now = rules.RuleBook(()).on(business_date(at))
    status = await raw.execute(
        _BEGIN,
        at,
        needed,
        rules_now.silence_days,
        rules_now.liquidity_floor,
        rules_now.dispute_days,
    )
    return int(status.rpartition(" ")[2])


async def refresh(db: AsyncConnection, *, koperasi_id: int, zone: str, at: datetime) -> int:
    """Bring the named cooperative's rows to its book as it is; return how many months were written.

    The first time from January of last year on, where its entries begin later from their month.
    """
    today = business_date(at, zone)
    raw = await database.driver(db)
    stand = await raw.fetchrow(_STAND, koperasi_id)
    assert stand is not None, koperasi_id
    running, furthest = month_of(today), date(today.year - 1, 1, 1)
    asked = [month_of(day) for day in (stand["touched"], stand["last"]) if day]
    first = max(min([running, *asked]), min(stand["first"] or furthest, furthest))
    status = await raw.execute(
        _WRITE,
        koperasi_id,
        first,
        running,
        today,
        int(rules.DEFAULTS["wajib"]),
        at,
        list(NON_PERFORMING),
        AT_RISK_DAYS,
    )
    await standing.keep(db, koperasi_id=koperasi_id, zone=zone, begun=stand["begun"], at=at)
    return int(status.rpartition(" ")[2])


_BEGIN = """
INSERT INTO monitoring (koperasi_id, month, at, entries, members, pokok, pokok_members, wajib, wajib_members, sukarela,
  sukarela_members, term, term_members, savers, lent, borrowers, npl, npl_borrowers, par30, par30_borrowers, liquid,
  own_capital, assets, income, cost, sales, dues, dues_paid, dues_members, recorded, disputed, unsealed, waiting,
  deadlines_due, deadlines_met, unclosed, meetings_due, meetings_met, documents, documents_needed, officers, trained,
  cash_off, silence_days, liquidity_floor, dispute_days)
SELECT c.koperasi_id, date_trunc('month', $1 AT TIME ZONE c.zone)::date, $1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
       0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $2, 0, 0, 0, $3, $4, $5
  FROM cooperatives c
  JOIN ledger.books b ON b.koperasi_id = c.koperasi_id AND b.entries = 0
 WHERE c.practice_of IS NULL
   AND NOT EXISTS (SELECT FROM monitoring m WHERE m.koperasi_id = c.koperasi_id)
   AND NOT EXISTS (SELECT FROM people p WHERE p.koperasi_id = c.koperasi_id)
"""
_STAND = """
SELECT (SELECT min(e."on") FROM ledger.entries e WHERE e.koperasi_id = $1) AS begun,
       (SELECT min(e."on") FROM ledger.entries e
         WHERE e.koperasi_id = $1 AND e.number > coalesce(k.entries, 0)) AS touched,
       k.first, k.last
  FROM (SELECT min(month) AS first, max(month) AS last, max(entries) AS entries
          FROM monitoring WHERE koperasi_id = $1) AS k
"""
_WRITE = """
WITH months AS (
  SELECT m::date AS month, (m + interval '1 month')::date AS next,
         least((m + interval '1 month')::date - 1, $4) AS until
    FROM generate_series($2::date, ($3::date + interval '1 month')::date, interval '1 month') AS m
), moved AS (  -- what debits added to each account in each month; what comes after the last month stands in one
  SELECT side.account, least(date_trunc('month', e."on"), $3::date + interval '1 month')::date AS month,
         sum(side.amount)::bigint AS debited,
         coalesce(sum(side.amount) FILTER (WHERE o.code <> '390000'), 0)::bigint AS earned
    FROM ledger.entries e
    JOIN ledger.postings p ON p.koperasi_id = e.koperasi_id AND p.entry = e.number
    CROSS JOIN LATERAL (VALUES (p.debit, p.credit, p.amount), (p.credit, p.debit, -p.amount))
      AS side (account, other, amount)
    JOIN ledger.accounts o ON o.koperasi_id = e.koperasi_id AND o.id = side.other
   WHERE e.koperasi_id = $1 AND e."on" >= $2
   GROUP BY 1, 2
), held AS (
  SELECT a.code, a.member_id, a.loan_id, c.line, m.month, m.until, coalesce(v.earned, 0) AS earned,
         CASE a.normal WHEN 'D' THEN a.balance ELSE -a.balance END + coalesce(v.debited, 0)
           - coalesce(sum(v.debited) OVER (PARTITION BY a.id ORDER BY m.month DESC), 0) AS amount
    FROM ledger.accounts a
    JOIN ledger.chart c ON c.code = a.code
    CROSS JOIN months m
    LEFT JOIN moved v ON v.account = a.id AND v.month = m.month
   WHERE a.koperasi_id = $1
), sums AS (
  SELECT month,
    -sum(amount) FILTER (WHERE code = '310000') AS pokok,
    count(DISTINCT member_id) FILTER (WHERE code = '310000' AND amount <> 0) AS pokok_members,
    -sum(amount) FILTER (WHERE code = '320000') AS wajib,
    count(DISTINCT member_id) FILTER (WHERE code = '320000' AND amount <> 0) AS wajib_members,
    -sum(amount) FILTER (WHERE code = '211000') AS sukarela,
    count(DISTINCT member_id) FILTER (WHERE code = '211000' AND amount <> 0) AS sukarela_members,
    -sum(amount) FILTER (WHERE code IN ('211100', '211200')) AS term,
    count(DISTINCT member_id) FILTER (WHERE code IN ('211100', '211200') AND amount <> 0) AS term_members,
    count(DISTINCT member_id) FILTER (WHERE amount <> 0
      AND code IN ('310000', '320000', '211000', '211100', '211200')) AS savers,
    sum(amount) FILTER (WHERE code = '113100') AS lent,
    count(DISTINCT member_id) FILTER (WHERE code = '113100' AND amount <> 0) AS borrowers,
    sum(amount) FILTER (WHERE line = 'KAS') AS liquid,
    -sum(amount) FILTER (WHERE code IN ('310000', '320000', '330000', '340000', '341000')) AS own_capital,
    sum(amount) FILTER (WHERE code < '200000') AS assets,
    -sum(earned) FILTER (WHERE code BETWEEN '411000' AND '413999') AS income,
    sum(earned) FILTER (WHERE code BETWEEN '511000' AND '528999') AS cost,
    -sum(earned) FILTER (WHERE code BETWEEN '412000' AND '412999') AS sales
  FROM held GROUP BY month
), lent AS (  -- of the running month as the loan stands, of an earlier one by its history
  SELECT h.month, h.member_id, h.amount,
         CASE WHEN h.month = $3 THEN l.class ELSE coalesce(
           (SELECT c.class FROM loan_classes c WHERE c.koperasi_id = $1 AND c.loan_id = l.id AND c."on" <= h.until
             ORDER BY c.n DESC LIMIT 1), 'lancar') END = ANY ($7::text[]) AS bad,
         CASE WHEN h.month = $3 THEN coalesce(l.oldest_due < $4 - $8::integer, false) ELSE EXISTS (
           SELECT FROM loan_instalments i
            WHERE i.koperasi_id = $1 AND i.loan_id = l.id AND i.due < h.until - $8::integer
              AND (i.paid_on IS NULL OR i.paid_on > h.until) AND i.principal + i.interest > 0
              AND i.version = (SELECT max(v.version) FROM loan_versions v
                 WHERE v.koperasi_id = $1 AND v.loan_id = l.id AND v.starts_on <= h.until)) END AS late
    FROM held h
    JOIN loans l ON l.koperasi_id = $1 AND l.id = h.loan_id
   WHERE h.code = '113100' AND h.amount > 0 AND h.month <= $3
), owed AS (
  SELECT month, coalesce(sum(amount) FILTER (WHERE bad), 0) AS npl,
         count(DISTINCT member_id) FILTER (WHERE bad) AS npl_borrowers,
         coalesce(sum(amount) FILTER (WHERE late), 0) AS par30,
         count(DISTINCT member_id) FILTER (WHERE late) AS par30_borrowers
    FROM lent GROUP BY month
), belonging AS (
  SELECT m.month, p.id, p.dues_from < m.next AS owes
    FROM months m
    JOIN members p ON p.koperasi_id = $1 AND p.joined_on <= m.until AND (p.left_on IS NULL OR p.left_on > m.until)
), counted AS (
  SELECT b.month, count(*) AS members, count(*) FILTER (WHERE b.owes) AS owing FROM belonging b GROUP BY b.month
), paid AS (
  SELECT d.month, sum(d.amount) AS amount
    FROM dues d
    JOIN belonging b ON b.month = d.month AND b.id = d.member_id AND b.owes
    JOIN ledger.entries e ON e.koperasi_id = d.koperasi_id AND e.number = d.entry
   WHERE d.koperasi_id = $1 AND e."on" < (d.month + interval '1 month')
   GROUP BY d.month
), rated AS (
  SELECT m.month, coalesce((SELECT r.value::bigint FROM rules r
      WHERE r.koperasi_id = $1 AND r.name = 'wajib' AND r.since <= m.month ORDER BY r.since DESC LIMIT 1), $5) AS rate
    FROM months m
)
INSERT INTO monitoring (koperasi_id, month, at, entries, members, pokok, pokok_members, wajib, wajib_members, sukarela,
  sukarela_members, term, term_members, savers, lent, borrowers, npl, npl_borrowers, par30, par30_borrowers, liquid,
  own_capital, assets, income, cost, sales, dues, dues_paid, dues_members, recorded)
SELECT $1, m.month, $6, b.entries, coalesce(c.members, 0), coalesce(s.pokok, 0), coalesce(s.pokok_members, 0),
       coalesce(s.wajib, 0), coalesce(s.wajib_members, 0), coalesce(s.sukarela, 0), coalesce(s.sukarela_members, 0),
       coalesce(s.term, 0), coalesce(s.term_members, 0), coalesce(s.savers, 0), coalesce(s.lent, 0),
       coalesce(s.borrowers, 0), coalesce(o.npl, 0), coalesce(o.npl_borrowers, 0), coalesce(o.par30, 0),
       coalesce(o.par30_borrowers, 0), coalesce(s.liquid, 0), coalesce(s.own_capital, 0), coalesce(s.assets, 0),
       coalesce(s.income, 0), coalesce(s.cost, 0), coalesce(s.sales, 0), coalesce(c.owing, 0) * r.rate,
       least(coalesce(c.owing, 0) * r.rate, coalesce(p.amount, 0)), coalesce(c.owing, 0),
       (SELECT count(*) FROM ledger.entries e WHERE e.koperasi_id = $1 AND e."on" >= m.month AND e."on" < m.next)
  FROM months m
  JOIN rated r USING (month)
  JOIN ledger.books b ON b.koperasi_id = $1
  LEFT JOIN sums s USING (month)
  LEFT JOIN owed o USING (month)
  LEFT JOIN counted c USING (month)
  LEFT JOIN paid p USING (month)
 WHERE m.month <= $3
ON CONFLICT (koperasi_id, month) DO UPDATE SET (at, entries, members, pokok, pokok_members, wajib, wajib_members,
  sukarela, sukarela_members, term, term_members, savers, lent, borrowers, npl, npl_borrowers, par30, par30_borrowers,
  liquid, own_capital, assets, income, cost, sales, dues, dues_paid, dues_members, recorded) = (excluded.at,
  excluded.entries, excluded.members, excluded.pokok, excluded.pokok_members, excluded.wajib, excluded.wajib_members,
  excluded.sukarela, excluded.sukarela_members, excluded.term, excluded.term_members, excluded.savers, excluded.lent,
  excluded.borrowers, excluded.npl, excluded.npl_borrowers, excluded.par30, excluded.par30_borrowers, excluded.liquid,
  excluded.own_capital, excluded.assets, excluded.income, excluded.cost, excluded.sales, excluded.dues,
  excluded.dues_paid, excluded.dues_members, excluded.recorded)
"""
