"""What templates say beyond the resources that they make: of keeping them, of partitions, policies and what is live.

The policy engine is imported only when there is a policy to judge, so that commands which need none start quickly.
"""

from scanner.analysis.templates.differences import derive_differences
from scanner.analysis.templates.partitions import derive_foreign_partitions
from scanner.analysis.templates.retention import derive_template_roles
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent

__all__ = ["derive_differences", "derive_foreign_partitions", "derive_policy_faults", "derive_template_roles"]


def derive_policy_faults(estate: Estate, intent: Intent) -> Estate:
    """See `policy_faults.derive_policy_faults`."""
    from scanner.analysis.templates import policy_faults

    return policy_faults.derive_policy_faults(estate, intent)
