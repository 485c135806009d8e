"""drscan: audits disaster-recovery estates on AWS for compliance and drift."""

__version__ = "0.1.0"
