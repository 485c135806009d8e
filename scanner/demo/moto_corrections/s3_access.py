"""Who may ask S3 about a bucket at all: moto answers everybody, from every region.

Simpler than AWS, on the strict side: another account's bucket is refused whatever its policy says.
"""

from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from scanner.demo.moto_corrections.s3_answers import Answer, access_denied, permanent_redirect


def refusal(self: S3Response, bucket: FakeBucket, *, any_region: bool = False) -> Answer | None:
    """Why S3 would not serve this request on an existing bucket; None when it would.

    Refused are other accounts, a wrong `x-amz-expected-bucket-owner`, and requests signed for another region than the
    bucket's (redirected, except where `any_region` holds: GetBucketLocation).
    """
    owner = bucket.account_id
    signed = "Authorization" in self.headers
    if signed and self.current_account != owner:
        return access_denied()
    if self.headers.get("x-amz-expected-bucket-owner", owner) != owner:
        return access_denied()
    if signed and not any_region and self.region != bucket.region_name:
        return permanent_redirect(bucket.name, bucket.region_name)
    return None
