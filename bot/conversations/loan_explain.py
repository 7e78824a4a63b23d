"""Where a figure of a loan comes from, line by line from the rule stored with it: "dari mana?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from bot.conversations import loan_figures, loan_owed, loan_words, loans, statements
from bot.conversations.loan_figures import Figure
from bot.talk import Reply, Turn, button, say
from bot.understand.readings import PeopleKind, Reading
from core import texts
from core.loans import book, explain, replay, schedule, write_offs
from core.loans.book import Loan, State, Version
from core.loans.explain import Explained, Fined, Interest, Principal, Way
from core.loans.positions import Position
from core.loans.terms import Fine
from core.money import Rupiah
from core.people import Member
from core.permissions import Action, may
from notifications.messages import Button, Fact, Say

_SAVED = re.compile(r"\b(?:saldo|tabungan|simpanan|sukarela|wajib)", re.IGNORECASE)
_LENT = re.compile(
    r"\b(?:pinjam\w*|angsur\w*|cicil\w*|jasa\w*|bunga\w*|denda\w*|utang\w*|hutang\w*|sisa|P-\d+)",
    re.IGNORECASE,
)
_NTH = re.compile(
    r"\b(?:angsuran|cicilan)(?:nya)?\s+(?:yang\s+)?(?:(?:ke\s*-?\s*|no\.?\s*)(\d{1,3})\b|terakhir\b)",
    re.IGNORECASE,
)
_FINES = 6  # instalments whose fine one message explains
_OFFERED = 8  # numbers to choose from
_EXPLAINED = (State.RUNNING, State.WRITTEN_OFF)


async def asked(reading: Reading, turn: Turn) -> Reply:
    """Answer "dari mana?", "kenapa denda saya segini?", "jasanya dari mana?" of the loan that is meant."""
    if _SAVED.search(reading.text) and not _LENT.search(reading.text):
        return await statements.history_of(reading, turn)  # its movements are where it comes from
    nobody = reading.people.kind in (PeopleKind.NONE, PeopleKind.UNKNOWN)
    if nobody and turn.here.member is None and may(turn.here.roles, Action.SEE_MEMBERS):
        return Reply(lines=(say("explain-whose"),))
    if nobody or reading.people.kind is PeopleKind.SELF:
        if turn.here.member is None:
            raise statements.NoMembership
        member = turn.here.member
    else:
        found = await statements.meant(turn, reading)
        if isinstance(found, Reply):
            return found
        member = found
    meant = await book.of_member(
        turn.db, koperasi_id=turn.koperasi_id, member_id=member.id, states=_EXPLAINED
    )
    meant = [loan for loan in meant if reading.loan in (None, loan.id)]
    if not meant:
        return await loans.of_member(turn, member)
    amounts = {reading.amount.value, *reading.amount.choices} - {None, 0}
    if amounts:
        return await _figure(turn, member, meant, {one for one in amounts if one is not None})
    what, n = _meant(reading), _instalment_said(reading)
    if len(meant) > 1:
        return _which(turn, [Figure(loan=loan, what=what, n=n) for loan in meant])
    return await of_loan(turn, meant[0], member, what, n)


def _instalment_said(reading: Reading) -> int:
    """Return the number of an instalment that was said, the last one's for "terakhir"; 0: none."""
    said = _NTH.search(reading.text)
    return (int(said[1]) if said[1] else schedule.MOST_INSTALMENTS) if said else 0


def _meant(reading: Reading) -> str:
    said = reading.text.lower()
    if "denda" in said:
        return "fine"
    if reading.settles:
        return "end"
    if any(word in said for word in ("tunggak", "nunggak", "sekarang")):
        return "late"
    if any(word in said for word in ("tempo", "berikut")):
        return "next"
    owed = any(word in said for word in ("sisa", "utang", "hutang", "tagihan"))
    return "owed" if owed else "why"


async def _figure(turn: Turn, member: Member, meant: Sequence[Loan], amounts: set[Rupiah]) -> Reply:
    """Explain the number that was named, if it is one of these loans; of several places ask which."""
    found = await loan_figures.find(turn, meant, amounts)
    if len(found) == 1:
        only = found[0]
        return await of_loan(turn, only.loan, member, only.what, only.n)
    if found:
        return _which(turn, found)
    reply = await loans.of_member(turn, member)
    return replace(reply, lines=(say("explain-no-figure", amount=max(amounts)), *reply.lines))


def _which(turn: Turn, found: Sequence[Figure]) -> Reply:
    """Ask which number of which loan is meant."""
    rows = tuple(
        (
            Button(
                label=one.label,
                data=f"q:{turn.koperasi_id}:{one.loan.id}:{one.what}:{one.n}",
            ),
        )
        for one in found[:_OFFERED]
    )
    return Reply(lines=(say("explain-which"),), buttons=rows)


async def of_loan(turn: Turn, loan: Loan, member: Member, what: str, n: int) -> Reply:
    """Explain a number of a loan.

    `why`: instalment n, 0 the first that lacks something; `next`: the one that falls due next; `fine`; `owed`:
    the principal, or what is claimed after a write-off; `late`: what should be paid now; `end`: what settles it.
    """
    version = await book.version(turn.db, loan)
    moves = await book.moved(turn.db, loan)
    paid = book.live(moves, loan.version)
    stands = replay.replay(version, paid, turn.today)
    claim = await write_offs.claimed(turn.db, loan)
    head = say("explain-loan", loan=loan.label, name=member.name, number=member.number)
    if claim is not None and what in ("owed", "late", "end"):
        lines = loan_owed.claim(claim)
    elif what == "fine":
        lines = _fines(version, stands)
    elif what == "owed":
        lines = loan_owed.principal(loan, version, moves)
    elif what == "late":
        lines = loan_owed.arrears(stands)
    elif what == "end" and loan.state is State.RUNNING:
        lines = _settlement(replay.settlement(version, paid, turn.today))
    else:
        coming = (line.n for line in stands.lines if line.left and line.due >= turn.today)
        n = next(coming, 0) if what == "next" else n
        return _instalment(turn, loan, version, stands, head, n)
    return Reply(lines=(head, *lines), buttons=_buttons(turn, loan, stands, 0))


def _instalment(
    turn: Turn, loan: Loan, version: Version, stands: Position, head: Say, n: int
) -> Reply:
    open_ = next((line.n for line in stands.lines if line.left), len(stands.lines))
    n = min(n or open_, len(version.rows))
    found = explain.instalment(version, n)
    if found is None:
        row = version.rows[n - 1]
        total = row.principal + row.interest
        lines = [say("explain-head", n=n, due=row.due, total=total), say("explain-brought")]
    else:
        lines = _explained(found, version)
    line = stands.lines[n - 1]
    got = line.principal_paid + line.interest_paid
    if got:
        lines.append(say("explain-instalment-paid", amount=got, left=line.left))
    return Reply(lines=(head, *lines), buttons=_buttons(turn, loan, stands, n))


def _buttons(turn: Turn, loan: Loan, stands: Position, n: int) -> tuple[tuple[Button, ...], ...]:
    mark = f"q:{turn.koperasi_id}:{loan.id}"
    pager = []
    if n > 1:
        pager.append(button("button-previous", f"{mark}:why:{n - 1}"))
    if 0 < n < len(stands.lines):
        pager.append(button("button-next", f"{mark}:why:{n + 1}"))
    others = [] if n else [button("button-why-instalment", f"{mark}:why:0")]
    others.append(button("button-why-owed", f"{mark}:owed:0"))
    if stands.overdue and loan.state is State.RUNNING:
        others.append(button("button-why-late", f"{mark}:late:0"))
    if any(line.penalty for line in stands.lines):
        others.append(button("button-why-fine", f"{mark}:fine:0"))
    if loan.state is State.RUNNING:
        others.append(button("button-why-settlement", f"{mark}:end:0"))
    rows = (tuple(pager), tuple(others))
    return tuple(row for row in rows if row)


def _explained(found: Explained, version: Version) -> list[Say]:
    lines = [
        say("explain-head", n=found.n, due=found.due, total=found.total),
        say(
            "explain-rule",
            method=loan_words.method(version.terms),
            rate=loan_words.rate(version.terms),
            count=len(version.rows),
        ),
    ]
    lines.extend(_interest(part) for part in found.interest)
    if found.later is not None:
        lines.append(say("explain-later", n=found.later))
    lines.append(_principal(found.principal))
    if found.carried:
        lines.append(say("explain-carried", amount=found.carried))
    if found.due != found.unmoved:
        lines.append(say("explain-moved", unmoved=found.unmoved, due=found.due))
    return lines


def _interest(part: Interest) -> Say:
    base = f"explain-base-{part.basis.value}"
    if part.months is not None:
        return say(
            f"{base}-months",
            n=part.n,
            rate=loan_words.percent(part.rate),
            per=texts.render(f"loan-per-{part.rate_per}"),
            base=part.base,
            months=_plain(part.months),
            amount=part.amount,
        )
    days = " + ".join(f"{days}/{length}" for days, length in part.days)
    return say(
        f"{base}-days",
        n=part.n,
        rate=loan_words.percent(part.rate),
        per=texts.render(f"loan-per-{part.rate_per}"),
        base=part.base,
        days=days,
        amount=part.amount,
    )


def _plain(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else str(number)


def _principal(part: Principal) -> Say:
    facts: dict[str, int] = {
        "whole": part.whole,
        "parts": part.parts,
        "interest": part.interest,
        "amount": part.amount,
        "instalment": part.instalment or 0,
    }
    key = f"explain-principal-{part.way.value}"
    if part.way in (Way.ROUNDED, Way.LEVEL) and part.amount != part.planned:
        key = "explain-principal-rest"
    return Say(key, facts)


def _fines(version: Version, stands: Position) -> list[Say]:
    fined = [line for line in stands.lines if line.penalty]
    if version.terms.penalty.kind is Fine.NONE and not fined:
        return [say("explain-no-fine")]
    lines = [_fine_rule(version)]
    for line in fined[-_FINES:]:
        found = explain.fine(version, line)
        lines.append(say("explain-fine", n=line.n, due=line.due, amount=line.penalty))
        lines.extend(_stretches(found))
        if line.penalty_paid:
            lines.append(say("explain-fine-paid", amount=line.penalty_paid))
    if not fined:
        lines.append(say("explain-fine-none"))
    else:
        lines.append(say("explain-fine-left", amount=stands.penalty_left))
    return lines


def _fine_rule(version: Version) -> Say:
    penalty = version.terms.penalty
    lines = f"explain-fine-rule-{penalty.kind.value}"
    cap = "" if penalty.cap is None else loan_words.percent(penalty.cap)
    facts: dict[str, Fact] = {"free": penalty.grace_days, "cap": cap}
    if penalty.kind in (Fine.FIXED_DAILY, Fine.FIXED_ONCE):
        facts["amount"] = int(penalty.value)
    else:
        facts["percent"] = loan_words.percent(penalty.value)
    return Say(lines if cap else f"{lines}-uncapped", facts)


def _stretches(found: Fined) -> list[Say]:
    lines = [
        say(
            "explain-fine-stretch",
            first=stretch.first,
            days=stretch.days,
            lacked=stretch.lacked,
            amount=schedule.half_up(part),
        )
        for stretch, part in zip(found.stretches, found.parts, strict=False)
    ]
    if found.cap is not None and found.exact > found.cap:
        lines.append(say("explain-fine-capped", amount=schedule.half_up(found.cap)))
    if found.carried:
        lines.append(say("explain-fine-carried", amount=found.carried))
    return lines


def _settlement(figure: replay.Settlement) -> list[Say]:
    lines = [
        say("explain-settlement", on=figure.on, total=figure.total),
        say("explain-settlement-principal", amount=figure.principal),
    ]
    if figure.due_interest:
        lines.append(say("explain-settlement-due", amount=figure.due_interest))
    if figure.running_n is not None:
        lines.append(
            say(
                "explain-settlement-running",
                n=figure.running_n,
                days=figure.running_days,
                period=figure.period_days,
                amount=figure.running_interest,
            )
        )
    if figure.further_interest:
        lines.append(say("explain-settlement-further", amount=figure.further_interest))
    if figure.penalty:
        lines.append(say("explain-settlement-penalty", amount=figure.penalty))
    if figure.waived:
        lines.append(say("explain-settlement-waived", amount=figure.waived))
    return lines
