"""Whose goods they are: a member, an outsider by name, or whoever is owed something; asked where it is not certain."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversations import cards, forms
from bot.state import Draft
from bot.talk import Reply, Turn, say
from bot.understand import grammar, taken_in
from bot.understand.readings import Intent, PeopleKind, Reading, Slot
from core.goods import consigned
from core.goods.consigned import Consigned, Owner
from notifications.messages import Say

SLOT = "owner"
SAID, CONSIGNOR = "said_owner", "consignor"
_OFFERED = 8


def heard(draft: Draft, reading: Reading) -> Draft:
    """Take over who is named; somebody who may be no member is looked for later."""
    if reading.people.kind is PeopleKind.ONE:
        return replace(draft, member=reading.people.members[0].id)
    if not reading.intents or reading.people.kind in (PeopleKind.SELF, PeopleKind.SEVERAL):
        return draft
    named = taken_in.owner(reading.text)
    return draft if named is None else replace(draft, extra=draft.extra | {SAID: named[:60]})


async def of(turn: Turn, draft: Draft) -> Owner | None:
    """Return the owner of a draft; None while it is not known."""
    if draft.member is not None:
        member = await cards.member_of(turn, draft.member)
        return Owner(name=member.name, member=member.id)
    if CONSIGNOR in draft.extra:
        name = str(draft.extra[SAID])
        return await consigned.outsider(turn.db, koperasi_id=turn.koperasi_id, name=name)
    return None


def account(draft: Draft) -> str:
    """The key of what is owed to the owner of a complete draft."""
    return Owner(name="", member=draft.member, consignor=draft.extra.get(CONSIGNOR)).account


def of_good(draft: Draft, good: Consigned) -> Draft:
    """Take the owner of a good over."""
    owner = good.owner
    extra = draft.extra | {SAID: owner.name, CONSIGNOR: owner.consignor}
    return replace(draft, member=owner.member, extra=draft.extra if owner.member else extra)


async def complete(turn: Turn, draft: Draft, *, new: bool) -> Draft | Reply:
    """Find who is named among owners who are no members, else ask; `new`: an outsider may bring goods first."""
    if draft.member is not None or CONSIGNOR in draft.extra:
        return draft
    said = draft.extra.get(SAID)
    if said is None:
        return forms.ask(turn, draft, SLOT, say("ask-owner"), choices=await _known(turn))
    found = await consigned.outsider(turn.db, koperasi_id=turn.koperasi_id, name=str(said))
    if found.consignor is not None:
        return replace(draft, extra=draft.extra | {CONSIGNOR: found.consignor})
    if not new:
        asked = forms.ask(turn, draft, SLOT, say("ask-owner"), choices=await _known(turn))
        return replace(asked, lines=(say("owner-unknown", name=str(said)), *asked.lines))
    choices = ((say("choice-outsider", name=str(said)), "outsider"),)
    return forms.ask(turn, draft, SLOT, say("ask-outsider", name=str(said)), choices=choices)


async def _known(turn: Turn) -> tuple[tuple[Say, str], ...]:
    """Offer owners of goods that are here, and who is owed something."""
    here = turn.koperasi_id
    found = [owner for owner, _ in await consigned.owed(turn.db, koperasi_id=here)]
    found += [one.owner for one in await consigned.every(turn.db, koperasi_id=here) if one.quantity]
    return tuple(
        (
            say("choice-owner", name=one.name),
            f"m{one.member}" if one.member else f"u{one.consignor}",
        )
        for one in dict.fromkeys(found)
    )[:_OFFERED]


async def take(turn: Turn, draft: Draft, value: str) -> Draft:
    """Take a pressed owner over."""
    if value == "outsider" and SAID in draft.extra:
        return replace(draft, extra=draft.extra | {CONSIGNOR: None})
    kind, number = value[:1], value[1:]
    if not number.isdigit():
        return draft
    if kind == "m":
        return replace(draft, member=int(number))
    here = turn.koperasi_id
    owners = [owner for owner, _ in await consigned.owed(turn.db, koperasi_id=here)]
    owners += [one.owner for one in await consigned.every(turn.db, koperasi_id=here)]
    found = next((one for one in owners if one.consignor == int(number)), None)
    if found is None:
        return draft
    return replace(draft, extra=draft.extra | {SAID: found.name, CONSIGNOR: found.consignor})


async def hear(turn: Turn, draft: Draft, text: str) -> Draft | None:
    """Take a typed owner over: a member's name or number, else somebody who is none."""
    directory = await turn.services.directories.of(turn.db, turn.here.cooperative, turn.today)
    read = grammar.read(text, today=turn.today, directory=directory, expecting=Slot.MEMBER)
    if read.people.kind is PeopleKind.ONE:
        return replace(draft, member=read.people.members[0].id)
    if read.people.kind is PeopleKind.SEVERAL or not re.search(r"[^\W\d_]{3}", text):
        return None
    if read.intents and read.intents != (Intent.GREETING,):
        return None
    name = " ".join(text.split())[:60]
    return replace(draft, extra=draft.extra | {SAID: name})
