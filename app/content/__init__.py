"""The texts that are served and the phrasings that ask for them: read, checked, sealed. No engine in here."""
