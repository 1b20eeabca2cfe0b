"""Answers requests of other services: what the coder can do."""

from __future__ import annotations

from lectern.contracts.requests import DESCRIBE_CODER, CoderAbilities, DescribeCoder
from lectern.worker import Responder


def build_responder(*, has_model: bool) -> Responder[DescribeCoder, CoderAbilities]:
    """The responder that tells whether a model is set up that follows a user's directions."""
    abilities = CoderAbilities(follows_directions=has_model)

    async def answer(message: DescribeCoder) -> CoderAbilities:
        return abilities

    return Responder(request=DESCRIBE_CODER, handler=answer, failed=lambda _: abilities)
