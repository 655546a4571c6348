# SPDX-License-Identifier: Apache-2.0
"""The demo on real nodes, end to end: two hospitals, one consortium, one grant, one revocation.

The demo ends with a verdict. If anything is wrong, it ends with a non-zero exit code.
"""

import argparse
import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path

from leakscan import Scan
from network import Network, NetworkError, environment_path
from plaintext import plaintext_records
from scenario import Doctor, Patient, Timeline, month, opened_resources

HERE = Path(__file__).resolve().parent
PLANTED = "canary-4711-Übelkeitß"
# Every digest contains Aura's name, and a storage item about the last upgrade contains the
# runtime's.
HOSPITAL_B_WORDS = {"hospital b blocks": b"aura", "hospital b state": b"bspp-hospital"}


class Wrong(Exception):
    """The network did not behave as it must."""


def check(holds, otherwise):
    if not holds:
        raise Wrong(otherwise)


def telling_keyword(records, others):
    """A keyword of some, not all, of these records, preferably one of another patient too."""
    counts = {}
    for record in records:
        for keyword in record["keywords"]:
            counts[keyword] = counts.get(keyword, 0) + 1
    shared = {keyword for record in others for keyword in record["keywords"]}
    some = [keyword for keyword, count in counts.items() if count < len(records)]
    return min(some, key=lambda keyword: (keyword not in shared, "snomed" not in keyword[0], -counts[keyword], keyword))


def story(net, line):
    """Shares some records, step by step. Returns patients, doctor, grant and search for the scan."""
    line.say("all five nodes finalize blocks; the council has anchored both hospital chains; both gateways run")

    patients = [Patient(net, path.stem, path) for path in sorted((HERE / "patients").glob("*.json"))]
    plain = {patient.label: plaintext_records(patient.path) for patient in patients}
    for patient in patients:
        patient.enrol("a")
    line.say(f"{len(patients)} patients enrolled at hospital A, each with a signed consent")
    for patient in patients:
        stored = patient.ingest("a")
        check(len(stored) == len(plain[patient.label]), "the number of records differs from the independent scanner's")
        last = stored[-1]
        line.say(
            f"{len(stored):3} records of {patient.label[:24]}: stored on A's chain up to block {last['block']}, "
            f"registered on the consortium at block {last['registered']}"
        )

    target = patients[0]
    others = [record for patient in patients[1:] for record in plain[patient.label]]
    keyword = telling_keyword(plain[target.label], others)
    expected = [record for record in plain[target.label] if keyword in record["keywords"]]
    doctor = Doctor(net, "doctor-b", "b")
    doctor.join()
    grant = net.folder / "grant.json"
    granted = target.grant("a", doctor, [keyword], grant)
    line.say(f"the patient grants one keyword from {month(-1)} to {month()} to a doctor of hospital B")
    request = doctor.request(grant)
    line.say(f"the doctor opens the request, block {request['block']}")
    matches = net.folder / "matches.json"
    found = doctor.search(grant, matches)
    line.say(
        f"the doctor searches B's own node: {found['pairings']} pairings for {found['batches']} batches, "
        f"{len(found['matches'])} matches"
    )
    check(found["pairings"] == found["batches"], "a search must cost one pairing per batch")
    check(len(found["matches"]) == len(expected), f"{len(found['matches'])} matches, the plaintext has {len(expected)}")
    proved = doctor.prove(grant, matches)
    line.say(f"the doctor proves {len(proved['proved'])} matches on chain, block {proved['block']}")
    fetched, opened = net.folder / "fetched", net.folder / "opened"
    doctor.fetch(grant, matches, "a", fetched)
    line.say("hospital A checks the grant and discloses the records, encrypted to the doctor")
    doctor.open(grant, matches, fetched, opened)
    compare(target.path, expected, opened)
    line.say(f"the doctor opens {len(expected)} records: byte for byte the patient's own, and no other's")

    target.revoke(granted["request"], "a")
    code, error = net.cli_refused(*doctor.fetch_command(grant, matches, "a", net.folder / "refused"))
    check(code == 3 and "Revoked" in error["error"], f"after the revocation the answer was {error}")
    line.say(f"the patient revokes; the next disclosure is refused: {error['error']}")

    net.check()
    return patients, doctor, grant, found


def no_leaks(net, line, told):
    """Scans all output of the network for the secrets of the story."""
    scan = leak_scan(net, *told)
    words, size = scan.size()
    leaks, missed = scan.verdict()
    check(not missed, "the scan is blind: " + "; ".join(missed))
    check(not leaks, f"{len(leaks)} leaks: " + "; ".join(leaks[:5]))
    line.say(f"no plaintext leaks: {words} words looked for in {size / 1e6:.1f} MB of blocks, events, state and logs")


def compare(path, expected, opened):
    """Checks that the opened resources are exactly those of the expected records in the file."""
    whole = Path(path).read_bytes()
    wanted = sorted(record["resources"] for record in expected)
    got = []
    for pieces in opened_resources(opened).values():
        check(all(piece in whole for piece in pieces), "an opened resource differs from the file")
        got.append(sorted(hashlib.sha256(piece).hexdigest() for piece in pieces))
    check(sorted(got) == wanted, "the opened records are not those of the plaintext")


def leak_scan(net, patients, doctor, grant, found):
    """Makes a scan for all plaintext words and secrets in the network's output, with canaries."""
    scan = Scan()
    for patient in patients:
        scan.add_document(patient.path)
        seed = bytes.fromhex(json.loads((patient.wallet / "seed.json").read_text())["seed"][2:])
        scan.add_secret(seed, "a patient's seed")
    keys = json.loads(Path(doctor.key).read_text())
    for name in ("account_seed", "x25519_secret"):
        scan.add_secret(bytes.fromhex(keys[name][2:]), "a doctor's secret")
    for trapdoor in net.cli("doctor", "inspect-grant", "--grant", grant, "--key", doctor.key, "--reveal")["trapdoors"]:
        for name in ("search", "open", "label"):
            scan.add_secret(bytes.fromhex(trapdoor[name][2:]), f"a trapdoor's {name} part")
    for kept in (patients[0].wallet / "grants").glob("*.json"):
        scan.add_secret(bytes.fromhex(json.loads(kept.read_text())["grant_key"][2:]), "a grant's one-time key")
    for letter in "ab":
        gateway = net.folder / "network" / f"gateway-{letter}"
        scan.add_secret(bytes.fromhex((gateway / "x25519.key").read_text()), "a hospital's X25519 secret")
        for path in gateway.glob("*.redb"):
            scan.add_source("gateway outboxes", path.read_bytes())
    planted = b"2026-01-01 00:00:00 " + PLANTED.encode().hex().encode() + b"\n"
    (net.folder / "logs" / "planted.log").write_bytes(planted)
    scan.add_logs(net.logs())
    scan.add_chain(net.consortium_node("b"), "consortium")
    for letter in "ab":
        scan.add_chain(net.hospital_node(letter), f"hospital {letter}")
    # The canaries are a made-up patient number in all three forms, and public values that each
    # source contains.
    scan.plant(PLANTED)
    scan.canary(PLANTED, "logs", "the canary planted in a log")
    rid = bytes.fromhex(found["matches"][0]["rid"][2:])
    tag = bytes.fromhex(found["matches"][0]["tag"][2:])
    scan.canary(tag, "consortium blocks", "a registered tag")
    scan.canary(tag, "hospital a blocks", "a stored tag")
    scan.canary(rid, "consortium events", "a matched record's identifier")
    scan.canary(rid, "consortium state", "a matched record's identifier")
    scan.canary(rid, "hospital a events", "a stored record's identifier")
    scan.canary(rid, "hospital a state", "a stored record's identifier")
    for source, word in HOSPITAL_B_WORDS.items():
        scan.canary(word, source, "a word that is always there")
    scan.canary(net.consortium_node("a").name, "logs", "a node's name")
    scan.canary(tag, "gateway outboxes", "a stored tag")
    return scan


def stay(net):
    """Prints the network's addresses and waits for a line or the end of the input."""
    print("\nThe network keeps running. Addresses:")
    for name, node in net.nodes.items():
        print(f"  node {name:8} {node.url}")
    for letter, gateway in net.gateways.items():
        print(f"  gateway {letter}     {gateway['public']} for others, {gateway['local']} for hospital {letter.upper()}")
    print("Press Enter to end it.", flush=True)
    sys.stdin.readline()


def main():
    # The processes of the network also end if this process receives SIGTERM.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binaries", required=True, help="folder with bspp-node and bspp")
    parser.add_argument("--folder", required=True, help="where the network keeps its data and logs")
    parser.add_argument("--stay", action="store_true", help="keep the network running at the end, until Enter is pressed")
    arguments = parser.parse_args()
    folder = environment_path("BSPP_DEMO_DIR", arguments.folder)
    line = Timeline()
    print("BSPP demo. Time, best block of the consortium, what happened:", flush=True)
    try:
        line.say("starting three consortium validators, two hospital chains and two gateways")
        with Network(arguments.binaries, folder) as net:
            line.network = net
            no_leaks(net, line, story(net, line))
            if arguments.stay:
                stay(net)
    except (Wrong, NetworkError, subprocess.SubprocessError, OSError, KeyError, ValueError) as error:
        print(f"\nFAILED: {error}\nLogs are in {folder / 'logs'}.", file=sys.stderr)
        return 1
    print("\nOK: stored, indexed, found, proved, disclosed, opened, revoked. Logs are in", folder / "logs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
