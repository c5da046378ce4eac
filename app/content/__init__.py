"""What we say and what people say: read, checked, sealed. No engine in here."""
