"""The rule language: loads, checks and evaluates the rule files."""
