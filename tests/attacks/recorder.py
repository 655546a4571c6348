# SPDX-License-Identifier: Apache-2.0
"""A recorder between a client and a node: it keeps all messages that the client sends.

It takes the place of a node that somebody else runs, and that keeps what it receives.
"""

import socket
import threading
from urllib.parse import urlsplit


def receive(connection, size):
    """Exactly `size` bytes, or nothing if the connection ends before."""
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            return b""
        data += part
    return data


class Recorder:
    """Forwards WebSocket connections to a node. Use it as a context manager."""

    def __init__(self, url):
        address = urlsplit(url)
        self.node = (address.hostname, address.port)
        self.messages, self.failure = [], None

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind, error, trace):
        self.listener.close()
        return False

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.listener.getsockname()[1]}"

    def sent(self):
        """All that clients have sent, in one text of lower-case letters."""
        return b"\n".join(self.messages).lower()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            node = socket.create_connection(self.node)
            threading.Thread(target=self._copy, args=(node, client), daemon=True).start()
            threading.Thread(target=self._record, args=(client, node), daemon=True).start()

    def _copy(self, source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        target.close()

    def _record(self, client, node):
        """Forwards a client's bytes, and keeps the payload of each frame (RFC 6455, section 5.2)."""
        try:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                part = client.recv(1)
                if not part:
                    return
                head += part
            # Without extensions the payload of a frame is the message itself.
            lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"sec-websocket-extensions")]
            node.sendall(b"\r\n".join(lines))
            while frame := self._frame(client):
                node.sendall(frame)
        except OSError as error:
            self.failure = error
        finally:
            node.close()

    def _frame(self, client):
        start = receive(client, 2)
        if not start:
            return b""
        size, extended = start[1] & 0x7F, b""
        if size >= 126:
            extended = receive(client, 2 if size == 126 else 8)
            size = int.from_bytes(extended, "big")
        mask = receive(client, 4) if start[1] & 0x80 else b""
        data = receive(client, size) if size else b""
        plain = bytes(byte ^ mask[place % 4] for place, byte in enumerate(data)) if mask else data
        self.messages.append(plain)
        return start + extended + mask + data
