"""What a message says, as data: intent, member, amount, day. Deterministic, offline, no model.

Read in this order: readings (the values), words (the lists, one TOML file per subject), tokens,
marks (figures that are no money), atoms and numbers, money and amounts, periods and dates, ideas,
directory, strangers, mentioned and names, intents, notes, sentence, rows, answers (whole texts such
as `ya`, `batalkan no 26`), grammar (`read`, `clear`).
It imports nothing of core or of the rest of bot.
"""
