"""What is remembered, one noun a file: SQL for what must last, memory for conversations and limits."""
