"""One message in, one reply out. Pure: no clock, no network, no framework."""
