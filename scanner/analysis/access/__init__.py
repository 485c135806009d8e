"""What policies let happen, as facts on buckets, keys, roles, topics and accounts: evaluated, never read as text.

The policy engine is imported only when a fact is derived, so that commands which need none start quickly.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TypeAlias

from scanner.estate.estate import Estate
from scanner.estate.intent import Intent

Derive: TypeAlias = Callable[[Estate, Intent], Estate]


def _on_use(module: str, function: str) -> Derive:
    def _derive(estate: Estate, intent: Intent) -> Estate:
        derive: Derive = getattr(import_module(f"{__name__}.{module}"), function)
        return derive(estate, intent)

    return _derive


derive_plain_http = _on_use("bucket_denials", "derive_plain_http")
derive_sse_c = _on_use("bucket_denials", "derive_sse_c")
derive_destruction = _on_use("bucket_denials", "derive_destruction")
derive_source_control = _on_use("bucket_grants", "derive_source_control")
derive_other_replicators = _on_use("bucket_grants", "derive_other_replicators")
derive_trail_delivery = _on_use("log_buckets", "derive_trail_delivery")
derive_key_grants = _on_use("key_grants", "derive_key_grants")
derive_replication_role_use = _on_use("role_trust", "derive_replication_role_use")
derive_unprotecting_powers = _on_use("role_powers", "derive_unprotecting_powers")
derive_guardrails = _on_use("guardrails", "derive_guardrails")
