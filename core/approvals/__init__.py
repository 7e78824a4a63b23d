"""Approvals: the one mechanism for whatever needs a second person.

Read `request` (what waits), `queue` (submit, approve, reject, withdraw), `waiting` (what is open; expire,
remind), then `kinds` and the executors it names: each does, once approved, what an operation of core does.
"""
