"""What WhatsApp cannot do, told once: stories read a list, numbered lines and a new message as they read Telegram's.

A label that was parted into a list's title and description is put together again; choices that became
numbered lines are read back; what took the place of an earlier message bears its number and counts as edited.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import SecretStr

from bot import simulated
from bot.settings import Settings
from bot.simulator import whatsapp_people, whatsapp_shapes
from bot.simulator.people import Done
from bot.simulator.whatsapp_world import Number
from bot.simulator.world import Person as Inhabitant
from core.sealing import Keys

PHONE_ID = "106540352242922"
APP_SECRET = "an-app-secret-for-stories"
TOKEN = "EAAG-a-token-of-the-simulator-for-stories"
VERIFY = "a-verify-token-for-stories"
NUMBER = "628110000042"
SETTINGS: dict[str, Any] = {
    "whatsapp_token": SecretStr(TOKEN),
    "whatsapp_phone_id": PHONE_ID,
    "whatsapp_app_secret": SecretStr(APP_SECRET),
    "whatsapp_verify_token": SecretStr(VERIFY),
    "whatsapp_number": NUMBER,
}
_CHOICES = re.compile(r"(?:\n\n|\A)((?:[1-9]\d?\. .+(?:\n|\Z))+)\Z")
_CHOICE = re.compile(r"[1-9]\d?\. (.+)")

# What a fact's own marks became, lest they be read as markup.
_LIKENESSES = str.maketrans({"∗": "*", "ˍ": "_", "∼": "~", "ˋ": "`", "›": ">", "\u200a": None})


def number(settings: Settings, url: str) -> Number:
    """Make the business number of the stories, with every template approved and no limit to its day."""
    made = simulated.number_of(settings, webhook=f"{url}/whatsapp/webhook")
    made.tier = "TIER_UNLIMITED"
    return made


def chat_id(keys: Keys, person: Inhabitant) -> str:
    """Name a chat as the service does: never by its phone."""
    return "w" + keys.fingerprint("whatsapp", whatsapp_shapes.bsuid(person)).hex()[:24]


def read(wire: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """Return a message's text without its numbered choices, and its choices: label and data; unknown data is empty."""
    text: str = wire["text"].translate(_LIKENESSES)
    buttons = [button for row in wire["buttons"] or () for button in row]
    if buttons:
        return text, [(_label(button), button["data"]) for button in buttons]
    found = _CHOICES.search(text)
    if found is None:
        return text, []
    return text[: found.start()], [(label, "") for label in _CHOICE.findall(found[1])]


def _label(button: dict[str, Any]) -> str:
    title, hint = button["text"], button["hint"]
    if hint and title.endswith("…"):
        return str(hint)
    return f"{title} {hint}".strip()


def sends(
    actor: whatsapp_people.WhatsappActor,
    name: str,
    content: bytes,
    photo: tuple[int, int],
    caption: str = "",
) -> Done:
    """Send a file of any size and type; `photo` is the width and height of a picture."""
    mime = "image/png" if photo[0] else "application/octet-stream"
    file = actor.whatsapp.add_media(actor.number, name, mime, content, photo)
    return whatsapp_people.send_file(actor, file, caption)
