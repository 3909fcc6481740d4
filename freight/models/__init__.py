"""The trade's rows, in three modules: what they share, what prices are made from, the trade."""

from freight.models.moves import (
    Language,
    Mode,
    Moves,
)
from freight.models.rates import (
    LaneRate,
    LaneRateQuerySet,
    Place,
    Tariff,
)
from freight.models.trade import (
    GIVEN_UP,
    SEEN_TO,
    AddressProof,
    ChatLink,
    LanguageModelUse,
    MailSwitch,
    Order,
    OutgoingMail,
    OutgoingMailQuerySet,
    Quotation,
    QuoteRequest,
    QuoteRequestQuerySet,
    Sending,
    Shipment,
    State,
)

__all__ = [
    "GIVEN_UP",
    "SEEN_TO",
    "AddressProof",
    "ChatLink",
    "LaneRate",
    "LaneRateQuerySet",
    "Language",
    "LanguageModelUse",
    "MailSwitch",
    "Mode",
    "Moves",
    "Order",
    "OutgoingMail",
    "OutgoingMailQuerySet",
    "Place",
    "Quotation",
    "QuoteRequest",
    "QuoteRequestQuerySet",
    "Sending",
    "Shipment",
    "State",
    "Tariff",
]
