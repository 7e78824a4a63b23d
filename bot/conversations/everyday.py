"""Biaya, penjualan, pembelian, setor and tarik bank: the card before, what ✅ records, the receipt after."""

from __future__ import annotations

from dataclasses import asdict
from uuid import uuid4

from bot.conversations import (
    cards,
    cash_places,
    everyday_slots,
    goods_slots,
    note_photos,
    promises,
    requests,
    savings,
    supplier_slots,
)
from bot.conversations.everyday_slots import CREDIT, FROM, KIND, OWN, TO
from bot.conversations.operations import EVERYDAY
from bot.state import Card, Draft
from bot.talk import Notice, Reply, Turn, say
from core import everyday, spending
from core.everyday import Event, Plan, Recorded
from core.goods import bons, kinds
from core.goods.suppliers import PAYABLE
from core.permissions import NotAllowed, may, who_may
from notifications.messages import Content, Purpose, Say


def _plan(draft: Draft) -> Plan:
    assert draft.amount
    return everyday.plan(
        everyday_slots.event_of(draft),
        draft.amount,
        place=str(draft.extra.get(FROM) or cash_places.of(draft)),
        target=draft.extra.get(TO),
        expense=str(draft.extra.get(KIND, everyday.OTHER_EXPENSE)),
        member=draft.member,
        on_credit=bool(draft.extra.get(CREDIT)),
        lines=goods_slots.lines_of(draft),
        stock_kind=kinds.told(draft.note or ""),
        supplier=supplier_slots.id_of(draft),
    )


def _accounts(plan: Plan, draft: Draft) -> list[Say]:
    """Say between which accounts it moves, where the heading does not."""
    match plan.event:
        case Event.EXPENSE:
            return [say("card-expense", name=everyday.named(plan.debit)), *_place(plan.credit)]
        case Event.PURCHASE:
            kind = [] if plan.debit == kinds.STOCK else [say("good-kind", kind=_kind(plan.debit))]
            later = plan.credit.startswith(PAYABLE)
            paid = (say("card-on-credit"),) if later else _place(plan.credit)
            return [*kind, *_by_value(draft), *paid]
        case Event.SALE | Event.SALES_RETURN if plan.is_on_bon:
            return [say("card-on-bon")]
        case Event.BANK_DEPOSIT | Event.BANK_WITHDRAWAL:
            names = {"source": everyday.named(plan.credit), "target": everyday.named(plan.debit)}
            return [say("card-transfer", **names)]
        case _:
            return list(_place(plan.place)) if plan.place else []


def _kind(account: str) -> str:
    return kinds.every()[account].name


def _by_value(draft: Draft) -> tuple[Say, ...]:
    """Say that no stock is counted, and how it would be."""
    return () if goods_slots.names_goods(draft) else (say("card-by-value"),)


def _place(code: str) -> tuple[Say, ...]:
    return cash_places.lines(code)


async def _head(turn: Turn, draft: Draft, plan: Plan) -> list[Say]:
    assert draft.on is not None
    lines = [say(EVERYDAY[draft.operation or ""].heading)]
    if plan.member is not None:
        member = await cards.member_of(turn, plan.member)
        lines.append(say("card-member", name=member.name, number=member.number))
    lines += [say("card-amount", amount=plan.amount), say("card-date", on=draft.on)]
    lines += await goods_slots.told_lines(turn, plan.lines)
    lines += _accounts(plan, draft)
    if draft.note:
        lines.append(say("card-note", note=draft.note[:200]))
    lines += supplier_slots.lines(draft, plan)
    return [*lines, *note_photos.lines(draft)]


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what will be recorded, the balance it leaves, a likely repeat, and why another must approve."""
    plan = _plan(draft)
    return (*await _said(turn, draft, plan), *await _why(turn, plan, draft))


async def _said(turn: Turn, draft: Draft, plan: Plan) -> tuple[Say, ...]:
    if not may(turn.here.roles, plan.event.action):
        raise NotAllowed(who=who_may(plan.event.action))
    assert draft.on is not None
    moves = await everyday.check(turn.db, officer=turn.here, plan=plan, on=draft.on)
    plan = everyday.settled(plan, moves)
    lines = await _head(turn, draft, plan)
    cost = abs(sum(move.value for move in moves))
    if cost and plan.event in (Event.SALE, Event.SALES_RETURN):
        lines.append(say("card-cost", amount=cost))
    lines += await goods_slots.told_stock(turn, moves)
    before = await everyday.stands(turn.db, koperasi_id=turn.koperasi_id, plan=plan)
    after = before + plan.moved
    lines.append(_balance("card-stands", plan, before, after))
    if plan.place is not None and after < 0:
        lines.append(say("card-warning-minus", place=everyday.named(plan.place)))
    repeat = await spending.same_day(
        turn.db,
        koperasi_id=turn.koperasi_id,
        kind=plan.event.value,
        on=draft.on,
        debit=plan.debit,
        credit=plan.credit,
        amount=plan.amount,
    )
    if repeat is not None:
        lines.append(say("card-warning-repeat", entry=repeat))
    return tuple(lines)


def _balance(key: str, plan: Plan, before: int, after: int) -> Say:
    return say(key, place=everyday.named(plan.stands_at), before=before, after=after)


async def _why(turn: Turn, plan: Plan, draft: Draft) -> tuple[Say, ...]:
    """Say why another officer must approve: above the rule expense_limit, or long ago."""
    assert draft.on is not None
    today = requests.today(turn)
    rule = turn.here.rules.on(today)
    why = [say("approval-why-own")] if draft.extra.get(OWN) else []
    spent = 0
    if plan.event.is_paid_out:
        spent = plan.amount + await spending.alone(
            turn.db,
            cooperative=turn.here.cooperative,
            account=plan.limited_on,
            kind=plan.event.limited_with,
            on=draft.on,
            at=turn.now,
        )
    if spent > rule.expense_limit:
        why.append(say("approval-why-expense", limit=rule.expense_limit))
    if (today - draft.on).days > rule.backdate_days:
        why.append(say("approval-why-back-dated", days=rule.backdate_days))
    if plan.is_on_bon and plan.member is not None:
        why += await savings.why_of_member(turn, plan.member)
    return tuple(why)


async def record(turn: Turn, card: Card) -> Reply:
    """Record a card; what needs a second person waits instead."""
    draft = card.draft
    plan = _plan(draft)
    assert draft.on is not None
    if promises.broken(card, promises.of_repeat(await _said(turn, draft, plan))):
        return await cards.again(turn, card, "card-changed")
    draft = await supplier_slots.kept(turn, draft)
    assert draft.on is not None
    plan = _plan(draft)
    if why := await _why(turn, plan, draft):
        return await requests.ask(
            turn,
            card,
            kind="everyday",
            facts={
                "event": plan.event.value,
                "debit": plan.debit,
                "credit": plan.credit,
                "place": plan.place,
                "amount": plan.amount,
                "operation": draft.operation,
                "note": draft.note,
                "member": plan.member,
                "lines": [asdict(line) for line in plan.lines],
                "supplier": draft.extra.get(supplier_slots.SLOT),
                "photo": draft.extra.get(note_photos.SLOT),
            },
            lines=await _said(turn, draft, plan),
            why=why,
            member_id=plan.member if plan.is_on_bon else None,
        )
    done = await everyday.record(
        turn.db,
        officer=turn.here,
        plan=plan,
        on=draft.on,
        at=turn.now,
        operation=card.id,
        source=turn.incoming.chat.channel,
        note=draft.note,
    )
    await note_photos.attach(turn, draft, done.entry)
    return Reply(
        lines=await receipt_lines(turn, draft, done, recorder=turn.here.name),
        buttons=note_photos.below_receipt(turn, draft, done.entry),
        edit=True,
        state=turn.state.closing(card.id, str(done.entry)),
        notices=await notices(turn, draft, done, recorder=turn.here.name),
    )


async def receipt_lines(
    turn: Turn, draft: Draft, done: Recorded, *, recorder: str, approver: str | None = None
) -> tuple[Say, ...]:
    """Say what was recorded: number, accounts, the balance it left, who stands for it."""
    lines = [
        say("receipt-number", entry=done.entry),
        *await _head(turn, draft, done.plan),
        _balance("receipt-stands", done.plan, done.before, done.balance),
    ]
    if done.plan.event is Event.BON_PAYMENT:
        lines += await _bons(turn, done)
    lines.append(say("receipt-recorder", name=recorder))
    if approver:
        lines.append(say("receipt-approver", name=approver))
    return tuple(lines)


async def _bons(turn: Turn, done: Recorded) -> list[Say]:
    """Say what a member owes the gerai now, and since when: the oldest is paid first."""
    assert done.plan.member is not None
    if not done.bon:
        return [say("bon-none")]
    found = await bons.open_of(turn.db, koperasi_id=turn.koperasi_id, member_id=done.plan.member)
    if not found:
        return [say("bon-left", amount=done.bon)]
    return [say("bon-left-since", amount=done.bon, on=found[0].on)]


async def notices(turn: Turn, draft: Draft, done: Recorded, *, recorder: str) -> tuple[Notice, ...]:
    """Owe the member of a bon what was written of it; the cooperative's own balances are not theirs."""
    if not done.plan.is_on_bon or done.plan.member is None or done.repeated:
        return ()
    lines = (
        say("receipt-number", entry=done.entry),
        *await _head(turn, draft, done.plan),
        *await _bons(turn, done),
        say("receipt-recorder", name=recorder),
    )
    return (
        Notice(
            person_id=done.plan.member,
            purpose=Purpose.RECEIPT,
            content=Content(lines=lines),
            id=uuid4(),
            keep_days=30,
        ),
    )
