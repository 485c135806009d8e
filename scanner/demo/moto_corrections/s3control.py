"""Multi-Region Access Points know the region and the owner of each member bucket; moto says us-east-1 for all."""

from collections.abc import Callable
from typing import Any

from moto.s3control.models import MultiRegionAccessPointOperation, S3ControlBackend

from scanner.demo.moto_corrections.patching import Correction
from scanner.demo.moto_corrections.s3_sub_resources import bucket_named


def _create(
    original: Callable[..., Any], self: S3ControlBackend, account_id: str, name: str, **kwargs: Any
) -> MultiRegionAccessPointOperation:
    operation: MultiRegionAccessPointOperation = original(self, account_id=account_id, name=name, **kwargs)
    point = self.get_multi_region_access_point(account_id, name)
    # The operation that is waited for shares these dictionaries, so they are changed in place.
    for member in point.regions:
        bucket = bucket_named(member["Bucket"])
        if bucket is not None:
            member.update(Region=bucket.region_name, BucketAccountId=bucket.account_id)
    return operation


CORRECTIONS = (Correction(S3ControlBackend, "create_multi_region_access_point", _create),)
