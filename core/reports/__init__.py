"""Closed months, worked out from the books whenever somebody asks: nothing here is stored or changed.

Read `flow` (what came in and went out, what was only put right), `lent` (loans as they stood), then
`statement` (one member's month), `cooperative` (its officers') and `province` (the officials').
"""
