"""An event of the cash book that a second person approved."""

from __future__ import annotations

from uuid import UUID

from core import everyday, note_photos
from core.approvals.request import Context
from core.everyday import Event, Plan, Recorded
from core.goods.stock import Line


async def record(context: Context) -> Recorded:
    """Record it as everyday.record does, with the photo of its note.

    Facts: event, debit, credit, place, amount, note, member, lines, photo.
    """
    facts = context.facts
    done = await everyday.record(
        context.db,
        officer=context.officer,
        plan=Plan(
            event=Event(facts["event"]),
            debit=facts["debit"],
            credit=facts["credit"],
            place=facts["place"],
            amount=facts["amount"],
            member=facts.get("member"),  # of an older release: none
            lines=tuple(Line(**line) for line in facts.get("lines", ())),
        ),
        on=context.on,
        at=context.at,
        operation=context.approval.operation,
        source=context.source,
        note=facts["note"],
        approver=context.approver,
    )
    if photo := facts.get("photo"):
        here = context.approval.koperasi_id
        await note_photos.attach(
            context.db, koperasi_id=here, photo_id=UUID(photo), entry=done.entry
        )
    return done
