"""What Block Public Access comes to for a bucket: the most restrictive of its own and its account's settings.

The account's settings are read as S3 reports them, which already counts what an organization policy imposes (API
reference of s3control GetPublicAccessBlock, read 2026-11-21).
"""

from collections.abc import Mapping

from scanner.analysis.annotation import annotate
from scanner.analysis.kinds import ACCOUNT_PUBLIC_ACCESS_BLOCK, BUCKET
from scanner.analysis.reading import at, flag
from scanner.analysis.truth import Truth, any_true
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value

SETTINGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def derive_public_access_block(estate: Estate, _: Intent) -> Estate:
    """Adds `PublicAccessBlock`, the four settings as they take effect on the bucket."""
    accounts = {block.account: block for block in estate.of_type(ACCOUNT_PUBLIC_ACCESS_BLOCK)}

    def facts(bucket: Resource) -> Mapping[str, Value]:
        own = at(bucket.properties, "PublicAccessBlockConfiguration")
        block = accounts.get(bucket.account)
        return {
            "PublicAccessBlock": {name: any_true((flag(own, name), above(bucket, block, name))) for name in SETTINGS}
        }

    def above(bucket: Resource, block: Resource | None, name: str) -> Truth:
        if block is not None:
            return flag(block.properties, name)
        return estate.blind(ACCOUNT_PUBLIC_ACCESS_BLOCK, bucket.account, "") or False

    return annotate(estate, BUCKET, facts)
