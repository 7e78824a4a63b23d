-- The one door into the books. In one call: lock the book, refuse closed periods, answer a repeated
-- operation with its first result, number without gaps, write the postings, move the balances,
-- keep the floors, extend the hash chain.
--
-- Accounts are named by key: CODE[:mMEMBER][:lLOAN][:uUNIT], ids without leading zeros; one is opened
-- at its first posting. A member in a key is one of the cooperative's. Balances hold 64 bits: an entry
-- that would need more fails as a whole (22003). Whether a day has come is the caller's question; here it
-- is only kept from being absurd.
-- Refusals (SQLSTATE, DETAIL is JSON): KD001 closed period · KD002 same operation, other content ·
-- KD003 floor · KD004 already reversed · KD005 no such entry · KD006 unknown account ·
-- KD007 not the cooperative of this transaction · KD008 malformed postings.
CREATE OR REPLACE FUNCTION ledger.post(
  p_koperasi integer, p_operation text, p_kind text, p_on date, p_at timestamptz,
  p_recorder text, p_source text, p_debits text[], p_credits text[], p_amounts bigint[],
  p_reason text DEFAULT NULL, p_reverses bigint DEFAULT NULL, p_approver text DEFAULT NULL,
  OUT number bigint, OUT hash bytea, OUT repeated boolean,
  OUT debit_balances bigint[], OUT credit_balances bigint[]
)
-- pg_temp last: else a caller's temporary type named text or bytea would be used here, as the owner.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, ledger, pg_temp
AS $$
DECLARE
  book ledger.books;
  first ledger.entries;
  original ledger.entries;
  lines integer := coalesce(array_length(p_amounts, 1), 0);
  chain text; differs text; reversal bigint; opened integer := 0;
  -- Of each account of the entry, in the order they come: by how much it moves, then its row and running balance.
  keys text[] := '{}'; moves numeric[] := '{}'; named text; moved numeric; place integer; ids integer[]; debit_normal boolean[]; running bigint[];
  account record; chart ledger.chart; parts text[]; below record;
  i integer; debited integer; credited integer;  -- the last two: places in keys
BEGIN
  IF p_koperasi::text IS DISTINCT FROM current_setting('kopdes.koperasi_id', true) THEN
    RAISE EXCEPTION 'not the cooperative of this transaction' USING ERRCODE = 'KD007';
  END IF;
  IF lines NOT BETWEEN 1 AND 1000 OR array_dims(p_amounts) <> '[1:' || lines || ']'
     OR array_dims(p_debits) IS DISTINCT FROM array_dims(p_amounts)
     OR array_dims(p_credits) IS DISTINCT FROM array_dims(p_amounts)
     OR array_position(p_amounts, NULL) IS NOT NULL OR 0 >= ANY (p_amounts)
     OR array_position(p_debits, NULL) IS NOT NULL OR array_position(p_credits, NULL) IS NOT NULL
     OR coalesce(p_operation, '') = '' OR coalesce(p_kind, '') = '' OR coalesce(p_recorder, '') = ''
     OR coalesce(p_source, '') = '' OR p_on IS NULL OR NOT coalesce(isfinite(p_at), false)
     OR p_on NOT BETWEEN '1945-01-01' AND (p_at AT TIME ZONE 'UTC' + interval '14 hours')::date THEN
    RAISE EXCEPTION 'malformed postings' USING ERRCODE = 'KD008';
  END IF;
  SELECT * INTO book FROM ledger.books b WHERE b.koperasi_id = p_koperasi FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'cooperative % has no book', p_koperasi USING ERRCODE = 'KD007';
  END IF;

  SELECT * INTO first FROM ledger.entries e
   WHERE e.koperasi_id = p_koperasi AND e.operation = p_operation;
  IF FOUND THEN
    differs := ledger.difference(first, p_kind, p_on, p_reason, p_reverses, p_debits, p_credits, p_amounts);
    IF differs IS NOT NULL THEN
      RAISE EXCEPTION 'operation % was recorded as entry % with another %', p_operation, first.number, differs
        USING ERRCODE = 'KD002',
              DETAIL = json_build_object('entry', first.number, 'differs', differs)::text;
    END IF;
    SELECT array_agg(p.debit_balance ORDER BY p.line), array_agg(p.credit_balance ORDER BY p.line)
      INTO debit_balances, credit_balances FROM ledger.postings p
     WHERE p.koperasi_id = p_koperasi AND p.entry = first.number;
    number := first.number; hash := first.hash; repeated := true;
    RETURN;
  END IF;

  IF p_on <= book.closed_through THEN
    RAISE EXCEPTION 'the books are closed through %', book.closed_through
      USING ERRCODE = 'KD001', DETAIL = json_build_object('through', book.closed_through)::text;
  END IF;
  IF p_reverses IS NOT NULL THEN
    IF coalesce(p_reason, '') = '' THEN
      RAISE EXCEPTION 'a reversal needs its reason' USING ERRCODE = 'KD008';
    END IF;
    SELECT * INTO original FROM ledger.entries e
     WHERE e.koperasi_id = p_koperasi AND e.number = p_reverses;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'no entry %', p_reverses USING ERRCODE = 'KD005';
    END IF;
    SELECT e.number INTO reversal FROM ledger.entries e
     WHERE e.koperasi_id = p_koperasi AND e.reverses = p_reverses;
    IF FOUND OR original.reverses IS NOT NULL THEN
      RAISE EXCEPTION 'entry % is reversed already or is a reversal itself', p_reverses
        USING ERRCODE = 'KD004', DETAIL = json_build_object('by', reversal)::text;
    END IF;
    -- A reversal is the original with its sides changed, line by line; nothing else.
    IF (SELECT array_agg(c.key ORDER BY p.line) IS DISTINCT FROM p_debits
            OR array_agg(d.key ORDER BY p.line) IS DISTINCT FROM p_credits
            OR array_agg(p.amount ORDER BY p.line) IS DISTINCT FROM p_amounts
          FROM ledger.postings p
          JOIN ledger.accounts d ON d.koperasi_id = p.koperasi_id AND d.id = p.debit
          JOIN ledger.accounts c ON c.koperasi_id = p.koperasi_id AND c.id = p.credit
         WHERE p.koperasi_id = p_koperasi AND p.entry = p_reverses) THEN
      RAISE EXCEPTION 'not the reverse of entry %', p_reverses USING ERRCODE = 'KD008';
    END IF;
  END IF;

  number := book.entries + 1;
  repeated := false;
  chain := concat_ws(',', ledger.field(number::text), ledger.field(to_char(p_on::timestamp, 'YYYY-MM-DD')),
    ledger.field(to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')), ledger.field(p_kind),
    ledger.field(p_operation), ledger.field(p_recorder), ledger.field(p_approver),
    ledger.field(p_source), ledger.field(p_reason), ledger.field(p_reverses::text));
  FOR i IN 1 .. lines LOOP
    IF p_debits[i] = p_credits[i] THEN
      RAISE EXCEPTION 'malformed posting %', i USING ERRCODE = 'KD008';
    END IF;
    chain := chain || ';' || concat_ws(',', ledger.field(p_debits[i]), ledger.field(p_credits[i]),
      ledger.field(p_amounts[i]::text));
  END LOOP;
  hash := sha256(book.head || convert_to(chain, 'UTF8'));

  INSERT INTO ledger.entries (koperasi_id, number, "on", at, kind, operation, recorder, approver,
                              source, reason, reverses, hash)
  VALUES (p_koperasi, number, p_on, p_at, p_kind, p_operation, p_recorder, p_approver,
          p_source, p_reason, p_reverses, hash);

  -- An account's row is written once, however many lines name it: each new version of a row is one more to
  -- pass over until the transaction ends.
  FOR i IN 1 .. lines LOOP
    FOREACH named IN ARRAY ARRAY[p_debits[i], p_credits[i]] LOOP
      moved := CASE named WHEN p_debits[i] THEN p_amounts[i] ELSE -p_amounts[i] END;
      place := array_position(keys, named);
      IF place IS NULL THEN
        keys := keys || named;
        moves := moves || moved;
      ELSE
        moves[place] := moves[place] + moved;
      END IF;
    END LOOP;
  END LOOP;
  FOR i IN 1 .. array_length(keys, 1) LOOP
    UPDATE ledger.accounts a
       SET balance = a.balance + CASE a.normal WHEN 'D' THEN moves[i] ELSE -moves[i] END
     WHERE a.koperasi_id = p_koperasi AND a.key = keys[i]
    RETURNING a.id, a.key, a.normal, a.balance, a.floor INTO account;
    IF NOT FOUND THEN
      parts := regexp_match(keys[i], '^([0-9]{6})(?::m([1-9][0-9]{0,8}))?(?::l([1-9][0-9]{0,8}))?(?::u([1-9][0-9]{0,8}))?$');
      SELECT * INTO chart FROM ledger.chart c WHERE c.code = parts[1];
      IF parts IS NULL OR NOT FOUND
         OR (chart.subledger IS NOT NULL AND parts[2] IS NULL)
         OR (chart.subledger = 'loan') <> (parts[3] IS NOT NULL)
         OR (parts[2] IS NOT NULL AND NOT EXISTS (
              SELECT FROM public.members m WHERE m.koperasi_id = p_koperasi AND m.id = parts[2]::integer)) THEN
        RAISE EXCEPTION 'unknown account %', keys[i] USING ERRCODE = 'KD006';
      END IF;
      opened := opened + 1;
      INSERT INTO ledger.accounts (koperasi_id, id, key, code, member_id, loan_id, unit_id, normal, balance, floor)
      VALUES (p_koperasi, book.accounts + opened, keys[i], chart.code, parts[2]::integer, parts[3]::integer,
              parts[4]::integer, chart.normal, CASE chart.normal WHEN 'D' THEN moves[i] ELSE -moves[i] END, chart.floor)
      RETURNING id, key, normal, balance, floor INTO account;
    END IF;
    -- A line may pass below a floor on its way; the whole entry may not.
    IF account.balance < account.floor AND below IS NULL THEN
      below := account;
    END IF;
    ids[i] := account.id;
    debit_normal[i] := account.normal = 'D';
    running[i] := account.balance - CASE account.normal WHEN 'D' THEN moves[i] ELSE -moves[i] END;
  END LOOP;

  FOR i IN 1 .. lines LOOP
    debited := array_position(keys, p_debits[i]);
    credited := array_position(keys, p_credits[i]);
    running[debited] := running[debited] + CASE WHEN debit_normal[debited] THEN p_amounts[i] ELSE -p_amounts[i] END;
    running[credited] := running[credited] + CASE WHEN debit_normal[credited] THEN -p_amounts[i] ELSE p_amounts[i] END;
    debit_balances[i] := running[debited];
    credit_balances[i] := running[credited];
    INSERT INTO ledger.postings (koperasi_id, entry, line, debit, credit, amount, debit_balance, credit_balance)
    VALUES (p_koperasi, number, i, ids[debited], ids[credited], p_amounts[i], running[debited], running[credited]);
  END LOOP;

  IF below IS NOT NULL THEN
    RAISE EXCEPTION 'account % would fall to %', below.key, below.balance
      USING ERRCODE = 'KD003', DETAIL = json_build_object(
        'account', below.key, 'balance', below.balance, 'floor', below.floor)::text;
  END IF;
  UPDATE ledger.books b SET entries = post.number, accounts = book.accounts + opened, head = hash
   WHERE b.koperasi_id = p_koperasi;
END $$;
