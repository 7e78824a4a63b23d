"""Telegram's Bot API and WhatsApp's Cloud API on loopback, with people who chat: the wires, and nothing of the product.

Read in this order: world (what there is), html and markup (what a message may hold), limits and
faults (when it is refused), telegram_api (the methods), people (what a person does), delivery
(webhook), telegram_http and control (the two faces), server (starting), client (for tests).
WhatsApp beside it, in the same order: whatsapp_world, whatsapp_shapes (webhooks), whatsapp_markup,
whatsapp_templates and whatsapp_messages (what may be sent), whatsapp_errors and whatsapp_limits,
whatsapp_api, whatsapp_people, whatsapp_delivery, whatsapp_http, whatsapp_control.
"""
