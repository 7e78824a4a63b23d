-- Cooperatives of a region (64, 64.72) in a month. No figure has fewer than five members behind it, except none;
-- a share of loans that fewer than five borrowers make up is rounded to whole per cent.
CREATE FUNCTION province.monitored(p_region text, p_month date)
RETURNS TABLE (code text, name text, region text, at timestamptz, members integer, pokok bigint, wajib bigint,
               sukarela bigint, term bigint, savings_hidden boolean, lent bigint, npl numeric, par30 numeric,
               liquidity numeric, own_capital numeric, bopo numeric, collection numeric, dues bigint,
               dues_paid bigint, sales bigint, recorded integer, last_entry_at timestamptz, closed_through date,
               disputed integer, oldest_dispute date, unsealed integer, waiting integer, sound boolean,
               deadlines_due smallint, deadlines_met smallint, unclosed smallint, meetings_due smallint, meetings_met smallint,
               documents smallint, documents_needed smallint, officers integer, trained integer, cash_off bigint,
               bmpp integer, silence_days smallint, liquidity_floor smallint, dispute_days smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
SELECT c.code, c.name, c.region, m.at,
       CASE WHEN m.members >= 5 OR m.members = 0 THEN m.members END,
       CASE WHEN m.pokok_members >= 5 OR m.pokok_members = 0 THEN m.pokok END,
       CASE WHEN m.wajib_members >= 5 OR m.wajib_members = 0 THEN m.wajib END,
       CASE WHEN m.sukarela_members >= 5 OR m.sukarela_members = 0 THEN m.sukarela END,
       CASE WHEN m.term_members >= 5 OR m.term_members = 0 THEN m.term END,
       m.savers BETWEEN 1 AND 4,
       CASE WHEN m.borrowers >= 5 OR m.borrowers = 0 THEN m.lent END,
       CASE WHEN m.borrowers >= 5 THEN
         round(100.0 * m.npl / nullif(m.lent, 0), CASE WHEN m.npl_borrowers BETWEEN 1 AND 4 THEN 0 ELSE 1 END) END,
       CASE WHEN m.borrowers >= 5 THEN
         round(100.0 * m.par30 / nullif(m.lent, 0), CASE WHEN m.par30_borrowers BETWEEN 1 AND 4 THEN 0 ELSE 1 END) END,
       CASE WHEN m.sukarela_members >= 5 THEN round(100.0 * m.liquid / nullif(m.sukarela, 0), 1) END,
       CASE WHEN m.savers >= 5 OR m.savers = 0 THEN round(100.0 * m.own_capital / nullif(m.assets, 0), 1) END,
       (SELECT round(100.0 * sum(y.cost) / nullif(sum(y.income), 0), 1) FROM public.monitoring y
         WHERE y.koperasi_id = m.koperasi_id AND y.month BETWEEN date_trunc('year', p_month)::date AND p_month),
       CASE WHEN m.dues_members >= 5 THEN round(100.0 * m.dues_paid / nullif(m.dues, 0), 1) END,
       CASE WHEN m.dues_members >= 5 OR m.dues_members = 0 THEN m.dues END,
       CASE WHEN m.dues_members >= 5 OR m.dues_members = 0 THEN m.dues_paid END,
       m.sales, m.recorded, m.last_entry_at, m.closed_through,
       CASE WHEN m.members >= 5 OR m.members = 0 THEN m.disputed END,
       CASE WHEN m.members >= 5 OR m.members = 0 THEN m.oldest_dispute END,
       m.unsealed, m.waiting, m.sound, m.deadlines_due, m.deadlines_met, m.unclosed, m.meetings_due, m.meetings_met,
       m.documents, m.documents_needed, m.officers, m.trained, m.cash_off,
       CASE WHEN m.members >= 5 OR m.members = 0 THEN m.bmpp END,
       coalesce(m.silence_days, 7), coalesce(m.liquidity_floor, 20), coalesce(m.dispute_days, 7)
  FROM public.monitoring m
  JOIN public.cooperatives c ON c.koperasi_id = m.koperasi_id
 WHERE m.month = p_month AND (c.region = p_region OR starts_with(c.region, p_region || '.'))
$$;

-- The same added up per region and for all that was asked for (region null), month by month; silent: no entry for the
-- days of its rule. A sum leaves out the cooperatives whose figure is hidden, so that nobody finds it by taking the others away.
CREATE FUNCTION province.regions_monitored(p_region text, p_from date, p_to date)
RETURNS TABLE (region text, month date, at timestamptz, cooperatives integer, recording integer, members bigint,
               pokok bigint, wajib bigint, sukarela bigint, term bigint, hidden integer, lent bigint, npl numeric,
               par30 numeric, liquidity numeric, own_capital numeric, bopo numeric, collection numeric, dues bigint,
               dues_paid bigint, sales bigint, disputed bigint, unsealed bigint, waiting bigint,
               deadlines_due bigint, deadlines_met bigint, unclosed bigint, meetings_due bigint, meetings_met bigint,
               documents bigint, documents_needed bigint, complete integer, officers bigint, trained bigint,
               cash_off bigint, bmpp bigint, silent integer, unsound integer, closed integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
WITH rows AS (
  SELECT m.*, c.region AS place,
         sum(m.income) OVER years AS earned, sum(m.cost) OVER years AS spent
    FROM public.monitoring m
    JOIN public.cooperatives c ON c.koperasi_id = m.koperasi_id
   WHERE m.month BETWEEN date_trunc('year', p_from)::date AND p_to
     AND (c.region = p_region OR starts_with(c.region, p_region || '.'))
  WINDOW years AS (PARTITION BY m.koperasi_id, date_trunc('year', m.month) ORDER BY m.month)
)
SELECT r.place, r.month, min(r.at), count(*)::integer, count(*) FILTER (WHERE r.recorded > 0)::integer,
       coalesce(sum(r.members) FILTER (WHERE r.members >= 5), 0)::bigint,
       coalesce(sum(r.pokok) FILTER (WHERE r.pokok_members >= 5), 0)::bigint,
       coalesce(sum(r.wajib) FILTER (WHERE r.wajib_members >= 5), 0)::bigint,
       coalesce(sum(r.sukarela) FILTER (WHERE r.sukarela_members >= 5), 0)::bigint,
       coalesce(sum(r.term) FILTER (WHERE r.term_members >= 5), 0)::bigint,
       count(*) FILTER (WHERE r.savers BETWEEN 1 AND 4)::integer,
       -- Unknown, not 0, where all that is lent is hidden.
       coalesce(sum(r.lent) FILTER (WHERE r.borrowers >= 5),
                CASE WHEN count(*) FILTER (WHERE r.borrowers BETWEEN 1 AND 4) = 0 THEN 0 END)::bigint,
       round(100.0 * sum(r.npl) FILTER (WHERE r.borrowers >= 5)
             / nullif(sum(r.lent) FILTER (WHERE r.borrowers >= 5), 0),
             CASE WHEN sum(r.npl_borrowers) FILTER (WHERE r.borrowers >= 5) BETWEEN 1 AND 4 THEN 0 ELSE 1 END),
       round(100.0 * sum(r.par30) FILTER (WHERE r.borrowers >= 5)
             / nullif(sum(r.lent) FILTER (WHERE r.borrowers >= 5), 0),
             CASE WHEN sum(r.par30_borrowers) FILTER (WHERE r.borrowers >= 5) BETWEEN 1 AND 4 THEN 0 ELSE 1 END),
       round(100.0 * sum(r.liquid) FILTER (WHERE r.sukarela_members >= 5)
             / nullif(sum(r.sukarela) FILTER (WHERE r.sukarela_members >= 5), 0), 1),
       round(100.0 * sum(r.own_capital) FILTER (WHERE r.savers >= 5)
             / nullif(sum(r.assets) FILTER (WHERE r.savers >= 5), 0), 1),
       round(100.0 * sum(r.spent) / nullif(sum(r.earned), 0), 1),
       round(100.0 * sum(r.dues_paid) FILTER (WHERE r.dues_members >= 5)
             / nullif(sum(r.dues) FILTER (WHERE r.dues_members >= 5), 0), 1),
       coalesce(sum(r.dues) FILTER (WHERE r.dues_members >= 5), 0)::bigint,
       coalesce(sum(r.dues_paid) FILTER (WHERE r.dues_members >= 5), 0)::bigint,
       sum(r.sales)::bigint,
       coalesce(sum(r.disputed) FILTER (WHERE r.members >= 5), 0)::bigint,
       coalesce(sum(r.unsealed), 0)::bigint, coalesce(sum(r.waiting), 0)::bigint, coalesce(sum(r.deadlines_due), 0)::bigint,
       coalesce(sum(r.deadlines_met), 0)::bigint, coalesce(sum(r.unclosed), 0)::bigint,
       coalesce(sum(r.meetings_due), 0)::bigint, coalesce(sum(r.meetings_met), 0)::bigint,
       coalesce(sum(r.documents), 0)::bigint, coalesce(sum(r.documents_needed), 0)::bigint,
       count(*) FILTER (WHERE r.documents = r.documents_needed)::integer,
       coalesce(sum(r.officers), 0)::bigint, coalesce(sum(r.trained), 0)::bigint, coalesce(sum(r.cash_off), 0)::bigint,
       (sum(r.bmpp) FILTER (WHERE r.members >= 5))::bigint,
       count(*) FILTER (WHERE r.last_entry_at > r.at - make_interval(days => coalesce(r.silence_days, 7)) IS NOT TRUE)::integer,
       count(*) FILTER (WHERE NOT r.sound)::integer,
       count(*) FILTER (WHERE r.closed_through >= (r.month - 1))::integer
  FROM rows r
 WHERE r.month >= p_from
 GROUP BY GROUPING SETS ((r.place, r.month), (r.month))
$$;
