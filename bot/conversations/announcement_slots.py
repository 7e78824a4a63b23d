"""What composing an announcement asks: its text, whom it is for, its picture or document."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from uuid import uuid4

from bot.conversations import (
    announcement_rights,
    announcement_whom,
    announcements,
    forms,
    menu,
    province,
)
from bot.state import Draft, Form
from bot.talk import FileWanted, Reply, Turn, say
from bot.understand import grammar
from bot.understand.readings import Intent, Reading
from core.announcements import announcement, files
from core.announcements.audience import Activity, Audience, below, pack, unpack
from core.errors import Refusal
from core.permissions import Role, said

_MONTHS = 3
_ASKED_AGAIN: dict[type[Refusal], str] = {
    announcement.TextTooLong: "isi",
    announcement.TextEmpty: "isi",
}
_OFFERED_ROLES = (Role.KETUA, Role.SEKRETARIS, Role.BENDAHARA, Role.PENGAWAS)
_NO_FILE = ((say("choice-file-none"), "none"),)
_WITHOUT = re.compile(
    r"\s*(?:tanpa|hapus|buang|lepas|(?:tidak|tak|gak|nggak) (?:usah|perlu|pakai))\b.{0,30}",
    re.IGNORECASE,
)
_AFTER_ALL_NOT = re.compile(r"\s*(?:tidak|tak|tdk|ga|gak|nggak|ndak) jadi\b.{0,20}", re.IGNORECASE)
Step = Callable[[Turn], Awaitable[Reply]]


def heard(turn: Turn, draft: Draft, reading: Reading) -> Draft:
    """Take nothing over: amounts and names in an announcement are its text."""
    return draft


def meant(draft: Draft, audience: Audience, where: str | None = None) -> Draft:
    """Let a draft be for this audience."""
    extra = draft.extra | {"audience": pack(audience)}
    return replace(draft, extra=extra | ({"where": where} if where else {}))


def placed(
    audience: Audience, *, regions: tuple[str, ...] = (), cooperatives: tuple[str, ...] = ()
) -> Audience:
    """Return the same people of another place."""
    return replace(audience, regions=regions, cooperatives=cooperatives)


def again(refusal: Refusal) -> str | None:
    """Name the slot to ask for again after a refusal."""
    return _ASKED_AGAIN.get(type(refusal))


async def complete(turn: Turn, draft: Draft) -> Draft | Reply:
    """Ask for the text when there is none."""
    announcement_rights.require(turn, draft)
    return draft if draft.extra.get("text") else await ask_slot(turn, draft, "isi")


def editable(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Name what ✏️ offers to change; a correction's readers are known."""
    return ("isi", "berkas") if draft.extra.get("corrects") else ("isi", "penerima", "berkas")


async def ask_slot(turn: Turn, draft: Draft, slot: str) -> Reply:
    """Ask for one of its own slots."""
    if slot == "isi":
        number = draft.extra.get("corrects")
        if number is not None:
            return forms.ask(turn, draft, slot, say("announcement-ask-correction", number=number))
        return forms.ask(turn, draft, slot, say("announcement-ask-text"))
    if slot == "berkas":
        return forms.ask(turn, draft, slot, say("announcement-ask-file"), choices=_NO_FILE)
    if slot == "wilayah":
        return await _ask_region(turn, draft)
    if slot == "koperasi":
        return forms.ask(turn, draft, slot, say("announcement-ask-cooperative"))
    assert slot == "penerima", slot
    choices = [(say(f"choice-whom-{what}"), what) for what in ("members", "officers", "everybody")]
    choices += [(say("choice-whom-role", role=said(role)), role.value) for role in _OFFERED_ROLES]
    choices += [(say(f"choice-whom-{what}"), what) for what in ("recorded", "wajib", "late")]
    if announcement_rights.is_official(draft):
        places = ("region", "cooperative", "all-places")
        choices += [(say(f"choice-whom-{what}"), what) for what in places]
    return forms.ask(turn, draft, slot, say("announcement-ask-whom"), choices=tuple(choices))


async def _ask_region(turn: Turn, draft: Draft) -> Reply:
    assert turn.province is not None
    own = turn.province.region
    regions = await announcements.regions_of(turn)
    choices = tuple(
        (say("choice-region", name=name), code)
        for code, name in regions.items()
        if below(code, own)
    )
    return forms.ask(turn, draft, "wilayah", say("announcement-ask-region"), choices=choices)


async def take_slot(turn: Turn, draft: Draft, slot: str, value: str) -> Draft | Reply:
    """Take a pressed choice over."""
    announcement_rights.require(turn, draft)
    audience = unpack(draft.extra["audience"])
    if slot == "wilayah" and announcement_rights.is_official(draft):
        assert turn.province is not None
        announcement.require_region(value, turn.province.region, value)
        return meant(draft, placed(audience, regions=(value,)))
    if slot == "koperasi" and announcement_rights.is_official(draft):
        return await cooperative_said(turn, draft, value)
    if slot == "berkas":
        return await ask_slot(turn, draft, "isi") if value == "isi" else _without_file(draft)
    if slot != "penerima":
        return draft
    if value in ("region", "cooperative"):
        return await ask_slot(turn, draft, "wilayah" if value == "region" else "koperasi")
    if value == "all-places":
        return meant(draft, placed(audience))
    return meant(draft, _chosen(audience, value))


def _chosen(audience: Audience, value: str) -> Audience:
    match value:
        case "members":
            return audience.of_members()
        case "officers":
            return audience.of_offices(*announcement_whom.ALL_ROLES)
        case "everybody":
            return audience.of_offices(*announcement_whom.ALL_ROLES, members=True)
        case "recorded" | "wajib":
            return audience.of_members(activity=Activity(value), months=_MONTHS)
        case "late":
            return audience.of_members(classes=announcement_whom.LATE)
        case _:
            return audience.of_offices(Role(value))


async def hear_slot(turn: Turn, draft: Draft, slot: str, text: str) -> Draft | Reply | None:
    """Take a typed answer over."""
    announcement_rights.require(turn, draft)
    if slot == "isi":
        attached = bool(draft.extra.get("file"))
        plain = announcement.require_text(text, with_file=False)
        draft = replace(draft, extra=draft.extra | {"text": plain})
        return (attached and _too_long_beside_a_file(turn, draft)) or draft
    if slot == "berkas" and _AFTER_ALL_NOT.fullmatch(text):
        return draft
    if slot == "berkas" and _WITHOUT.fullmatch(text):
        return _without_file(draft)
    if slot == "koperasi" and announcement_rights.is_official(draft):
        return await cooperative_said(turn, draft, text)
    if slot == "penerima":
        return await _whom_said(turn, draft, text)
    if slot == "wilayah":
        found = announcement_whom.read(text, await announcements.regions_of(turn))
        if found.unread or not found.regions:
            return await ask_slot(turn, draft, slot)
        return await addressed(turn, draft, replace(found, audience=None, codes=()))
    return await ask_slot(turn, draft, slot)


def _without_file(draft: Draft) -> Draft:
    return replace(draft, extra=draft.extra | {"file": None, "file_name": None})


def _too_long_beside_a_file(turn: Turn, draft: Draft) -> Reply | None:
    """Ask what is to go when the text is too long for a caption: nothing is lost before it is answered."""
    try:
        announcement.require_text(draft.extra["text"], with_file=True)
    except announcement.TextTooLong as refusal:
        choices = (*_NO_FILE, (say("choice-file-shorter"), "isi"))
        lines = (forms.as_said(refusal), say("announcement-ask-file-or-text"))
        return forms.ask(turn, draft, "berkas", *lines, choices=choices)
    return None


async def _whom_said(turn: Turn, draft: Draft, text: str) -> Draft | Reply:
    found = announcement_whom.read(text, await announcements.regions_of(turn))
    if not (found.named or found.unread):
        return await _ask_whom_again(turn, draft, text)
    return await addressed(turn, draft, found)


async def _ask_whom_again(turn: Turn, draft: Draft, said_: str) -> Reply:
    """Ask whom it is for, naming what was not understood: nobody is told who was not meant."""
    asked = await ask_slot(turn, draft, "penerima")
    unclear = say("announcement-whom-not-clear", said=" ".join(said_.split())[:60])
    return replace(asked, lines=(unclear,))


async def addressed(turn: Turn, draft: Draft, heard: announcement_whom.Whom) -> Draft | Reply:
    """Put the audience that was heard into the draft; ask about whatever was not understood.

    Raises NotYourRegion, OwnCooperativeOnly.
    """
    before = unpack(draft.extra["audience"])
    people = heard.audience or before
    audience = placed(people, regions=before.regions, cooperatives=before.cooperatives)
    if heard.places:
        audience = placed(people, regions=heard.regions)
    if not announcement_rights.is_official(draft):
        return await _in_own_cooperative(turn, draft, heard, audience)
    assert turn.province is not None
    regions = await announcements.regions_of(turn)
    for code in heard.regions:
        announcement.require_region(code, turn.province.region, regions[code])
    draft = meant(draft, audience)
    if heard.unread and (heard.unclear or heard.codes):
        return await _ask_whom_again(turn, draft, heard.unread)
    if heard.unread and not heard.cooperative:
        region = turn.province.region
        if not await province.cooperatives_named(turn, region, heard.unread):
            return await _ask_whom_again(turn, draft, heard.unread)
    if heard.codes or heard.unread:
        return await cooperative_said(turn, draft, " ".join(heard.codes) or heard.unread)
    return draft


async def _in_own_cooperative(
    turn: Turn, draft: Draft, heard: announcement_whom.Whom, audience: Audience
) -> Draft | Reply:
    own = turn.here.cooperative
    if heard.places or set(heard.codes) - {own.code}:
        raise announcements.OwnCooperativeOnly
    if heard.unread and heard.unread != announcement_whom.name_of(own.name):
        return await _ask_whom_again(turn, draft, heard.unread)
    return meant(draft, audience)


async def cooperative_said(turn: Turn, draft: Draft, said_: str) -> Reply:
    """Find the cooperatives that were named in the official's region: one by name, or some by code."""
    assert turn.province is not None
    region = turn.province.region
    name = " ".join(said_.split())[:60]
    codes = announcement_whom.codes_in(name)
    chosen: dict[str, str] = {}
    for one in codes or (name,):
        found = await province.cooperatives_named(turn, region, one)
        exact = bool(found) and found[0][0].lower() == one.lower()
        if not found or (codes and not exact):
            unknown = say("announcement-ask-cooperative-unknown", said=one)
            return forms.ask(turn, draft, "koperasi", unknown)
        if len(found) > 1 and not exact:
            choices = tuple(
                (say("choice-cooperative", name=full, code=code), code) for code, full in found
            )
            which = say("announcement-ask-cooperative-which")
            return forms.ask(turn, draft, "koperasi", which, choices=choices)
        chosen[found[0][0]] = found[0][1]
    audience = placed(unpack(draft.extra["audience"]), cooperatives=tuple(chosen))
    return await forms.proceed(turn, meant(draft, audience, " dan ".join(chosen.values())))


def typed(turn: Turn, form: Form | None, text: str) -> tuple[str, Step] | None:
    """Take a text that answers a question of composing as it is, whatever it speaks of."""
    if form is None or form.draft.operation != announcement_rights.OPERATION:
        return None
    if form.asking in (None, "edit") or not announcement_rights.may_announce(turn, form.draft):
        return None
    reading = grammar.read(text, today=turn.today, directory=turn.services.directories.nobody)
    kept = form.asking == "berkas" and _AFTER_ALL_NOT.fullmatch(text)
    if reading.intent is Intent.CANCEL and len(text) < 20 and not kept:
        return "cancel", menu.cancel
    if reading.intent is Intent.ANNOUNCEMENT and reading.note:
        return "announcement", partial(announcements.begin, text)
    return f"form-{form.asking}", partial(_typed, form, text)


async def _typed(form: Form, text: str, turn: Turn) -> Reply:
    assert form.asking is not None
    taken = await hear_slot(turn, form.draft, form.asking, text)
    assert taken is not None
    return taken if isinstance(taken, Reply) else await forms.proceed(turn, taken)


def wants_file(turn: Turn) -> bool:
    """Say whether the next file is to be attached."""
    form = turn.state.form
    composing = form is not None and form.draft.operation == announcement_rights.OPERATION
    return composing and form is not None and form.asking == "berkas"


async def attach(turn: Turn) -> Reply:
    """Keep the file that was sent, and show the card with it."""
    form, sent = turn.state.form, turn.incoming.document
    assert form is not None
    assert sent is not None
    draft = form.draft
    announcement_rights.require(turn, draft)
    files.require_name(sent.name)
    if too_long := _too_long_beside_a_file(turn, draft):
        return too_long
    if sent.is_unfetched:
        raise FileWanted
    if sent.content is None:
        return Reply(lines=(say(f"file-{sent.problem}"),))
    file = files.checked(sent.name, sent.content)
    file_id, here = uuid4(), announcement_rights.here_of(turn, draft)
    async with announcement_rights.place(turn, here):
        await files.keep(
            turn.db, koperasi_id=here, file_id=file_id, file=file, at=turn.now, keys=turn.keys
        )
    extra = draft.extra | {"file": file_id.hex, "file_name": file.name}
    return await forms.proceed(turn, replace(draft, extra=extra))
