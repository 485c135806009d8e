"""The resource types that links are derived from, and their own."""

LINK = "DR::Replication::Link"
"""Derived: one replication rule with its two buckets, or a copy that the estate file asks for and no rule makes."""

ROLE = "AWS::IAM::Role"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"

ORGANIZATION = "AWS::Organizations::Organization"
ROOT = "AWS::Organizations::Root"
UNIT = "AWS::Organizations::OrganizationalUnit"
ORG_ACCOUNT = "AWS::Organizations::Account"
ORG_POLICY = "AWS::Organizations::Policy"

ORG_MEMBERSHIP = "DR::Organization::Membership"
"""What is unseen where policies of organizations are left aside, and which organization an account is in is not known:
conditions may still ask for it."""
