"""SHU of a cooperative's own book: read policy (what the RAT decided), bases, plan (who would get what), sharing."""
