"""Which topic a text asks for, and how sure we are. Pure: values in, values out."""
