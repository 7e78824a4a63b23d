"""Where people are reached: the channel they choose by words, and a number that changed."""

from __future__ import annotations

import re
from uuid import uuid4

from sqlalchemy import select

from bot import inbox
from bot.talk import Moved, Reply, Turn, say
from core import consents, database, identities, people
from core.permissions import Action, may
from core.tables.people import people as people_table
from notifications import outbox
from notifications.messages import Address, Content, Message, Purpose

_NAMES = {"telegram": "Telegram", "whatsapp": "WhatsApp"}
_SAID = re.compile(
    r"\s*(?:tolong\s+|mohon\s+|saya\s+mau\s+)?"
    r"(?P<verb>(?:kirim(?:kan)?|kabari|hubungi|pindah|ganti)(?:\s+(?:saya|semua|pesan|kabar))*\s+)?"
    r"(?:lewat|melalui|via|pakai|ke|di)\s+(?P<channel>telegram|tele|tg|whats\s?app|wa)"
    r"(?:\s+(?:saja|aja|ya|dong|pak|bu|min))*[\s.!]*",
    re.IGNORECASE,
)


def spoken(text: str, *, asked: bool) -> str | None:
    """Read "kirim lewat WhatsApp saja", "pakai Telegram": the channel that is chosen.

    While something is asked, "lewat WA" alone may be the answer to it.
    """
    found = _SAID.fullmatch(text) if len(text) <= 60 else None
    if found is None or (asked and found["verb"] is None):
        return None
    return "telegram" if found["channel"].lower().startswith("t") else "whatsapp"


async def choose(channel: str, turn: Turn) -> Reply:
    """Send what nobody asked for by this channel, to everybody this chat speaks for who has a chat on it."""
    chosen = False
    for koperasi_id, person_id in sorted(turn.links):
        await database.enter(turn.db, koperasi_id)
        chosen |= await consents.prefer(
            turn.db, koperasi_id=koperasi_id, person_id=person_id, channel=channel, at=turn.now
        )
    await database.enter(turn.db, turn.koperasi_id)
    key = "channel-chosen" if chosen else "channel-not-linked"
    return Reply(lines=(say(key, channel=_NAMES[channel]),))


async def moved(to: Moved, turn: Turn) -> Reply:
    """Let the chat go on under the new number; tell officers whose book still has the old one.

    The person said nothing and is answered nothing. The notice carries no number.
    """
    if not await inbox.renumber(turn.db, turn.incoming.chat, to, turn.keys):
        return Reply(lines=())
    normal = people.normal_phone(f"+{to.phone}") if to.phone else None
    for koperasi_id, person_id in sorted(turn.links):
        await database.enter(turn.db, koperasi_id)
        registered = await identities.phone_of(
            turn.db, koperasi_id=koperasi_id, person_id=person_id
        )
        if normal and registered != turn.keys.fingerprint("phone", normal):
            await outbox.put(turn.db, await _told(turn, koperasi_id, person_id), turn.keys)
    await database.enter(turn.db, turn.koperasi_id)
    return Reply(lines=())


async def _told(turn: Turn, koperasi_id: int, person_id: int) -> list[Message]:
    name = await turn.db.scalar(
        select(people_table.c.name).where(
            people_table.c.koperasi_id == koperasi_id, people_table.c.id == person_id
        )
    )
    held = await identities.offices(turn.db, koperasi_id=koperasi_id, on=turn.today)
    whom = {one.person_id for one in held if may([one.role], Action.ADD_MEMBERS)} - {person_id}
    chats = await identities.chats_of(turn.db, koperasi_id=koperasi_id, person_ids=sorted(whom))
    return [
        Message(
            koperasi_id=koperasi_id,
            id=uuid4(),
            to=Address(channel=chat[0], account=chat[1], chat=chat[2]),
            person_id=officer,
            purpose=Purpose.NOTICE,
            content=Content(lines=(say("number-changed", name=str(name)),)),
            dedupe=f"number/{turn.incoming.update}/{koperasi_id}/{person_id}/{officer}",
            made_at=turn.now,
        )
        for officer, chat in sorted(chats.items())
    ]
