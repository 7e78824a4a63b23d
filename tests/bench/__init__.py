"""What is fast and what is slow: `python -m tests.bench [names…]`. Figures are ratios within one run."""
