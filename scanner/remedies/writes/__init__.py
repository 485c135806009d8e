"""How each property of each type is written: the mirror image of the tables by which they are read."""
