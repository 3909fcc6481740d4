"""Building and fine-tuning encoders: torch from here on, never imported by a serving process."""
