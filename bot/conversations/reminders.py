"""What is pressed under a reminder: paid, more about it, tomorrow; and what officers do about "Sudah bayar"."""

from __future__ import annotations

from datetime import timedelta

from bot.conversations import approvals, forms, loans, looks, members, offices, statements, welcome
from bot.state import Draft
from bot.talk import Notice, Reply, Turn, button, say
from core import dues, identities, people
from core.calendar import business_date
from core.errors import Refusal
from core.loans import book
from core.loans.book import State
from core.looks import What
from core.permissions import Action, NotAllowed, Role, may, who_may
from core.reminders import answers, morning
from core.reminders.answers import Claim
from core.reminders.subjects import Subject
from notifications import reminding
from notifications.messages import Button, Content, Purpose, Say

_LISTED = 8  # claims or people in one message
_KEPT = 7  # days that a notice of a claim waits for its officer's chat


class NotYourReminder(Refusal):
    """A reminder is answered by whom it reminds."""

    text = "refusal-not-your-reminder"


async def pressed(turn: Turn, koperasi: str, person: str, what: str, named: str) -> Reply:
    """A member's answer to a reminder; made-up data and other people's are answered kindly."""
    if int(koperasi) != turn.koperasi_id or int(person) != turn.here.person_id:
        raise NotYourReminder
    if turn.here.member is None:
        raise statements.NoMembership
    subject = reminding.subject_of(named)
    if subject.loan_id is None:
        if not 1 <= subject.n % 100 <= 12 or not 1900 <= subject.n // 100 <= 9999:
            return await welcome.old_button(turn)
    else:
        loan = await book.loan(turn.db, koperasi_id=turn.koperasi_id, loan_id=subject.loan_id)
        if loan.member_id != turn.here.person_id:
            raise NotYourReminder
    if what == "show":
        return await _show(turn, subject)
    about = await _owed(turn, subject)
    if about is None:
        return Reply(lines=(say("reminder-paid-already"),), edit=True)
    if about.key == "reminder-changed":
        show = reminding.buttons(turn.koperasi_id, turn.here.person_id, subject)[0][1]
        return Reply(lines=(about,), buttons=((show,),), edit=True)
    if what == "paid":
        return await _paid(turn, subject, about)
    return await _later(turn, subject, about)


async def _show(turn: Turn, subject: Subject) -> Reply:
    if subject.loan_id is None:
        return await statements.balance(turn)
    return await loans.pressed(turn, str(turn.koperasi_id), str(subject.loan_id), "show", "0")


async def _owed(turn: Turn, subject: Subject) -> Say | None:
    """Say what is still owed of it, or that the loan is another by now; none when it is paid."""
    assert turn.here.member is not None
    if subject.loan_id is None:
        owed, first, count = await reminding.owed_dues(turn.db, turn.here, subject.month)
        if first is None:
            return None
        return say("owed-dues", amount=owed, month=first, count=count)
    owed_of = await reminding.owed_of(turn.db, turn.koperasi_id, subject, turn.today)
    if isinstance(owed_of, str):
        return None if owed_of in ("paid", State.SETTLED) else say("reminder-changed")
    label, line, _ = owed_of
    return say("owed-instalment", amount=line.left, n=line.n, loan=label, due=line.due)


async def _paid(turn: Turn, subject: Subject, about: Say) -> Reply:
    """Keep that a member says to have paid; those who record are asked to look."""
    member = turn.here.member
    assert member is not None
    claim = await answers.say_paid(
        turn.db,
        koperasi_id=turn.koperasi_id,
        person_id=member.id,
        subject=subject,
        at=turn.now,
    )
    if claim is None:
        return Reply(lines=(about, say("reminder-paid-before")), edit=True)
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    told = {o.person_id for o in held if o.role is Role.BENDAHARA} - {member.id} or {
        o.person_id for o in held if o.role is Role.KETUA
    } - {member.id}
    notices = tuple(
        Notice(
            person_id=person,
            purpose=Purpose.NOTICE,
            content=Content(
                lines=(say("claim-notice", name=member.name, number=member.number), about),
                buttons=_of_claim(turn, person, claim),
            ),
            keep_days=_KEPT,
        )
        for person in sorted(told)
    )
    key = "reminder-paid" if notices else "reminder-paid-nobody"
    return Reply(lines=(about, say(key)), edit=True, notices=notices)


def _of_claim(turn: Turn, officer: int, claim: int) -> tuple[tuple[Button, ...], ...]:
    mark = f"eo:{turn.koperasi_id}:{officer}"
    return (
        (
            button("button-record-payment", f"{mark}:record:{claim}"),
            button("button-no-payment", f"{mark}:none:{claim}"),
        ),
    )


async def _later(turn: Turn, subject: Subject, about: Say) -> Reply:
    until = business_date(turn.now, turn.zone) + timedelta(days=1)
    await answers.ask_again(
        turn.db,
        koperasi_id=turn.koperasi_id,
        person_id=turn.here.person_id,
        subject=subject,
        until=until,
        at=turn.now,
    )
    return Reply(
        lines=(about, say("reminder-later", on=until)),
        buttons=reminding.buttons(turn.koperasi_id, turn.here.person_id, subject)[:1],
        edit=True,
    )


async def of_officer(turn: Turn, koperasi: str, person: str, what: str, number: str) -> Reply:
    """An officer's button under a claim, the morning's numbers or the invites that run out."""
    if int(koperasi) != turn.koperasi_id or int(person) != turn.here.person_id:
        raise NotYourReminder
    if what == "late":
        return await members.page(turn, "arrears", "0")
    if what == "wait":
        return await approvals.listing(turn)
    if what == "lost":
        return await _lost(turn, int(number))
    if what == "invite":
        return await _invite(turn, int(number))
    if what in ("claims", "claim"):  # Who may see members reads them.
        _require(turn, Action.SEE_MEMBERS)
        return await (_claims(turn) if what == "claims" else _looked_at(turn, what, int(number)))
    _require(turn, Action.RECORD_LOANS)
    return await _looked_at(turn, what, int(number))


async def _looked_at(turn: Turn, what: str, number: int) -> Reply:
    """A claim: shown, recorded as a payment, or not found."""
    claim = await answers.claim(turn.db, koperasi_id=turn.koperasi_id, claim_id=number)
    if claim is None:
        return await welcome.old_button(turn)
    if not claim.open:
        return Reply(lines=(say("claim-checked-before"),))
    if what == "record":
        return await _record(turn, claim)
    if what == "none":
        return await _none(turn, claim)
    records = may(turn.here.roles, Action.RECORD_LOANS)
    buttons = _of_claim(turn, turn.here.person_id, claim.id) if records else ()
    return Reply(lines=await _said(turn, claim), buttons=buttons)


def _require(turn: Turn, action: Action) -> None:
    if not may(turn.here.roles, action):
        raise NotAllowed(who=who_may(action))


async def _said(turn: Turn, claim: Claim) -> tuple[Say, ...]:
    member = await people.member(turn.db, koperasi_id=turn.koperasi_id, member_id=claim.person_id)
    lines = [say("claim-notice", name=member.name, number=member.number), await _subject(claim)]
    return (*lines, say("claim-since", on=business_date(claim.at, turn.zone)))


async def _subject(claim: Claim) -> Say:
    subject = claim.subject
    if subject.loan_id is None:
        return say("claim-dues", month=subject.month)
    return say("claim-instalment", n=subject.n, loan=f"P-{subject.loan_id:04d}")


async def _claims(turn: Turn) -> Reply:
    """List who says to have paid, oldest first."""
    found = await answers.open_claims(turn.db, koperasi_id=turn.koperasi_id, limit=_LISTED)
    if not found:
        return Reply(lines=(say("claims-none"),))
    names = {
        claim.person_id: await people.name(
            turn.db, koperasi_id=turn.koperasi_id, person_id=claim.person_id
        )
        for claim in found
    }
    mark = f"eo:{turn.koperasi_id}:{turn.here.person_id}:claim"
    return Reply(
        lines=(say("claims-head"),),
        buttons=tuple(
            (button("button-claim", f"{mark}:{claim.id}", name=names[claim.person_id]),)
            for claim in found
        ),
    )


async def _record(turn: Turn, claim: Claim) -> Reply:
    """Begin the record of what was paid: of dues all that was reminded of, of a loan how much is asked."""
    subject = claim.subject
    if subject.loan_id is None:
        member = await people.member(
            turn.db, koperasi_id=turn.koperasi_id, member_id=claim.person_id
        )
        paid = await dues.position(turn.db, cooperative=turn.here.cooperative, member=member)
        months = tuple(paid.arrears(subject.month)) or (subject.month,)
        draft = Draft(operation="wajib", member=member.id, months=months)
    else:
        draft = Draft(operation="angsuran", member=claim.person_id, extra={"loan": subject.loan_id})
    return await forms.proceed(turn, draft)


async def _none(turn: Turn, claim: Claim) -> Reply:
    """Say that no payment was found: the member learns it, the reminders go on."""
    closed = await answers.check(
        turn.db,
        koperasi_id=turn.koperasi_id,
        claim_id=claim.id,
        by=turn.here.recorder,
        at=turn.now,
    )
    if not closed:  # Another officer was quicker.
        return Reply(lines=(say("claim-checked-before"),))
    notice = Notice(
        person_id=claim.person_id,
        purpose=Purpose.NOTICE,
        content=Content(lines=(say("claim-not-found"), await _subject(claim))),
        keep_days=_KEPT,
    )
    lines = await _said(turn, claim)
    return Reply(lines=(*lines, say("claim-none")), edit=True, notices=(notice,))


async def _lost(turn: Turn, offset: int) -> Reply:
    """List members whose chat was lost; they are told by hand, and invited anew."""
    _require(turn, Action.SEE_MEMBERS)
    found = await morning.unreachable(
        turn.db, koperasi_id=turn.koperasi_id, today=turn.today, limit=_LISTED + 1, offset=offset
    )
    if not found:
        return Reply(lines=(say("lost-none"),))
    await looks.seen(turn, None, What.MEMBERS)
    rows = [
        (button("choice-person", f"u:show:{member_id}", name=name, number=number),)
        for member_id, number, name in found[:_LISTED]
    ]
    if len(found) > _LISTED:
        mark = f"eo:{turn.koperasi_id}:{turn.here.person_id}:lost"
        rows.append((button("button-next", f"{mark}:{offset + _LISTED}"),))
    return Reply(lines=(say("lost-head"),), buttons=tuple(rows))


async def _invite(turn: Turn, person_id: int) -> Reply:
    """Make a new invite for somebody whose last one runs out."""
    _require(turn, Action.INVITE)
    held = await identities.offices(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    office = next((one for one in held if one.person_id == person_id), None)
    if office is not None:
        return await offices.pressed(turn, "invite", str(office.id))
    member = await people.member(turn.db, koperasi_id=turn.koperasi_id, member_id=person_id)
    people.require_active(member, on=turn.today)
    return await offices.invite_member(turn, member)
