"""The surfaces. Each turns bytes into a `Message` and a `Reply` into bytes; none knows another."""
