# SPDX-License-Identifier: MIT
"""What happens on the line between the daemon and a server."""
from support.packets import Packets
from support.relay import BlackHole, CutCommit, Delay, Refuse, Reset, StopAfter, Throttle

from kinds import SERVERS, TARGETS, fault


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
