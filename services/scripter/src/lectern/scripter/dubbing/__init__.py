"""The same video in another language: the script translated, the pictures shown again with their words replaced."""
