"""What the own data may be used for: shown ("izin saya"), given and withdrawn by words or button, each time on record."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from bot.conversations.consents import Asked, obey
from bot.talk import Reply, Turn, button, say
from core import consents, texts
from core.consents import Answer, Consent, Use
from notifications.messages import Say

if TYPE_CHECKING:
    from bot.commands import Step

_NAMES: dict[str, Use | Consent] = {
    "ktp": Use.KTP,
    "nik": Use.KTP,
    "foto ktp": Use.KTP,
    "simkopdes": Use.NAMED,
    "dinas": Use.NAMED,
    "provinsi": Use.NAMED,
    "kementerian": Use.NAMED,
    "pengingat": Consent.REMINDER,
    "saldo": Consent.STATEMENT,
    "saldo bulanan": Consent.STATEMENT,
    "pengumuman": Consent.ANNOUNCEMENT,
}
_WHAT = r"(?P<what>{})".format("|".join(sorted(_NAMES, key=len, reverse=True)))
_SHOW = re.compile(
    r"\s*(?:/izin|(?:lihat|daftar|atur)\s+(?:izin|ijin)\s*(?:saya|ku|data)"
    r"|(?:izin|ijin|persetujuan\s+data)\s*(?:saya|ku|data))[\s.?!]*",
    re.IGNORECASE,
)
_NO = re.compile(
    rf"\s*(?:saya\s+)?(?:cabut|tarik|batalkan|hentikan|tolak)\s+(?:izin|ijin)\s*(?:saya|ku)?\s*(?:untuk\s+|soal\s+)?{_WHAT}[\s.!]*",
    re.IGNORECASE,
)
_YES = re.compile(
    rf"\s*(?:saya\s+)?(?:(?:beri|berikan|kasih|aktifkan)\s+(?:izin|ijin)|izinkan|ijinkan)\s*(?:saya|ku)?\s*(?:untuk\s+|soal\s+)?{_WHAT}[\s.!]*",
    re.IGNORECASE,
)
_ALL: tuple[Use | Consent, ...] = (*Use, *Consent)
WORDS = r"(\d{1,9}):(ktp|named|reminder|statement|announcement|all):(yes|no|show)"  # of a button


def spoken(text: str) -> tuple[str, Step] | None:
    """Read "izin saya", "cabut izin KTP", "beri izin pengingat"."""
    if found := _NO.fullmatch(text):
        return "use-no", partial(_switch, _NAMES[_folded(found["what"])], False)
    if found := _YES.fullmatch(text):
        return "use-yes", partial(_switch, _NAMES[_folded(found["what"])], True)
    return ("uses", show) if _SHOW.fullmatch(text) else None


def _folded(words: str) -> str:
    return " ".join(words.lower().split())


async def show(turn: Turn) -> Reply:
    """Show every purpose with what it means and what was said of it; a button turns it round."""
    lines, buttons = [say("uses-head", version=consents.USES_TEXT)], []
    for one in _ALL:
        said, line = await _line(turn, one)
        lines.append(line)
        what = "no" if said is not Answer.NO else "yes"
        label = f"button-use-{what}"
        mark = f"iz:{turn.koperasi_id}:{one.value}:{what}"
        buttons.append((button(label, mark, use=texts.render(f"use-name-{one.value}")),))
    lines.append(say("uses-kept"))
    return Reply(lines=tuple(lines), buttons=tuple(buttons))


async def _line(turn: Turn, one: Use | Consent) -> tuple[Answer, Say]:
    who = {"koperasi_id": turn.koperasi_id, "person_id": turn.here.person_id}
    if isinstance(one, Use):
        said, _ = await consents.answer(turn.db, **who, use=one)
    else:
        channel = turn.incoming.chat.channel
        allowed = await consents.allows(turn.db, **who, purpose=one, channel=channel)
        said = Answer.YES if allowed else Answer.NO
    return said, say(f"use-{one.value}", said=texts.render(f"use-said-{said.value}"))


async def pressed(turn: Turn, koperasi: str, name: str, what: str) -> Reply:
    """A button of the list: one purpose is allowed or not any more."""
    if int(koperasi) != turn.koperasi_id:
        return Reply(lines=(say("button-old"),))
    if what == "show" or name == "all":
        return await show(turn)
    one = next(one for one in _ALL if one.value == name)
    return await _switch(one, what == "yes", turn)


async def _switch(one: Use | Consent, on: bool, turn: Turn) -> Reply:  # noqa: FBT001 - yes or no
    if isinstance(one, Consent):
        return await obey(Asked(stop=not on, purposes=(one,)), turn)
    change = consents.allow if on else consents.refuse
    await change(
        turn.db,
        koperasi_id=turn.koperasi_id,
        person_id=turn.here.person_id,
        use=one,
        at=turn.now,
    )
    return Reply(
        lines=(say(f"use-{one.value}-{'yes' if on else 'no'}"), say("uses-how")),
        buttons=((button("button-uses", f"iz:{turn.koperasi_id}:all:show"),),),
    )
