"""What WhatsApp's tests share; Telegram's bring their own."""

from tests.bot.whatsapp_hook import graph, hook, listener

__all__ = ["graph", "hook", "listener"]
