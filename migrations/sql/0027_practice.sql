-- The practice book of an officer of the cooperative named in this transaction: the newest one, or a fresh one.
-- It lies in no region of the province (00), has no village, and is no real book's number. made: it is empty yet.
CREATE FUNCTION chat.practise(p_person integer, p_at timestamptz, p_fresh boolean,
                              OUT koperasi_id integer, OUT made boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  home public.cooperatives; book integer;
BEGIN
  SELECT c.* INTO home FROM public.cooperatives c
   WHERE c.koperasi_id = nullif(current_setting('kopdes.koperasi_id', true), '')::integer AND c.practice_of IS NULL;
  IF home.koperasi_id IS NULL OR NOT EXISTS (
    SELECT FROM public.officers o WHERE o.koperasi_id = home.koperasi_id AND o.person_id = p_person) THEN
    RAISE EXCEPTION 'practice is for officers, from their own cooperative';
  END IF;
  PERFORM FROM public.people p WHERE p.koperasi_id = home.koperasi_id AND p.id = p_person FOR UPDATE;
  SELECT max(c.koperasi_id) INTO book FROM public.cooperatives c
   WHERE c.practice_of = home.koperasi_id AND c.practice_for = p_person;
  made := p_fresh OR book IS NULL;
  IF NOT made THEN
    koperasi_id := book;
    RETURN;
  END IF;
  book := nextval('chat.practice_books');
  INSERT INTO public.cooperatives (koperasi_id, code, name, region, zone, created_at, practice_of, practice_for)
  VALUES (book, 'LATIHAN-' || (book - 99999999), 'Koperasi Latihan (bukan buku asli)', '00',
          home.zone, p_at, home.koperasi_id, p_person);
  INSERT INTO public.counters (koperasi_id, noun, last)
  SELECT book, c.noun, 0 FROM public.counters c WHERE c.koperasi_id = home.koperasi_id;
  INSERT INTO public.rules (koperasi_id, name, since, value, set_by, set_at)
  SELECT book, r.name, r.since, r.value, 'practice', p_at FROM public.rules r
   WHERE r.koperasi_id = home.koperasi_id AND r.name IN ('pokok', 'wajib');
  INSERT INTO ledger.books (koperasi_id, entries, accounts, head)
  VALUES (book, 0, 0, sha256(convert_to('kopdes book ' || book, 'UTF8')));
  koperasi_id := book;
END $$
