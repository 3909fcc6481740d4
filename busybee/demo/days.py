"""Dates as people write them in mails, for the placeholders of the sample mails."""

import datetime as dt

THAI_MONTHS = (
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม"
).split()
ENGLISH_MONTHS = (
    "January February March April May June July August September October November December"
).split()


class Day(dt.date):
    """A date that can be named in a template: `{etd.korean}`, `{etd.british}`, `{etd:%Y-%m-%d}`."""

    @property
    def korean(self) -> str:
        return f"{self.year}년 {self.month}월 {self.day}일"

    @property
    def korean_short(self) -> str:
        """Without the year, with the weekday: 3월 6일(금)."""
        return f"{self.month}월 {self.day}일({'월화수목금토일'[self.weekday()]})"

    @property
    def japanese(self) -> str:
        return f"{self.year}年{self.month}月{self.day}日"

    @property
    def thai(self) -> str:
        """With the year of the Buddhist era: 6 มีนาคม 2569."""
        return f"{self.day} {THAI_MONTHS[self.month - 1]} {self.year + 543}"

    # not strftime("%B"): that follows the locale of whoever runs the demo
    @property
    def british(self) -> str:
        return f"{self.day} {ENGLISH_MONTHS[self.month - 1]} {self.year}"

    @property
    def american(self) -> str:
        return f"{ENGLISH_MONTHS[self.month - 1]} {self.day}, {self.year}"

    def plain(self) -> dt.date:
        """The same day as a bare `datetime.date`."""
        return dt.date(self.year, self.month, self.day)


def day_named(when: int | str, sent: dt.date) -> Day:
    """The day that `when` means in a mail of day `sent`: days ahead, or `next week friday`."""
    start = Day(sent.year, sent.month, sent.day)
    if isinstance(when, int):
        return start + dt.timedelta(days=when)
    if when == "next week friday":
        return start + dt.timedelta(days=11 - start.weekday())
    raise ValueError(f"no such day: {when}")
