"""Where an estate comes from: live accounts, templates, plans, snapshots."""
