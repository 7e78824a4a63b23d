-- A turn's opening, in one call: lock the chat, claim the update, look up an invite's code, say who stands there.
-- seen: this update was claimed before. invite: {"status": "ok"|"wrong"|"used"|"expired"|"locked", …}.
-- Five wrong codes within an hour lock the chat's codes for the rest of that hour.
CREATE FUNCTION chat.open(
  p_channel text, p_account text, p_chat text, p_update text, p_at timestamptz, p_code bytea,
  OUT seen boolean, OUT koperasi_id integer, OUT person_id integer, OUT state bytea,
  OUT province json, OUT links json, OUT invite json
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  here chat.chats; found_invite chat.invites; wrong integer;
BEGIN
  INSERT INTO chat.chats (channel, account, chat, seen_at) VALUES (p_channel, p_account, p_chat, p_at)
  ON CONFLICT DO NOTHING;
  SELECT * INTO here FROM chat.chats c
   WHERE c.channel = p_channel AND c.account = p_account AND c.chat = p_chat FOR UPDATE;
  INSERT INTO chat.updates (channel, account, chat, update_key, at)
  VALUES (p_channel, p_account, p_chat, p_update, p_at) ON CONFLICT DO NOTHING;
  seen := NOT FOUND;
  IF seen THEN
    RETURN;
  END IF;
  koperasi_id := here.koperasi_id; person_id := here.person_id; state := here.state;
  IF here.province_user IS NOT NULL THEN
    SELECT json_build_object('id', u.id, 'name', u.name, 'region', u.region) INTO province
      FROM public.province_users u
     WHERE u.id = here.province_user AND (u.until IS NULL OR u.until > p_at::date);
  END IF;
  SELECT json_agg(json_build_array(l.koperasi_id, l.person_id, k.name) ORDER BY l.koperasi_id, l.person_id) INTO links
    FROM chat.links l JOIN public.cooperatives k ON k.koperasi_id = l.koperasi_id
   WHERE l.channel = p_channel AND l.account = p_account AND l.chat = p_chat;
  IF p_code IS NOT NULL THEN
    wrong := CASE WHEN here.wrong_since > p_at - interval '1 hour' THEN here.wrong_codes ELSE 0 END;
    SELECT * INTO found_invite FROM chat.invites i WHERE i.code_hash = p_code;
    IF wrong >= 5 THEN
      invite := json_build_object('status', 'locked');
    ELSIF found_invite.code_hash IS NULL THEN
      invite := json_build_object('status', 'wrong');
      UPDATE chat.chats c SET wrong_codes = wrong + 1,
             wrong_since = CASE WHEN wrong = 0 THEN p_at ELSE c.wrong_since END
       WHERE c.channel = p_channel AND c.account = p_account AND c.chat = p_chat;
    ELSE
      invite := json_build_object(
        'status', CASE WHEN found_invite.used_at IS NOT NULL THEN 'used'
                       WHEN found_invite.expires_at <= p_at THEN 'expired' ELSE 'ok' END,
        'koperasi_id', found_invite.koperasi_id, 'person_id', found_invite.person_id,
        'province_user', found_invite.province_user,
        'phone_hash', (SELECT encode(u.phone_hash, 'hex') FROM public.province_users u WHERE u.id = found_invite.province_user));
    END IF;
  END IF;
END $$;

-- A turn's closing: keep where the conversation stands, who speaks, new links and new invites.
-- p_links: [[koperasi_id, person_id], …] to add; p_use: hash of the invite they used (null: none needed);
-- p_unlink: [[koperasi_id, person_id], …]; p_invites: [{"code_hash": hex, "person_id", "expires_at", "made_by"}].
-- linked is false when the invite was used or ran out in between: then nothing was linked.
CREATE FUNCTION chat.close(
  p_channel text, p_account text, p_chat text, p_at timestamptz, p_koperasi integer, p_person integer,
  p_province integer, p_state bytea, p_use bytea DEFAULT NULL, p_links json DEFAULT NULL,
  p_unlink json DEFAULT NULL, p_invites json DEFAULT NULL, OUT linked boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  linked := true;
  IF p_use IS NOT NULL THEN
    UPDATE chat.invites i SET used_at = p_at
     WHERE i.code_hash = p_use AND i.used_at IS NULL AND i.expires_at > p_at;
    linked := FOUND;
    IF NOT linked THEN
      RETURN;
    END IF;
  END IF;
  IF p_links IS NOT NULL THEN
    INSERT INTO chat.links (channel, account, chat, koperasi_id, person_id, linked_at)
    SELECT p_channel, p_account, p_chat, (l.value->>0)::integer, (l.value->>1)::integer, p_at
      FROM json_array_elements(p_links) l ON CONFLICT DO NOTHING;
  END IF;
  IF p_unlink IS NOT NULL THEN
    DELETE FROM chat.links k USING json_array_elements(p_unlink) l
     WHERE k.channel = p_channel AND k.account = p_account AND k.chat = p_chat
       AND k.koperasi_id = (l.value->>0)::integer AND k.person_id = (l.value->>1)::integer;
  END IF;
  IF p_invites IS NOT NULL THEN
    INSERT INTO chat.invites (code_hash, koperasi_id, person_id, made_by, made_at, expires_at)
    SELECT decode(i.value->>'code_hash', 'hex'), current_setting('kopdes.koperasi_id')::integer,
           (i.value->>'person_id')::integer, i.value->>'made_by', p_at, (i.value->>'expires_at')::timestamptz
      FROM json_array_elements(p_invites) i;
  END IF;
  UPDATE chat.chats c SET koperasi_id = p_koperasi, person_id = p_person, province_user = p_province,
         state = p_state, seen_at = p_at
   WHERE c.channel = p_channel AND c.account = p_account AND c.chat = p_chat;
END $$;
