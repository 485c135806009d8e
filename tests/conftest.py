"""For all tests: property tests draw the same examples each time, and a busy machine fails none of them."""

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.load_profile("steady")
