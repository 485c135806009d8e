"""A drill: one small object goes through a link, and what arrives is compared with what was sent."""
