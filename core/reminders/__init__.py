"""Reminders: what falls due and when it is said (subjects), to whom (due), what people answer, the morning's numbers."""
