"""Turns a brief into a script of scenes and beats."""
