"""The control API under /sim: people act, tests look and put faults in the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from bot.simulator import people, views
from bot.simulator.call import Upload
from bot.simulator.compose import picture_size
from bot.simulator.delivery import Delivery
from bot.simulator.errors import Refused
from bot.simulator.faults import Fault, Kind
from bot.simulator.world import Bot, Chat, Person, World

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PERSON_KEYS = ("first_name", "last_name", "phone", "group", "note", "start")
_LIMITS = ("enforce", "per_second", "per_chat", "per_chat_burst", "per_group_minute", "retry_after")
_LONGEST_WAIT = 60.0
_PING = 15.0


class NotFound(ValueError):  # noqa: N818 - it becomes a 404
    """Say what does not exist."""


def routes(world: World, delivery: Delivery, *, guard: Callable[[web.Request], None]) -> list[web.RouteDef]:  # fmt: skip
    """Return every route under /sim; `guard` refuses foreign hosts and origins."""
    control = _Control(world=world, delivery=delivery)
    table: list[tuple[str, str, Answer]] = [
        ("GET", "/sim/people", control.list_people),
        ("POST", "/sim/people", control.add_person),
        ("DELETE", "/sim/people/{person}", control.remove_person),
        ("POST", "/sim/groups", control.add_group),
        ("GET", "/sim/chats/{person}", control.chat),
        ("POST", "/sim/chats/{person}/text", control.text),
        ("POST", "/sim/chats/{person}/edit", control.edit),
        ("POST", "/sim/chats/{person}/press", control.press),
        ("POST", "/sim/chats/{person}/contact", control.contact),
        ("POST", "/sim/chats/{person}/file", control.file),
        ("POST", "/sim/chats/{person}/block", control.block),
        ("GET", "/sim/files/{file}", control.download),
        ("GET", "/sim/events", control.stream),
        ("GET", "/sim/events.json", control.events),
        ("GET", "/sim/log", control.log),
        ("POST", "/sim/log", control.set_log),
        ("POST", "/sim/faults", control.add_fault),
        ("DELETE", "/sim/faults", control.clear_faults),
        ("POST", "/sim/limits", control.set_limits),
        ("POST", "/sim/delivery", control.set_delivery),
        ("POST", "/sim/redeliver", control.redeliver),
        ("GET", "/sim/updates", control.updates),
        ("POST", "/sim/reset", control.reset),
    ]
    return [
        web.RouteDef(method, path, _wrapped(handler, guard), {}) for method, path, handler in table
    ]


def _wrapped(handler: Answer, guard: Callable[[web.Request], None]) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            guard(request)
            return await handler(request)
        except NotFound as missing:
            return _json({"error": str(missing)}, 404)
        except Refused as refused:
            return _json({"error": refused.description}, 400)
        except (people.NotPossible, ValueError, KeyError, TypeError) as wrong:
            return _json({"error": str(wrong) or type(wrong).__name__}, 400)

    return answer


def _json(body: Any, status: int = 200) -> web.Response:
    raw = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return web.Response(body=raw, status=status, content_type="application/json", charset="utf-8")


async def _body(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    body = json.loads(raw) if raw else {}
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 - a 400, not a defect
    return body


def _needed(body: dict[str, Any], name: str) -> Any:
    if name not in body:
        raise ValueError(f"missing: {name}")
    return body[name]


@dataclass(slots=True, frozen=True, kw_only=True)
class _Control:
    world: World
    delivery: Delivery

    def _bot(self, request: web.Request) -> Bot:
        number = request.query.get("bot")
        bot = self.world.find_bot(int(number) if number else None)
        if bot is None:
            raise NotFound(f"no bot {number}" if number else "no bot has called yet")
        return bot

    def _person(self, request: web.Request) -> Person:
        number = request.match_info["person"]
        person = self.world.people.get(int(number)) if number.isdecimal() else None
        if person is None:
            raise NotFound(f"no person {number}")
        return person

    def _actor(self, request: web.Request) -> people.Actor:
        return people.Actor(world=self.world, bot=self._bot(request), person=self._person(request))

    async def list_people(self, _request: web.Request) -> web.Response:
        return _json([views.person(person) for person in self.world.people.values()])

    async def add_person(self, request: web.Request) -> web.Response:
        body = await _body(request)
        number = int(body["id"]) if body.get("id") is not None else self.world.next_person_id()
        if number <= 0:
            raise ValueError("a person's id is positive")
        given = {key: body[key] for key in _PERSON_KEYS if body.get(key) is not None}
        given.setdefault("first_name", "Tamu")
        given["phone"] = "".join(c for c in str(given.get("phone", "")) if c.isdigit())
        return _json(views.person(self.world.add_person(Person(id=number, **given))))

    async def remove_person(self, request: web.Request) -> web.Response:
        self.world.remove_person(self._person(request).id)
        return _json({"ok": True})

    async def add_group(self, request: web.Request) -> web.Response:
        body = await _body(request)
        number = int(_needed(body, "id"))
        if not str(number).startswith("-100"):
            raise ValueError("a supergroup's id begins with -100")
        title = str(body.get("title", "Kelompok"))
        self._bot(request).chats[number] = Chat(id=number, title=title, started=True)
        return _json({"id": number, "title": title})

    async def chat(self, request: web.Request) -> web.Response:
        person, bot = self._person(request), self.world.find_bot(None)
        if bot is None and "bot" not in request.query:
            empty = Bot(id=0, token="", username="", name="")
            return _json(views.chat(empty, person, None))
        bot = self._bot(request)
        return _json(views.chat(bot, person, bot.chats.get(person.id)))

    async def text(self, request: web.Request) -> web.Response:
        actor, body = self._actor(request), await _body(request)
        date, group = body.get("date"), body.get("group")
        return _json(
            people.say(
                actor,
                str(_needed(body, "text")),
                date=None if date is None else int(date),
                group=None if group is None else int(group),
            )
        )

    async def edit(self, request: web.Request) -> web.Response:
        actor, body = self._actor(request), await _body(request)
        number = int(_needed(body, "message_id"))
        return _json(people.rewrite(actor, number, str(_needed(body, "text"))))

    async def press(self, request: web.Request) -> web.Response:
        actor, body = self._actor(request), await _body(request)
        number, data = int(_needed(body, "message_id")), str(_needed(body, "data"))
        return _json(people.press(actor, number, data, forge=bool(body.get("forge"))))

    async def contact(self, request: web.Request) -> web.Response:
        actor, body = self._actor(request), await _body(request)
        if body.get("own"):
            return _json(people.share_contact(actor, None))
        contact: dict[str, Any] = {
            "phone_number": str(_needed(body, "phone")),
            "first_name": str(body.get("first_name", "Teman")),
        }
        if body.get("user_id") is not None:
            contact["user_id"] = int(body["user_id"])
        return _json(people.share_contact(actor, contact))

    async def file(self, request: web.Request) -> web.Response:
        actor = self._actor(request)
        upload: Upload | None = None
        fields: dict[str, str] = {}
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            if part.name == "file":
                upload = await Upload.read(part)
            else:
                fields[part.name] = await part.text()
        if upload is None or not upload.data:
            raise ValueError("missing: file")
        default = "photo" if upload.mime in {"image/jpeg", "image/png"} else "document"
        photo = fields.get("kind", default) == "photo"
        size = picture_size(upload) if photo else (0, 0)
        stored = self.world.add_file(actor.bot, upload.name, upload.mime, upload.data, size)
        return _json(people.send_file(actor, stored, fields.get("caption", "")))

    async def block(self, request: web.Request) -> web.Response:
        actor, body = self._actor(request), await _body(request)
        return _json(people.block(actor, blocked=bool(body.get("blocked", True))))

    async def download(self, request: web.Request) -> web.Response:
        number = request.match_info["file"]
        found = (bot.files[number] for bot in self.world.bots.values() if number in bot.files)
        file = next(found, None)
        if file is None:
            raise NotFound(f"no file {number}")
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        if not file.width:
            name = "".join(c if c.isalnum() or c in "._- " else "_" for c in file.name)
            ascii_name = name.encode("ascii", "replace").decode().replace("?", "_")
            headers["Content-Disposition"] = f'attachment; filename="{ascii_name}"'
        return web.Response(body=file.data, content_type=file.mime, headers=headers)

    async def events(self, request: web.Request) -> web.Response:
        after, person = _after(request), _number(request, "person")
        wait = min(float(request.query.get("wait", 0)), _LONGEST_WAIT)
        found = self.world.events_after(after, person)
        if not found and wait > 0:
            await self.world.wait_event(person, wait)
            found = self.world.events_after(after, person)
        return _json([views.event(event) for event in found])

    async def stream(self, request: web.Request) -> web.StreamResponse:
        after, person = _after(request), _number(request, "person")
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        try:
            while not self.world.closing.is_set():
                found = self.world.events_after(after, person)
                await response.write(_lines(views.event(event) for event in found))
                if found:
                    after = found[-1].seq
                else:
                    await self.world.wait_event(person, _PING)
        except ConnectionError:
            pass
        return response

    async def log(self, request: web.Request) -> web.Response:
        after, method = _after(request), request.query.get("method")
        chat, bot = _number(request, "chat_id"), _number(request, "bot")
        return _json(
            [
                views.request(entry)
                for entry in self.world.requests
                if entry.seq > after
                and method in {None, "", "*", entry.method}
                and chat in {None, entry.chat_id}
                and bot in {None, entry.bot}
            ]
        )

    async def set_log(self, request: web.Request) -> web.Response:
        body = await _body(request)
        self.world.keep_params = bool(_needed(body, "params"))
        return _json({"params": self.world.keep_params})

    async def add_fault(self, request: web.Request) -> web.Response:
        body = await _body(request)
        times, chat = body.get("times", 1), body.get("chat_id")
        fault = Fault(
            method=str(body.get("method", "*")),
            kind=Kind(_needed(body, "kind")),
            times=None if times is None else int(times),
            seconds=float(body.get("seconds", 30.0)),
            retry_after=int(body.get("retry_after", 1)),
            status=int(body.get("status", 500)),
            chat_id=None if chat is None else int(chat),
        )
        if fault.times is None or fault.times > 0:
            self.world.faults.add(fault)
        return _json({"waiting": len(self.world.faults.waiting)})

    async def clear_faults(self, _request: web.Request) -> web.Response:
        self.world.faults.clear()
        return _json({"waiting": 0})

    async def set_limits(self, request: web.Request) -> web.Response:
        body, limits = await _body(request), self.world.limits
        for name in body.keys() - set(_LIMITS):
            raise ValueError(f"unknown limit: {name}")
        for name, value in body.items():
            setattr(limits, name, type(getattr(limits, name))(value))
        limits.forget()
        return _json({name: getattr(limits, name) for name in _LIMITS})

    async def set_delivery(self, request: web.Request) -> web.Response:
        body, pace = await _body(request), self.delivery.pace
        for name, value in body.items():
            if name not in {"first", "longest", "timeout"}:
                raise ValueError(f"unknown pace: {name}")
            setattr(pace, name, float(value))
        return _json({"first": pace.first, "longest": pace.longest, "timeout": pace.timeout})

    async def redeliver(self, request: web.Request) -> web.Response:
        body = await _body(request)
        number, times = int(_needed(body, "update_id")), int(body.get("times", 1))
        bots = [bot for bot in self.world.bots.values() if number in bot.updates]
        if not bots:
            raise NotFound(f"no update {number}")
        bot = bots[0]
        if bot.webhook is None:
            raise ValueError("this bot has no webhook")
        hook, update = bot.webhook, bot.updates[number]
        if body.get("concurrent"):
            posts = (self.delivery.post(bot, hook, update) for _ in range(times))
            taken = list(await asyncio.gather(*posts))
        else:
            taken = [await self.delivery.post(bot, hook, update) for _ in range(times)]
        return _json({"posted": times, "taken": sum(taken), "status": update.status})

    async def updates(self, request: web.Request) -> web.Response:
        after, bot = _after(request), self._bot(request)
        return _json([views.update(u) for u in bot.updates.values() if u.id > after])

    async def reset(self, _request: web.Request) -> web.Response:
        self.world.reset()
        return _json({"ok": True})


def _number(request: web.Request, name: str) -> int | None:
    value = request.query.get(name)
    return int(value) if value else None


def _after(request: web.Request) -> int:
    return int(request.query.get("after") or request.headers.get("Last-Event-ID") or 0)


def _lines(events: Iterable[dict[str, Any]]) -> bytes:
    lines = [
        f"id: {event['seq']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events
    ]
    return "".join(lines or [": ping\n\n"]).encode("utf-8", "replace")
