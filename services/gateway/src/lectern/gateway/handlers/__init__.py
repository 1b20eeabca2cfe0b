"""Decisions: plain functions from a video's log and its user's input to the event that follows. None does any I/O."""

from lectern.gateway.handlers.approve import approve
from lectern.gateway.handlers.cancel import cancel
from lectern.gateway.handlers.create import create
from lectern.gateway.handlers.delete import delete
from lectern.gateway.handlers.describe import describe
from lectern.gateway.handlers.dub import dub
from lectern.gateway.handlers.edit import edit
from lectern.gateway.handlers.own_code import write_code
from lectern.gateway.handlers.redo import redo
from lectern.gateway.handlers.retry import retry
from lectern.gateway.handlers.takes import choose
from lectern.gateway.handlers.variants import vary

__all__ = [
    "approve",
    "cancel",
    "choose",
    "create",
    "delete",
    "describe",
    "dub",
    "edit",
    "redo",
    "retry",
    "vary",
    "write_code",
]
