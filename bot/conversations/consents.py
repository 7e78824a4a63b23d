"""What a chat is sent unasked, switched off and on: at once, in any state, for everybody it speaks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversations import welcome
from bot.talk import Reply, Turn, say
from bot.understand.readings import Intent
from core import consents, database, texts
from core.consents import Consent
from core.identities import CONSENT_TEXT
from notifications import reach
from notifications.messages import Purpose, Say

_OF = {
    "pengingat": Consent.REMINDER,
    "ingatan": Consent.REMINDER,
    "reminder": Consent.REMINDER,
    "saldo": Consent.STATEMENT,
    "saldo bulanan": Consent.STATEMENT,
    "pengumuman": Consent.ANNOUNCEMENT,
}
_WHAT = r"(?:\s+(?P<what>{})(?:nya)?)?".format("|".join(sorted(_OF, key=len, reverse=True)))
_SAID = re.compile(
    r"\s*(?:(?:tolong|mohon|saya|aku|mau|ingin|minta)\s+)*"
    r"(?:(?P<stop>/?se?top|/?berhenti|unsubscribe|jangan kirim)|(?P<resume>/?mulai|lanjutkan kirim))"
    r"(?:\s+(?:semua|semuanya|kirim|kirimi|pesan|pesannya|lagi|dulu))*"
    rf"{_WHAT}(?:\s+(?:ya|dong|aja|saja|lagi|dulu|pak|bu|kak|min))*[\s.!]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """STOP or MULAI, of everything or of one purpose."""

    stop: bool
    purposes: tuple[Consent, ...]

    @property
    def name(self) -> str:
        """Name it for the log."""
        return Intent.STOP.value if self.stop else Intent.RESUME.value


def spoken(text: str) -> Asked | None:
    """Read STOP, BERHENTI, MULAI, "stop pengingat": the whole message says it, whatever was asked before."""
    if len(text) > 60 or (found := _SAID.fullmatch(text)) is None:
        return None
    what = found["what"]
    purposes = (_OF[" ".join(what.lower().split())],) if what else tuple(Consent)
    return Asked(stop=found["stop"] is not None, purposes=purposes)


async def by_intent(intent: Intent, turn: Turn) -> Reply:
    """Obey one misspelt word ("setop"); of more than that it is said how: "stop pinjaman" is no STOP."""
    stop, words = intent is Intent.STOP, (turn.incoming.text or "").split()
    if len(words) > 1 or words[0].rstrip(".!").lower().endswith("kan"):
        return Reply(lines=(say("consent-how-to-stop" if stop else "consent-how-to-resume"),))
    return await obey(Asked(stop=stop, purposes=tuple(Consent)), turn)


async def obey(asked: Asked, turn: Turn) -> Reply:
    """Switch off or on, here and in every other cooperative this chat speaks in; nothing else changes.

    What waits for this chat of what is switched off is cancelled. Receipts, approvals and answers go on.
    An official is sent nothing unasked but the month of the region.
    """
    people = set(turn.links)
    if turn.standing is not None:
        people.add((turn.koperasi_id, turn.here.person_id))
    if turn.province is not None and Consent.STATEMENT in asked.purposes:
        stopped_at = turn.now if asked.stop else None
        await consents.hush_official(turn.db, turn.incoming.chat.key, stopped_at=stopped_at)
    if not people:
        return await _of_nobody(asked, turn)
    for koperasi_id, person_id in sorted(people):
        await database.enter(turn.db, koperasi_id)
        await _switch(asked, turn, koperasi_id, person_id)
    await database.enter(turn.db, turn.koperasi_id)
    what = _named(asked.purposes)
    return Reply(lines=(say("consent-stopped" if asked.stop else "consent-resumed", what=what),))


async def _of_nobody(asked: Asked, turn: Turn) -> Reply:
    """Answer a chat that speaks for no person of a cooperative: an official's, or a stranger's."""
    if turn.province is not None:
        return Reply(lines=(say("official-stopped" if asked.stop else "official-resumed"),))
    return Reply(lines=(say("consent-stranger"),)) if asked.stop else await welcome.explain(turn)


async def _switch(asked: Asked, turn: Turn, koperasi_id: int, person_id: int) -> None:
    channel = turn.incoming.chat.channel
    if not asked.stop:
        await consents.give(
            turn.db,
            koperasi_id=koperasi_id,
            person_id=person_id,
            channel=channel,
            text_version=CONSENT_TEXT,
            at=turn.now,
            purposes=asked.purposes,
        )
        return
    await consents.withdraw(
        turn.db,
        koperasi_id=koperasi_id,
        person_id=person_id,
        channel=channel,
        at=turn.now,
        purposes=asked.purposes,
    )
    await reach.hush(
        turn.db,
        koperasi_id=koperasi_id,
        person_id=person_id,
        channel=channel,
        purposes=[Purpose(purpose.value) for purpose in asked.purposes],
        now=turn.now,
    )


def _named(purposes: Sequence[Consent]) -> str:
    return ", ".join(texts.render(f"consent-{purpose.value}") for purpose in purposes)


async def line(turn: Turn) -> Say:
    """Say what this chat is sent unasked, for /datasaya."""
    on = [
        purpose
        for purpose in Consent
        if await consents.allows(
            turn.db,
            koperasi_id=turn.koperasi_id,
            person_id=turn.here.person_id,
            purpose=purpose,
            channel=turn.incoming.chat.channel,
        )
    ]
    if not on:
        return say("my-data-messages-none")
    return say("my-data-messages", what=_named(on))
