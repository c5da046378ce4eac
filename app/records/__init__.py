"""The records, one noun a file: SQL holds what must last, memory or Redis holds conversations and limits."""
