"""Everything that speaks: the outbox, its delivery, and the clock that pushes what falls due.

Read in this order: messages, tables, outbox; words, attachments; pacing, lease, bell; outcomes, mouth,
delivery; senders; scheduler and its jobs; fresh with reach and reminding (words made when they are said); metrics.
"""
