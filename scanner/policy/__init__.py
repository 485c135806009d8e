"""IAM reasoning: parse, evaluate, compare and synthesise policies. Pure functions, no AWS calls."""
