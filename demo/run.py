# SPDX-License-Identifier: Apache-2.0
"""The main job, end to end, on real nodes: two hospitals, one consortium, one grant, one revocation.

Ends with a verdict. Anything that is not as it must be ends it with a non-zero exit code.
"""

import argparse
import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path

from leakscan import Scan
from network import Network, NetworkError, ProcessEnded, environment_path
from plaintext import plaintext_records
from scenario import Doctor, Patient, Timeline, month, opened_resources

HERE = Path(__file__).resolve().parent
PLANTED = "canary-4711-Übelkeitß"
# Aura's name stands in every digest, the runtime's in the item that remembers the last upgrade.
HOSPITAL_B_WORDS = {"hospital b blocks": b"aura", "hospital b state": b"bspp-hospital"}


class Wrong(Exception):
    """The network did something else than it must."""


def check(holds, otherwise):
    if not holds:
        raise Wrong(otherwise)


def telling_keyword(records, others):
    """A keyword of some but not all of these records, if possible one that another patient's records have too."""
    counts = {}
    for record in records:
        for keyword in record["keywords"]:
            counts[keyword] = counts.get(keyword, 0) + 1
    shared = {keyword for record in others for keyword in record["keywords"]}
    some = [keyword for keyword, count in counts.items() if count < len(records)]
    return min(some, key=lambda keyword: (keyword not in shared, "snomed" not in keyword[0], -counts[keyword], keyword))


def demo(net, line):
    line.say("starting three consortium validators and two hospital chains")
    net.start_chains()
    line.say("all five nodes finalize blocks")
    net.anchor_hospitals()
    line.say("the council has anchored both hospital chains (2 of 3 votes, proposed, voted and closed on chain)")
    for letter in "ab":
        net.start_gateway(letter)
    line.say("both gateways run")

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
    scan = leak_scan(net, patients, doctor, grant, found)
    words, size = scan.size()
    leaks, missed = scan.verdict()
    check(not missed, "the scan is blind: " + "; ".join(missed))
    check(not leaks, f"{len(leaks)} leaks: " + "; ".join(leaks[:5]))
    line.say(f"no plaintext leaks: {words} words looked for in {size / 1e6:.1f} MB of blocks, events, state and logs")


def compare(path, expected, opened):
    """The opened resources are exactly those of the expected records, byte for byte as in the file."""
    whole = Path(path).read_bytes()
    wanted = sorted(record["resources"] for record in expected)
    got = []
    for pieces in opened_resources(opened).values():
        check(all(piece in whole for piece in pieces), "an opened resource differs from the file")
        got.append(sorted(hashlib.sha256(piece).hexdigest() for piece in pieces))
    check(sorted(got) == wanted, "the opened records are not those of the plaintext")


def leak_scan(net, patients, doctor, grant, found):
    """All plaintext words and secrets against everything the network wrote, with canaries that must be found."""
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
        gateway = net.folder / f"gateway-{letter}"
        scan.add_secret(bytes.fromhex((gateway / "x25519.key").read_text()), "a hospital's X25519 secret")
        for path in gateway.glob("*.redb"):
            scan.add_source("gateway outboxes", path.read_bytes())
    planted = b"2026-01-01 00:00:00 " + PLANTED.encode().hex().encode() + b"\n"
    (net.folder / "logs" / "planted.log").write_bytes(planted)
    scan.add_logs(net.folder / "logs")
    scan.add_chain(net.nodes["consortium-b1"], "consortium")
    for letter in "ab":
        scan.add_chain(net.nodes[f"hospital-{letter}"], f"hospital {letter}")
    # A made-up patient number planted in all three forms, and public values that are known to stand in each source.
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
    scan.canary("consortium-a1", "logs", "a node's name")
    scan.canary(tag, "gateway outboxes", "a stored tag")
    return scan


def main():
    # Ends the network's processes also when this one is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binaries", required=True, help="folder with bspp-node and bspp")
    parser.add_argument("--folder", required=True, help="where the network keeps its data and logs")
    arguments = parser.parse_args()
    folder = environment_path("BSPP_DEMO_DIR", arguments.folder)
    line = Timeline()
    print("BSPP demo. Time, best block of the consortium, what happened:", flush=True)
    try:
        with Network(arguments.binaries, folder) as net:
            line.network = net
            demo(net, line)
    except (Wrong, NetworkError, ProcessEnded, subprocess.SubprocessError, OSError, KeyError, ValueError) as error:
        print(f"\nFAILED: {error}\nLogs are in {folder / 'logs'}.", file=sys.stderr)
        return 1
    print("\nOK: stored, indexed, found, proved, disclosed, opened, revoked. Logs are in", folder / "logs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
