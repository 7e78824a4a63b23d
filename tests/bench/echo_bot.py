"""The peer of a turn: a bare aiogram bot that answers every text with a separate sendMessage."""

from __future__ import annotations

import sys

import uvloop
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web


async def _echo(message: Message) -> None:
    await message.answer(message.text or "")


def main() -> None:
    """Listen on a port until the process is ended; the Bot API is elsewhere."""
    port, api, token, secret = sys.argv[1:5]
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    dispatcher = Dispatcher()
    dispatcher.message.register(_echo, F.text)
    app = web.Application()
    app.router.add_get("/readyz", _ready)
    SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=secret).register(
        app, "/telegram/webhook"
    )
    uvloop.install()
    web.run_app(app, host="127.0.0.1", port=int(port), print=None, access_log=None)


async def _ready(_: web.Request) -> web.Response:
    return web.Response(text="ready\n")


main()
