"""Biaya, penjualan, pembelian, setor and tarik bank: the card before, what ✅ records, the receipt after."""

from __future__ import annotations

from bot.conversations import cards, cash_places, everyday_slots, promises, requests
from bot.conversations.everyday_slots import CREDIT, FROM, KIND, OWN, TO
from bot.conversations.operations import EVERYDAY
from bot.state import Card, Draft
from bot.talk import Reply, Turn, say
from core import everyday
from core.everyday import Event, Plan, Recorded
from core.permissions import NotAllowed, may, who_may
from notifications.messages import Say


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
    )


def _accounts(plan: Plan) -> list[Say]:
    """Say between which accounts it moves, where the heading does not."""
    match plan.event:
        case Event.EXPENSE:
            return [say("card-expense", name=everyday.named(plan.debit)), *_place(plan.credit)]
        case Event.SALE:
            return list(_place(plan.debit))
        case Event.PURCHASE:
            if plan.credit == everyday.PAYABLE:
                return [say("card-on-credit")]
            return list(_place(plan.credit))
        case _:
            names = {"source": everyday.named(plan.credit), "target": everyday.named(plan.debit)}
            return [say("card-transfer", **names)]


def _place(code: str) -> tuple[Say, ...]:
    return cash_places.lines(code)


def _head(draft: Draft, plan: Plan) -> list[Say]:
    assert draft.on is not None
    lines = [
        say(EVERYDAY[draft.operation or ""].heading),
        say("card-amount", amount=plan.amount),
        say("card-date", on=draft.on),
        *_accounts(plan),
    ]
    if draft.note:
        lines.append(say("card-note", note=draft.note[:200]))
    return lines


async def card_lines(turn: Turn, draft: Draft) -> tuple[Say, ...]:
    """Say what will be recorded, the balance it leaves, a likely repeat, and why another must approve."""
    plan = _plan(draft)
    return (*await _said(turn, draft, plan), *await _why(turn, plan, draft))


async def _said(turn: Turn, draft: Draft, plan: Plan) -> tuple[Say, ...]:
    if not may(turn.here.roles, plan.event.action):
        raise NotAllowed(who=who_may(plan.event.action))
    assert draft.on is not None
    lines = _head(draft, plan)
    before = await everyday.stands(turn.db, koperasi_id=turn.koperasi_id, plan=plan)
    after = before + plan.moved
    lines.append(_balance("card-stands", plan, before, after))
    if plan.place is not None and after < 0:
        lines.append(say("card-warning-minus", place=everyday.named(plan.place)))
    repeat = await everyday.same_today(
        turn.db, koperasi_id=turn.koperasi_id, plan=plan, on=draft.on
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
        spent = plan.amount + await everyday.spent_alone(
            turn.db, cooperative=turn.here.cooperative, plan=plan, on=draft.on, at=turn.now
        )
    if spent > rule.expense_limit:
        why.append(say("approval-why-expense", limit=rule.expense_limit))
    if (today - draft.on).days > rule.backdate_days:
        why.append(say("approval-why-back-dated", days=rule.backdate_days))
    return tuple(why)


async def record(turn: Turn, card: Card) -> Reply:
    """Record a card; what needs a second person waits instead."""
    draft = card.draft
    plan = _plan(draft)
    assert draft.on is not None
    if promises.broken(card, promises.of_repeat(await _said(turn, draft, plan))):
        return await cards.again(turn, card, "card-changed")
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
            },
            lines=await _said(turn, draft, plan),
            why=why,
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
    return Reply(
        lines=receipt_lines(draft, done, recorder=turn.here.name),
        edit=True,
        state=turn.state.closing(card.id, str(done.entry)),
    )


def receipt_lines(
    draft: Draft, done: Recorded, *, recorder: str, approver: str | None = None
) -> tuple[Say, ...]:
    """Say what was recorded: number, accounts, the balance it left, who stands for it."""
    lines = [
        say("receipt-number", entry=done.entry),
        *_head(draft, done.plan),
        _balance("receipt-stands", done.plan, done.before, done.balance),
        say("receipt-recorder", name=recorder),
    ]
    if approver:
        lines.append(say("receipt-approver", name=approver))
    return tuple(lines)
