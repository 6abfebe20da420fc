"""Ports for nodes that tests start beside each other."""

import random
import socket
from contextlib import suppress

# Below those that the kernel gives to connections: one that is free now is not somebody's a moment later.
_PORTS = range(10_240, 32_768)


def free_port() -> int:
    """A port that nobody listens on, for TCP and UDP alike."""
    while True:
        port = random.SystemRandom().choice(_PORTS)
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp, suppress(OSError):
            tcp.bind(("0.0.0.0", port))
            udp.bind(("0.0.0.0", port))
            return port
