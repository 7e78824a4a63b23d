"""The control API's WhatsApp side: the acts of /sim/chats with channel=whatsapp, and what only WhatsApp has."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, fields
from typing import Any

from aiohttp import web

from bot.simulator import views
from bot.simulator import whatsapp_people as people
from bot.simulator.compose import picture_size
from bot.simulator.faults import Fault
from bot.simulator.reading import NotFound, as_json, body_of, needed, read_file
from bot.simulator.whatsapp_delivery import Posting, view
from bot.simulator.whatsapp_limits import TIERS
from bot.simulator.whatsapp_world import Number, Whatsapp
from bot.simulator.world import Bot, Person

_NUMBER_KEYS = ("phone_id", "token", "app_secret", "verify_token", "display", "waba_id", "name", "webhook")  # fmt: skip
_LIMITS = ("enforce", "per_second", "pair_seconds", "per_pair_burst")


@dataclass(slots=True, frozen=True, kw_only=True)
class WhatsappControl:
    """Answers for WhatsApp where a request names it."""

    whatsapp: Whatsapp
    posting: Posting

    def _number(self, request: web.Request) -> Number:
        asked = request.query.get("bot")
        number = self.whatsapp.number(asked)
        if number is None:
            raise NotFound(f"no WhatsApp number {asked}" if asked else "no WhatsApp number")
        return number

    def _person(self, request: web.Request) -> Person:
        number = request.match_info["person"]
        person = self.whatsapp.world.people.get(int(number)) if number.isdecimal() else None
        if person is None:
            raise NotFound(f"no person {number}")
        return person

    def _actor(self, request: web.Request) -> people.WhatsappActor:
        return people.WhatsappActor(
            whatsapp=self.whatsapp,
            number=self._number(request),
            person=self._person(request),
            base=str(request.url.origin()),
        )

    async def chat(self, request: web.Request) -> web.Response:
        """Tell a whole chat; `open` is whether the free window is."""
        person, number = self._person(request), self.whatsapp.number(request.query.get("bot"))
        if number is None:
            empty = Bot(id=0, token="", username="", name="")
            return as_json({**views.chat(empty, person, None), "open": False})
        talk = number.chats.get(person.id)
        bot = Bot(id=int(number.phone_id), token="", username=number.display, name=number.name)
        is_open = talk is not None and self.whatsapp.is_open(talk)
        return as_json({**views.chat(bot, person, talk), "open": is_open})

    async def text(self, request: web.Request) -> web.Response:
        """Let a person write."""
        actor, body = self._actor(request), await body_of(request)
        date, answers = body.get("date"), body.get("answers")
        return as_json(
            people.say(
                actor,
                str(needed(body, "text")),
                date=None if date is None else int(date),
                answers=None if answers is None else int(answers),
            )
        )

    async def press(self, request: web.Request) -> web.Response:
        """Let a person press a button or choose a row."""
        actor, body = self._actor(request), await body_of(request)
        number, data = int(needed(body, "message_id")), str(needed(body, "data"))
        return as_json(people.press(actor, number, data, forge=bool(body.get("forge"))))

    async def contact(self, request: web.Request) -> web.Response:
        """Let a person share a contact."""
        actor, body = self._actor(request), await body_of(request)
        if body.get("own"):
            return as_json(people.share_contact(actor, None))
        phone, name = str(needed(body, "phone")), str(body.get("first_name", "Teman"))
        return as_json(people.share_contact(actor, {"phone_number": phone, "first_name": name}))

    async def file(self, request: web.Request) -> web.Response:
        """Let a person send a file; JPEG and PNG go as a picture unless kind says document."""
        actor = self._actor(request)
        upload, given = await read_file(request)
        default = "photo" if upload.mime in {"image/jpeg", "image/png"} else "document"
        size = picture_size(upload) if given.get("kind", default) == "photo" else (0, 0)
        file = self.whatsapp.add_media(actor.number, upload.name, upload.mime, upload.data, size)
        return as_json(people.send_file(actor, file, given.get("caption", "")))

    async def other(self, request: web.Request) -> web.Response:
        """Let a person send a voice message, a location, a sticker, a reaction or worse."""
        actor, body = self._actor(request), await body_of(request)
        return as_json(people.send_other(actor, str(needed(body, "what"))))

    async def block(self, request: web.Request) -> web.Response:
        """Let a person block the business, or let it in again."""
        actor, body = self._actor(request), await body_of(request)
        return as_json(people.block(actor, blocked=bool(body.get("blocked", True))))

    async def move(self, request: web.Request) -> web.Response:
        """Give a person another phone number; the business is told."""
        body, person = await body_of(request), self._person(request)
        moved = self.whatsapp.move(self._number(request), person, str(needed(body, "phone")))
        return as_json(views.person(moved))

    async def window(self, request: web.Request) -> web.Response:
        """Let the person's last message be so many seconds ago; null closes the window."""
        body, number = await body_of(request), self._number(request)
        chat = self.whatsapp.chat(number, self._person(request))
        ago = needed(body, "ago")
        chat.heard = None if ago is None else self.whatsapp.world.now() - float(ago)
        return as_json({"open": self.whatsapp.is_open(chat)})

    async def list_numbers(self, _request: web.Request) -> web.Response:
        """List the business numbers, without their secrets."""
        numbers = self.whatsapp.numbers.values()
        return as_json(
            [{"phone_id": n.phone_id, "display": n.display, "name": n.name} for n in numbers]
        )

    async def add_number(self, request: web.Request) -> web.Response:
        """Add a business number, or put another in its place."""
        body = await body_of(request)
        given: dict[str, Any] = {
            key: str(body[key]) for key in _NUMBER_KEYS if body.get(key) is not None
        }
        number = Number(**given)
        self.whatsapp.numbers[number.phone_id] = number
        return as_json({"phone_id": number.phone_id})

    async def subscribe(self, request: web.Request) -> web.Response:
        """Ask a webhook for its challenge; it is used from then on when it answers it."""
        body, number = await body_of(request), self._number(request)
        url, token = str(needed(body, "url")), body.get("verify_token")
        return as_json({"verified": await self.posting.subscribe(number, url, token)})

    async def habits(self, request: web.Request) -> web.Response:
        """Change habits (whatsapp_world.Habits) and the manner of posting (whatsapp_delivery.Manner)."""
        body, number = await body_of(request), self._number(request)
        homes = {f.name: home for home in (self.whatsapp.habits, self.posting.manner) for f in fields(home)}  # fmt: skip
        for name, value in body.items():
            if name not in homes:
                raise ValueError(f"unknown habit: {name}")
            setattr(homes[name], name, tuple(value) if isinstance(value, list) else value)
        if "hold" in body or "batch" in body:
            self.posting.restart(number)
        return as_json({name: getattr(home, name) for name, home in homes.items()})

    async def post(self, request: web.Request) -> web.Response:
        """Post these changes in one body, `times` in each of `shapes`, one after the other or at once."""
        body, number = await body_of(request), self._number(request)
        ids = [int(id_) for id_ in needed(body, "updates")]
        missing = [id_ for id_ in ids if id_ not in number.updates]
        if missing:
            raise NotFound(f"no updates {missing}")
        updates = [number.updates[id_] for id_ in ids]
        shapes = body.get("shapes") or [self.whatsapp.habits.shape]
        posts = [
            self.posting.post(number, updates, shape)
            for _ in range(int(body.get("times", 1)))
            for shape in shapes
        ]
        if body.get("concurrent"):
            statuses = list(await asyncio.gather(*posts))
        else:
            statuses = [await post for post in posts]
        return as_json({"statuses": statuses})

    async def redeliver(self, request: web.Request) -> web.Response:
        """Post one change again."""
        body, number = await body_of(request), self._number(request)
        id_, times = int(needed(body, "update_id")), int(body.get("times", 1))
        if id_ not in number.updates:
            raise NotFound(f"no update {id_}")
        posts = [self.posting.post(number, [number.updates[id_]]) for _ in range(times)]
        if body.get("concurrent"):
            statuses = list(await asyncio.gather(*posts))
        else:
            statuses = [await post for post in posts]
        taken = sum(status == 200 for status in statuses)
        return as_json({"posted": times, "taken": taken, "status": statuses[-1]})

    async def status(self, request: web.Request) -> web.Response:
        """Tell a status of a message of the business, whatever was told before."""
        body, number = await body_of(request), self._number(request)
        message = number.messages.get(str(needed(body, "wamid")))
        if message is None or message.sender is not None:
            raise NotFound("no such message of the business")
        state = str(needed(body, "state"))
        if state == "failed":
            self.whatsapp.fail(number, message, int(needed(body, "code")))
        else:
            self.whatsapp.climb(number, message, state)
        return as_json({"state": message.state})

    async def template(self, request: web.Request) -> web.Response:
        """Pause, disable, reject or approve a template; the business is told."""
        body, number = await body_of(request), self._number(request)
        name, status = str(needed(body, "name")), str(needed(body, "status"))
        self.whatsapp.set_template(number, name, status, body.get("reason"))
        return as_json({"name": name, "status": status})

    async def tier(self, request: web.Request) -> web.Response:
        """Change the messaging limit; the business is told."""
        body, number = await body_of(request), self._number(request)
        tier = str(needed(body, "tier"))
        if tier not in TIERS:
            raise ValueError(f"one of {', '.join(TIERS)}")
        self.whatsapp.set_tier(number, tier)
        return as_json({"tier": tier})

    async def add_fault(self, request: web.Request) -> web.Response:
        """Put a fault in the way of the number's requests."""
        self.whatsapp.faults.add(Fault.read(await body_of(request)))
        return as_json({"waiting": len(self.whatsapp.faults.waiting)})

    async def clear_faults(self, _request: web.Request) -> web.Response:
        """Take all faults away."""
        self.whatsapp.faults.clear()
        return as_json({"waiting": 0})

    async def set_limits(self, request: web.Request) -> web.Response:
        """Change the rates (whatsapp_limits)."""
        body, limits = await body_of(request), self.whatsapp.limits
        for name, value in body.items():
            if name not in _LIMITS:
                raise ValueError(f"unknown limit: {name}")
            setattr(limits, name, type(getattr(limits, name))(value))
        limits.forget()
        return as_json({name: getattr(limits, name) for name in _LIMITS})

    async def set_delivery(self, request: web.Request) -> web.Response:
        """Change redelivery, in seconds."""
        pace = self.posting.pace
        pace.change(await body_of(request))
        return as_json({"first": pace.first, "longest": pace.longest, "timeout": pace.timeout})

    async def updates(self, request: web.Request) -> web.Response:
        """List the changes that were made, and how posting each went."""
        after, number = int(request.query.get("after") or 0), self._number(request)
        return as_json([view(u) for u in number.updates.values() if u.id > after])
