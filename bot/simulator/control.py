"""The control API under /sim: people act, tests look and put faults in the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from aiohttp import web

from bot.simulator import people, views
from bot.simulator.compose import picture_size
from bot.simulator.delivery import Delivery
from bot.simulator.errors import Refused
from bot.simulator.faults import Fault
from bot.simulator.reading import NotFound, as_json, body_of, needed, read_file
from bot.simulator.whatsapp_control import WhatsappControl
from bot.simulator.world import Bot, Chat, Person, World

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PERSON_KEYS = (
    "first_name",
    "last_name",
    "phone",
    "group",
    "note",
    "start",
    "username",
    "whatsapp",
)
_LIMITS = ("enforce", "per_second", "per_chat", "per_chat_burst", "per_group_minute", "retry_after")
_LONGEST_WAIT = 60.0
_PING = 15.0


def routes(
    world: World,
    delivery: Delivery,
    whatsapp: WhatsappControl,
    *,
    guard: Callable[[web.Request], None],
) -> list[web.RouteDef]:
    """Return every route under /sim; `guard` refuses foreign hosts and origins.

    With channel=whatsapp in its query a request is WhatsApp's, where that can do the same.
    """
    control = _Control(world=world, delivery=delivery, whatsapp=whatsapp)
    chats = "/sim/chats/{person}"
    shared: list[tuple[str, str, Answer]] = [
        ("GET", "/sim/people", control.list_people),
        ("POST", "/sim/people", control.add_person),
        ("DELETE", "/sim/people/{person}", control.remove_person),
        ("GET", "/sim/files/{file}", control.download),
        ("GET", "/sim/events", control.stream),
        ("GET", "/sim/events.json", control.events),
        ("GET", "/sim/log", control.log),
        ("POST", "/sim/log", control.set_log),
        ("POST", "/sim/reset", control.reset),
        ("GET", "/sim/whatsapp/numbers", whatsapp.list_numbers),
        ("POST", "/sim/whatsapp/numbers", whatsapp.add_number),
        ("POST", "/sim/whatsapp/subscribe", whatsapp.subscribe),
        ("POST", "/sim/whatsapp/habits", whatsapp.habits),
        ("POST", "/sim/whatsapp/post", whatsapp.post),
        ("POST", "/sim/whatsapp/status", whatsapp.status),
        ("POST", "/sim/whatsapp/template", whatsapp.template),
        ("POST", "/sim/whatsapp/tier", whatsapp.tier),
    ]
    both: list[tuple[str, str, Answer | None, Answer | None]] = [
        ("GET", chats, control.chat, whatsapp.chat),
        ("POST", chats + "/text", control.text, whatsapp.text),
        ("POST", chats + "/edit", control.edit, None),
        ("POST", chats + "/press", control.press, whatsapp.press),
        ("POST", chats + "/contact", control.contact, whatsapp.contact),
        ("POST", chats + "/file", control.file, whatsapp.file),
        ("POST", chats + "/other", None, whatsapp.other),
        ("POST", chats + "/move", None, whatsapp.move),
        ("POST", chats + "/window", None, whatsapp.window),
        ("POST", chats + "/block", control.block, whatsapp.block),
        ("POST", "/sim/groups", control.add_group, None),
        ("POST", "/sim/faults", control.add_fault, whatsapp.add_fault),
        ("DELETE", "/sim/faults", control.clear_faults, whatsapp.clear_faults),
        ("POST", "/sim/limits", control.set_limits, whatsapp.set_limits),
        ("POST", "/sim/delivery", control.set_delivery, whatsapp.set_delivery),
        ("POST", "/sim/redeliver", control.redeliver, whatsapp.redeliver),
        ("GET", "/sim/updates", control.updates, whatsapp.updates),
    ]
    table = shared + [(method, path, _of_channel(*two)) for method, path, *two in both]
    return [
        web.RouteDef(method, path, _wrapped(handler, guard), {}) for method, path, handler in table
    ]


def _of_channel(telegram: Answer | None, whatsapp: Answer | None) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        channel = request.query.get("channel") or "telegram"
        handler = {"telegram": telegram, "whatsapp": whatsapp}.get(channel)
        if handler is None:
            raise NotFound(f"{channel} has no {request.path}")
        return await handler(request)

    return answer


def _wrapped(handler: Answer, guard: Callable[[web.Request], None]) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            guard(request)
            return await handler(request)
        except NotFound as missing:
            return as_json({"error": str(missing)}, 404)
        except Refused as refused:
            return as_json({"error": refused.description}, 400)
        except (people.NotPossible, ValueError, KeyError, TypeError) as wrong:
            return as_json({"error": str(wrong) or type(wrong).__name__}, 400)

    return answer


@dataclass(slots=True, frozen=True, kw_only=True)
class _Control:
    world: World
    delivery: Delivery
    whatsapp: WhatsappControl

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
        return as_json([views.person(person) for person in self.world.people.values()])

    async def add_person(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        number = int(body["id"]) if body.get("id") is not None else self.world.next_person_id()
        if number <= 0:
            raise ValueError("a person's id is positive")
        given = {key: body[key] for key in _PERSON_KEYS if body.get(key) is not None}
        given.setdefault("first_name", "Tamu")
        given["phone"] = "".join(c for c in str(given.get("phone", "")) if c.isdigit())
        return as_json(views.person(self.world.add_person(Person(id=number, **given))))

    async def remove_person(self, request: web.Request) -> web.Response:
        number = self._person(request).id
        self.world.remove_person(number)
        for business in self.whatsapp.whatsapp.numbers.values():
            business.chats.pop(number, None)
        return as_json({"ok": True})

    async def add_group(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        number = int(needed(body, "id"))
        if not str(number).startswith("-100"):
            raise ValueError("a supergroup's id begins with -100")
        title = str(body.get("title", "Kelompok"))
        self._bot(request).chats[number] = Chat(id=number, title=title, started=True)
        return as_json({"id": number, "title": title})

    async def chat(self, request: web.Request) -> web.Response:
        person, bot = self._person(request), self.world.find_bot(None)
        if bot is None and "bot" not in request.query:
            empty = Bot(id=0, token="", username="", name="")
            return as_json(views.chat(empty, person, None))
        bot = self._bot(request)
        return as_json(views.chat(bot, person, bot.chats.get(person.id)))

    async def text(self, request: web.Request) -> web.Response:
        actor, body = self._actor(request), await body_of(request)
        date, group = body.get("date"), body.get("group")
        return as_json(
            people.say(
                actor,
                str(needed(body, "text")),
                date=None if date is None else int(date),
                group=None if group is None else int(group),
            )
        )

    async def edit(self, request: web.Request) -> web.Response:
        actor, body = self._actor(request), await body_of(request)
        number = int(needed(body, "message_id"))
        return as_json(people.rewrite(actor, number, str(needed(body, "text"))))

    async def press(self, request: web.Request) -> web.Response:
        actor, body = self._actor(request), await body_of(request)
        number, data = int(needed(body, "message_id")), str(needed(body, "data"))
        return as_json(people.press(actor, number, data, forge=bool(body.get("forge"))))

    async def contact(self, request: web.Request) -> web.Response:
        actor, body = self._actor(request), await body_of(request)
        if body.get("own"):
            return as_json(people.share_contact(actor, None))
        contact: dict[str, Any] = {
            "phone_number": str(needed(body, "phone")),
            "first_name": str(body.get("first_name", "Teman")),
        }
        if body.get("user_id") is not None:
            contact["user_id"] = int(body["user_id"])
        return as_json(people.share_contact(actor, contact))

    async def file(self, request: web.Request) -> web.Response:
        actor = self._actor(request)
        upload, fields = await read_file(request)
        default = "photo" if upload.mime in {"image/jpeg", "image/png"} else "document"
        photo = fields.get("kind", default) == "photo"
        size = picture_size(upload) if photo else (0, 0)
        stored = self.world.add_file(actor.bot, upload.name, upload.mime, upload.data, size)
        return as_json(people.send_file(actor, stored, fields.get("caption", "")))

    async def block(self, request: web.Request) -> web.Response:
        actor, body = self._actor(request), await body_of(request)
        return as_json(people.block(actor, blocked=bool(body.get("blocked", True))))

    async def download(self, request: web.Request) -> web.Response:
        number = request.match_info["file"]
        stores = [bot.files for bot in self.world.bots.values()]
        stores += [number.media for number in self.whatsapp.whatsapp.numbers.values()]
        file = next((store[number] for store in stores if number in store), None)
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
        channel, until = request.query.get("channel"), monotonic() + wait
        found = self.world.events_after(after, person, channel)
        while not found and (left := until - monotonic()) > 0 and not self.world.closing.is_set():
            await self.world.wait_event(person, left)
            found = self.world.events_after(after, person, channel)
        return as_json([views.event(event) for event in found])

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
        channel = request.query.get("channel")
        return as_json(
            [
                views.request(entry)
                for entry in self.world.requests
                if entry.seq > after
                and method in {None, "", "*", entry.method}
                and chat in {None, entry.chat_id}
                and bot in {None, entry.bot}
                and channel in {None, entry.channel}
            ]
        )

    async def set_log(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        self.world.keep_params = bool(needed(body, "params"))
        return as_json({"params": self.world.keep_params})

    async def add_fault(self, request: web.Request) -> web.Response:
        self.world.faults.add(Fault.read(await body_of(request)))
        return as_json({"waiting": len(self.world.faults.waiting)})

    async def clear_faults(self, _request: web.Request) -> web.Response:
        self.world.faults.clear()
        return as_json({"waiting": 0})

    async def set_limits(self, request: web.Request) -> web.Response:
        body, limits = await body_of(request), self.world.limits
        for name in body.keys() - set(_LIMITS):
            raise ValueError(f"unknown limit: {name}")
        for name, value in body.items():
            setattr(limits, name, type(getattr(limits, name))(value))
        limits.forget()
        return as_json({name: getattr(limits, name) for name in _LIMITS})

    async def set_delivery(self, request: web.Request) -> web.Response:
        pace = self.delivery.pace
        pace.change(await body_of(request))
        return as_json({"first": pace.first, "longest": pace.longest, "timeout": pace.timeout})

    async def redeliver(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        number, times = int(needed(body, "update_id")), int(body.get("times", 1))
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
        return as_json({"posted": times, "taken": sum(taken), "status": update.status})

    async def updates(self, request: web.Request) -> web.Response:
        after, bot = _after(request), self._bot(request)
        return as_json([views.update(u) for u in bot.updates.values() if u.id > after])

    async def reset(self, _request: web.Request) -> web.Response:
        self.world.reset()
        self.whatsapp.whatsapp.reset()
        return as_json({"ok": True})


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
