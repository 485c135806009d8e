"""What a scan found: findings, waivers, baselines, the whole scan."""
