"""The one channel that is made of all channels of a recording, so that none of its sound is lost.

Channels are added up. Where that would lose sound, because one side is the other one turned over, the sides are
first brought a quarter of a turn apart: then they add up to the same whether they are equal or opposite. Where even
that loses more than 20 dB, the loudest channel is taken alone. What results is as loud as a player plays it.
"""

import math
from dataclasses import dataclass

from bot.media.levels import Level, Levels, added, side

_LOST = 20.0  # dB; what has become so much quieter is no longer understood
# Both sides go through the filter, as it delays a little.
_SHIFTS = ("aphaseshift=shift=0", "aphaseshift=shift=0.5")
_RATE = 16_000  # to which the sound is converted anyway; turning it takes a third of the time then


@dataclass(frozen=True, slots=True)
class Mix:
    """How a track becomes one channel: its number, and the filters.

    `is_usual` tells that there are one or two channels, and that nothing is lost where somebody else adds them up.
    """

    track: int
    filters: str
    is_usual: bool


AS_IT_IS = Mix(track=0, filters="anull", is_usual=True)


def mix_of(track: int, levels: Levels, *, steady: bool) -> Mix:
    """Choose the mix for a track with these levels; one that is not `steady` is brought to two channels first."""
    filters, is_usual = _choose(levels) if len(levels.channels) > 1 else (AS_IT_IS.filters, True)
    return Mix(track, filters if steady else f"aformat=channel_layouts=stereo,{filters}", is_usual)


def _choose(levels: Levels) -> tuple[str, bool]:
    channels = levels.channels
    loudest = max(channels, key=lambda channel: channel.mean)
    is_turned = levels.opposed.mean > levels.whole.mean - _LOST
    mixed = _sum_when_turned(levels.sides) if is_turned else levels.added
    if mixed.mean < loudest.mean - _LOST:
        return f"pan=mono|c0={_gain(levels, loudest)}*c{channels.index(loudest)}", False
    if is_turned:
        return _turned(len(channels), _gain(levels, mixed)), False
    every_one_is_heard = min(channel.mean for channel in channels) > loudest.mean - _LOST
    filters = f"pan=mono|c0={added(range(len(channels)), 1 / len(channels))},volume={_gain(levels, mixed)}"
    return filters, len(channels) == 2 and every_one_is_heard


def _sum_when_turned(sides: tuple[Level, Level]) -> Level:
    """Return the level of two sides together of which nothing is lost; the peak is the largest that is possible."""
    power = sum(side.power for side in sides)
    peak = sum(math.pow(10, side.peak / 20) for side in sides)
    return Level(10 * math.log10(power), 20 * math.log10(peak))


def _gain(levels: Levels, mixed: Level) -> str:
    """Return the factor that gives the mix its right level, without making its loudest sample too large.

    Players differ in what a channel alone counts for in the whole. The right level lies half-way between that of the
    loudest channel and that of all of them.
    """
    powers = [channel.power for channel in levels.channels]
    wanted = 5 * math.log10(max(powers)) + 5 * math.log10(sum(powers) / len(powers))
    return f"{math.pow(10, min(wanted - mixed.mean, -mixed.peak) / 20):.6f}"


def _turned(channels: int, gain: str) -> str:
    sides = ";".join(
        f"[side{number}]pan=mono|c0={side(number, channels)},aresample={_RATE},{shift}[turned{number}]"
        for number, shift in enumerate(_SHIFTS)
    )
    together = f"[turned0][turned1]amix=inputs=2:normalize=0,volume={gain}"
    return f"asplit[side0][side1];{sides};{together}"
