"""Bank interest, grants, advances, funds, assets, loans from banks: the card, what ✅ records, the receipt."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import uuid4

from bot.conversations import (
    agency_slots,
    cards,
    cash_places,
    consigned,
    consigned_slots,
    promises,
    requests,
    savings,
    treasury_slots,
)
from bot.conversations.operations import TREASURY
from bot.state import Card, Draft
from bot.talk import Notice, Reply, Turn, one_line, say
from core import balances, spending
from core.accounts import chart
from core.money import Rupiah
from core.treasury import book, limits
from core.treasury.book import Recorded
from core.treasury.events import AGENCY, CONSIGNED, IN_TRANSIT, Event, Plan
from notifications.messages import Content, Purpose, Say


def _plan_of(turn: Turn, draft: Draft) -> Plan:
    if TREASURY[draft.operation or ""].event in AGENCY:
        return agency_slots.plan_of(draft)
    if TREASURY[draft.operation or ""].event in CONSIGNED:
        return consigned_slots.plan_of(draft)
    return treasury_slots.plan_of(turn, draft)


def _named(key: str) -> str:
    return chart()[key[:6]].name


async def _head(turn: Turn, draft: Draft, plan: Plan) -> list[Say]:
    """Say what it is, whose, how much, when, and between which accounts."""
    assert draft.on is not None
    lines = [say(TREASURY[draft.operation or ""].heading)]
    if (whose := plan.member or plan.customer) is not None:
        member = await cards.member_of(turn, whose)
        lines.append(say("card-member", name=member.name, number=member.number))
    lines += [say("card-amount", amount=plan.total), say("card-date", on=draft.on)]
    lines += [*_details(plan), *_served(plan), *await consigned.details(turn, draft, plan)]
    lines += cash_places.lines(plan.place)
    if draft.note:
        lines.append(say("card-note", note=draft.note[:200]))
    if plan.consent:
        lines.append(say("card-consent", consent=plan.consent))
    return lines


def _details(plan: Plan) -> list[Say]:
    match plan.event:
        case Event.ADVANCED | Event.ADVANCE_SPENT:
            return [say("card-expense", name=_named(plan.debit))]
        case Event.FUND_USE:
            return [say("card-fund", name=_named(plan.debit))]
        case Event.GRANT | Event.ASSET:
            kind = (
                [say("card-came-as", name=_named(plan.debit))] if plan.place != plan.debit else []
            )
            if plan.bought is not None and plan.bought.months:
                kind.append(say("card-asset", name=plan.bought.name, months=plan.bought.months))
            if plan.event is Event.GRANT:
                kind.append(say("card-booked-as", name=_named(plan.credit)))
            elif plan.place is None:
                kind.append(say("card-on-credit"))
            return kind
        case Event.BANK_LOAN:
            terms = plan.terms
            assert terms is not None
            said = f"{terms.rate.normalize():f}".replace(".", ",")
            return [
                say("card-lender", name=_named(plan.credit)),
                say("card-terms", rate=said, months=terms.months, grace=terms.grace),
            ]
        case Event.INSTALMENT | Event.VILLAGE:
            split = {"principal": plan.amount - plan.interest, "interest": plan.interest}
            return [say("card-lender", name=_named(plan.debit)), say("card-split", **split)]
        case _:
            return []


def _served(plan: Plan) -> list[Say]:
    """Say what a customer of the agency hands over or gets, the fee on top or taken off."""
    if plan.event is Event.AGENT_IN:
        cash = plan.amount + plan.fee
        return [say("card-agent-in", amount=plan.amount, fee=plan.fee, cash=cash)]
    if plan.event is Event.AGENT_OUT:
        cash = plan.amount - plan.fee
        return [say("card-agent-out", amount=plan.amount, fee=plan.fee, cash=cash)]
    return []


async def _in_transit(turn: Turn, plan: Plan) -> list[Say]:
    """Say what of customers' money there will be to hand on, or to get back from bank or provider."""
    if not (change := plan.change_of(IN_TRANSIT)):
        return []
    held = await balances.of_account(turn.db, koperasi_id=turn.koperasi_id, key=IN_TRANSIT)
    return [in_transit(held + change)]


def in_transit(amount: Rupiah) -> Say:
    """Say how much of customers' money is to be handed on; below zero, to come back."""
    if amount < 0:
        return say("agent-money-ahead", amount=-amount)
    return say("agent-money", amount=amount)


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what will be recorded, the balances it leaves, what to mind, and why another must approve."""
    plan = _plan_of(turn, draft)
    return (*await _said(turn, draft, plan), *await _why(turn, draft, plan))


async def _said(turn: Turn, draft: Draft, plan: Plan) -> tuple[Say, ...]:
    assert draft.on is not None
    rules = turn.here.rules.on(requests.today(turn))
    here = turn.koperasi_id
    await book.check(turn.db, officer=turn.here, plan=plan, on=draft.on, rules=rules)
    lines = await _head(turn, draft, plan)
    before = await balances.of_account(turn.db, koperasi_id=here, key=plan.stands_at)
    after = before + plan.moved
    lines.append(say("card-stands", place=_named(plan.stands_at), before=before, after=after))
    if plan.used_up not in (None, plan.stands_at):
        held = await balances.of_account(turn.db, koperasi_id=here, key=plan.used_up)
        lines.append(_left(plan, held - plan.amount + plan.interest))
    lines += await _in_transit(turn, plan)
    if plan.place is not None and after < 0:
        lines.append(say("card-warning-minus", place=_named(plan.place)))
    lines += await _warnings(turn, plan)
    first = plan.postings[0]
    repeat = await spending.same_day(
        turn.db,
        koperasi_id=here,
        kind=plan.event.value,
        on=draft.on,
        debit=first.debit,
        credit=first.credit,
        amount=first.amount,
    )
    if repeat is not None:
        lines.append(say("card-warning-repeat", entry=repeat))
    return tuple(lines)


def _left(plan: Plan, left: int) -> Say:
    assert plan.used_up is not None
    return say("card-left", name=_named(plan.used_up), amount=left)


async def _warnings(turn: Turn, plan: Plan) -> list[Say]:
    """Say what law and rules have against a grant or a loan that is recorded all the same."""
    rules, here = turn.here.rules.on(requests.today(turn)), turn.koperasi_id
    lines = []
    if await limits.is_great_gift(turn.db, koperasi_id=here, plan=plan, rules=rules):
        lines.append(say("card-warning-gift", percent=rules.grant_percent))
    if plan.terms is not None:
        facts: dict[str, Any] = {
            "amount": {"most": rules.bank_loan_most},
            "rate": {"most": f"{rules.bank_loan_rate.normalize():f}".replace(".", ",")},
            "months": {"most": rules.bank_loan_months},
            "grace": {"most": rules.bank_loan_grace},
        }
        lines += [
            say(f"card-warning-terms-{name}", **facts[name])
            for name in limits.outside(plan.terms, plan.amount, rules)
        ]
    if await limits.is_much_debt(turn.db, koperasi_id=here, plan=plan, rules=rules):
        lines.append(say("card-warning-debt", percent=rules.bank_debt_percent))
    return lines


async def _why(turn: Turn, draft: Draft, plan: Plan) -> tuple[Say, ...]:
    """Say why another officer must approve: own money, above the limit, long ago, never by one alone."""
    assert draft.on is not None
    today = requests.today(turn)
    rules = turn.here.rules.on(today)
    why = [] if plan.member is None else await savings.why_of_member(turn, plan.member)
    if await book.never_alone(turn.db, koperasi_id=turn.koperasi_id, plan=plan, rules=rules):
        why.append(say("approval-why-never-alone"))
    if plan.event.is_paid_out:
        spent = await book.spent_alone(
            turn.db, officer=turn.here, plan=plan, on=draft.on, at=turn.now
        )
        if spent + plan.amount > rules.expense_limit:
            why.append(say("approval-why-expense", limit=rules.expense_limit))
    if (today - draft.on).days > rules.backdate_days:
        why.append(say("approval-why-back-dated", days=rules.backdate_days))
    return tuple(why)


async def record(turn: Turn, card: Card) -> Reply:
    """Record a card; what needs a second person waits instead."""
    draft = card.draft
    plan = _plan_of(turn, draft)
    assert draft.on is not None
    said = await _said(turn, draft, plan)
    if promises.broken(card, promises.of_repeat(said)):
        return await cards.again(turn, card, "card-changed")
    if why := await _why(turn, draft, plan):
        return await requests.ask(
            turn,
            card,
            kind="treasury",
            facts={"plan": asdict(plan) | {"terms": _terms(plan)}, "note": one_line(draft.note)},
            lines=said,
            why=why,
            member_id=plan.member,
        )
    done = await book.record(
        turn.db,
        officer=turn.here,
        plan=plan,
        on=draft.on,
        at=turn.now,
        operation=card.id,
        source=turn.incoming.chat.channel,
        note=one_line(draft.note),
    )
    lines = (
        say("receipt-number", entry=done.entry),
        *await _head(turn, draft, plan),
        *_stands(done),
        say("receipt-recorder", name=turn.here.name),
    )
    return Reply(
        lines=lines,
        edit=True,
        state=turn.state.closing(card.id, str(done.entry)),
        notices=notices(done, lines),
    )


def _terms(plan: Plan) -> dict[str, Any] | None:
    return None if plan.terms is None else asdict(plan.terms) | {"rate": str(plan.terms.rate)}


def _stands(done: Recorded) -> list[Say]:
    plan = done.plan
    name = _named(plan.stands_at)
    lines = [say("receipt-stands", place=name, before=done.before, after=done.balance)]
    if done.left is not None and plan.used_up != plan.stands_at:
        lines.append(say("card-left", name=_named(plan.used_up or ""), amount=done.left))
    return lines


def notices(done: Recorded, lines: tuple[Say, ...]) -> tuple[Notice, ...]:
    """Owe the member whose money it was the receipt; the cooperative's own balances are not theirs."""
    if done.plan.member is None or done.repeated:
        return ()
    own = tuple(line for line in lines if line.key not in ("card-stands", "receipt-stands"))
    return (
        Notice(
            person_id=done.plan.member,
            purpose=Purpose.RECEIPT,
            content=Content(lines=own),
            id=uuid4(),
            keep_days=30,
        ),
    )
