"""Announcing by chat: a sentence with its text gets its card at once; ✅ sends it out, or asks a second person."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from bot.conversations import (
    announcement_rights,
    announcement_running,
    announcement_slots,
    announcement_whom,
    forms,
    province,
    requests,
)
from bot.state import Card, Draft
from bot.talk import Reply, Turn, button, say
from core.announcements import announcement, estimate, files, reach
from core.announcements.announcement import PROVINCE, SECOND_ABOVE, Announcement, Message, State
from core.announcements.audience import Audience, unpack
from core.announcements.reach import Reach
from core.database import driver
from core.errors import Refusal
from core.hours import Hours, hours_of
from core.permissions import Action, NotAllowed, said, who_may
from core.tables.places import regions as regions_table
from core.texts import render
from notifications import announcement_words as words
from notifications import outbox
from notifications.announcing import PILOT_LASTS
from notifications.messages import Address, Purpose, Say
from notifications.messages import Message as Owed

_VILLAGES = 5  # without a chat, on the card
_PAGE = 25  # of them in a list
_LISTED = 5


class OwnCooperativeOnly(Refusal):
    """Officers announce to the own cooperative; other cooperatives are the province's to speak to."""

    text = "refusal-own-cooperative-only"


async def begin(typed: str, turn: Turn) -> Reply:
    """Take "umumkan ke …: …": its card, or the question for what it says to whom."""
    said_ = announcement_whom.split(typed, await regions_of(turn))
    heard = said_.whom
    officer = announcement_rights.is_officer(turn)
    official = turn.province is not None and (heard.places or bool(heard.codes) or not officer)
    if not official and not officer:
        raise NotAllowed(who=who_may(Action.ANNOUNCE))
    extra = {"official": official, "text": said_.text} | ({"at": heard.at} if heard.at else {})
    draft = Draft(operation=announcement_rights.OPERATION, extra=extra)
    default = Audience(roles=announcement_whom.ALL_ROLES) if official else Audience(members=True)
    draft = announcement_slots.meant(draft, default)
    addressed = await announcement_slots.addressed(turn, draft, heard)
    return addressed if isinstance(addressed, Reply) else await forms.proceed(turn, addressed)


async def listing(turn: Turn) -> Reply:
    """/pengumuman: the newest ones with what can be done, and the question for a new one."""
    typed = turn.incoming.text or ""
    if turn.incoming.button is None and announcement_whom.says_more(typed):
        return await begin(typed, turn)
    official = turn.province is not None and not announcement_rights.is_officer(turn)
    draft = Draft(
        operation=announcement_rights.OPERATION,
        extra={"official": official, "text": None},
    )
    default = Audience(roles=announcement_whom.ALL_ROLES) if official else Audience(members=True)
    asked = await announcement_slots.ask_slot(turn, announcement_slots.meant(draft, default), "isi")
    found = await newest(turn, _LISTED)
    if not found:
        return asked
    rows = tuple(
        say(
            f"announcement-list-row{'-official' if one.koperasi_id == PROVINCE else ''}",
            number=one.number,
            on=one.made_at.date(),
            state=render(f"announcement-state-{one.state.value}"),
        )
        for one in found
    )
    shown = tuple((words.button(one, "show"),) for one in found)
    return Reply(
        lines=(say("announcement-list-head"), *rows, *asked.lines),
        buttons=(*shown, *asked.buttons),
        state=asked.state,
    )


async def newest(turn: Turn, most: int) -> list[Announcement]:
    """List the newest of the own cooperative, and an official's own: so many of each."""
    found: list[Announcement] = []
    if announcement_rights.is_officer(turn):
        found += await announcement.recent(
            turn.db, koperasi_id=turn.koperasi_id, composer=None, keys=turn.keys, most=most
        )
    if turn.province is not None:
        async with announcement_rights.place(turn, PROVINCE):
            composer = announcement_rights.me(turn, PROVINCE)
            found += await announcement.recent(
                turn.db, koperasi_id=PROVINCE, composer=composer, keys=turn.keys, most=most
            )
    return found


async def regions_of(turn: Turn) -> dict[str, str]:
    """Read codes and names of the regions."""
    rows = await turn.db.execute(
        select(regions_table.c.code, regions_table.c.name)
        .order_by(regions_table.c.code)
        .limit(1000)
    )
    return {row.code: row.name for row in rows}


async def _region(turn: Turn, draft: Draft) -> str:
    if announcement_rights.is_official(draft):
        assert turn.province is not None
        return turn.province.region
    return turn.here.cooperative.region


async def _where(turn: Turn, draft: Draft) -> str:
    """Name the place an audience lies in."""
    if not announcement_rights.is_official(draft):
        return turn.here.cooperative.name
    audience = unpack(draft.extra["audience"])
    if audience.cooperatives:
        return str(draft.extra.get("where") or ", ".join(audience.cooperatives))
    regions = await regions_of(turn)
    codes = audience.regions or (await _region(turn, draft),)
    return " dan ".join(regions.get(code, code) for code in codes)


async def counted(turn: Turn, draft: Draft, corrected: Announcement | None) -> Reach:
    """Count whom it reaches."""
    if corrected is not None:
        return reach.of_readers(corrected.counts)
    audience = unpack(draft.extra["audience"])
    if announcement_rights.is_official(draft):
        return await province.reached(turn, await _region(turn, draft), audience)
    return await reach.in_cooperative(
        turn.db, koperasi_id=turn.koperasi_id, audience=audience, on=turn.today
    )


async def corrected_by(turn: Turn, draft: Draft) -> Announcement | None:
    """Read the announcement a draft corrects."""
    number = draft.extra.get("corrects")
    if number is None:
        return None
    here = announcement_rights.here_of(turn, draft)
    async with announcement_rights.place(turn, here):
        return await announcement.read(turn.db, koperasi_id=here, number=number, keys=turn.keys)


def second_above(turn: Turn, draft: Draft) -> int:
    """Say above how many people a second person is needed."""
    if announcement_rights.is_official(draft):
        return SECOND_ABOVE
    return turn.here.rules.on(turn.today).announcement_second_above


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what ✅ would send to whom, from when until when, and what it costs."""
    announcement_rights.require(turn, draft)
    assert draft.on is not None
    extra = draft.extra
    text = announcement.require_text(extra["text"] or "", with_file=bool(extra.get("file")))
    corrected = await corrected_by(turn, draft)
    found = await counted(turn, draft, corrected)
    lines = [say("operation-pengumuman"), words.quoted(text)]
    if corrected is None:
        audience = unpack(extra["audience"])
        lines.append(words.whom(audience, await _where(turn, draft)))
        lines.append(words.reached(found))
        lines.extend(_not_reached(found))
    else:
        people = words.counted(corrected, found.people)
        lines.append(say("announcement-reach-readers", people=people, number=corrected.number))
        lines.append(say("announcement-corrects", number=corrected.number))
    if extra.get("file"):
        lines.append(say("announcement-file", name=extra["file_name"]))
    lines.append(say("card-date", on=draft.on))
    if extra.get("at"):
        lines.append(say("announcement-at-once", said=extra["at"]))
    return (*lines, *_times(turn, draft, found.people, corrected))


def _not_reached(found: Reach) -> list[Say]:
    lines = []
    if found.stopped != 0:
        lines.append(say("announcement-reach-stopped", count=words.figure(found.stopped)))
    if found.unreached != 0:
        lines.append(say("announcement-unreached", count=words.figure(found.unreached)))
        lines.extend(_villages(found, 0, _VILLAGES))
    return lines


def _villages(found: Reach, offset: int, most: int) -> list[Say]:
    shown = found.villages[offset : offset + most]
    lines = [
        say("announcement-unreached-row", village=name, count=words.figure(count))
        for name, count in shown
    ]
    left = len(found.villages) - offset - len(shown)
    return [*lines, say("announcement-unreached-more", count=left)] if left else lines


def _times(turn: Turn, draft: Draft, people: int, corrected: Announcement | None) -> list[Say]:
    pace, at, lines = turn.services.pace, turn.now, []
    hours = _hours(turn, draft) if pace.keeps_hours else None
    limit = second_above(turn, draft)
    starts = estimate.begins(hours, at)
    if people > limit:
        lines.append(say("announcement-starts-approved", most=limit))
        if corrected is None:
            lines.append(say("announcement-pilot"))
            at += PILOT_LASTS
    elif starts > at:
        lines.append(words.when("announcement-starts", starts, turn.zone))
    else:
        lines.append(say("announcement-starts-now"))
    ends = estimate.ends(people, pace.rate, hours, at)
    lines.append(words.when("announcement-ends", ends + timedelta(seconds=59), turn.zone))
    stars = estimate.stars(people, pace.rate)
    free = say("announcement-cost-free")
    return [*lines, say("announcement-cost-stars", stars=stars) if stars else free]


def _hours(turn: Turn, draft: Draft) -> Hours:
    if announcement_rights.is_official(draft):
        return Hours()
    return hours_of(turn.here.rules.on(turn.today), turn.zone)


async def unreached(turn: Turn, card_id: str, offset: str) -> Reply:
    """List the villages where people are not reached, page by page."""
    card = turn.state.card(card_id)
    if card is None or card.draft.operation != announcement_rights.OPERATION:
        return Reply(lines=(say("card-unknown"),))
    announcement_rights.require(turn, card.draft)
    found = await counted(turn, card.draft, None)
    first = min(int(offset), 100_000)
    if not found.villages[first:]:
        return Reply(lines=(say("announcement-unreached-none"),))
    rows = _villages(found, first, _PAGE)
    more: tuple[Any, ...] = ()
    if len(found.villages) > first + _PAGE:
        more = ((button("button-next", f"h:{card_id}:{first + _PAGE}"),),)
    return Reply(lines=(say("announcement-unreached-head"), *rows), buttons=more)


async def record(turn: Turn, card: Card) -> Reply:
    """Send it out, or let it wait for a second person: an official's for an official, an officer's for an officer."""
    draft = card.draft
    announcement_rights.require(turn, draft)
    official = announcement_rights.is_official(draft)
    here = announcement_rights.here_of(turn, draft)
    corrected = await corrected_by(turn, draft)
    found = await counted(turn, draft, corrected)
    async with announcement_rights.place(turn, here):
        this = await announcement.submit(
            turn.db,
            koperasi_id=here,
            announcement_id=_uuid(card.id),
            composer=announcement_rights.composer_of(turn, draft),
            message=await _message(turn, draft),
            region=await _region(turn, draft),
            audience=unpack(draft.extra["audience"]),
            people=found.people,
            second_above=second_above(turn, draft),
            chat=turn.incoming.chat.key,
            told_in=turn.koperasi_id,
            told=announcement_running.key_of_reply(turn),
            at=turn.now,
            keys=turn.keys,
            corrects=corrected,
            file=await _file(turn, here, draft),
        )
        asked = await _ask_officials(turn, this) if official and this.state is State.WAITING else ()
    if this.state is State.WAITING and not official:
        return await requests.ask(
            turn,
            card,
            kind="announcement",
            facts={"announcement": this.number},
            lines=await card_lines(turn, draft),
            why=(say("announcement-why-second", most=second_above(turn, draft)),),
        )
    content = words.progress(this)
    return Reply(
        lines=(*content.lines, *asked),
        buttons=content.buttons,
        edit=True,
        state=turn.state.closing(card.id, f"announced-{this.number}"),
    )


def _uuid(card_id: str) -> UUID:
    return UUID(bytes=base64.urlsafe_b64decode(card_id + "=="))


async def _file(turn: Turn, here: int, draft: Draft) -> UUID | None:
    if not draft.extra.get("file"):
        return None
    file_id = UUID(hex=draft.extra["file"])
    kept = await files.read(turn.db, koperasi_id=here, file_id=file_id, keys=turn.keys)
    return file_id if kept else None


async def _message(turn: Turn, draft: Draft) -> Message:
    where = await _where(turn, draft)
    if announcement_rights.is_official(draft):
        assert turn.province is not None
        regions = await regions_of(turn)
        region = regions.get(turn.province.region, turn.province.region)
        sender = render("announcement-sender-official", {"region": region})
        composer = turn.province.name
    else:
        sender = turn.here.cooperative.name
        composer = f"{turn.here.name} ({said(*turn.here.roles)})"
    return Message(text=draft.extra["text"], sender=sender, composer=composer, where=where)


async def _ask_officials(turn: Turn, this: Announcement) -> tuple[Say, ...]:
    """Owe the other officials of at least the same region their card; say whom was asked."""
    raw = await driver(turn.db)
    rows = await raw.fetch("SELECT * FROM chat.officials($1)", this.region)
    others = [row for row in rows if f"official:{row['id']}" != this.composer and row["chat"]]
    owed = [
        Owed(
            koperasi_id=PROVINCE,
            id=uuid4(),
            to=Address(channel=row["channel"], account=row["account"], chat=row["chat"]),
            person_id=None,
            purpose=Purpose.APPROVAL,
            content=words.asked(this),
            dedupe=f"announcement/{this.id}/asked/{row['id']}",
            made_at=turn.now,
            expires_at=this.expires_at,
        )
        for row in others
    ]
    await outbox.put(turn.db, owed, turn.keys)
    names = ", ".join(row["name"] for row in others[:4])
    return (say("announcement-asked-of", who=names) if names else say("announcement-nobody-asked"),)
