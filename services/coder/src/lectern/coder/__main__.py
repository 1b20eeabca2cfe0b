"""`python -m lectern.coder`: runs the coder as its own process."""

from lectern.coder.app import build
from lectern.coder.settings import CoderSettings
from lectern.worker import main

if __name__ == "__main__":
    main(build, CoderSettings)
