-- Which chat a message from a phone number or a BSUID (the channel's own name for a person) belongs to.
-- p_chat: the id a contact that nobody knows yet is given. heard_at opens the channel's 24 hours; heard_before is
-- when the contact was heard until now.
-- A number that now belongs to another BSUID was given to somebody else: the old chat is reached by it no more.
CREATE FUNCTION chat.resolve(
  p_account text, p_chat text, p_phone_hash bytea, p_phone_sealed bytea, p_bsuid text, p_at timestamptz,
  OUT found_chat text, OUT heard_before timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  by_user chat.contacts; by_phone chat.contacts; fresh text := p_chat;
BEGIN
  IF p_phone_hash IS NULL AND p_bsuid IS NULL THEN
    RAISE 'a contact has a number or a BSUID';
  END IF;
  LOOP
    SELECT * INTO by_user FROM chat.contacts c WHERE c.account = p_account AND c.bsuid = p_bsuid FOR UPDATE;
    SELECT * INTO by_phone FROM chat.contacts c
     WHERE c.account = p_account AND c.phone_hash = p_phone_hash FOR UPDATE;
    IF by_user.chat <> by_phone.chat AND by_phone.bsuid IS NULL AND by_user.phone_hash IS NULL
       AND NOT EXISTS (SELECT FROM chat.links l WHERE l.channel = 'whatsapp' AND l.account = p_account
                          AND l.chat = by_user.chat)
       AND NOT EXISTS (SELECT FROM chat.chats t WHERE t.channel = 'whatsapp' AND t.account = p_account
                          AND t.chat = by_user.chat AND t.province_user IS NOT NULL) THEN
      -- The two were heard apart, and one of them speaks for nobody: they are one contact.
      DELETE FROM chat.contacts c WHERE c.account = p_account AND c.chat = by_user.chat;
      by_user := by_phone;
    END IF;
    found_chat := by_user.chat;
    IF found_chat IS NULL AND (by_phone.bsuid IS NULL OR p_bsuid IS NULL) THEN
      found_chat := by_phone.chat;
    END IF;
    IF by_phone.chat IS DISTINCT FROM found_chat AND by_phone.chat IS NOT NULL THEN
      UPDATE chat.contacts c SET phone_hash = NULL, phone_sealed = NULL
       WHERE c.account = p_account AND c.chat = by_phone.chat;
    END IF;
    IF found_chat IS NOT NULL THEN
      heard_before := CASE WHEN found_chat = by_user.chat THEN by_user.heard_at ELSE by_phone.heard_at END;
      UPDATE chat.contacts c
         SET phone_hash = coalesce(p_phone_hash, c.phone_hash), bsuid = coalesce(p_bsuid, c.bsuid),
             phone_sealed = CASE WHEN p_phone_hash IS DISTINCT FROM c.phone_hash
                                 THEN coalesce(p_phone_sealed, c.phone_sealed) ELSE c.phone_sealed END,
             heard_at = greatest(c.heard_at, p_at)
       WHERE c.account = p_account AND c.chat = found_chat
         AND (c.heard_at < p_at OR c.phone_hash IS DISTINCT FROM coalesce(p_phone_hash, c.phone_hash)
              OR c.bsuid IS DISTINCT FROM coalesce(p_bsuid, c.bsuid));
      RETURN;
    END IF;
    INSERT INTO chat.contacts (account, chat, phone_hash, phone_sealed, bsuid, heard_at)
    VALUES (p_account, fresh, p_phone_hash, p_phone_sealed, p_bsuid, p_at) ON CONFLICT DO NOTHING;
    IF FOUND THEN
      found_chat := fresh;
      RETURN;
    END IF;
    -- Another delivery wrote this contact first; or the id was made of a number that somebody else had.
    IF EXISTS (SELECT FROM chat.contacts c WHERE c.account = p_account AND c.chat = fresh) THEN
      fresh := 'w' || left(replace(gen_random_uuid()::text, '-', ''), 24);
    END IF;
  END LOOP;
END $$;

-- The person behind a chat has another number now, and with it another BSUID; the chat goes on.
-- Whoever was known by them before is reached by them no more, unless that is a chat that speaks for somebody:
-- then the number changed hands or the person began anew, and this chat keeps what it had. moved says which.
CREATE FUNCTION chat.renumber(
  p_account text, p_chat text, p_phone_hash bytea, p_phone_sealed bytea, p_bsuid text, OUT moved boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  moved := NOT EXISTS (
    SELECT FROM chat.contacts c
     WHERE c.account = p_account AND c.chat <> p_chat AND (c.phone_hash = p_phone_hash OR c.bsuid = p_bsuid)
       AND (EXISTS (SELECT FROM chat.links l WHERE l.channel = 'whatsapp' AND l.account = c.account AND l.chat = c.chat)
            OR EXISTS (SELECT FROM chat.chats t WHERE t.channel = 'whatsapp' AND t.account = c.account
                          AND t.chat = c.chat AND t.province_user IS NOT NULL)));
  IF NOT moved THEN
    RETURN;
  END IF;
  DELETE FROM chat.contacts c
   WHERE c.account = p_account AND c.chat <> p_chat AND (c.phone_hash = p_phone_hash OR c.bsuid = p_bsuid);
  UPDATE chat.contacts c SET phone_hash = p_phone_hash, phone_sealed = p_phone_sealed, bsuid = p_bsuid
   WHERE c.account = p_account AND c.chat = p_chat;
END $$;
