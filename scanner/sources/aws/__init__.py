"""Live AWS accounts as an estate: which calls there are (tables), which are made, and what a refusal leaves unknown.

`tables` and `permissions` never import boto3, for commands that make no call use them; `reader` does, when it reads.
"""
