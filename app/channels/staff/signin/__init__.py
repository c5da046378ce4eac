"""Sign-in and sign-out of staff, and that both stay true."""
