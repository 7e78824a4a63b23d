-- What differs between a recorded entry and the same operation said again: the first field, or null.
CREATE FUNCTION ledger.difference(
  first ledger.entries, p_kind text, p_on date, p_reason text, p_reverses bigint,
  p_debits text[], p_credits text[], p_amounts bigint[]
) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, ledger, pg_temp
AS $$
  SELECT CASE
    WHEN first.kind IS DISTINCT FROM p_kind THEN 'kind'
    WHEN first."on" IS DISTINCT FROM p_on THEN 'date'
    WHEN first.reason IS DISTINCT FROM p_reason THEN 'reason'
    WHEN first.reverses IS DISTINCT FROM p_reverses THEN 'reverses'
    WHEN array_agg(p.amount ORDER BY p.line) IS DISTINCT FROM p_amounts THEN 'amount'
    WHEN array_agg(d.key ORDER BY p.line) IS DISTINCT FROM p_debits THEN 'debit'
    WHEN array_agg(c.key ORDER BY p.line) IS DISTINCT FROM p_credits THEN 'credit'
  END
  FROM ledger.postings p
  JOIN ledger.accounts d ON d.koperasi_id = p.koperasi_id AND d.id = p.debit
  JOIN ledger.accounts c ON c.koperasi_id = p.koperasi_id AND c.id = p.credit
  WHERE p.koperasi_id = first.koperasi_id AND p.entry = first.number
$$;

-- Close a book through a day, or reopen it (an earlier day, or null); each time is kept with its reason.
CREATE FUNCTION ledger.close(p_koperasi integer, p_through date, p_at timestamptz, p_by text, p_reason text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, ledger, pg_temp
AS $$
BEGIN
  IF p_koperasi::text IS DISTINCT FROM current_setting('kopdes.koperasi_id', true) THEN
    RAISE EXCEPTION 'not the cooperative of this transaction' USING ERRCODE = 'KD007';
  END IF;
  IF coalesce(p_reason, '') = '' OR coalesce(p_by, '') = '' OR NOT coalesce(isfinite(p_through), true) THEN
    RAISE EXCEPTION 'a closing needs who and why' USING ERRCODE = 'KD008';
  END IF;
  UPDATE ledger.books b SET closed_through = p_through WHERE b.koperasi_id = p_koperasi;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'cooperative % has no book', p_koperasi USING ERRCODE = 'KD007';
  END IF;
  INSERT INTO ledger.closings (koperasi_id, n, through, at, by, reason)
  SELECT p_koperasi, coalesce(max(c.n), 0) + 1, p_through, p_at, p_by, p_reason
    FROM ledger.closings c WHERE c.koperasi_id = p_koperasi;
END $$;
