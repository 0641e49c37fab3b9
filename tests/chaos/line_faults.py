# SPDX-License-Identifier: MIT
"""What happens on the line between the daemon and a server."""
from support.packets import Packets
from support.relay import BlackHole, CutCommit, Delay, Refuse, Reset, StopAfter, Throttle

from kinds import SERVERS, TARGETS, fault
from names import ELSEWHERE, HOME, NOBODY


def on_line(name, places, make):
    """A kind of fault out of one of the relay's."""
    def act(stage, place, random):
        with stage.relays[place].fault(make(random)):
            yield
    act.__name__ = name
    fault("line", places)(act)


on_line("delayed", SERVERS, lambda random: Delay(random.uniform(0.005, 0.1)))
on_line("throttled", SERVERS, lambda random: Throttle(random.randint(5_000, 200_000)))
on_line("refused", SERVERS, lambda random: Refuse())
on_line("reset", SERVERS, lambda random: Reset())
on_line("black_hole", SERVERS, lambda random: BlackHole())
on_line("stopped_in_answer", SERVERS, lambda random: StopAfter(random.randint(1, 5_000)))
on_line("cut_at_packet", SERVERS,
        lambda random: Packets(random.randint(1, 300), carried=random.random() < 0.5))
on_line("cut_in_commit", TARGETS,
        lambda random: CutCommit(answered=random.random() < 0.5, times=random.randint(1, 5)))


@fault("line", SERVERS)
def all_cut(stage, place, random):
    stage.relays[place].cut(reset=random.random() < 0.5)
    yield


@fault("line", SERVERS)
def half_open(stage, place, random):
    stage.relays[place].halve()
    yield


@fault("line", SERVERS, needs=lambda stage: stage.names)
def names_reordered(stage, place, random):
    """Of the addresses that the name stands for one is dead, and which comes first changes."""
    stage.names.answer(place, *random.sample((HOME, NOBODY), 2))
    stage.relays[place].cut()
    yield
    stage.names.answer(place, *random.sample((HOME, NOBODY), 2))
    stage.relays[place].cut()


@fault("line", SERVERS, needs=lambda stage: stage.names)
def moved(stage, place, random):
    """The server has another address and comes back; the name follows, sooner or later."""
    for address in (ELSEWHERE, HOME):
        if random.random() < 0.5:
            stage.names.answer(place, address)
            stage.relays[place].move(address)
        else:
            stage.relays[place].move(address)
            stage.names.answer(place, address)
        if address == ELSEWHERE:
            yield
