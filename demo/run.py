# SPDX-License-Identifier: Apache-2.0
"""The demo on real nodes, end to end: two hospitals, one consortium, grants, revocations, an erasure.

The demo ends with a verdict. If anything is wrong, it ends with a non-zero exit code.
"""

import argparse
import hashlib
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
    line.say("hospital B registers a doctor, whose key the doctor has signed")
    grant = net.folder / "grant.json"
    granted = target.grant("a", doctor, [keyword], grant)
    line.say(f"the patient grants one keyword from {month(-1)} to {month()} to the doctor of hospital B")
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
    line.say("hospital A checks the grant and discloses the records with its shares, encrypted to the doctor")
    doctor.open(grant, matches, fetched, opened)
    compare(target.path, expected, opened)
    line.say(f"the doctor opens {len(expected)} records: byte for byte the patient's own, and no other's")

    kept, kept_matches = net.folder / "kept-grant.json", net.folder / "kept-matches.json"
    staying = target.grant("a", doctor, [None], kept)
    unused = net.folder / "unused-grant.json"
    unopened = target.grant("a", doctor, [keyword], unused)
    line.say("the patient makes two more grants: one for all records, and one that the doctor does not use")
    revocation(net, line, target, doctor, (grant, matches, granted["request"]), (kept, kept_matches, staying["request"]))
    unopened_revocation(net, line, target, doctor, unused, unopened["request"])
    erasure(net, line, target, plain[target.label])

    net.check()
    return patients, doctor, grant, found


def revocation(net, line, target, doctor, revoked, kept):
    """Revokes one grant. It finds nothing that is filed later; the other grant goes on with a supplement."""
    (grant, matches, request), (kept_grant, kept_matches, kept_request) = revoked, kept
    doctor.request(kept_grant)
    before = len(doctor.search(grant, net.folder / "before.json")["matches"])
    done = target.revoke(request, "a")
    check(done["at_hospital"] and done["on_chain"] == "revoked", f"the revocation does not hold everywhere: {done}")
    check(done["label_version"] == 1, f"the labels have version {done['label_version']}")
    refused(net, "RequestRevoked", doctor.fetch_command(grant, matches, "a", net.folder / "refused"))
    line.say("the patient revokes the grant, on chain and at hospital A; the next disclosure is refused: RequestRevoked")

    target.ingest("a")
    after = len(doctor.search(grant, net.folder / "after.json")["matches"])
    check(after == before, f"the revoked trapdoors find {after - before} records that were filed after the revocation")
    line.say("the same records are filed once more, with labels of version 1: the revoked trapdoors do not find them")

    (supplement,) = [one["file"] for one in done["supplements"] if one["request"] == kept_request]
    doctor.search(kept_grant, kept_matches)
    doctor.prove(kept_grant, kept_matches)
    refused(net, "Stale", doctor.fetch_command(kept_grant, kept_matches, "a", net.folder / "stale"))
    found = doctor.search(kept_grant, kept_matches, supplement=supplement)
    check(
        len({match["rid"] for match in found["matches"]}) == 2 * len(plaintext_records(target.path)),
        f"the supplement finds {len(found['matches'])} records",
    )
    doctor.prove(kept_grant, kept_matches, supplement)
    doctor.fetch(kept_grant, kept_matches, "a", net.folder / "kept-fetched", supplement)
    doctor.open(kept_grant, kept_matches, net.folder / "kept-fetched", net.folder / "kept-opened", supplement)
    line.say(f"the other grant is stale, goes on with its supplement, and opens all {len(found['matches'])} records")


def unopened_revocation(net, line, target, doctor, grant, request):
    """Revokes a grant whose request was never opened."""
    done = target.revoke(request, "a", keep_labels=True)
    check(done["on_chain"] == "tombstone", f"the unopened grant is not revoked on chain: {done}")
    refused(net, "PeksSearch.RequestRevoked", doctor.request_command(grant))
    line.say("the patient revokes the grant that was not used, through hospital A: it cannot be opened any more")


def erasure(net, line, target, plain):
    """Restores a wallet from its words, reads an own record, and has hospital A erase the record."""
    again = Patient(net, f"{target.label}-again", target.path, words=target.words)
    net.settle()
    recovered = again.recover("a")
    check(recovered["account"] == target.accounts["a"], "the words gave another account")
    check(len(recovered["requests"]) == 3, f"the restored wallet found {len(recovered['requests'])} of 3 requests")
    line.say("24 words restore the patient's wallet; it finds its three grants on the consortium")
    own = again.own_records("a")
    check(len(own) == 2 * len(plain), f"the patient found {len(own)} own records")
    folder = net.folder / "own"
    again.own_record("a", own[0], folder)
    (pieces,) = opened_resources(folder).values()
    whole = target.path.read_bytes()
    check(pieces and all(piece in whole for piece in pieces), "the patient's own record differs from the file")
    net.erase("a", own[0])
    refused(net, "NotCovered", again.own_record_command("a", own[0], net.folder / "erased"))
    line.say("the patient reads an own record; hospital A erases it: the seed and both chains do not open it any more")


def refused(net, code, command):
    """Checks that a chain or a hospital refuses a command with this code."""
    got, error = net.cli_refused(*command)
    check(got == 3 and error["error"] == code, f"the answer was {error}, expected {code}")


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
        seed, grant_keys = patient.secrets()
        scan.add_secret(bytes.fromhex(seed[2:]), "a patient's seed")
        scan.add_secret(patient.words.encode(), "the words of a patient's seed")
        for key in grant_keys:
            scan.add_secret(bytes.fromhex(key[2:]), "a grant's one-time key")
    for secret in doctor.secrets():
        scan.add_secret(bytes.fromhex(secret[2:]), "a doctor's secret")
    for trapdoor in doctor.trapdoors(grant):
        for name in ("search", "open", "label"):
            scan.add_secret(bytes.fromhex(trapdoor[name][2:]), f"a trapdoor's {name} part")
    scan.add_secret(net.passphrase.encode(), "the passphrase of wallets and key files")
    for letter in "ab":
        gateway = net.gateway_folder(letter)
        scan.add_secret(bytes.fromhex((gateway / "x25519.key").read_text()), "a hospital's X25519 secret")
        scan.add_secret((gateway / "vault.key").read_bytes(), "the key of a gateway's data at rest")
        scan.add_secret(net.token(letter).read_text().strip().encode(), "the token of a gateway")
        for path in gateway.glob("*.redb"):
            scan.add_source("gateway outboxes", path.read_bytes())
        for path in gateway.glob("phi/**/*"):
            if path.is_file():
                scan.add_source("PHI stores", path.read_bytes())
        for path in gateway.glob("shares-*/*.redb"):
            scan.add_source("gateway shares", path.read_bytes())
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
    scan.canary(b"BSPPHI01", "PHI stores", "the first bytes of a stored payload")
    scan.canary(rid, "gateway shares", "the identifier of a record that has a share")
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
    print("\nOK: stored, indexed, found, proved, disclosed, opened, revoked, renewed, restored, erased. Logs are in", folder / "logs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
