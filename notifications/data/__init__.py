"""What is registered with channels, as data."""
