"""Figures beside named baselines, each pair from one run. `manage.py bench` prints them."""
