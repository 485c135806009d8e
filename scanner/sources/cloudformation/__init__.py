"""CloudFormation templates as a source: read, resolved, and given in the one shape."""
