"""Loans as their members and officers see them: what is owed, what falls due, the schedule, what was paid."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from bot.conversations import (
    approvals,
    cards,
    loan_explain,
    loan_history,
    loan_words,
    looks,
    statements,
)
from bot.talk import Reply, Turn, button, say
from bot.understand.readings import PeopleKind, Reading
from core.approvals import waiting
from core.errors import Refusal
from core.loans import book, products, registers, replay, write_offs
from core.loans.book import Loan, State
from core.loans.replay import Position
from core.looks import What
from core.people import Member
from core.permissions import Action, NotAllowed, may, who_may
from notifications.messages import Button, Say

_LISTED = 8  # loans in one message
_ROWS = 12  # instalments in one message
_OPEN = (State.RUNNING, State.APPLIED, State.APPROVED, State.WRITTEN_OFF)
_EVERYBODY = re.compile(r"\b(?:daftar|semua|berjalan|aktif|siapa|list)\b", re.IGNORECASE)


class NothingToWithdraw(Refusal):
    """No application of this person waits for a decision."""

    text = "refusal-nothing-to-withdraw"


async def own(turn: Turn) -> Reply:
    """/pinjaman: the own loans; an officer without membership sees the cooperative's."""
    here = turn.here
    if here.member is None and may(here.roles, Action.SEE_MEMBERS):
        return await listing(turn, 0, late=False)
    if here.member is None:
        raise statements.NoMembership
    mine = await of_member(turn, here.member)
    if not may(here.roles, Action.SEE_MEMBERS):
        return mine
    return replace(mine, buttons=(*mine.buttons, (button("button-all-loans", "l:loans:0"),)))


async def asked(reading: Reading, turn: Turn) -> Reply:
    """Answer "pinjaman saya", "pinjaman Siti", "daftar pinjaman"."""
    officer = may(turn.here.roles, Action.SEE_MEMBERS)
    named = reading.people.kind not in (PeopleKind.NONE, PeopleKind.SELF, PeopleKind.UNKNOWN)
    if officer and not named and _EVERYBODY.search(reading.text):
        return await listing(turn, 0, late=False)
    unnamed = reading.people.kind is PeopleKind.UNKNOWN and _EVERYBODY.search(reading.text)
    if reading.people.kind is PeopleKind.NONE or unnamed:
        return await own(turn)
    if reading.settles:
        return await loan_explain.asked(reading, turn)
    found = await statements.meant(turn, reading)
    if isinstance(found, Reply):
        return found
    if reading.loan is not None:
        return await pressed(turn, str(turn.koperasi_id), str(reading.loan), "show", "0")
    if "jadwal" in reading.text.lower():
        running = await book.of_member(
            turn.db, koperasi_id=turn.koperasi_id, member_id=found.id, states=(State.RUNNING,)
        )
        if len(running) == 1:
            return await _schedule(turn, running[0], found, 0)
    return await of_member(turn, found)


async def arrears(reading: Reading, turn: Turn) -> Reply:
    """Answer "siapa nunggak?": officers see the loans overdue, a member the own ones."""
    if may(turn.here.roles, Action.SEE_MEMBERS):
        return await listing(turn, 0, late=True)
    return await own(turn)


async def position(turn: Turn, loan: Loan) -> Position:
    """Work out how a loan stands today."""
    version = await book.version(turn.db, loan)
    paid = book.live(await book.moved(turn.db, loan), loan.version)
    return replay.replay(version, paid, turn.today)


async def line(turn: Turn, member: Member) -> list[Say]:
    """Say a running loan in one line, for /saldo."""
    running = await book.of_member(
        turn.db, koperasi_id=turn.koperasi_id, member_id=member.id, states=(State.RUNNING,)
    )
    lines = []
    for loan in running[:3]:
        stands = await position(turn, loan)
        if stands.next_due and not stands.late:
            lines.append(
                say(
                    "balance-loan",
                    loan=loan.label,
                    outstanding=stands.principal_left,
                    on=stands.next_due,
                    amount=stands.next_amount,
                )
            )
        else:
            lines.append(
                say(
                    "balance-loan-late",
                    loan=loan.label,
                    outstanding=stands.principal_left,
                    amount=stands.due_now,
                )
            )
    return lines


async def of_member(turn: Turn, member: Member) -> Reply:
    """Show a member's loans: those that run, and applications that wait."""
    found = await book.of_member(
        turn.db, koperasi_id=turn.koperasi_id, member_id=member.id, states=_OPEN
    )
    mine = member.id == turn.here.person_id
    if not found:
        settled = await book.of_member(
            turn.db, koperasi_id=turn.koperasi_id, member_id=member.id, states=(State.SETTLED,)
        )
        return _none(member, settled[-3:], mine=mine, turn=turn)
    head = say("loans-own", on=turn.today) if mine else _head(turn, member)
    lines = [head]
    for loan in found[:4]:
        lines.extend(await _lines(turn, loan))
    with_schedule = [loan for loan in found[:4] if loan.version]
    rows: tuple[tuple[Button, ...], ...]
    if len(with_schedule) == 1:
        rows = buttons_of(turn, with_schedule[0])
    else:
        rows = tuple((_show(turn, loan),) for loan in with_schedule)
    return Reply(lines=tuple(lines), buttons=rows)


def _head(turn: Turn, member: Member) -> Say:
    return say("loans-of", name=member.name, number=member.number, on=turn.today)


def _none(member: Member, settled: list[Loan], *, mine: bool, turn: Turn) -> Reply:
    if mine:
        lines = [say("loans-none-own")]
    else:
        lines = [say("loans-none-of", name=member.name, number=member.number)]
    lines.extend(say("loan-settled", loan=loan.label, on=loan.settled_on) for loan in settled)
    rows = tuple((_show(turn, loan),) for loan in settled)
    return Reply(lines=tuple(lines), buttons=rows or ((button("button-menu", "m:menu"),),))


def _mark(turn: Turn, loan: Loan, what: str, page: int = 0) -> str:
    return f"q:{turn.koperasi_id}:{loan.id}:{what}:{page}"


def _show(turn: Turn, loan: Loan) -> Button:
    return button(
        "choice-loan", _mark(turn, loan, "show"), loan=loan.label, amount=loan.outstanding
    )


def buttons_of(turn: Turn, loan: Loan) -> tuple[tuple[Button, ...], ...]:
    """Offer what can be asked of a loan."""
    return (
        (
            button("button-schedule", _mark(turn, loan, "plan")),
            button("button-payments", _mark(turn, loan, "moves")),
            button("button-why", _mark(turn, loan, "why")),
        ),
    )


async def _lines(turn: Turn, loan: Loan) -> list[Say]:
    """Say how one loan stands."""
    if loan.state in (State.APPLIED, State.APPROVED):
        key = f"loan-state-{loan.state.value}"
        return [say(key, loan=loan.label, amount=loan.principal, on=loan.applied_on)]
    if loan.state is State.WRITTEN_OFF:
        claim = await write_offs.claimed(turn.db, loan)
        assert claim is not None, loan.label
        return [say("loan-state-written-off", loan=loan.label, amount=claim.left)]
    if loan.state is not State.RUNNING:
        return [say("loan-settled", loan=loan.label, on=loan.settled_on)]
    stands = await position(turn, loan)
    version = await book.version(turn.db, loan)
    figure = replay.settlement(
        version, book.live(await book.moved(turn.db, loan), loan.version), turn.today
    )
    lines = [
        say(
            "loan-stands",
            loan=loan.label,
            name=await _product_name(turn, loan),
            outstanding=stands.principal_left,
            principal=loan.principal,
        )
    ]
    if stands.next_due:
        lines.append(say("payment-next", on=stands.next_due, amount=stands.next_amount))
    if stands.late and stands.oldest_due:
        lines.append(
            say(
                "loan-late",
                amount=stands.late,
                since=stands.oldest_due,
                days=stands.overdue_days,
            )
        )
    if stands.penalty_left:
        lines.append(say("payment-penalty-left", amount=stands.penalty_left))
    if stands.due_now:
        lines.append(say("loan-due-now", amount=stands.due_now))
    lines.append(say("loan-figure", amount=figure.total))
    if may(turn.here.roles, Action.SEE_MEMBERS):
        lines.append(say("loan-class", klass=loan_words.klass(loan.klass)))
    return lines


async def _product_name(turn: Turn, loan: Loan) -> str:
    known = await products.latest(turn.db, koperasi_id=turn.koperasi_id, on=turn.today)
    names = {one.code: one.name for one in known} | {products.DEFAULT.code: products.DEFAULT.name}
    return names.get(loan.product, "Pinjaman")


async def of_number(turn: Turn, loan_id: int) -> tuple[Loan, Member]:
    """Read a loan for who may see it: its borrower, or an officer who sees members."""
    loan = await book.loan(turn.db, koperasi_id=turn.koperasi_id, loan_id=loan_id)
    mine = turn.here.member is not None and loan.member_id == turn.here.person_id
    if not mine and not may(turn.here.roles, Action.SEE_MEMBERS):
        raise statements.OthersAreNotShown
    await looks.seen(turn, loan.member_id, What.LOANS)
    return loan, await cards.member_of(turn, loan.member_id)


async def pressed(turn: Turn, koperasi: str, loan_id: str, what: str, page: str) -> Reply:
    """A button of a loan: how it stands, its schedule, its payments, where its figures come from."""
    if int(koperasi) != turn.koperasi_id:
        raise statements.OthersAreNotShown
    loan, member = await of_number(turn, int(loan_id))
    if what == "show" or not loan.version:
        lines = (_head(turn, member), *await _lines(turn, loan))
        return Reply(lines=lines, buttons=buttons_of(turn, loan) if loan.version else ())
    if what == "plan":
        return await _schedule(turn, loan, member, int(page))
    if what == "moves":
        return await _payments(turn, loan, member, int(page))
    return await loan_explain.of_loan(turn, loan, member, what, int(page))


async def _schedule(turn: Turn, loan: Loan, member: Member, page: int) -> Reply:
    """Show a page of the schedule as it stands today."""
    stands = await position(turn, loan)
    pages = max(1, -(-len(stands.lines) // _ROWS))
    page = min(page, pages - 1)
    shown = stands.lines[page * _ROWS : (page + 1) * _ROWS]
    lines = [
        say(
            "schedule-head",
            loan=loan.label,
            name=member.name,
            number=member.number,
            page=page + 1,
            pages=pages,
        )
    ]
    for one in shown:
        amount = one.principal + one.interest - one.waived
        if one.paid_on is not None:
            lines.append(say("schedule-paid", n=one.n, due=one.due, amount=amount))
        elif one.left < amount:
            lines.append(say("schedule-part", n=one.n, due=one.due, amount=amount, left=one.left))
        elif one.due < turn.today:
            lines.append(say("schedule-late", n=one.n, due=one.due, amount=amount))
        else:
            lines.append(say("schedule-row", n=one.n, due=one.due, amount=amount))
    more = [
        button("button-previous", _mark(turn, loan, "plan", page - 1)) if page else None,
        button("button-next", _mark(turn, loan, "plan", page + 1)) if page + 1 < pages else None,
    ]
    pager = tuple(one for one in more if one is not None)
    rows = (*((pager,) if pager else ()), *buttons_of(turn, loan))
    return Reply(lines=tuple(lines), buttons=rows)


async def _payments(turn: Turn, loan: Loan, member: Member, page: int) -> Reply:
    """Show a page of what was paid, newest first."""
    lines, older = await loan_history.lines(turn, loan, member, page)
    rows = buttons_of(turn, loan)
    if older:
        rows = ((button("button-older", _mark(turn, loan, "moves", page + 1)),), *rows)
    return Reply(lines=lines, buttons=rows)


async def _listed(turn: Turn, offset: int, *, late: bool) -> list[Loan]:
    here, most = turn.koperasi_id, _LISTED + 1
    if late:
        found = await registers.overdue(
            turn.db, koperasi_id=here, on=turn.today, limit=most, offset=offset
        )
    else:
        found = await registers.running(turn.db, koperasi_id=here, limit=most, offset=offset)
    return [await book.loan(turn.db, koperasi_id=here, loan_id=one) for one in found]


async def listing(turn: Turn, offset: int, *, late: bool) -> Reply:
    """List running loans for officers, or only those overdue, the oldest first."""
    if not may(turn.here.roles, Action.SEE_MEMBERS):
        raise NotAllowed(who=who_may(Action.SEE_MEMBERS))
    found = await _listed(turn, offset, late=late)
    if not found:
        return Reply(
            lines=(say("loans-none-late" if late else "loans-none-running"),),
            buttons=((button("button-menu", "m:menu"),),),
        )
    await looks.seen(turn, None, What.LOAN_LIST)
    lines = [say("loans-late-head" if late else "loans-head", on=turn.today)]
    for loan in found[:_LISTED]:
        lines.append(await _row(turn, loan))
    rows = [(_named(turn, loan),) for loan in found[:_LISTED]]
    if len(found) > _LISTED:
        name = "arrears" if late else "loans"
        rows.append((button("button-next", f"l:{name}:{offset + _LISTED}"),))
    return Reply(lines=tuple(lines), buttons=tuple(rows))


def _named(turn: Turn, loan: Loan) -> Button:
    return button("button-loan", _mark(turn, loan, "show"), loan=loan.label)


async def _row(turn: Turn, loan: Loan) -> Say:
    member = await cards.member_of(turn, loan.member_id)
    stands = await position(turn, loan)
    facts: dict[str, str | int | date] = {
        "loan": loan.label,
        "name": member.name,
        "number": member.number,
        "outstanding": stands.principal_left,
    }
    if stands.late:
        return say("loans-row-late", **facts, late=stands.late, days=stands.overdue_days)
    return say("loans-row", **facts)


async def withdraw(reading: Reading, turn: Turn) -> Reply:
    """Answer "batal pengajuan": show the own request that waits, with the way to take it back."""
    everything = await waiting.every(
        turn.db, koperasi_id=turn.koperasi_id, at=turn.now, keys=turn.keys
    )
    everything = [
        one
        for one in everything
        if one.kind == "loan" and reading.loan in (None, one.loan_id)  # P-0001 means that one
    ]
    here = turn.here.person_id
    mine = [one for one in everything if one.maker_person == here]
    if mine:
        return await approvals.pressed(turn, str(turn.koperasi_id), str(mine[-1].number), "s")
    for_me = [one for one in everything if one.member_id == here]
    if for_me:
        return Reply(lines=(say("withdraw-by-maker", number=for_me[-1].number),))
    raise NothingToWithdraw
