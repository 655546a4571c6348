# SPDX-License-Identifier: Apache-2.0
"""A whole BSPP network on this machine: real nodes, real gateways, all on loopback.

Three consortium validators (hospital A has two, hospital B one), one node for each hospital's own chain and one
gateway for each hospital. Used by the demo and by the network tests.
"""

import hashlib
import json
import os
import random
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

DEV_KEYS = ("alice", "bob", "charlie")


# Ports already given to a process of this network.
GIVEN = set()


class NetworkError(Exception):
    """Something in the network did not come up or did not answer. The text says what to look at."""


def free_ports(count):
    """Ports nobody listens on now, below those that the system gives to outgoing connections."""
    ports = []
    while len(ports) < count:
        port = random.randrange(20000, 32000)
        with socket.socket() as sock:
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in GIVEN:
            GIVEN.add(port)
            ports.append(port)
    return ports


def wait_for(what, condition, timeout, every=0.5):
    """Polls until the condition gives a true value and returns it; says what was missing if it never does."""
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


class ProcessEnded(Exception):
    """A process ended by itself. Waiting longer cannot help."""


class Process:
    """A child process whose output goes to a file of its own."""

    def __init__(self, name, command, log):
        self.name, self.log = name, log
        self.handle = open(log, "ab")
        self.child = subprocess.Popen(
            [str(part) for part in command],
            stdout=self.handle,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )

    def check(self):
        """Raises if the process has ended."""
        if self.child.poll() is not None:
            tail = Path(self.log).read_text(errors="replace").splitlines()[-12:]
            raise ProcessEnded(
                f"{self.name} ended with code {self.child.returncode}; the end of {self.log}:\n  " + "\n  ".join(tail)
            )

    def stop(self, kill=False):
        """Ends the process; kills it if it does not end in ten seconds."""
        if self.child.poll() is None:
            self.child.kill() if kill else self.child.terminate()
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait(10)
        self.handle.close()


class Node:
    """A running bspp-node and its JSON-RPC."""

    def __init__(self, name, rpc_port, p2p_port, base):
        self.name, self.rpc_port, self.p2p_port, self.base = name, rpc_port, p2p_port, base
        self.process = None
        self.command = None

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.rpc_port}"

    def rpc(self, method, *params):
        """One JSON-RPC call over HTTP. Raises NetworkError with the node's message."""
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
    """The whole network. Use it as a context manager: it stops everything at the end."""

    def __init__(self, binaries, folder, say=print):
        self.node_bin = Path(binaries) / "bspp-node"
        self.cli_bin = Path(binaries) / "bspp"
        self.folder = Path(folder)
        self.say = say
        self.nodes, self.gateways, self.processes = {}, {}, []
        self.hospital_ids = {
            letter: "0x" + hashlib.blake2b(f"hospital-{letter}".encode(), digest_size=32).hexdigest() for letter in "ab"
        }
        for binary in (self.node_bin, self.cli_bin):
            if not binary.exists():
                raise NetworkError(f"{binary} is not there; run `make build` first")

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "logs").mkdir(parents=True)
        return self

    def __exit__(self, kind, error, trace):
        for process in reversed(self.processes):
            process.stop()
        return False

    # -- commands ---------------------------------------------------------------------------------------------------

    def run(self, command, check=True):
        """Runs a command to its end. Returns the completed process; raises with its message on failure."""
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600
        )
        with open(self.folder / "logs" / "commands.log", "a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(str(part) for part in command[:4])} …\n{done.stderr}\n")
        if check and done.returncode != 0:
            raise NetworkError(f"`{' '.join(str(p) for p in command[:5])} …` gave {done.returncode}: {done.stderr.strip()}")
        return done

    def cli(self, *arguments):
        """Runs `bspp --json …` and returns what it prints."""
        return json.loads(self.run([self.cli_bin, "--json", *arguments]).stdout or "null")

    def cli_refused(self, *arguments):
        """Runs `bspp --json …`, which must fail; returns (exit code, error object)."""
        done = self.run([self.cli_bin, "--json", *arguments], check=False)
        if done.returncode == 0:
            raise NetworkError(f"`bspp {' '.join(str(a) for a in arguments[:3])} …` succeeded but had to be refused")
        return done.returncode, json.loads(done.stderr.strip().splitlines()[-1])

    # -- processes --------------------------------------------------------------------------------------------------

    def start(self, name, command):
        process = Process(name, command, self.folder / "logs" / f"{name}.log")
        self.processes.append(process)
        return process

    def start_node(self, name, spec, key, bootnode=None, extra=()):
        """Starts a node, authoring with a development key, and waits for its RPC."""
        node = self.nodes.get(name)
        if node is None:
            rpc, p2p = free_ports(2)
            node = Node(name, rpc, p2p, self.folder / name)
            node_key = f"{DEV_KEYS.index(key) + 1 + 16 * len(self.nodes):064x}"
            node.command = [
                self.node_bin, "--chain", spec, "--base-path", node.base, f"--{key}", "--validator",
                "--name", name, "--node-key", node_key, "--rpc-port", rpc,
                "--listen-addr", f"/ip4/127.0.0.1/tcp/{p2p}", "--no-mdns", "--no-telemetry", "--no-prometheus",
                "--rpc-methods", "unsafe", "--rpc-cors", "all", "--allow-private-ip", *extra,
            ]
            if bootnode:
                node.command += ["--bootnodes", bootnode]
            self.nodes[name] = node
        node.process = self.start(name, node.command)

        def up():
            node.process.check()
            return node.rpc("system_health") is not None

        wait_for(f"RPC of {name}", up, 60)
        return node

    def address(self, node):
        return f"/ip4/127.0.0.1/tcp/{node.p2p_port}/p2p/{node.rpc('system_localPeerId')}"

    # -- topology ---------------------------------------------------------------------------------------------------

    def export_spec(self, chain, *extra):
        path = self.folder / f"{chain}.json"
        path.write_text(self.run([self.node_bin, "export-chain-spec", "--chain", chain, "--raw", *extra]).stdout)
        return path

    def genesis_hash(self, spec):
        return self.run([self.node_bin, "genesis-hash", "--chain", spec]).stdout.strip()

    def start_chains(self):
        """Consortium first: its genesis hash goes into each hospital's genesis."""
        spec = self.export_spec("consortium-local")
        first = self.start_node("consortium-a1", spec, "alice")
        boot = self.address(first)
        self.start_node("consortium-a2", spec, "bob", boot)
        self.start_node("consortium-b1", spec, "charlie", boot)
        genesis = self.genesis_hash(spec)
        for letter, key in (("a", "alice"), ("b", "charlie")):
            hospital = self.export_spec(f"hospital-{letter}-local", "--consortium-genesis", genesis)
            self.start_node(f"hospital-{letter}", hospital, key)
        for name, node in self.nodes.items():
            wait_for(f"finality on {name}", lambda node=node: node.finalized() >= 1, 90)

    def anchor_hospitals(self):
        """The council names each hospital chain's first header and authorities."""
        for letter in "ab":
            self.cli(
                "council", "initialise-anchor", "--consortium", self.consortium_of("a"), "--hospital",
                self.nodes[f"hospital-{letter}"].url, "--key", "//CouncilOne", "--key", "//CouncilTwo",
                "--key", "//CouncilThree",
            )

    def consortium_of(self, letter):
        """URL of the consortium node of a hospital."""
        return self.nodes[f"consortium-{letter}1"].url

    def start_gateway(self, letter):
        """Starts a hospital's gateway and waits until it answers."""
        name = f"gateway-{letter}"
        if name not in self.gateways:
            public, local = free_ports(2)
            config = self.folder / f"{name}.json"
            config.write_text(json.dumps(self.cli(
                "gateway", "config", "--consortium", self.consortium_of(letter), "--hospital",
                self.nodes[f"hospital-{letter}"].url, "--key", f"//Hospital{letter.upper()}", "--dev-x25519",
                "--data", self.folder / name, "--public", f"127.0.0.1:{public}", "--local", f"127.0.0.1:{local}",
            ), indent=1))
            self.gateways[name] = {"config": config, "public": f"http://127.0.0.1:{public}", "local": f"http://127.0.0.1:{local}"}
        gateway = self.gateways[name]
        gateway["process"] = self.start(name, [self.cli_bin, "gateway", "run", "--config", gateway["config"]])

        def up():
            gateway["process"].check()
            with urllib.request.urlopen(f"{gateway['public']}/v1/status", timeout=5) as answer:
                return json.load(answer)

        wait_for(f"{name}", up, 90)
        return gateway

    def check(self):
        """Raises if any process has ended by itself."""
        for process in self.processes:
            if not process.handle.closed:
                process.check()


def environment_path(name, default):
    """A path from the environment, or the default."""
    return Path(os.environ.get(name) or default)
