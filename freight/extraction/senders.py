"""Where the sender of a mail sits, as far as his address and his clock tell."""

import datetime as dt

# endings of two letters that are sold to anyone
_SOLD = frozenset({"io", "co", "me", "tv", "ai", "cc", "ws", "fm", "to", "gg", "la", "ly"})
# hours ahead of UTC -> a country there that writes dates as its neighbours do. Not 0: machines
# write UTC as well; nor 8 and 9, where both orders are written.
_BY_CLOCK = {
    **dict.fromkeys((-10.0, -9.0, -8.0, -7.0, -6.0, -5.0), "US"),
    **dict.fromkeys((1.0, 2.0, 3.0, 4.0), "DE"),
    **dict.fromkeys((5.0, 5.5, 5.75, 6.0), "IN"),
    **dict.fromkeys((6.5, 7.0), "TH"),
    **dict.fromkeys((9.5, 10.0, 10.5, 11.0, 12.0, 13.0), "AU"),
}


def country_of(address: str, sent: dt.datetime | None = None) -> str:
    """ISO 3166 code by the address's ending, else a country of the Date header's zone; or "".

    `sent` keeps the offset of the header: a time that was turned into UTC says nothing.
    """
    ending = address.rstrip(" >.").rpartition(".")[2].lower()
    if len(ending) == 2 and ending.isascii() and ending.isalpha() and ending not in _SOLD:
        return {"uk": "GB", "eu": "DE"}.get(ending, ending.upper())
    offset = sent.utcoffset() if sent else None
    return _BY_CLOCK.get(offset.total_seconds() / 3600, "") if offset is not None else ""
