"""What the command needs of the machine it runs on: a home, programs kept running, and the two servers."""
