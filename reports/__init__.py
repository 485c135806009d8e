"""Reports: one module a format, and the published report schema."""
