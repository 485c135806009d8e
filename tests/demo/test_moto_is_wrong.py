"""What the corrections are for: moto as it comes fails every test of them. One that passes tells that it can go."""

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_plain_moto_fails_every_test_of_a_correction():
    files = [
        str(HERE / name)
        for name in ("test_s3_corrections.py", "test_s3_object_corrections.py", "test_service_corrections.py")
    ]
    options = ["-k", "http", "-q", "-rp", "--tb=no", "-p", "no:cacheprovider", "-p", "no:xdist"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *files],
        env={**os.environ, "PLAIN_MOTO": "1", "AWS_MAX_ATTEMPTS": "1"},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.search(r"^\d+ failed(, \d+ deselected)? in", run.stdout, re.MULTILINE), run.stdout + run.stderr
