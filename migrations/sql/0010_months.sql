-- One row per cooperative of a region at the end of a month. A figure of fewer than five members is null.
-- What an account held then is what it holds now without what is dated later: few entries are read.
CREATE FUNCTION province.months(p_region text, p_month date)
RETURNS TABLE (code text, name text, region text, members bigint, pokok bigint, wajib bigint, sukarela bigint,
               savings_hidden boolean, came_in bigint, went_out bigint, lent bigint, recorded boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
SELECT c.code, c.name, c.region,
       CASE WHEN m.members >= 5 THEN m.members END,
       CASE WHEN s.of_pokok >= 5 THEN s.pokok END,
       CASE WHEN s.of_wajib >= 5 THEN s.wajib END,
       CASE WHEN s.of_sukarela >= 5 THEN s.sukarela END,
       s.savers > 0 AND s.savers < 5,
       CASE WHEN f.members >= 5 THEN f.came_in END,
       CASE WHEN f.members >= 5 THEN f.went_out END,
       CASE WHEN s.borrowers >= 5 THEN s.lent END,
       EXISTS (SELECT FROM ledger.entries e WHERE e.koperasi_id = c.koperasi_id AND e."on" >= p_month
                  AND e."on" < p_month + interval '1 month')
  FROM public.cooperatives c
  CROSS JOIN LATERAL (
    SELECT count(*) AS members FROM public.members m
     WHERE m.koperasi_id = c.koperasi_id AND m.joined_on < p_month + interval '1 month'
       AND (m.left_on IS NULL OR m.left_on >= p_month + interval '1 month')) AS m
  CROSS JOIN LATERAL (
    SELECT count(DISTINCT h.member_id) FILTER (WHERE h.code = '310000') AS of_pokok,
           count(DISTINCT h.member_id) FILTER (WHERE h.code = '320000') AS of_wajib,
           count(DISTINCT h.member_id) FILTER (WHERE h.code = '211000') AS of_sukarela,
           count(DISTINCT h.member_id) FILTER (WHERE h.code <> '113100') AS savers,
           count(DISTINCT h.member_id) FILTER (WHERE h.code = '113100') AS borrowers,
           (sum(h.held) FILTER (WHERE h.code = '310000'))::bigint AS pokok,
           (sum(h.held) FILTER (WHERE h.code = '320000'))::bigint AS wajib,
           (sum(h.held) FILTER (WHERE h.code = '211000'))::bigint AS sukarela,
           (sum(h.held) FILTER (WHERE h.code = '113100'))::bigint AS lent
      FROM (
        SELECT a.code, a.member_id,
               a.balance - CASE a.normal WHEN 'D' THEN 1 ELSE -1 END * coalesce(later.debited, 0) AS held
          FROM ledger.accounts a
          LEFT JOIN (
            SELECT side.account, sum(side.amount) AS debited
              FROM ledger.entries e
              JOIN ledger.postings p ON p.koperasi_id = e.koperasi_id AND p.entry = e.number
              CROSS JOIN LATERAL (VALUES (p.debit, p.amount), (p.credit, -p.amount)) AS side (account, amount)
             WHERE e.koperasi_id = c.koperasi_id AND e."on" >= p_month + interval '1 month'
             GROUP BY side.account) AS later ON later.account = a.id
         WHERE a.koperasi_id = c.koperasi_id AND a.code IN ('310000', '320000', '211000', '113100')) AS h
     WHERE h.held <> 0) AS s
  CROSS JOIN LATERAL (
    SELECT count(DISTINCT w.member_id) AS members,
           (coalesce(sum(w.amount) FILTER (WHERE w.amount > 0), 0))::bigint AS came_in,
           (-coalesce(sum(w.amount) FILTER (WHERE w.amount < 0), 0))::bigint AS went_out
      FROM (
        SELECT a.member_id, sum(side.amount) AS amount
          FROM ledger.entries e
          JOIN ledger.postings p ON p.koperasi_id = e.koperasi_id AND p.entry = e.number
          CROSS JOIN LATERAL (VALUES (p.debit, -p.amount), (p.credit, p.amount)) AS side (account, amount)
          JOIN ledger.accounts a ON a.koperasi_id = e.koperasi_id AND a.id = side.account
               AND a.code IN ('310000', '320000', '211000')
         WHERE e.koperasi_id = c.koperasi_id AND e."on" >= p_month AND e."on" < p_month + interval '1 month'
         -- an entry and its reversal in the same month undo each other
         GROUP BY a.member_id, a.code, coalesce(e.reverses, e.number)) AS w
     WHERE w.amount <> 0) AS f
 WHERE c.region = p_region OR starts_with(c.region, p_region || '.')
$$;
