"""Everything that speaks: the outbox, its delivery, and the clock that pushes what falls due.

Read in this order: messages, tables, outbox; pacing, lease, delivery; senders; scheduler.
"""
