"""What the clock does: each job finds what is due at an instant and writes it once, cooperative by cooperative (places)."""
