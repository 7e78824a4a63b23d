"""A member's answer to a receipt, the receipt as a picture, and /cek."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversations import findings, looks
from bot.conversations.operations import BY_ENTRY_KIND
from bot.talk import Notice, Reply, Turn, button, say
from bot.understand.readings import Intent, Reading
from core import identities, receipts
from core.looks import What
from core.permissions import Action, Role, may
from core.receipts import Answer, Receipt
from notifications.messages import Attachment, Content, Purpose, Say


async def pressed(turn: Turn, koperasi: str, entry: str, answer: str) -> Reply:
    """BENAR or BUKAN under a receipt; the button of somebody else's receipt does nothing."""
    if int(koperasi) != turn.koperasi_id or turn.here.member is None or answer not in "yn":
        raise receipts.NotYourReceipt
    said = Answer.CONFIRMED if answer == "y" else Answer.DISPUTED
    return await _answer(turn, int(entry), said)


async def typed(intent: Intent, turn: Turn) -> Reply:
    """BENAR and BUKAN alone mean the newest unanswered receipt; BUKAN is read back first."""
    if turn.here.member is None:
        return Reply(lines=(say("receipt-none-open"),))
    found = await receipts.newest_unanswered(
        turn.db, koperasi_id=turn.koperasi_id, member_id=turn.here.member.id
    )
    if found is None:
        return Reply(lines=(say("receipt-none-open"),))
    if intent is Intent.CONFIRM_RECEIPT:
        return await _answer(turn, found.entry, Answer.CONFIRMED)
    mark = f"r:{turn.koperasi_id}:{found.entry}"
    return Reply(
        lines=(say("receipt-dispute-sure"), *lines_of(found)),
        buttons=((button("button-wrong-sure", f"{mark}:n"), button("button-right", f"{mark}:y")),),
    )


async def _answer(turn: Turn, entry: int, answer: Answer) -> Reply:
    assert turn.here.member is not None
    own_chat = await _is_recorders_chat(turn, entry)
    found = await receipts.answer(
        turn.db,
        koperasi_id=turn.koperasi_id,
        entry=entry,
        member_id=turn.here.member.id,
        answer=answer,
        own_chat=own_chat,
        at=turn.now,
    )
    if answer is Answer.CONFIRMED:
        key = "receipt-own-chat" if own_chat else "receipt-confirmed"
        mark = f"x:{turn.koperasi_id}:{entry}"
        return Reply(
            lines=(*lines_of(found), say(key)),
            buttons=((button("button-picture", mark),),),
            edit=True,
        )
    return Reply(
        lines=(*lines_of(found), say("receipt-disputed")),
        edit=True,
        notices=await _tell_disputed(turn, found),
    )


async def _is_recorders_chat(turn: Turn, entry: int) -> bool:
    found = await receipts.of_entry(turn.db, koperasi_id=turn.koperasi_id, entry=entry)
    if found is None or found.officer_id is None:
        return False
    chats = await identities.chats_of(
        turn.db, koperasi_id=turn.koperasi_id, person_ids=[found.officer_id]
    )
    return chats.get(found.officer_id) == turn.incoming.chat.key


async def _tell_disputed(turn: Turn, found: Receipt) -> tuple[Notice, ...]:
    """Tell ketua and pengawas, never only the one who recorded it."""
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    told = {office.person_id for office in held if office.role in (Role.KETUA, Role.PENGAWAS)} - {
        found.member_id
    }
    recorder = next((o.name for o in held if o.person_id == found.officer_id), "-")
    content = Content(
        lines=(
            say("receipt-disputed-notice", entry=found.entry),
            *lines_of(found),
            say("receipt-recorder", name=recorder),
        ),
        buttons=((button("button-reverse", f"v:{found.entry}"),),),
    )
    return tuple(
        Notice(person_id=person, purpose=Purpose.NOTICE, content=content, keep_days=30)
        for person in sorted(told)
    )


def lines_of(found: Receipt) -> tuple[Say, ...]:
    """Say what stands on a receipt."""
    operation = BY_ENTRY_KIND.get(found.kind)
    return (
        say("receipt-number", entry=found.entry),
        say(operation.heading if operation else "operation-batal"),
        say("card-member", name=found.member, number=found.number),
        say("card-amount", amount=found.amount),
        say("card-date", on=found.on),
        Say(_balance_key(found.kind), {"before": found.before, "balance": found.balance}),
        say("receipt-code", code=f"{found.code[:4]}-{found.code[4:]}"),
    )


def _balance_key(kind: str) -> str:
    """Name what its two balances are of: savings, a loan's principal, a claim beside the books."""
    if kind == "loan-recovery":
        return "receipt-recovery"
    return "receipt-outstanding" if kind.startswith("loan-") else "receipt-balance"


async def picture(turn: Turn, koperasi: str, entry: str) -> Reply:
    """The receipt as a picture: for its member, and for officers who may see members."""
    found = None
    if int(koperasi) == turn.koperasi_id:
        found = await receipts.of_entry(turn.db, koperasi_id=turn.koperasi_id, entry=int(entry))
    own = found is not None and turn.here.member and turn.here.member.id == found.member_id
    if found is None or not (own or may(turn.here.roles, Action.SEE_MEMBERS)):
        raise receipts.NotYourReceipt
    await looks.seen(turn, found.member_id, What.RECEIPT)
    return Reply(
        lines=lines_of(found),
        buttons=await findings.buttons_of(turn, found.entry),
        attachment=Attachment(
            kind="receipt-picture", facts={"heading": turn.here.cooperative.name[:34]}
        ),
    )


async def picture_of(reading: Reading, turn: Turn) -> Reply:
    """Show a picture by words: of the number that was said, else a member's own newest receipt."""
    named = re.search(r"\d{1,15}", reading.reference or "")
    if named:
        return await picture(turn, str(turn.koperasi_id), named[0])
    if turn.here.member is None:
        return Reply(lines=(say("receipt-which"),))
    found = await receipts.newest(
        turn.db, koperasi_id=turn.koperasi_id, member_id=turn.here.member.id
    )
    if found is None:
        return Reply(lines=(say("receipt-none"),))
    return await picture(turn, str(turn.koperasi_id), str(found.entry))


async def check(turn: Turn) -> Reply:
    """/cek KODE: confirm or deny a receipt of this cooperative, revealing no more than is on it."""
    words = re.sub(r"^\s*/?cek\w*\s*", "", turn.incoming.text or "", flags=re.IGNORECASE)
    plain = re.search(r"[A-Za-z0-9]{4}[-\s]?[A-Za-z0-9]{4}(?![A-Za-z0-9])", words)
    if plain is None:
        return Reply(lines=(say("check-how"),))
    found = await receipts.by_code(turn.db, koperasi_id=turn.koperasi_id, code=plain[0])
    if found is None:
        return Reply(lines=(say("check-unknown", code=plain[0].upper()),))
    reply = Reply(
        lines=(say("check-known"), *lines_of(found)),
        buttons=await findings.buttons_of(turn, found.entry),
    )
    own = turn.here.member is not None and turn.here.member.id == found.member_id
    if own or may(turn.here.roles, Action.SEE_MEMBERS):  # Others learn what stands on it, no more.
        reply = replace(reply, lines=(*reply.lines, say(f"check-state-{found.state}")))
    if found.member_id == turn.here.person_id and found.state in (
        receipts.State.DELIVERED,
        receipts.State.SENT,
    ):
        mark = f"r:{turn.koperasi_id}:{found.entry}"
        answers = (button("button-right", f"{mark}:y"), button("button-wrong", f"{mark}:n"))
        return replace(reply, buttons=(answers, *reply.buttons))
    return reply
