# SPDX-License-Identifier: MIT
"""A cluster of three private MariaDB nodes with Galera on this machine.

The nodes' data directories are copies of the first one's, made while it is down; so no state has to
be transferred when a node joins (wsrep_sst_copied only hands the position over).
"""
import os
import shutil

from .servers import Server, free_port
from .waiting import wait_until

PROVIDER = "/usr/lib/galera/libgalera_smm.so"
STATE = ("gvwstate.dat", "galera.cache")
SECONDS = 180

# A lost node is noticed within a few seconds, a node that is only slow is not taken for lost.
QUICK = ("evs.suspect_timeout=PT2S", "evs.inactive_timeout=PT4S", "evs.keepalive_period=PT0.2S",
         "evs.inactive_check_period=PT0.2S", "gmcast.peer_timeout=PT1S",
         "pc.announce_timeout=PT0.5S",
         "evs.install_timeout=PT2S", "evs.join_retrans_period=PT0.3S", "gcache.size=16M")


def available():
    return os.path.exists(PROVIDER)


class Node(Server):
    """One node; `start` makes it join the cluster of `peers`, or found a new one without any."""

    def __init__(self, name, folder, datadir):
        super().__init__(name, folder, datadir)
        self.group_port = free_port()
        self._transfer_port = free_port()

    def join(self, *peers):
        provider = (f"gmcast.listen_addr=tcp://127.0.0.1:{self.group_port}",
                    f"ist.recv_addr=127.0.0.1:{self._transfer_port}", *QUICK)
        addresses = ",".join(f"127.0.0.1:{peer.group_port}" for peer in peers)
        self.options = (
            "--wsrep-on=ON", f"--wsrep-provider={PROVIDER}",
            f"--wsrep-provider-options={';'.join(provider)}",
            "--wsrep-cluster-name=prueba", f"--wsrep-cluster-address=gcomm://{addresses}",
            f"--wsrep-node-name={self.name}", "--wsrep-node-address=127.0.0.1",
            "--wsrep-sst-method=copied", "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2",
            *(() if peers else ("--wsrep-new-cluster",)))
        return self.start()

    def wsrep(self, name):
        """A state variable of the node, as text."""
        rows = self.query("SHOW GLOBAL STATUS LIKE %s", (f"wsrep_{name}",))
        return rows[0][1] if rows else ""

    @property
    def primary(self):
        return self.wsrep("cluster_status") == "Primary" and self.wsrep("ready") == "ON"

    def isolate(self, isolated=True):
        """The others cannot be reached, while clients can come as before."""
        self.query(f"SET GLOBAL wsrep_provider_options = 'gmcast.isolate={int(isolated)}'")


class Cluster:
    """Three nodes of the same content; to be used as a context manager."""

    def __init__(self, folder, template, prepare):
        """`prepare(server)` makes the databases, before the node is copied."""
        # Where a node finds wsrep_sst_copied.
        os.environ["PATH"] += os.pathsep + os.path.dirname(__file__)
        first = Node("vps", folder, template)
        self.nodes = [first]
        first.join()
        prepare(first)
        first.stop()
        for name in STATE:
            (first.datadir / name).unlink(missing_ok=True)
        self.nodes += [Node(f"vps{i}", folder, first.datadir) for i in (2, 3)]
        self.found(first)

    def found(self, first):
        """The cluster starts anew with this node's content, the last that was stopped."""
        first.join()
        for node in self.nodes:
            if node is not first:
                node.join(first)
        self.wait_whole()

    def stop(self):
        """An orderly shutdown of all; returns the node from which the cluster can start again."""
        for node in self.nodes:
            node.stop()
        return self.nodes[-1]

    def wait_size(self, nodes):
        """Until these nodes are a cluster of their own that works."""
        wait_until(lambda: all(node.primary and node.wsrep("local_state_comment") == "Synced"
                               and node.wsrep("cluster_size") == str(len(nodes)) for node in nodes),
                   f"a cluster of {len(nodes)} nodes", SECONDS)

    def wait_whole(self):
        self.wait_size(self.nodes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for node in self.nodes:
            node.kill()
            shutil.rmtree(node.folder, ignore_errors=True)
