"""A sender's brand in a request: colours that can be read, a font that is there, a logo that was uploaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from lectern.contracts import keys
from lectern.contracts.options import Brand
from lectern.gateway.schemas.request_body import RequestBody
from lectern.theme import COLOUR_NAMES, FONTS, UnusableColour, apply_brand, refuse_font

HexColour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$", examples=["#0B5FFF"])]


def _check_font(name: str) -> str:
    if fault := refuse_font(name):
        raise PydanticCustomError("no-such-font", "{fault}", {"fault": fault})
    return name


class BrandRequest(RequestBody):
    """Colours, font and logo of the sender. What it leaves open is the theme's."""

    colours: dict[str, HexColour] = Field(
        default_factory=dict,
        description="colours by name; each needs a contrast of 4.5 : 1 with background and surface, border 3 : 1",
        json_schema_extra={"propertyNames": {"enum": [*COLOUR_NAMES]}},
    )
    font: Annotated[str, AfterValidator(_check_font)] = Field(
        "", description="font of words on screen; the theme's if empty", json_schema_extra={"enum": ["", *FONTS]}
    )
    logo: str | None = Field(
        None, pattern=r"^[0-9a-f]{64}$", description="the id of an image from POST /v1/assets, shown in a corner"
    )

    @model_validator(mode="after")
    def _check_names(self) -> BrandRequest:
        if fault := find_colour_fault("dark", {name: "#FFFFFF" for name in self.colours if name not in COLOUR_NAMES}):
            raise PydanticCustomError("brand-colour", "{fault}", {"fault": fault})
        return self


def find_colour_fault(theme: str, colours: Mapping[str, str]) -> str:
    """Say which colour cannot be used in a theme, why, and what would do; "" where all can."""
    try:
        apply_brand(theme, colours)
    except UnusableColour as error:
        return f"{error.name}: {error}"
    return ""


def keep_brand(brand: BrandRequest | None) -> Brand | None:
    """The brand as events carry it; None for none."""
    if brand is None:
        return None
    return Brand(colours=dict(brand.colours), font=brand.font, logo_key=keys.asset(brand.logo) if brand.logo else "")
