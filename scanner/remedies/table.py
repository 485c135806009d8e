"""Every remedy by the name that rule files give under `remedy`: a topic is a module with a tuple of them."""

from collections.abc import Mapping

from scanner.remedies import (
    access_logs,
    access_points,
    alarms,
    bucket_policies,
    bucket_settings,
    encryption,
    lifecycle,
    link_destinations,
    link_excess,
    link_keys,
    link_mending,
    link_roles,
    link_rules,
    object_lock,
    protection,
)
from scanner.remedies.proposals import Remedy

_TOPICS: tuple[tuple[Remedy, ...], ...] = (
    protection.REMEDIES,
    link_mending.REMEDIES,
    link_rules.REMEDIES,
    link_roles.REMEDIES,
    link_excess.REMEDIES,
    link_keys.REMEDIES,
    link_destinations.REMEDIES,
    bucket_settings.REMEDIES,
    encryption.REMEDIES,
    object_lock.REMEDIES,
    bucket_policies.REMEDIES,
    access_logs.REMEDIES,
    access_points.REMEDIES,
    alarms.REMEDIES,
    lifecycle.REMEDIES,
)

REMEDIES: Mapping[str, Remedy] = {remedy.name: remedy for topic in _TOPICS for remedy in topic}
"""Remedies by name."""
