"""Runs the benchmarks by name, or all of them: `python -m tests.benchmarks [NAME ...]`."""

import sys
from importlib import import_module

NAMES = ("startup", "live", "judging", "policies", "links", "templates")


def main() -> None:
    wanted = sys.argv[1:] or NAMES
    for name in wanted:
        if name not in NAMES:
            sys.exit(f"no benchmark {name!r}; there are {', '.join(NAMES)}")
        print(f"== {name}", flush=True)
        import_module(f"tests.benchmarks.{name}").main()
        print(flush=True)


if __name__ == "__main__":
    main()
