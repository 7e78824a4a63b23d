"""Officers by chat: inviting them and members, the QR and the sheet of an invite, ending an office."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.conversations import cards
from bot.talk import NewInvite, Notice, Reply, Turn, button, say
from bot.understand.readings import PeopleKind, Reading
from core import identities, people
from core.identities import INVITE_GOOD_FOR, Invite, Links
from core.people import Member
from core.permissions import Action, NotAllowed, Role, may, said, who_may
from notifications.messages import Attachment, Button, Content, Fact, Purpose, Say

_ROLES = {
    "ketua": Role.KETUA,
    "wakil ketua usaha": Role.WAKIL_USAHA,
    "wakil usaha": Role.WAKIL_USAHA,
    "wakil ketua anggota": Role.WAKIL_ANGGOTA,
    "wakil ketua keanggotaan": Role.WAKIL_ANGGOTA,
    "wakil anggota": Role.WAKIL_ANGGOTA,
    "sekretaris": Role.SEKRETARIS,
    "bendahara": Role.BENDAHARA,
    "pengawas": Role.PENGAWAS,
    "pengelola": Role.PENGELOLA,
}


_PAGE = 10


def _require(turn: Turn, action: Action) -> None:
    if not may(turn.here.roles, action):
        raise NotAllowed(who=who_may(action))


async def listing(turn: Turn) -> Reply:
    """/pengurus: who holds which office, and who has no chat yet."""
    return await page(turn, 0)


async def page(turn: Turn, offset: int) -> Reply:
    """Show ten offices; the next ones are a button. Who may not appoint reads the names."""
    _require(turn, Action.SEE_MEMBERS)
    appoints = may(turn.here.roles, Action.APPOINT)
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    lines = [say("offices-head")]
    shown = held[offset : offset + _PAGE]
    for office in shown:
        key = "offices-row" if office.linked else "offices-row-unlinked"
        lines.append(say(key, role=said(office.role), name=office.name))
    lines += [say("offices-how")] if appoints else []
    buttons: list[tuple[Button, ...]] = [
        (
            button("button-invite-role", f"o:invite:{office.id}", role=said(office.role)),
            button("button-end-role", f"o:end:{office.id}", role=said(office.role)),
        )
        for office in (shown if appoints else ())
    ]
    if len(held) > offset + _PAGE:
        buttons.append((button("button-next", f"l:offices:{offset + _PAGE}"),))
    return Reply(lines=tuple(lines), buttons=tuple(buttons))


async def pressed(turn: Turn, what: str, number: str) -> Reply:
    """A button of the list of offices: invite again, end (asked once more), really end."""
    _require(turn, Action.APPOINT)
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    office = next((one for one in held if one.id == int(number)), None)
    if office is None:
        raise identities.NoSuchOffice
    if what == "invite":
        return _invited(turn, office.person_id, office.name, said(office.role))
    if what == "end":
        return Reply(
            lines=(say("office-end-sure", role=said(office.role), name=office.name),),
            buttons=((button("button-end-sure", f"o:ended:{office.id}"),),),
        )
    if what == "ended":
        await identities.end_office(
            turn.db, koperasi_id=turn.koperasi_id, office_id=office.id, on=turn.today
        )
        notice = Notice(
            person_id=office.person_id,
            purpose=Purpose.NOTICE,
            content=Content(
                lines=(
                    say(
                        "office-ended-notice",
                        role=said(office.role),
                        cooperative=turn.here.cooperative.name,
                    ),
                )
            ),
        )
        return Reply(
            lines=(say("office-ended", role=said(office.role), name=office.name),),
            edit=True,
            notices=(notice,),
        )
    return Reply(lines=(say("button-old"),))


async def invite_by_words(reading: Reading, turn: Turn) -> Reply:
    """Invite: "undang bendahara Budi 0812…" appoints and invites; "undang Siti" invites a member."""
    text = turn.incoming.text or ""
    found = re.search(
        r"\b(" + "|".join(sorted(_ROLES, key=len, reverse=True)) + r")\b\s+(.+)",
        text,
        re.IGNORECASE,
    )
    if found:
        return await _appoint(turn, _ROLES[found[1].lower()], found[2])
    _require(turn, Action.INVITE)
    if reading.people.kind is PeopleKind.ONE:
        return await invite_member(turn, await cards.member_of(turn, reading.people.members[0].id))
    if reading.people.kind is PeopleKind.SEVERAL:
        offered = reading.people.members[:5]
        hints = await cards.hints(turn, [m.id for m in offered])
        return Reply(
            lines=(say("ask-member-which", said=reading.people.said[:60]),),
            buttons=tuple(
                (
                    button(
                        "choice-member",
                        f"u:invite:{m.id}",
                        name=m.name,
                        number=m.number,
                        hint=hints.get(m.id, ""),
                    ),
                )
                for m in offered
            ),
        )
    return Reply(lines=(say("invite-how"),), buttons=((button("menu-anggota", "m:anggota"),),))


async def _appoint(turn: Turn, role: Role, rest: str) -> Reply:
    _require(turn, Action.APPOINT)
    phone = re.search(r"(\+?\d[\d\s.\-]{7,18}\d)\s*$", rest)
    name = people.clean_name(rest[: phone.start()] if phone else rest)
    if phone is None or not name or len(name) > people.LONGEST_NAME:
        return Reply(lines=(say("invite-how"),))
    person_id = await identities.appoint(
        turn.db,
        koperasi_id=turn.koperasi_id,
        name=name,
        role=role,
        phone=phone[1],
        keys=turn.keys,
        on=turn.today,
        at=turn.now,
    )
    return _invited(turn, person_id, name, said(role))


async def invite_member(turn: Turn, member: Member) -> Reply:
    """Invite a member; one without a registered phone cannot be linked and must get one first."""
    _require(turn, Action.INVITE)
    phone = await identities.phone_of(turn.db, koperasi_id=turn.koperasi_id, person_id=member.id)
    if phone is None:
        return Reply(lines=(say("invite-no-phone", name=member.name),))
    return _invited(turn, member.id, member.name, "anggota")


def _invited(turn: Turn, person_id: int, name: str, role: str) -> Reply:
    made = Invite(code=identities.new_code(), expires_at=turn.now + INVITE_GOOD_FOR)
    links = identities.links(
        made.code,
        telegram_username=turn.services.telegram_username,
        whatsapp_number=turn.services.whatsapp_number,
    )
    expires = (turn.now + INVITE_GOOD_FOR - timedelta(days=1)).date()
    lines = [
        say("invite-made", name=name, role=role, code=made.code, expires_on=expires),
        *_links(links),
    ]
    return Reply(
        lines=tuple(lines),
        buttons=(
            (
                button("button-qr", f"i:qr:{made.code}:{person_id}"),
                button("button-sheet", f"i:sheet:{made.code}:{person_id}"),
            ),
        ),
        invites=(NewInvite(invite=made, person_id=person_id),),
    )


def _links(links: Links) -> list[Say]:
    """Say how an invite is opened, on each channel there is."""
    said = [say("invite-link", link=links.telegram)] if links.telegram else []
    if links.whatsapp:
        said.append(say("invite-link-whatsapp", link=links.whatsapp))
    return said or [say("invite-no-link")]


async def paper(turn: Turn, what: str, code: str, person_id: str) -> Reply:
    """The QR picture or the printable sheet of an invite that was just made here."""
    _require(turn, Action.INVITE)
    links = identities.links(
        code,
        telegram_username=turn.services.telegram_username,
        whatsapp_number=turn.services.whatsapp_number,
    )
    standing = await people.standing(
        turn.db, koperasi_id=turn.koperasi_id, person_id=int(person_id), on=turn.today
    )
    link = links.telegram or links.whatsapp
    if standing is None or link is None:
        return Reply(lines=(say("invite-no-link"),))
    roles = said(*standing.roles) or "anggota"
    facts: dict[str, Fact] = {
        "link": link,
        "code": code,
        "name": standing.name,
        "role": roles,
        "cooperative": standing.cooperative.name,
        "expires": (turn.now + INVITE_GOOD_FOR).date(),
    }
    kind = "qr" if what == "qr" else "invite-sheet"
    return Reply(
        lines=(say("invite-paper", name=standing.name, role=roles),),
        attachment=Attachment(kind=kind, facts=facts),
    )
