"""The lessons of practice mode: which there are, what each asks, what was passed, and how far the officers are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace

from bot import practice_book
from bot.talk import Reply, Turn, button, say
from core import database, practice, texts
from core.permissions import Role, said
from core.practice import QUIZZES
from notifications.messages import Button, Say

STOP = button("button-practice-stop", "la:stop")


async def listing(turn: Turn) -> Reply:
    """List the lessons of one's offices, those that are done with their ✅, and offer the next."""
    roles = turn.here.roles
    course = practice.lessons_of(roles)
    done = await done_by(turn)
    lines = [say("lessons-head", done=len(done & set(course)), of=len(course))]
    lines.extend(
        say(
            "lessons-done-row" if one in done else "lessons-row",
            n=number,
            lesson=_title(one),
        )
        for number, one in enumerate(course, 1)
    )
    if not turn.here.cooperative.is_practice:
        lines.append(say("lessons-begin"))
        return Reply(lines=tuple(lines), buttons=((button("menu-latihan", "la:start"),),))
    lines.append(say("lessons-how"))
    return Reply(lines=tuple(lines), buttons=(*next_of(roles, done), (STOP,)))


async def numbered(number: int, turn: Turn) -> Reply:
    """Show the lesson of a typed number; a number there is not, or outside the practice book, shows the list."""
    course = practice.lessons_of(turn.here.roles)
    if not turn.here.cooperative.is_practice or not 1 <= number <= len(course):
        return await listing(turn)
    return await lesson(turn, course[number - 1])


async def lesson(turn: Turn, code: str) -> Reply:
    """Say what a lesson's task is."""
    if code not in practice.lessons_of(turn.here.roles):
        return Reply(lines=(say("button-old"),))
    if code in ("setujui", "tolak"):
        await practice_book.want_decisions(
            turn.db, cooperative=turn.here.cooperative, keys=turn.keys, at=turn.now
        )
    facts = {}
    if code in QUIZZES:
        facts["member"] = (await practice.quiz(turn.db, turn.koperasi_id, code)).member
    return Reply(
        lines=(say("lesson-head", lesson=_title(code)), Say(f"lesson-{code}-task", facts)),
        buttons=((button("button-lessons", "la:list"),),),
    )


async def answer(number: int, turn: Turn) -> Reply:
    """Hold an answer against the practice book: the first open question of the own lessons is meant, or the one it fits."""
    done = await done_by(turn)
    asked = [one for one in practice.lessons_of(turn.here.roles) if one in QUIZZES]
    waiting = [one for one in asked if one not in done] or asked
    if not waiting:
        return Reply(lines=(say("lesson-no-question"),))
    right = [
        one
        for one in waiting
        if (await practice.quiz(turn.db, turn.koperasi_id, one)).answer == number
    ]
    if not right:
        return Reply(
            lines=(say("lesson-wrong", number=number), say(f"lesson-{waiting[0]}-hint")),
        )
    return await praised(turn, Reply(lines=(say("lesson-right", number=number),)), right[:1])


async def progress(turn: Turn) -> Reply:
    """List how far the officers of the cooperative are: for ketua, pengawas and pendamping; others read their own."""
    roles = {Role.KETUA, Role.PENGAWAS, Role.PENDAMPING} & set(turn.here.roles)
    async with at_home(turn) as (koperasi_id, person_id):
        found = await practice.progress(turn.db, koperasi_id=koperasi_id, on=turn.today)
    rows = [one for one in found if roles or one.person_id == person_id]
    return Reply(
        lines=(
            say("practice-progress-head"),
            *(
                say(
                    "practice-progress-row",
                    name=one.name,
                    roles=said(*one.roles),
                    done=one.done,
                    of=one.of,
                )
                for one in rows[:20]
            ),
        )
    )


@asynccontextmanager
async def at_home(turn: Turn) -> AsyncIterator[tuple[int, int]]:
    """Let the transaction name the real cooperative for a while: (cooperative, person there)."""
    where = (turn.koperasi_id, turn.here.person_id)
    if turn.here.cooperative.is_practice:
        where = await practice.home(turn.db, turn.koperasi_id)
        await database.enter(turn.db, where[0])
    yield where
    await database.enter(turn.db, turn.koperasi_id)


async def done_by(turn: Turn) -> frozenset[str]:
    """Read what the speaker has passed, in whichever book the chat stands."""
    async with at_home(turn) as (koperasi_id, person_id):
        return await practice.done(turn.db, koperasi_id=koperasi_id, person_id=person_id)


async def praised(turn: Turn, reply: Reply, passed: Collection[str]) -> Reply:
    """Keep what was passed in the real cooperative; what is new is said, and the next lesson offered."""
    async with at_home(turn) as (koperasi_id, person_id):
        new = await practice.keep(
            turn.db, koperasi_id=koperasi_id, person_id=person_id, lessons=passed, at=turn.now
        )
        course = practice.lessons_of(turn.here.roles)
        fresh = [one for one in course if one in new]
        if not fresh:
            return reply
        done = await practice.done(turn.db, koperasi_id=koperasi_id, person_id=person_id)
    count = len(done & set(course))
    lines = [say("lesson-done", lesson=_title(one), done=count, of=len(course)) for one in fresh]
    if count == len(course):
        lines.append(say("lessons-all-done"))
    return replace(
        reply,
        lines=(*reply.lines, *lines),
        buttons=(*reply.buttons, *next_of(turn.here.roles, done)),
    )


def next_of(roles: tuple[Role, ...], done: frozenset[str]) -> tuple[tuple[Button, ...], ...]:
    """Offer the first lesson that is not done yet."""
    left = [one for one in practice.lessons_of(roles) if one not in done]
    return ((button("button-lesson", f"la:n:{left[0]}", lesson=_title(left[0])),),) if left else ()


def _title(code: str) -> str:
    return texts.render(f"lesson-{code}")
