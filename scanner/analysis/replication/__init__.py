"""Replication links: for each rule of each bucket, whether objects would arrive, decided from configuration alone."""
