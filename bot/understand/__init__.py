"""What a message says, as data: intent, member, amount, day. Deterministic, offline, no model.

Read in this order: readings (the values), words (the lists, one TOML file per subject), tokens,
marks (figures that are no money), atoms and numbers, money and amounts, periods and dates, ideas,
directory, strangers and names, intents, sentence, rows, grammar (`read`, `clear`).
It imports nothing of core or of the rest of bot.
"""
