"""Which alarms the latest values of a device call for. Plain rules, no I/O."""

from dataclasses import dataclass

from iot.models import Alarm

IN_TRANSIT = 4
# the sensor's noise around a limit must not open and close an alarm every second
HYSTERESIS = 0.5


@dataclass(frozen=True, slots=True)
class Rules:
    """What is allowed for a device now; a limit of None is not watched."""

    in_transit: bool
    temperature_min: float | None
    temperature_max: float | None


def wanted(
    rules: Rules, *, is_open: bool | None, temperature: float | None, open_kinds: frozenset[str]
) -> frozenset[str]:
    """The kinds of alarm that should be open after these values, given those open before them.

    A value that is not known keeps its alarm as it is.
    """
    return _door(rules, is_open, open_kinds) | _temperature(rules, temperature, open_kinds)


def _door(rules: Rules, is_open: bool | None, open_kinds: frozenset[str]) -> frozenset[str]:
    door = frozenset({Alarm.Kind.DOOR.value})
    if not rules.in_transit:
        return frozenset()
    if is_open is None:
        return open_kinds & door
    return door if is_open else frozenset()


def _temperature(
    rules: Rules, temperature: float | None, open_kinds: frozenset[str]
) -> frozenset[str]:
    cold, hot = Alarm.Kind.COLD.value, Alarm.Kind.HOT.value
    if temperature is None:
        return open_kinds & {cold, hot}
    kinds = set()
    low, high = rules.temperature_min, rules.temperature_max
    if low is not None and temperature < low + (HYSTERESIS if cold in open_kinds else 0):
        kinds.add(cold)
    if high is not None and temperature > high - (HYSTERESIS if hot in open_kinds else 0):
        kinds.add(hot)
    return frozenset(kinds)
