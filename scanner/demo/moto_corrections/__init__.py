"""Makes moto, our emulated AWS, answer as AWS does wherever reading a disaster-recovery estate would notice.

Moto loses most of a replication configuration, gives new buckets none of AWS's defaults, answers unknown questions
with an empty success and lets every account read every bucket (measured with moto 5.2.5, 2026-11). Tests on such
answers prove nothing, so the corrections go into moto's own classes: real boto3 meets them over HTTP and in-process.
"""

import re
import threading

from scanner.errors import DrscanError

OLDEST, BEFORE = (5, 2, 5), (6, 0, 0)
"""The versions of moto that the corrections were written for: from the first, to before the second."""

_LOCK = threading.Lock()


def apply() -> None:
    """Correct the moto of this process. May be called any number of times, from any thread.

    Raises `DrscanError` when moto is not installed, is of a version that the corrections do not know, or lacks
    something that they replace; moto is then left as it was.
    """
    check_version(_moto_version())
    from scanner.demo.moto_corrections import (
        calls,
        kms,
        macie,
        organizations,
        s3_buckets,
        s3_objects,
        s3_sub_resources,
        s3control,
        s3control_jobs,
        sns,
    )
    from scanner.demo.moto_corrections.patching import install

    with _LOCK:
        s3control_jobs.add()
        install(
            (
                *s3_sub_resources.CORRECTIONS,
                *s3_buckets.CORRECTIONS,
                *s3_objects.CORRECTIONS,
                *s3control.CORRECTIONS,
                *kms.CORRECTIONS,
                *macie.CORRECTIONS,
                *sns.CORRECTIONS,
                *organizations.CORRECTIONS,
                *calls.CORRECTIONS,
            )
        )


def check_version(version: str) -> None:
    """Raises `DrscanError` unless this version of moto is one that the corrections were written for."""
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    if not OLDEST <= numbers < BEFORE:
        oldest, before = (".".join(map(str, bound)) for bound in (OLDEST, BEFORE))
        raise DrscanError(
            f"the emulated AWS needs moto from {oldest} to before {before}, and {version} is installed",
            hint='install a version that fits: pip install "drscan[demo]"',
        )


def _moto_version() -> str:
    try:
        import moto
        import moto.server  # needs what only the extra moto[server] brings
    except ImportError as error:
        raise DrscanError(
            f"the emulated AWS needs moto, which is not installed ({error})", hint='pip install "drscan[demo]"'
        ) from error
    return moto.__version__
