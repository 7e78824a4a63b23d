-- Whom an audience means, one row a person and cooperative; runs as who asks: a cooperative's login sees its own alone.
-- p_koperasi 0: every cooperative below p_region. p_audience: region, cooperatives (codes), members, roles, activity, months, classes.
CREATE FUNCTION announce.people(p_koperasi integer, p_region text, p_audience jsonb, p_on date)
RETURNS TABLE (koperasi_id integer, person_id integer) LANGUAGE sql STABLE
AS $$
WITH there AS (
  SELECT c.koperasi_id FROM public.cooperatives c
   WHERE CASE WHEN p_koperasi > 0 THEN c.koperasi_id = p_koperasi
              ELSE announce.below(c.region, p_region) AND announce.below(c.region, p_audience->>'region')
                   AND (p_audience->'cooperatives' IS NULL OR p_audience->'cooperatives' ? c.code) END
)
SELECT m.koperasi_id, m.id FROM public.members m JOIN there USING (koperasi_id)
 WHERE (p_audience->>'members')::boolean AND m.joined_on <= p_on AND (m.left_on IS NULL OR m.left_on > p_on)
   AND (p_audience->>'activity' IS NULL OR EXISTS (
     SELECT FROM ledger.accounts a
       JOIN LATERAL (
         SELECT p.entry FROM ledger.postings p WHERE p.koperasi_id = a.koperasi_id AND p.credit = a.id
         UNION ALL
         SELECT p.entry FROM ledger.postings p WHERE p.koperasi_id = a.koperasi_id AND p.debit = a.id
            AND p_audience->>'activity' = 'recorded') AS moved ON true
       JOIN ledger.entries e ON e.koperasi_id = a.koperasi_id AND e.number = moved.entry
      WHERE a.koperasi_id = m.koperasi_id AND a.member_id = m.id
        AND (p_audience->>'activity' = 'recorded' OR a.code = '320000')
        AND e."on" > p_on - make_interval(months => (p_audience->>'months')::integer)
        AND NOT EXISTS (SELECT FROM ledger.entries r WHERE r.koperasi_id = e.koperasi_id AND r.reverses = e.number)))
   AND (p_audience->'classes' IS NULL OR EXISTS (
     SELECT FROM public.loans l WHERE l.koperasi_id = m.koperasi_id AND l.member_id = m.id
        AND l.state = 'running' AND p_audience->'classes' ? l.class))
UNION
SELECT o.koperasi_id, o.person_id FROM public.officers o JOIN there USING (koperasi_id)
 WHERE p_audience->'roles' ? o.role AND o.since <= p_on AND (o.until IS NULL OR o.until > p_on)
$$;

-- Where each of them is reached: the newest chat, and whether announcements may be said there. No chat: nulls.
CREATE FUNCTION announce.reached(p_koperasi integer, p_region text, p_audience jsonb, p_on date)
RETURNS TABLE (koperasi_id integer, person_id integer, channel text, account text, chat text, willing boolean)
LANGUAGE sql STABLE
AS $$
WITH newest AS (
  SELECT DISTINCT ON (a.koperasi_id, a.person_id) a.koperasi_id, a.person_id, a.channel, a.account, a.chat
    FROM public.addresses a
   WHERE a.ended_at IS NULL AND (p_koperasi = 0 OR a.koperasi_id = p_koperasi)
   ORDER BY a.koperasi_id, a.person_id, a.linked_at DESC
), agreed AS (
  SELECT DISTINCT ON (c.koperasi_id, c.person_id, c.channel) c.koperasi_id, c.person_id, c.channel, c.withdrawn_at
    FROM public.consents c
   WHERE c.purpose = 'announcement' AND (p_koperasi = 0 OR c.koperasi_id = p_koperasi)
   ORDER BY c.koperasi_id, c.person_id, c.channel, c.given_at DESC
)
SELECT p.koperasi_id, p.person_id, n.channel, n.account, n.chat,
       g.koperasi_id IS NOT NULL AND g.withdrawn_at IS NULL
  FROM announce.people(p_koperasi, p_region, p_audience, p_on) p
  LEFT JOIN newest n ON n.koperasi_id = p.koperasi_id AND n.person_id = p.person_id
  LEFT JOIN agreed g ON g.koperasi_id = p.koperasi_id AND g.person_id = p.person_id AND g.channel = n.channel
$$;

-- How many they are, as (what, name, count): channel, stopped, unreached, village. Fewer than p_least are not told: null.
CREATE FUNCTION announce.counted(
  p_koperasi integer, p_region text, p_audience jsonb, p_on date, p_least integer
) RETURNS TABLE (what text, name text, people bigint) LANGUAGE sql STABLE
AS $$
WITH them AS (SELECT * FROM announce.reached(p_koperasi, p_region, p_audience, p_on)), cells AS (
  SELECT 'channel' AS what, t.channel AS name, count(DISTINCT (t.account, t.chat)) AS people
    FROM them t WHERE t.willing GROUP BY t.channel
  UNION ALL
  SELECT 'stopped', '', count(*) FROM them t WHERE t.chat IS NOT NULL AND NOT t.willing
  UNION ALL
  SELECT 'unreached', '', count(*) FROM them t WHERE t.chat IS NULL
  UNION ALL
  SELECT 'village', v.name || ', ' || v.district, count(*)
    FROM them t
    LEFT JOIN LATERAL (SELECT min(cv.village) AS code FROM public.cooperative_villages cv
                        WHERE cv.koperasi_id = t.koperasi_id) home ON true
    JOIN public.villages v ON v.code = home.code
   WHERE t.chat IS NULL GROUP BY v.code, v.name, v.district
)
SELECT c.what, c.name, CASE WHEN c.people >= p_least THEN c.people END FROM cells c WHERE c.people > 0
$$;

-- The same for an official, who sees no figure of fewer than five members. Officers are known by name anyway.
CREATE FUNCTION province.reach(p_region text, p_audience jsonb, p_on date)
RETURNS TABLE (what text, name text, people bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
SELECT r.what, r.name, r.people
  FROM announce.counted(0, p_region, p_audience, p_on,
                        CASE WHEN (p_audience->>'members')::boolean THEN 5 ELSE 1 END) r
$$;

-- Owe an announcement to everybody it is for who was not owed it yet, one row a chat, in one statement.
-- p_facts is sealed once for all rows. From the p_firsts[i]-th on (0 first) they are due from p_starts[i] on, each
-- p_step after the one before: so they lie in allowed hours. p_most: of a pilot.
-- Whom it is for stands in the announcement; a correction is for those who got what it corrects.
CREATE FUNCTION announce.fan_out(
  p_koperasi integer, p_id uuid, p_facts bytea, p_on date, p_starts timestamptz[], p_firsts bigint[],
  p_step interval, p_expires timestamptz, p_at timestamptz, p_most integer
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  this public.announcements; owed bigint;
BEGIN
  SELECT * INTO this FROM public.announcements a WHERE a.koperasi_id = p_koperasi AND a.id = p_id FOR UPDATE;
  IF this.id IS NULL OR this.state NOT IN ('pilot', 'sending') THEN
    RETURN 0;
  END IF;
  WITH them AS (
    SELECT r.koperasi_id, r.person_id, r.channel, r.account, r.chat
      FROM announce.reached(p_koperasi, this.region, this.audience, p_on) r
     WHERE this.corrects IS NULL AND r.willing
    UNION ALL
    SELECT o.koperasi_id, o.person_id, coalesce(n.channel, o.channel), coalesce(n.account, o.account),
           coalesce(n.chat, o.chat)
      FROM public.outbox o
      LEFT JOIN LATERAL (
        SELECT a.channel, a.account, a.chat FROM public.addresses a
         WHERE a.koperasi_id = o.koperasi_id AND a.person_id = o.person_id AND a.ended_at IS NULL
         ORDER BY a.linked_at DESC LIMIT 1) n ON true
     WHERE this.corrects IS NOT NULL AND o.announcement = this.corrects AND o.state IN ('sent', 'unknown')
  ), once AS (
    SELECT DISTINCT ON (t.channel, t.account, t.chat) t.*
      FROM them t
     WHERE NOT EXISTS (SELECT FROM public.outbox o WHERE o.announcement = p_id AND o.channel = t.channel
                          AND o.account = t.account AND o.chat = t.chat)
     ORDER BY t.channel, t.account, t.chat, t.koperasi_id, t.person_id
  ), lined AS (
    SELECT o.*, row_number() OVER (PARTITION BY o.channel, o.account ORDER BY o.koperasi_id, o.person_id) - 1 AS k
      FROM once o
  )
  INSERT INTO public.outbox (koperasi_id, id, channel, account, chat, person_id, purpose, priority, facts, dedupe,
                             not_before, expires_at, state, made_at, announcement)
  SELECT l.koperasi_id, gen_random_uuid(), l.channel, l.account, l.chat, l.person_id, 'announcement', 4, p_facts,
         'announcement/' || p_id || '/' || l.person_id, p_starts[l.span] + (l.k - p_firsts[l.span]) * p_step, p_expires, 'waiting', p_at, p_id
    FROM (SELECT l.*, width_bucket(l.k, p_firsts) AS span FROM lined l) l
   WHERE p_most IS NULL OR l.k < p_most
   ORDER BY l.koperasi_id, l.person_id
  ON CONFLICT (koperasi_id, dedupe) DO NOTHING;
  GET DIAGNOSTICS owed = ROW_COUNT;
  RETURN owed;
END $$;

-- Officials whose region is p_region or lies above it, with the chat in which each wrote last: who may approve.
CREATE FUNCTION chat.officials(p_region text)
RETURNS TABLE (id integer, name text, region text, channel text, account text, chat text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
SELECT DISTINCT ON (u.id) u.id, u.name, u.region, c.channel, c.account, c.chat
  FROM public.province_users u
  LEFT JOIN chat.chats c ON c.province_user = u.id
 WHERE announce.below(p_region, u.region) AND (u.until IS NULL OR u.until > current_date)
 ORDER BY u.id, c.seen_at DESC NULLS LAST
$$;
