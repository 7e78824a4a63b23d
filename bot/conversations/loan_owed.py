"""What is still owed of a loan, added up line by line: principal, arrears, what is claimed after a write-off."""

from __future__ import annotations

from bot.conversations import loan_words
from bot.talk import say
from core.loans import owed
from core.loans.book import Loan, Moved, Version
from core.loans.positions import Position
from core.loans.write_offs import Claim
from notifications.messages import Say

_STEPS = 8  # payments or instalments named one by one


def principal(loan: Loan, version: Version, moves: list[Moved]) -> list[Say]:
    """Add the outstanding principal up: as it began, less what each payment brought."""
    found = owed.outstanding(version, moves)
    lines = [
        say("explain-outstanding", amount=found.left),
        say("explain-outstanding-began", on=found.since, amount=found.whole),
    ]
    if found.before:
        count = version.opening_paid
        lines.append(say("explain-outstanding-before", count=count, amount=found.before))
    older, named = found.steps[:-_STEPS], found.steps[-_STEPS:]
    if older:
        taken = sum(step.amount for step in older)
        lines.append(say("explain-outstanding-older", count=len(older), amount=taken))
    for step in named:
        key = "explain-outstanding-paid" if step.amount > 0 else "explain-outstanding-back"
        lines.append(say(key, entry=step.entry, on=step.on, amount=abs(step.amount)))
    lines.append(say("loan-class", klass=loan_words.klass(loan.klass)))
    return lines


def arrears(stands: Position) -> list[Say]:
    """Add up what should be paid now: each instalment due, less what it got, and the fines."""
    found = owed.due(stands)
    if not found and not stands.penalty_left:
        return [say("explain-late-none")]
    lines = []
    for line in found[:_STEPS]:
        facts = {"principal": line.principal, "interest": line.interest - line.waived}
        paid = line.principal_paid + line.interest_paid
        if paid:
            lines.append(
                say("explain-late-part", n=line.n, due=line.due, **facts, paid=paid, left=line.left)
            )
        else:
            lines.append(say("explain-late", n=line.n, due=line.due, **facts, left=line.left))
    if len(found) > _STEPS:
        rest = found[_STEPS:]
        lines.append(
            say("explain-late-more", count=len(rest), amount=sum(line.left for line in rest))
        )
    if stands.late:
        lines.append(say("explain-late-total", amount=stands.late, days=stands.overdue_days))
    if stands.penalty_left:
        lines.append(say("payment-penalty-left", amount=stands.penalty_left))
    lines.append(say("loan-due-now", amount=stands.due_now))
    return lines


def claim(found: Claim) -> list[Say]:
    """Add up what is still claimed of a loan that was written off."""
    lines = [
        say("explain-claim", amount=found.left),
        say("explain-claim-written-off", on=found.on, amount=found.principal),
        say("change-claimed", interest=found.interest, penalty=found.penalty),
    ]
    if found.recovered:
        lines.append(say("explain-claim-recovered", amount=found.recovered))
    return lines
