# SPDX-License-Identifier: Apache-2.0
"""A lying node: it forwards to a real node, and changes the answers to some requests."""

import json

from recorder import Recorder, receive


def framed(text):
    """A text frame of a server (RFC 6455, section 5.2)."""
    size = len(text)
    if size < 126:
        head = bytes([0x81, size])
    elif size < 1 << 16:
        head = bytes([0x81, 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([0x81, 127]) + size.to_bytes(8, "big")
    return head + text


class LyingNode(Recorder):
    """`lie(method, params, result)` gives the result that the client receives."""

    def __init__(self, url, lie):
        super().__init__(url)
        self.lie, self.lies = lie, 0

    def _requests(self):
        """The requests so far, by identifier."""
        found = {}
        for message in list(self.messages):
            try:
                request = json.loads(message)
            except ValueError:
                continue
            if isinstance(request, dict) and "id" in request:
                found[request["id"]] = request
        return found

    def _changed(self, text):
        try:
            answer = json.loads(text)
        except ValueError:
            return text
        if not isinstance(answer, dict) or "result" not in answer:
            return text
        request = self._requests().get(answer.get("id"))
        if request is None:
            return text
        told = self.lie(request["method"], request.get("params", []), answer["result"])
        if told == answer["result"]:
            return text
        self.lies += 1
        return json.dumps({**answer, "result": told}).encode()

    def _copy(self, source, target):
        try:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                part = source.recv(1)
                if not part:
                    return
                head += part
            target.sendall(head)
            text = b""
            while start := receive(source, 2):
                size = start[1] & 0x7F
                extended = b""
                if size >= 126:
                    extended = receive(source, 2 if size == 126 else 8)
                    size = int.from_bytes(extended, "big")
                data = receive(source, size) if size else b""
                kind, last = start[0] & 0x0F, start[0] & 0x80
                if kind not in (0, 1):
                    target.sendall(start + extended + data)
                    continue
                # A message may come in several frames.
                text += data
                if last:
                    target.sendall(framed(self._changed(text)))
                    text = b""
        except OSError:
            pass
        finally:
            target.close()
