"""Guarantors (penjamin): asked in their own chats, by paper where they have none; their answer is kept."""

from __future__ import annotations

from bot.conversations import cards
from bot.talk import Notice, Reply, Turn, button, say
from core import identities
from core.loans import book, guarantors
from core.loans.book import Loan
from core.loans.guarantors import NotGuarantor
from core.money import Rupiah
from core.people import Member
from core.permissions import Action, may
from notifications.messages import Content, Purpose

_WAITS_DAYS = 30


async def asked(
    turn: Turn, loan: Loan, applicant: Member, guarantor: Member, amount: Rupiah
) -> tuple[Notice | None, bool]:
    """Make the question to a guarantor; an officer's application takes a letter where there is no chat.

    Returns the notice, and whether the answer is on paper.
    """
    chats = await identities.chats_of(
        turn.db, koperasi_id=turn.koperasi_id, person_ids=[guarantor.id]
    )
    chat = chats.get(guarantor.id)
    officer = may(turn.here.roles, Action.RECORD_LOANS) and applicant.id != turn.here.person_id
    if chat is None and officer:
        return None, True
    mark = f"j:{turn.koperasi_id}:{loan.id}"
    content = Content(
        lines=(
            say(
                "guarantee-question",
                name=applicant.name,
                number=applicant.number,
                principal=loan.principal,
                amount=amount,
                loan=loan.label,
            ),
        ),
        buttons=((button("button-agree", f"{mark}:y"), button("button-decline", f"{mark}:n")),),
    )
    notice = Notice(
        person_id=guarantor.id,
        purpose=Purpose.APPROVAL,
        content=content,
        to=chat,
        keep_days=_WAITS_DAYS,
    )
    return notice, False


async def pressed(turn: Turn, koperasi: str, loan_id: str, answer: str) -> Reply:
    """Setuju or Tidak of who was asked; anybody else's press does nothing."""
    if int(koperasi) != turn.koperasi_id or turn.here.member is None:
        raise NotGuarantor(loan=f"P-{int(loan_id):04d}")
    agrees = answer == "y"
    await guarantors.answer(
        turn.db,
        koperasi_id=turn.koperasi_id,
        loan_id=int(loan_id),
        member_id=turn.here.person_id,
        agrees=agrees,
        at=turn.now,
    )
    loan = await book.loan(turn.db, koperasi_id=turn.koperasi_id, loan_id=int(loan_id))
    applicant = await cards.member_of(turn, loan.member_id)
    found = await guarantors.of_loan(turn.db, loan)
    amount = next(one.amount for one in found if one.member_id == turn.here.person_id)
    key = "guarantee-agreed" if agrees else "guarantee-declined"
    return Reply(
        lines=(say(key, name=applicant.name, amount=amount, loan=loan.label),),
        edit=True,
        notices=_tell(turn, loan, agrees=agrees, amount=amount),
    )


def _tell(turn: Turn, loan: Loan, *, agrees: bool, amount: Rupiah) -> tuple[Notice, ...]:
    """Tell who borrows and who wrote the application down: it waits for this answer."""
    maker = loan.applied_by.removeprefix("person:")
    told = {loan.member_id, *((int(maker),) if maker.isdigit() else ())} - {turn.here.person_id}
    key = "guarantee-agreed-notice" if agrees else "guarantee-declined-notice"
    content = Content(lines=(say(key, name=turn.here.name, amount=amount, loan=loan.label),))
    return tuple(
        Notice(person_id=one, purpose=Purpose.NOTICE, content=content, keep_days=7)
        for one in sorted(told)
    )
