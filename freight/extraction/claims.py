"""The shape of a language model's answer: of each fact a value, and the words it was read from.

Imported only where a model is asked: no other process needs pydantic.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Claim(BaseModel):
    """One fact as the model reads it. The quote is what counts; the value only has to agree."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    quote: str = Field(description="the words of the text, letter by letter, with their label")
    value: str = Field(description="what they say, in the form that the instructions name")


class Claims(BaseModel):
    """The answer for one mail; null for what its texts do not state.

    What is not listed here (a price, a recipient, a label) makes the whole answer worthless.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    gross_weight_kg: Claim | None = Field(description="total gross weight; value in kg: 18500")
    container: Claim | None = Field(description="value: 20ft, 40ft, 40ftHC or 45ft")
    etd: Claim | None = Field(description="day of departure; value: YYYY-MM-DD")
    eta: Claim | None = Field(description="day of arrival; value: YYYY-MM-DD")
    origin: Claim | None = Field(description="where the transport begins; value: the city")
    destination: Claim | None = Field(description="where it ends; value: the city")

    def stated(self) -> dict[str, Claim]:
        """The claims by fact, without those that the model left out."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: claim for name, claim in named.items() if claim is not None}


def schema() -> dict[str, Any]:
    """The JSON schema of `Claims`, as it is sent."""
    return {**Claims.model_json_schema(), "title": "facts"}
