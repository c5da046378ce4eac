"""What `bench.compare` runs: each peer is a process that reads a message a line and writes its guess a line.

A message is a JSON string; a guess is `{"id", "score", "answers", "ms"}`: the topic ranked first, how sure (any growing
number), whether the peer as shipped would answer with it, and the milliseconds that it took.
"""
