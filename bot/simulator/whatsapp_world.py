"""What WhatsApp holds in memory: business numbers, their chats, media and templates, and what a test may change."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from secrets import token_bytes
from typing import Any, Final, Literal

from bot.simulator import whatsapp_shapes as shapes
from bot.simulator.faults import Faults
from bot.simulator.whatsapp_errors import told
from bot.simulator.whatsapp_limits import DAY, WhatsappLimits
from bot.simulator.world import KEPT_UPDATES, Chat, Content, File, Message, Person, Update, World

CHANNEL: Final = "whatsapp"
Shape = Literal["new", "old"]
_RANKS: Final = ("", "sent", "delivered", "read")


@dataclass(slots=True, kw_only=True)
class Template:
    """A message template as it was registered: the body with {{1}} or {{name}}, labels of its quick replies."""

    id: str
    name: str
    language: str
    category: str
    body: str
    header: str = ""
    footer: str = ""
    buttons: tuple[str, ...] = ()
    components: tuple[Mapping[str, Any], ...] = ()  # as they were registered
    status: str = "APPROVED"

    @property
    def parameters(self) -> list[str]:
        """Name the parameters of the body, each once."""
        return list(dict.fromkeys(re.findall(r"\{\{\s*(\w+)\s*\}\}", self.body)))


@dataclass(slots=True, kw_only=True)
class Number:
    """One business number: what Meta knows of it, and the app that listens for it."""

    phone_id: str
    token: str = field(repr=False)
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    display: str  # its phone number, digits
    waba_id: str = "102290129340398"
    name: str = "Kopdes"
    webhook: str | None = None
    tier: str = "TIER_250"
    chats: dict[int, Chat] = field(default_factory=dict)
    media: dict[str, File] = field(default_factory=dict)
    templates: dict[tuple[str, str], Template] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)  # by wamid
    pending: dict[int, Update] = field(default_factory=dict)
    updates: dict[int, Update] = field(default_factory=dict)
    message_ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    media_ids: Iterator[int] = field(default_factory=lambda: itertools.count(1_000_000_001))


@dataclass(slots=True, kw_only=True)
class Habits:
    """How this WhatsApp behaves; a test may change each.

    `ladder`: the statuses that follow a message by themselves, `status_seconds` later; `reads`: whoever acts
    has read what came before. `late`: what hangs on the person (closed window, unreachable) is accepted and
    told by a failed status, as Meta does, not refused at once. `shape`: with BSUIDs, or as before them.
    `approve`: a template that is registered is approved at once.
    """

    ladder: tuple[str, ...] = ("sent", "delivered")
    status_seconds: float = 0.0
    reads: bool = True
    late: bool = True
    shape: Shape = "new"
    approve: bool = True


class Whatsapp:
    """All business numbers of the simulator; the people are the world's."""

    def __init__(self, world: World, *numbers: Number) -> None:
        self.world = world
        self.numbers: dict[str, Number] = {number.phone_id: number for number in numbers}
        self.habits = Habits()
        self.limits = WhatsappLimits()
        self.faults = Faults()
        self.update_made: Callable[[Number, Update], None] | None = None
        self.webhook_changed: Callable[[Number], None] | None = None
        self.ladder: Callable[[Number, Message], None] | None = None
        self._update_ids = itertools.count(1)
        self._found: dict[str, int] = {}

    def number(self, phone_id: str | None = None) -> Number | None:
        """Return the number with this id; None means the first."""
        if phone_id is not None:
            return self.numbers.get(phone_id)
        return next(iter(self.numbers.values()), None)

    def person(self, recipient: str) -> Person | None:
        """Return whom a phone number or BSUID reaches."""
        known = self.world.people.get(self._found.get(recipient, 0))
        if known is None or recipient not in (known.phone, shapes.bsuid(known)):
            people = self.world.people.values()
            known = next((p for p in people if recipient in (p.phone, shapes.bsuid(p))), None)
            if known is not None:
                self._found[recipient] = known.id
        return known

    def chat(self, number: Number, person: Person) -> Chat:
        """Return a person's chat with a number, empty at first."""
        found = number.chats.get(person.id)
        if found is None:
            found = number.chats[person.id] = Chat(id=person.id, person=person, channel=CHANNEL)
        found.person = person
        return found

    def is_open(self, chat: Chat) -> bool:
        """Whether the free window is open: 24 hours from the person's last message."""
        return chat.heard is not None and self.world.now() < chat.heard + DAY

    def add_message(
        self, number: Number, chat: Chat, sender: Person | None, content: Content, *,
        tracker: str | None = None, date: int | None = None,
    ) -> Message:  # fmt: skip
        """Put a message into a chat and tell who watches."""
        message = Message(
            id=next(number.message_ids),
            chat=chat,
            sender=sender,
            date=int(self.world.now()) if date is None else date,
            content=content,
            wamid=new_wamid(),
            tracker=tracker,
        )
        chat.messages[message.id] = number.messages[message.wamid] = message
        self.world.emit("message", chat.id, message)
        return message

    def add_media(self, number: Number, name: str, mime: str, data: bytes, size: tuple[int, int] = (0, 0)) -> File:  # fmt: skip
        """Keep bytes under a new media id; width and height only for a picture."""
        id_ = str(next(number.media_ids))
        digest = hashlib.sha256(data).digest()
        file = File(
            id=id_,
            unique_id=base64.b64encode(digest).decode(),
            path=id_,
            name=name,
            mime=mime,
            data=data,
            width=size[0],
            height=size[1],
        )
        number.media[id_] = file
        return file

    def climb(self, number: Number, message: Message, *states: str) -> None:
        """Let a message come further and tell each step; a lower step is told too, and changes nothing."""
        for state in states:
            if state in _RANKS and _RANKS.index(state) > _RANKS.index(message.state):
                message.state = state
                self.world.emit("status", message.chat.id, message)
            self._tell(number, message.chat.id, shapes.status(message, state, self._now()))

    def fail(self, number: Number, message: Message, code: int, details: str = "") -> None:
        """Let a message fail, told by its status alone."""
        message.state = ""
        message.deleted = True
        self.world.emit("delete", message.chat.id, message)
        self._tell(number, message.chat.id, shapes.failed(message, told(code, details), self._now()))  # fmt: skip

    def fail_unheard(
        self, number: Number, wamid: str, recipient: str, tracker: str | None, code: int, details: str = "",
    ) -> None:  # fmt: skip
        """Tell that a message reached nobody: it stands in no chat."""
        status = shapes.failed_to(wamid, recipient, tracker, told(code, details), self._now())
        self._tell(number, 0, status)

    def _tell(self, number: Number, chat_id: int, value: Mapping[str, Any]) -> None:
        self.add_update(number, chat_id, "messages", value)

    def _now(self) -> int:
        return int(self.world.now())

    def add_update(self, number: Number, chat_id: int, name: str, value: Mapping[str, Any]) -> Update:  # fmt: skip
        """Make one change of a webhook, as it is with BSUIDs, and hand it to delivery."""
        id_ = next(self._update_ids)
        update = Update(id=id_, chat_id=chat_id, body={"field": name, "value": dict(value)})
        number.pending[id_] = number.updates[id_] = update
        if len(number.updates) > KEPT_UPDATES:
            del number.updates[next(iter(number.updates))]
        if self.update_made is not None:
            self.update_made(number, update)
        return update

    def set_template(self, number: Number, name: str, status: str, reason: str | None = None) -> None:  # fmt: skip
        """Change a template's status in every language and tell it."""
        for template in [t for t in number.templates.values() if t.name == name]:
            template.status = status
            value = shapes.template_status(template.id, name, template.language, status, reason)
            self.add_update(number, 0, "message_template_status_update", value)

    def set_tier(self, number: Number, tier: str) -> None:
        """Change the number's messaging limit and tell it."""
        number.tier = tier
        value = shapes.quality(number.display, tier)
        self.add_update(number, 0, "phone_number_quality_update", value)

    def move(self, number: Number, person: Person, phone: str) -> Person:
        """Give a person another phone number, which also makes another BSUID."""
        moved = self.world.add_person(replace(person, phone=phone))
        value = shapes.changed_number(person, moved, new_wamid(), self._now())
        self.add_update(number, person.id, "messages", value)
        return moved

    def reset(self) -> None:
        """Forget chats, media, updates and faults; numbers, webhooks and templates stay."""
        self.faults.clear()
        self.limits.forget()
        for number in self.numbers.values():
            kept: Iterable[dict[Any, Any]] = (
                number.chats, number.media, number.messages, number.pending, number.updates,
            )  # fmt: skip
            for each in kept:
                each.clear()
            if self.webhook_changed is not None:
                self.webhook_changed(number)


def new_wamid() -> str:
    """Return an id as WhatsApp gives messages."""
    return "wamid." + base64.b64encode(b"HBgN" + token_bytes(24)).decode()
