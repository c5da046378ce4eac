"""Takes out of a text what says who a person is: names, numbers, addresses."""
