"""Pengajuan Pinjaman: by a member for the own loan, or by an officer; ✅ lets it wait for the ketua."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.conversations import (
    cards,
    forms,
    loan_application_slots,
    loan_guarantors,
    loan_rates,
    loan_words,
    menu,
    requests,
)
from bot.conversations.operations import LOANS
from bot.state import Card, Draft
from bot.talk import Notice, Reply, Turn, say
from bot.understand.readings import Reading
from core import people
from core.loans import applications, book, checks, guarantors, products, schedule
from core.loans.applications import Told
from core.loans.book import State
from core.loans.products import Product
from core.people import Member
from core.permissions import Action, NotAllowed, may, who_may
from notifications.messages import Say

NAME = "pengajuan"
_OPERATION = LOANS[NAME]


async def by_member(reading: Reading, turn: Turn, extra: Mapping[str, str] | None = None) -> Reply:
    """Take "mau pinjam 5 juta 10 bulan" of who borrows: the card at once, of nobody else."""
    if menu.is_doubtful(reading):
        return await menu.doubt(turn, reading)
    if reading.rows:
        raise loan_application_slots.OnlyOwnApplication
    assert turn.here.member is not None
    own = Draft(operation=NAME, member=turn.here.member.id, extra=dict(extra or {}))
    own_reading = replace(loan_application_slots.own_only(turn, reading), doubts=())
    return await forms.from_reading(turn, own_reading, own)


async def checked(turn: Turn, draft: Draft) -> Member:
    """Refuse what ✅ would refuse of who asks for whom; returns the applicant."""
    assert draft.member is not None
    assert draft.on is not None
    if not may(turn.here.roles, Action.RECORD_LOANS) and draft.member != turn.here.person_id:
        raise NotAllowed(who=who_may(Action.RECORD_LOANS))
    member = await cards.member_of(turn, draft.member)
    people.require_active(member, on=draft.on)
    return member


def count_of(draft: Draft, product: Product) -> int:
    """Return the tenor that was said, else the product's usual one."""
    return int(draft.extra.get("tenor") or product.tenor)


async def product_of(turn: Turn, draft: Draft) -> Product:
    """Find the product that was chosen, else the one the cooperative offers first."""
    return await products.find(
        turn.db,
        koperasi_id=turn.koperasi_id,
        code=draft.extra.get("product"),
        on=draft.on or turn.today,
    )


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what is asked for: product, tenor, instalments, what it costs, and the check list."""
    member = await checked(turn, draft)
    assert draft.amount
    assert draft.on
    product = await product_of(turn, draft)
    count, terms = count_of(draft, product), product.terms
    applications.check_size(product, principal=draft.amount, count=count)
    rows = schedule.make(
        principal=draft.amount,
        count=count,
        terms=terms,
        disbursed=draft.on,
        rest_days=turn.here.rules.on(draft.on).rest_days,
    )
    provisi = terms.fee(draft.amount)
    received = draft.amount - provisi - terms.administrasi
    return (
        say(_OPERATION.heading),
        say("card-member", name=member.name, number=member.number),
        say("card-amount", amount=draft.amount),
        say("card-date", on=draft.on),
        *loan_words.terms_lines(product.name, terms, count),
        *loan_rates.warning_lines(draft, product),
        *loan_words.schedule_lines(rows),
        *loan_words.rate_line(received, rows, terms, draft.on),
        *loan_words.fees_lines(provisi, terms.administrasi),
        *(await _told_lines(turn, draft)),
        *(await _warning_lines(turn, draft, member)),
        *loan_words.check_lines(await _checks(turn, draft, product, count, draft.on)),
    )


async def _told_lines(turn: Turn, draft: Draft) -> list[Say]:
    extra, lines = draft.extra, []
    if extra.get("purpose"):
        lines.append(say("loan-purpose", purpose=extra["purpose"]))
    if extra.get("income"):
        lines.append(say("loan-income", amount=extra["income"]))
    if extra.get("topup"):
        old = await book.loan(turn.db, koperasi_id=turn.koperasi_id, loan_id=extra["topup"])
        lines.append(say("loan-tops-up", loan=old.label, outstanding=old.outstanding))
    named = [
        ((await cards.member_of(turn, member_id)).name, amount)
        for member_id, amount in extra.get("guarantors", [])
    ]
    lines.extend(loan_words.guarantor_lines(named))
    if draft.note:
        lines.append(say("card-note", note=draft.note[:200]))
    return lines


async def _warning_lines(turn: Turn, draft: Draft, member: Member) -> list[Say]:
    """Point out another application that waits, and loans that run."""
    found = await book.of_member(
        turn.db,
        koperasi_id=turn.koperasi_id,
        member_id=member.id,
        states=(State.APPLIED, State.APPROVED, State.RUNNING),
    )
    lines = []
    for loan in found[:3]:
        if loan.state is not State.RUNNING:
            lines.append(say("loan-warning-waiting", loan=loan.label, amount=loan.principal))
        elif loan.id != draft.extra.get("topup"):
            lines.append(say("loan-warning-running", loan=loan.label, amount=loan.outstanding))
    return lines


async def _checks(
    turn: Turn, draft: Draft, product: Product, count: int, on: date
) -> tuple[checks.Check, ...]:
    assert draft.amount
    assert draft.member is not None
    return await applications.checklist(
        turn.db,
        cooperative=turn.here.cooperative,
        rules=turn.here.rules.on(on),
        loan=checks.Draft(
            member_id=draft.member,
            product=product.code,
            terms=product.terms,
            principal=draft.amount,
            count=count,
            applied_on=on,
            tops_up=draft.extra.get("topup"),
            income=draft.extra.get("income"),
        ),
        keys=turn.keys,
        on=on,
    )


async def record(turn: Turn, card: Card) -> Reply:
    """Write the application down and ask who decides; guarantors are asked in their own chats."""
    draft = card.draft
    member = await checked(turn, draft)
    assert draft.amount
    assert draft.on
    lines = await card_lines(turn, draft)
    product = await product_of(turn, draft)
    loan = await applications.apply(
        turn.db,
        koperasi_id=turn.koperasi_id,
        member=member,
        product=product,
        principal=draft.amount,
        count=count_of(draft, product),
        on=draft.on,
        at=turn.now,
        by=turn.here.recorder,
        source=turn.incoming.chat.channel,
        operation=card.id,
        keys=turn.keys,
        tops_up=draft.extra.get("topup"),
        told=Told(purpose=draft.extra.get("purpose"), income=draft.extra.get("income")),
    )
    notices = await _name_guarantors(turn, draft, loan, member)
    two = applications.needs_two(turn.here.rules.on(turn.today), draft.amount)
    reply = await requests.ask(
        turn,
        card,
        kind="loan",
        facts={"loan": loan.id},
        member_id=member.id,
        loan_id=loan.id,
        needed=2 if two else 1,
        lines=(lines[0], say("loan-label", loan=loan.label), *lines[1:]),
        why=(say("approval-why-two"),) if two else (),
    )
    return replace(reply, notices=(*reply.notices, *notices))


async def _name_guarantors(
    turn: Turn, draft: Draft, loan: book.Loan, member: Member
) -> tuple[Notice, ...]:
    assert draft.on
    notices: list[Notice] = []
    for member_id, amount in draft.extra.get("guarantors", []):
        guarantor = await cards.member_of(turn, member_id)
        notice, on_paper = await loan_guarantors.asked(turn, loan, member, guarantor, amount)
        await guarantors.add(
            turn.db,
            koperasi_id=turn.koperasi_id,
            loan_id=loan.id,
            member=guarantor,
            amount=amount,
            on=draft.on,
            at=turn.now,
            on_paper=on_paper,
        )
        if notice is not None:
            notices.append(notice)
    return tuple(notices)
