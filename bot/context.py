"""Before a step is found: which button a typed number presses, and in which cooperative and as whom a turn speaks."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversations import approvals, pin
from bot.inbox import Opening
from bot.state import State, unseal
from bot.talk import Incoming
from core.sealing import Keys

_CHOSEN = (
    "member",
    "operation",
    "loan",
    "product",
    "edit",
    "who",
)  # answered by a choice, not a number


def invite_code(incoming: Incoming) -> str | None:
    """Return the code of `/start CODE`: the channel's deep link sends it as a message."""
    found = re.match(r"\s*/start(?:@\w+)?\s+([A-Za-z0-9_-]{4,64})\s*$", incoming.text or "")
    return found[1] if found else None


def numbered(state: State, incoming: Incoming) -> Incoming:
    """Let a typed number press the button of that number: of the open question, else of the last answer.

    A question for a number, an amount or a day keeps its meaning: only the choices it offered have numbers.
    """
    plain = (incoming.text or "").strip()
    if incoming.button is not None or not re.fullmatch(r"[1-9][0-9]?", plain, re.ASCII):
        return incoming
    form = state.form if state.form and state.form.asking else None
    if form and form.asking == "tenor":  # "3" to "Berapa kali angsuran?" is three.
        return incoming
    offered = state.offered
    chosen = form is not None and bool(form.choices) and form.asking in _CHOSEN
    if form and not (chosen and offered and offered[0].startswith("f:")):
        offered = form.choices
    if len(offered) < int(plain):
        return incoming
    return replace(incoming, button=offered[int(plain) - 1])


def where(opening: Opening, state: State, incoming: Incoming) -> tuple[int | None, int | None]:
    """Say which cooperative and person this turn speaks in: usually where the chat stands.

    A contact that was asked for belongs to the cooperative being joined; a receipt's button and a
    switch to the cooperative they name, if this chat speaks there; a typed PIN to whom it is asked of.
    """
    if (proving := pin.whose(state.form, incoming)) is not None:
        koperasi_id, person_id = proving
        joins = state.joining and (
            state.joining["koperasi_id"] == koperasi_id
            and person_id in state.joining.get("sharing", ())
        )
        if joins or proving in opening.links:
            return proving
    invite = opening.invite or {}
    if incoming.phone is not None and invite.get("status") == "ok" and invite["koperasi_id"]:
        return invite["koperasi_id"], None  # Its number is the proof: it joins in this very turn.
    if state.joining and (incoming.contact or (incoming.button or "").startswith("w:")):
        return state.joining.get("koperasi_id"), None
    if (asked := _asked_in(state, incoming)) is not None:
        there = [link for link in opening.links if link[0] == asked]
        here = (opening.koperasi_id, opening.person_id)
        return here if here in there or not there else there[0]
    if named := re.match(
        r"(?:eo|pw|[abersxgjq]):(\d{1,9}):(\d{1,15})", incoming.button or "", re.ASCII
    ):
        here = (opening.koperasi_id, opening.person_id)
        there = [link for link in opening.links if link[0] == int(named[1])]
        if incoming.button and incoming.button.startswith(("g:", "e:", "eo:", "s:")):
            there = [link for link in there if link[1] == int(named[2])]
        return here if here in there or not there else there[0]
    return opening.koperasi_id, opening.person_id


def _asked_in(state: State, incoming: Incoming) -> int | None:
    """Say where the open question of a request or a PIN was asked: its answer belongs there."""
    form = state.form
    typed = incoming.button is None or incoming.button.startswith("f:")
    if form is None or not typed or form.asking not in (approvals.ASKING, *pin.ASKING):
        return None
    koperasi_id: int = form.draft.extra["koperasi_id"]
    return koperasi_id


def is_pin(opening: Opening, incoming: Incoming, keys: Keys) -> bool:
    """Say whether a message answers the question for a PIN: it is deleted even when all else fails."""
    form = unseal(opening.state, keys).form
    return incoming.text is not None and pin.is_try(form, incoming.text)
