"""``python -m tests.verify [NAME]``: the long arm of every check, or of one."""

import sys

import pytest

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else "all"
    code = pytest.main([f"--verify={name}", "-p", "no:xdist"])
    if code == pytest.ExitCode.NO_TESTS_COLLECTED:
        print(f"Nothing is left to run for {name}; see docs/verification.")
        code = pytest.ExitCode.OK
    sys.exit(code)
