"""A Telegram Bot API server on loopback, with people who chat: it knows the wire and nothing of the product.

Read in this order: world (what there is), html and markup (what a message may hold), limits and
faults (when it is refused), telegram_api (the methods), people (what a person does), delivery
(webhook), telegram_http and control (the two faces), server (starting), client (for tests).
"""
