"""What the province watches: a row per cooperative and month, kept by the clock, read in aggregate.

Read `deadlines` (what is due when), `keeping` (how a row is worked out from the books), then `reading`
(what officials are told: five members at least behind a figure, never a member).
"""
