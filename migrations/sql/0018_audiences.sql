-- As in 0012, and of several regions, and members for whom nothing was recorded (idle).
CREATE OR REPLACE FUNCTION announce.people(p_koperasi integer, p_region text, p_audience jsonb, p_on date)
RETURNS TABLE (koperasi_id integer, person_id integer) LANGUAGE sql STABLE
AS $$
WITH there AS (
  SELECT c.koperasi_id FROM public.cooperatives c
   WHERE CASE WHEN p_koperasi > 0 THEN c.koperasi_id = p_koperasi
              ELSE announce.below(c.region, p_region) AND announce.below(c.region, p_audience->>'region')
                   AND (p_audience->'regions' IS NULL OR EXISTS (
                     SELECT FROM jsonb_array_elements_text(p_audience->'regions') r WHERE announce.below(c.region, r)))
                   AND (p_audience->'cooperatives' IS NULL OR p_audience->'cooperatives' ? c.code) END
)
SELECT m.koperasi_id, m.id FROM public.members m JOIN there USING (koperasi_id)
 WHERE (p_audience->>'members')::boolean AND m.joined_on <= p_on AND (m.left_on IS NULL OR m.left_on > p_on)
   AND (p_audience->>'activity' IS NULL OR (p_audience->>'activity' <> 'idle') = EXISTS (
     SELECT FROM ledger.accounts a
       JOIN LATERAL (
         SELECT p.entry FROM ledger.postings p WHERE p.koperasi_id = a.koperasi_id AND p.credit = a.id
         UNION ALL
         SELECT p.entry FROM ledger.postings p WHERE p.koperasi_id = a.koperasi_id AND p.debit = a.id
            AND p_audience->>'activity' <> 'wajib') AS moved ON true
       JOIN ledger.entries e ON e.koperasi_id = a.koperasi_id AND e.number = moved.entry
      WHERE a.koperasi_id = m.koperasi_id AND a.member_id = m.id
        AND (p_audience->>'activity' <> 'wajib' OR a.code = '320000')
        AND e."on" > p_on - make_interval(months => (p_audience->>'months')::integer)
        AND e.reverses IS NULL
        AND NOT EXISTS (SELECT FROM ledger.entries r WHERE r.koperasi_id = e.koperasi_id AND r.reverses = e.number)))
   AND (p_audience->'classes' IS NULL OR EXISTS (
     SELECT FROM public.loans l WHERE l.koperasi_id = m.koperasi_id AND l.member_id = m.id
        AND l.state = 'running' AND p_audience->'classes' ? l.class))
UNION
SELECT o.koperasi_id, o.person_id FROM public.officers o JOIN there USING (koperasi_id)
 WHERE p_audience->'roles' ? o.role AND o.since <= p_on AND (o.until IS NULL OR o.until > p_on)
$$;
