"""Commands of `hai-faq`, those that belong together a file each; `cli` assembles them."""
