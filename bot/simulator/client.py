"""A small client of the control API, for tests and demonstrations."""

from __future__ import annotations

from time import monotonic
from types import TracebackType
from typing import Any, Self

import aiohttp

Json = dict[str, Any]


class SimError(RuntimeError):
    """Carry the control API's refusal."""


class Sim:
    """Acts for people and looks at what the bot did; one HTTP session, closed by `close`.

    It speaks of one channel; on WhatsApp `bot` is a business number's phone id.
    """

    def __init__(self, url: str, *, bot: int | None = None, channel: str = "telegram") -> None:
        self.url = url.rstrip("/")
        self.channel = channel
        self._query: dict[str, str] = {"channel": channel}
        if bot is not None:
            self._query["bot"] = str(bot)
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self._seen: dict[int, int] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the HTTP session."""
        await self._session.close()

    async def _ask(self, method: str, path: str, /, *, body: Json | None = None, data: Any = None, **query: Any) -> Any:  # fmt: skip
        params = {**self._query, **{k: str(v) for k, v in query.items() if v is not None}}
        async with self._session.request(
            method, self.url + path, params=params, json=body, data=data
        ) as response:
            answer = await response.json(content_type=None)
            if response.status >= 400:
                raise SimError(answer["error"])
            return answer

    async def add_person(self, **keys: Any) -> Json:
        """Add a person (first_name, last_name, phone, group, note, start, id); return it."""
        person: Json = await self._ask("POST", "/sim/people", body=keys)
        return person

    async def people(self) -> list[Json]:
        """List the people."""
        found: list[Json] = await self._ask("GET", "/sim/people")
        return found

    async def _act(self, person: int, what: str, *, body: Json | None = None, data: Any = None) -> Json:  # fmt: skip
        done: Json = await self._ask("POST", f"/sim/chats/{person}/{what}", body=body, data=data)
        if "seq" in done:
            self._seen[person] = done["seq"]
        return done

    async def text(self, person: int, text: str, date: int | None = None, *, group: int | None = None, answers: int | None = None) -> Json:  # fmt: skip
        """Let a person write; `date` in unix seconds; on WhatsApp as an answer to a message's id."""
        body = {"text": text, "date": date, "group": group, "answers": answers}
        return await self._act(
            person, "text", body={k: v for k, v in body.items() if v is not None}
        )

    async def edit(self, person: int, message_id: int, text: str) -> Json:
        """Let a person edit an own text."""
        return await self._act(person, "edit", body={"message_id": message_id, "text": text})

    async def press(self, person: int, label_or_data: str, message_id: int | None = None, *, forge: bool = False) -> Json:  # fmt: skip
        """Press the newest button whose text contains the label, or whose data is exactly this.

        With `forge`, `label_or_data` is sent as data to `message_id` whatever stands there.
        """
        if forge:
            if message_id is None:
                raise ValueError("a forged press names its message")
            body = {"message_id": message_id, "data": label_or_data, "forge": True}
            return await self._act(person, "press", body=body)
        for message in reversed(await self.messages(person)):
            if message["deleted"] or message_id not in {None, message["id"]}:
                continue
            for button in (b for row in message["buttons"] or [] for b in row if "data" in b):
                if label_or_data in button["text"] or label_or_data == button["data"]:
                    body = {"message_id": message["id"], "data": button["data"]}
                    return await self._act(person, "press", body=body)
        raise SimError(f"no button {label_or_data!r}")

    async def contact(self, person: int, *, phone: str | None = None, user_id: int | None = None, first_name: str = "Teman") -> Json:  # fmt: skip
        """Share the own contact, or with `phone` somebody else's."""
        if phone is None:
            return await self._act(person, "contact", body={"own": True})
        body = {"phone": phone, "user_id": user_id, "first_name": first_name}
        return await self._act(person, "contact", body=body)

    async def file(self, person: int, name: str, data: bytes, *, caption: str = "", mime: str | None = None, kind: str | None = None) -> Json:  # fmt: skip
        """Let a person send a file; a JPEG or PNG goes as photo unless `kind` is "document"."""
        form = aiohttp.FormData({"caption": caption, **({"kind": kind} if kind else {})})
        form.add_field("file", data, filename=name, content_type=mime)
        return await self._act(person, "file", data=form)

    async def other(self, person: int, what: str) -> Json:
        """Let a person send a voice message, a location, a sticker, a reaction, or what nobody knows."""
        return await self._act(person, "other", body={"what": what})

    async def block(self, person: int, *, blocked: bool = True) -> Json:
        """Block the bot, or let it in again."""
        return await self._act(person, "block", body={"blocked": blocked})

    async def chat(self, person: int) -> Json:
        """Return the whole chat: messages, keyboard, commands, blocked."""
        found: Json = await self._ask("GET", f"/sim/chats/{person}")
        return found

    async def messages(self, person: int) -> list[Json]:
        """Return the messages of a chat, oldest first."""
        found: list[Json] = (await self.chat(person))["messages"]
        return found

    async def events(self, after: int = 0, *, person: int | None = None, wait: float = 0) -> list[Json]:  # fmt: skip
        """Return events later than `after`, waiting up to `wait` seconds for the first."""
        found: list[Json] = await self._ask(
            "GET", "/sim/events.json", after=after, person=person, wait=wait
        )
        return found

    async def wait_reply(
        self, person: int, after: int | None = None, timeout: float = 10.0
    ) -> Json:
        """Return the bot's next message or edit to a person, as it was then, with its event `seq`.

        `after` is an event's seq; default: the person's last act or the last reply returned here.
        """
        seen = self._seen.get(person, 0) if after is None else after
        until = monotonic() + timeout
        while (left := until - monotonic()) > 0:
            for event in await self.events(seen, person=person, wait=left):
                seen = event["seq"]
                if event["kind"] not in {"message", "edit"} or event["message"]["from"] != "bot":
                    continue
                self._seen[person] = seen
                return {**event["message"], "seq": seen}
        raise TimeoutError(f"the bot said nothing to {person} within {timeout} s")

    async def log(self, method: str | None = None, *, after: int = 0, chat_id: int | None = None) -> list[Json]:  # fmt: skip
        """Return the Bot API requests received, oldest first."""
        found: list[Json] = await self._ask(
            "GET", "/sim/log", method=method, after=after, chat_id=chat_id
        )
        return found

    async def keep_params(self, *, on: bool) -> None:
        """Keep or drop parameters and results in the request log, for benches."""
        await self._ask("POST", "/sim/log", body={"params": on})

    async def fault(self, kind: str, method: str = "*", **keys: Any) -> None:
        """Put a fault in the way: times (None: always), seconds, retry_after, status, chat_id, code."""
        await self._ask("POST", "/sim/faults", body={"kind": kind, "method": method, **keys})

    async def clear_faults(self) -> None:
        """Take all faults away."""
        await self._ask("DELETE", "/sim/faults")

    async def limits(self, **keys: Any) -> Json:
        """Change the send limits: enforce, per_second, per_chat_burst and the rest."""
        found: Json = await self._ask("POST", "/sim/limits", body=keys)
        return found

    async def delivery(self, **keys: float) -> Json:
        """Change redelivery, in seconds: first, longest, timeout."""
        found: Json = await self._ask("POST", "/sim/delivery", body=keys)
        return found

    async def redeliver(self, update_id: int, times: int = 1, *, concurrent: bool = False) -> Json:
        """Post an update again."""
        body = {"update_id": update_id, "times": times, "concurrent": concurrent}
        done: Json = await self._ask("POST", "/sim/redeliver", body=body)
        return done

    async def updates(self, after: int = 0) -> list[Json]:
        """Return the updates made, with `delivered` {"times", "status"}."""
        found: list[Json] = await self._ask("GET", "/sim/updates", after=after)
        return found

    async def whatsapp(self, what: str, **keys: Any) -> Json:
        """Ask what only WhatsApp has: numbers, subscribe, habits, post, status, template, tier."""
        done: Json = await self._ask("POST", f"/sim/whatsapp/{what}", body=keys)
        return done

    async def move(self, person: int, phone: str) -> Json:
        """Give a person another phone number; WhatsApp tells the business."""
        return await self._act(person, "move", body={"phone": phone})

    async def window(self, person: int, ago: float | None) -> Json:
        """Let a person's last message on WhatsApp be so many seconds ago; None for never."""
        return await self._act(person, "window", body={"ago": ago})

    async def reset(self) -> None:
        """Forget chats, updates, log and faults; people stay."""
        self._seen.clear()
        await self._ask("POST", "/sim/reset")
