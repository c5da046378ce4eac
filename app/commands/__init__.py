"""Commands of `hai-faq` that have a name of their own below it: `sources check`, `review apply`."""
