"""What all HTTP surfaces share. It knows none of them."""
