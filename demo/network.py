# SPDX-License-Identifier: Apache-2.0
"""A running BSPP network for the demo and the tests.

`bspp-network` starts real nodes and gateways on loopback: three consortium validators (hospital A
has two, hospital B has one), one node for each hospital chain and one gateway for each hospital. It
describes the network, and it stops and starts parts of it on order. This module starts no node
itself.
"""

import json
import os
import secrets
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

# The consortium node of each hospital.
CONSORTIUM = {"a": "alice", "b": "charlie"}


class NetworkError(Exception):
    """A part of the network did not start or did not answer. The text names it."""


def wait_for(what, condition, timeout, every=0.25):
    """Polls until the condition returns a true value, and returns it. `what` names it in the error."""
    end = time.monotonic() + timeout
    last = None
    while time.monotonic() < end:
        try:
            value = condition()
            if value:
                return value
        except (OSError, NetworkError, ValueError, KeyError) as error:
            last = error
        time.sleep(every)
    raise NetworkError(f"{what}: not within {timeout} s" + (f" (last error: {last})" if last else ""))


class Node:
    """A running bspp-node with its JSON-RPC."""

    def __init__(self, name, told):
        self.name, self.rpc_port, self.data, self.log = name, told["rpcPort"], Path(told["data"]), Path(told["log"])

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.rpc_port}"

    def rpc(self, method, *params):
        """Makes one JSON-RPC call over HTTP. Raises NetworkError with the node's message."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.rpc_port}", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            reply = json.load(answer)
        if "error" in reply:
            raise NetworkError(f"{self.name}: {method}: {reply['error'].get('message')}: {reply['error'].get('data')}")
        return reply["result"]

    def best(self):
        """Height of the best block."""
        return int(self.rpc("chain_getHeader")["number"], 16)

    def finalized(self):
        """Height of the finalized block."""
        head = self.rpc("chain_getFinalizedHead")
        return int(self.rpc("chain_getHeader", head)["number"], 16)


class Network:
    """The whole network. Use it as a context manager, which stops everything at the end."""

    def __init__(self, binaries, folder, slot_millis=3000):
        self.binaries, self.folder, self.slot_millis = Path(binaries), Path(folder), slot_millis
        self.cli_bin = self.binaries / "bspp"
        self.nodes, self.gateways, self.hospitals, self.hospital_ids = {}, {}, {}, {}
        # Wallets and doctors' key files are encrypted under it.
        self.passphrase = secrets.token_hex(16)
        self.child = None
        for name in ("bspp-node", "bspp", "bspp-network"):
            if not (self.binaries / name).exists():
                raise NetworkError(f"{self.binaries / name} is not there; run `make build` first")

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "logs").mkdir(parents=True)
        command = [
            self.binaries / "bspp-network", "run", self.folder / "network", "--slot-millis", str(self.slot_millis),
        ]
        log = self.folder / "logs" / "network.log"
        environment = {**os.environ, "BSPP_BINARIES": str(self.binaries)}
        with open(log, "wb") as errors:
            self.child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
            )
        try:
            told = self._answer("the network's start")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        self.nodes = {name: Node(name, about) for name, about in told["nodes"].items()}
        self.gateways, self.hospitals = told["gateways"], told["hospitals"]
        self.hospital_ids = {letter: about["id"] for letter, about in self.hospitals.items()}
        return self

    def __exit__(self, kind, error, trace):
        if self.child is None:
            return False
        try:
            # The network ends when its input ends.
            self.child.stdin.close()
            self.child.wait(30)
        except (OSError, subprocess.TimeoutExpired):
            self.child.kill()
            self.child.wait(10)
        return False

    def _answer(self, what):
        line = self.child.stdout.readline()
        if not line:
            tail = (self.folder / "logs" / "network.log").read_text(errors="replace").splitlines()[-12:]
            raise NetworkError(f"{what} failed:\n  " + "\n  ".join(tail))
        return json.loads(line)

    def order(self, *words):
        """Sends an order to `bspp-network`: `start`, `stop` or `kill` with a name, or `check`."""
        self.child.stdin.write(" ".join(words) + "\n")
        self.child.stdin.flush()
        answer = self._answer(" ".join(words))
        if "error" in answer:
            raise NetworkError(f"{' '.join(words)}: {answer['error']}")

    def check(self):
        """Raises NetworkError if a process has ended by itself."""
        self.order("check")

    # -- parts ------------------------------------------------------------------------------------------------------

    def consortium_node(self, letter):
        """The consortium node of a hospital."""
        return self.nodes[CONSORTIUM[letter]]

    def hospital_node(self, letter):
        """The node of a hospital chain."""
        return self.nodes[self.hospitals[letter]["node"]]

    def consortium_of(self, letter):
        """URL of the consortium node of a hospital."""
        return self.consortium_node(letter).url

    def card(self, letter):
        """The enrolment card of a hospital, which the hospital makes once."""
        path = self.folder / f"card-{letter}.json"
        if not path.exists():
            self.cli(
                "hospital", "card", "--hospital", self.hospital_node(letter).url, "--consortium",
                self.consortium_of(letter), "--name", f"Hospital {letter.upper()}",
                "--gateway", self.gateways[letter]["public"], "--out", path,
            )
        return path

    def gateway_folder(self, letter):
        """The folder with the data and secrets of a gateway."""
        return self.folder / "network" / f"gateway-{letter}"

    def token(self, letter):
        """The file with the token of a gateway's local address."""
        return self.gateway_folder(letter) / "local.token"

    def erase(self, letter, rid):
        """Has a hospital delete the share of a record: then no copy of the record opens any more."""
        request = urllib.request.Request(
            f"{self.gateways[letter]['local']}/v1/shares/{rid}", method="DELETE",
            headers={"Authorization": f"Bearer {self.token(letter).read_text().strip()}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            if not json.load(answer)["deleted"]:
                raise NetworkError(f"the share of {rid} is not deleted")

    def settle(self):
        """Waits until the consortium has finalized everything that is in its best block now."""
        node = self.consortium_node("a")
        best = node.best()
        wait_for(f"block {best} final", lambda: node.finalized() >= best, 60)

    def logs(self):
        """All logs of this network: of nodes, gateways and commands."""
        parts = [node.log for node in self.nodes.values()] + [Path(about["log"]) for about in self.gateways.values()]
        return parts + sorted((self.folder / "logs").glob("*.log"))

    # -- commands ---------------------------------------------------------------------------------------------------

    def run(self, command, check=True):
        """Runs a command and returns the completed process. Raises with its message if it fails."""
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600,
            env={**os.environ, "BSPP_PASSPHRASE": self.passphrase},
        )
        with open(self.folder / "logs" / "commands.log", "a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(str(part) for part in command[:4])} …\n{done.stderr}\n")
        if check and done.returncode != 0:
            raise NetworkError(f"`{' '.join(str(p) for p in command[:5])} …` gave {done.returncode}: {done.stderr.strip()}")
        return done

    def cli(self, *arguments):
        """Runs `bspp --json …` and returns the JSON that it prints."""
        return json.loads(self.run([self.cli_bin, "--json", *arguments]).stdout or "null")

    def cli_refused(self, *arguments):
        """Runs `bspp --json …`, which must fail. Returns (exit code, error object)."""
        done = self.run([self.cli_bin, "--json", *arguments], check=False)
        if done.returncode == 0:
            raise NetworkError(f"`bspp {' '.join(str(a) for a in arguments[:3])} …` succeeded but had to be refused")
        return done.returncode, json.loads(done.stderr.strip().splitlines()[-1])


def environment_path(name, default):
    """The path that an environment variable names, or the default."""
    return Path(os.environ.get(name) or default)
