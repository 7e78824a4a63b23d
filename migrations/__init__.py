"""Numbered, linear migrations; each spells its tables out and imports nothing of ours."""
