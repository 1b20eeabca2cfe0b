"""Enters a cell and becomes the program: `python -I -S launch.py SETUP PROGRAM ARGUMENT…`, as `cell.py` builds it.

Without a program it tries what each layer forbids, and prints the results. A process of its own, since a thread must
not run Python between fork and exec; it imports little, since it runs before each program (some 10 ms).
"""

import marshal
import os
import sys


def main() -> None:
    """Enters the cell that the first argument describes."""
    from lectern.confinement import entering

    setup, argv = marshal.loads(bytes.fromhex(sys.argv[1])), sys.argv[2:]  # noqa: S302  # our own parent wrote it
    if not argv:
        print("\n".join(f"{name}: {state}" for name, state in entering.check_layers(setup).items()))  # noqa: T201
        return
    try:
        entering.enter(setup)
    except OSError as error:
        os.write(2, f"its cell could not be set up: {error}\n".encode())
        os._exit(97)
    try:
        os.execv(setup["program"], argv)  # noqa: S606  # the point of it
    except OSError as error:
        os.write(2, f"{argv[0]} could not be started: {error}\n".encode())
        os._exit(97)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    main()
