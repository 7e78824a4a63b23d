"""What a message says, as data: intent, member, amount, day. Deterministic, offline, no model.

Read in this order: readings (the values), words (the lists, one TOML file per subject), tokens,
marks (figures that are no money), numbers, amounts, dates, ideas, names, intents, rows, grammar.
It imports nothing of core or of the rest of bot.
"""
