"""Runs hostile scene code: a warm pool of forked jobs, each confined before it reads a line of the scene."""
