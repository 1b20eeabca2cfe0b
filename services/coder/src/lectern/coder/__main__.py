"""`python -m lectern.coder`: the coder as a process of its own."""

from lectern.coder.app import build
from lectern.coder.settings import CoderSettings
from lectern.worker import main

if __name__ == "__main__":
    main(build, CoderSettings)
