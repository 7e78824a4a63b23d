"""Linking a chat to a person: the invite's code, then the own contact, unless the channel vouches for the number.

A stranger learns nothing.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Any

from bot.conversations import menu, pin, statements
from bot.talk import LinkChange, Reply, Turn, button, called, say
from core import identities, people
from core.approvals import waiting
from core.people import Standing
from core.permissions import said
from notifications import outbox
from notifications.messages import Address, Say


async def start(turn: Turn) -> Reply:
    """Take an invite's code: ask for the own contact, and say what will be sent and how to stop it.

    Where the channel vouches for the sender's number, the code alone links, and the welcome says so.
    """
    found = turn.invite or {"status": "wrong"}
    if found["status"] == "used" and _is_own(turn, found):
        return await menu.show(turn)
    if found["status"] != "ok":
        return Reply(lines=(say(f"join-code-{found['status']}"),))
    joining = {
        "koperasi_id": found["koperasi_id"],
        "person_id": found["person_id"],
        "province_user": found["province_user"],
        "phone_hash": found["phone_hash"],
        "code": (turn.incoming.text or "").split()[-1],
    }
    if turn.incoming.phone is not None:
        return await _compare(turn, joining, turn.incoming.phone)
    if turn.incoming.user is not None:
        return Reply(lines=(say("join-number-hidden"),))
    return replace(ask_contact(), state=replace(turn.state, joining=joining))


def _is_own(turn: Turn, found: dict[str, object]) -> bool:
    return (found["koperasi_id"], found["person_id"]) in turn.links or (
        turn.province is not None and found["province_user"] == turn.province.id
    )


def ask_contact() -> Reply:
    """The text whose reading and answering is the recorded consent (version identities.CONSENT_TEXT)."""
    return Reply(lines=(say("join-ask-contact"),), contact_button=say("button-contact"))


async def ask_contact_again(turn: Turn) -> Reply:
    """Only the own contact goes on from here, or the choice of who speaks."""
    joining = turn.state.joining or {}
    if "sharing" in joining:
        return _ask_who(joining["names"])
    return ask_contact()


async def contact(turn: Turn) -> Reply:
    """Compare the sender's own contact with the registered phone; link the chat when they are the same."""
    shared, joining = turn.incoming.contact, turn.state.joining
    assert shared is not None
    if joining is None:
        return Reply(lines=(say("contact-not-asked"),), remove_keyboard=True)
    if not shared.own:
        return replace(ask_contact(), lines=(say("join-not-own-contact"),))
    return await _compare(turn, joining, shared.phone)


async def _compare(turn: Turn, joining: dict[str, Any], number: str) -> Reply:
    """Link the chat when the sender's own number is the registered one."""
    phone = people.normal_phone(number) or people.normal_phone(f"+{number}")
    given = turn.keys.fingerprint("phone", phone or "")
    if joining["province_user"] is not None:
        registered: bytes | None = bytes.fromhex(joining["phone_hash"])
    else:
        registered = await identities.phone_of(
            turn.db, koperasi_id=joining["koperasi_id"], person_id=joining["person_id"]
        )
    if phone is None or registered is None or not hmac.compare_digest(given, registered):
        return Reply(
            lines=(say("join-other-phone"),),
            remove_keyboard=True,
            state=replace(turn.state, joining=None),
        )
    if joining["province_user"] is not None:
        return _link_province(turn, joining)
    sharing = await _sharing(turn, joining, given)
    if len(sharing) > 1 and joining["person_id"] in {m.id for m in sharing}:
        names = [[m.id, m.name, m.number] for m in sharing]
        asked = {"sharing": [m.id for m in sharing], "names": names}
        return replace(_ask_who(names), state=replace(turn.state, joining=joining | asked))
    return await _link(turn, joining, joining["person_id"])


def _ask_who(names: list[Any]) -> Reply:
    return Reply(
        lines=(say("join-who-speaks"),),
        buttons=tuple(
            (button("choice-person", f"w:{person}", name=name, number=number),)
            for person, name, number in names
        ),
    )


async def _sharing(turn: Turn, joining: dict[str, Any], phone_hash: bytes) -> list[people.Member]:
    """The members on this phone who hold no office: an office needs its own invite."""
    koperasi_id = joining["koperasi_id"]
    found = await identities.members_with_phone(
        turn.db, koperasi_id=koperasi_id, phone_hash=phone_hash, on=turn.today
    )
    held = {
        office.person_id
        for office in await identities.offices(turn.db, koperasi_id=koperasi_id, on=turn.today)
    }
    return [m for m in found if m.id == joining["person_id"] or m.id not in held]


async def who_speaks(turn: Turn, member_id: str) -> Reply:
    """Several people share the phone: the one who was chosen speaks, by the PIN where there is one."""
    joining = turn.state.joining
    if joining is None or int(member_id) not in joining.get("sharing", []):
        return Reply(lines=(say("button-old"),))
    standing = await people.standing(
        turn.db, koperasi_id=joining["koperasi_id"], person_id=int(member_id), on=turn.today
    )
    chosen = replace(turn, standing=standing)
    if standing and await pin.guards(chosen):
        return await pin.ask(chosen, f"w:{member_id}")
    return await _link(turn, joining, int(member_id))


async def _link(turn: Turn, joining: dict[str, Any], person_id: int) -> Reply:
    koperasi_id = joining["koperasi_id"]
    await identities.link(
        turn.db,
        koperasi_id=koperasi_id,
        person_id=person_id,
        chat=turn.incoming.chat.key,
        at=turn.now,
    )
    channel, account, chat = turn.incoming.chat.key
    to = Address(channel=channel, account=account, chat=chat)
    await outbox.address_waiting(turn.db, koperasi_id, person_id, to, turn.now)
    standing = await people.standing(
        turn.db, koperasi_id=koperasi_id, person_id=person_id, on=turn.today
    )
    if standing is None:  # The membership or the office ended after the invite was made.
        return Reply(
            lines=(say("join-ended"),),
            remove_keyboard=True,
            state=replace(turn.state, joining=None),
        )
    vouched = turn.incoming.phone is not None
    return Reply(
        lines=(*await _welcome(turn, standing), *((say("join-done-consent"),) if vouched else ())),
        remove_keyboard=True,
        state=turn.state.afresh(),
        links=LinkChange(
            speak_for=(koperasi_id, person_id),
            add=((koperasi_id, person_id),),
            use=identities.code_hash(joining["code"], turn.keys),
        ),
    )


async def _welcome(turn: Turn, standing: Standing) -> tuple[Say, ...]:
    name = standing.cooperative.name
    lines = [say("join-done", name=called(standing.name, standing.gender), cooperative=name)]
    if standing.roles:
        roles = said(*standing.roles)
        lines.append(say("join-done-officer", roles=roles))
        open_for_me = await waiting.pending(
            turn.db,
            voter=standing,
            chat=turn.incoming.chat.key,
            today=turn.today,
            at=turn.now,
            keys=turn.keys,
        )
        if open_for_me:  # Asked before this office was given: no card of it is on its way.
            lines.append(say("approvals-waiting", count=len(open_for_me)))
    if standing.member:
        lines.extend(await statements.balance_lines(turn, standing, standing.member))
        lines.append(say("join-done-uses"))
    lines.append(say("join-done-menu"))
    return tuple(lines)


def _link_province(turn: Turn, joining: dict[str, Any]) -> Reply:
    return Reply(
        lines=(say("join-done-province"), say("join-done-menu")),
        remove_keyboard=True,
        state=replace(turn.state, joining=None),
        links=LinkChange(
            province_user=joining["province_user"],
            use=identities.code_hash(joining["code"], turn.keys),
        ),
    )


async def lost_access(turn: Turn) -> Reply:
    """The office ended or the chat was replaced: go on with another link, if there is one."""
    others = tuple(link for link in turn.links if link[0] != turn.koperasi_id)
    return Reply(
        lines=(say("access-ended"),),
        buttons=tuple(
            (button("button-switch", f"g:{koperasi}:{person}", to=turn.names[koperasi]),)
            for koperasi, person in others[:5]
        ),
    )


async def choose_cooperative(turn: Turn) -> Reply:
    """Offer the cooperatives and people this chat speaks for."""
    if len(turn.links) < 2:
        return Reply(lines=(say("switch-only-one"),))
    here = (turn.koperasi_id, turn.here.person_id)
    named = {
        (koperasi, person): turn.names[koperasi]
        if koperasi != turn.koperasi_id
        else (await people.name(turn.db, koperasi_id=koperasi, person_id=person))
        for koperasi, person in turn.links
        if (koperasi, person) != here
    }
    return Reply(
        lines=(say("switch-which", cooperative=turn.here.cooperative.name, name=turn.here.name),),
        buttons=tuple(
            (button("button-switch", f"g:{koperasi}:{person}", to=to),)
            for (koperasi, person), to in named.items()
        ),
    )


async def switch(turn: Turn, koperasi: str, person: str) -> Reply:
    """Speak in another cooperative, or as another person of a shared phone."""
    wanted = (int(koperasi), int(person))
    if wanted not in turn.links or turn.standing is None or turn.koperasi_id != wanted[0]:
        return Reply(lines=(say("access-ended"),))
    fresh = await menu.show(turn)
    return replace(fresh, links=LinkChange(speak_for=wanted), state=turn.state.afresh())
