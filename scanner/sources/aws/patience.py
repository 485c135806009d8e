"""How patient drscan is with AWS; apart from the clients so that saying so does not load boto3."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take: attempts in all, botocore's retry mode, and timeouts in seconds.

    Between attempts botocore waits up to 0.05, 0.1, 0.2, ... seconds after a failure, up to 1, 2, 4, ... (at most 20)
    after throttling. The mode `adaptive` also slows down all calls of a client that was throttled.
    """

    attempts: int = 5
    mode: Literal["adaptive", "standard"] = "adaptive"
    connect_timeout: float = 10
    read_timeout: float = 60
