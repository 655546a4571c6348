# SPDX-License-Identifier: Apache-2.0
"""Removes one defence at a time, and checks that the attack that it stops succeeds then.

Each revert is a change of one place in a copy of the tree. The tests that play the attack must fail
with it: a test that still passes does not defend anything. The real tree is not touched.

    python3 tests/attacks/reverts.py [--list] [NAME…]
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNIT = ["--lib"]


class Revert:
    """A defence, the change that removes it, and the tests that must fail without it."""

    def __init__(self, name, file, old, new, *tests, target=None):
        self.name, self.file, self.old, self.new = name, file, old, new
        self.tests, self.target = tests, target

    def command(self):
        wanted = UNIT if self.target is None else [f"--test={self.target}"]
        return ["cargo", "test", "--release", "--workspace", "--locked", "--no-fail-fast", *wanted, "--", *self.tests]


REVERTS = [
    Revert(
        "one refusal for records of others (a find-only doctor asks for random records)",
        "crates/record/src/disclosure.rs",
        "            .verify(&self.patient_signature, patient)\n            .map_err(not_covered)?;",
        "            .verify(&self.patient_signature, patient)?;",
        "tweaked_label_openings_should_not_be_covered", target="disclosure",
    ),
    Revert(
        "match first, then the hospital's own records (a curious doctor learns whose a record is)",
        "crates/gateway/src/disclose.rs",
        "        matched.ok_or(Refusal::MatchNotFound)?;\n        let Covered",
        "        let Covered",
        "disclose::tests::",
    ),
    Revert(
        "the requester's signature before all else (a stranger causes queries)",
        "crates/gateway/src/disclose.rs",
        "        request.verify_requester(&self.chain, &self.hospital, signed_by)?;\n        let account",
        "        let account",
        "disclose::tests::",
    ),
    Revert(
        "match keys that commit to their label (a later grant revives an old trapdoor)",
        "crates/peks/src/tag.rs",
        "            &label.filing_month.to_le_bytes(),\n            label.kw.as_bytes(),\n        ]));",
        "        ]));\n        let _ = label;",
        "doctor_should_not", target="doctor_with_one_grant",
    ),
    Revert(
        "the path to the signed scope (a doctor makes a leaf of the own choice)",
        "crates/record/src/grant/scope.rs",
        "            || !verify_path(root, leaf.hash(), self.position, &self.path)\n",
        "            || (false && !verify_path(root, leaf.hash(), self.position, &self.path))\n",
        "tweaked_label_openings_should_not_be_covered", target="disclosure",
    ),
    Revert(
        "the right to open in the leaf (a find-only grant is widened)",
        "crates/record/src/grant/scope.rs",
        "        bytes.push(self.may_open.into());\n",
        "",
        "tweaked_label_openings_should_not_be_covered", target="disclosure",
    ),
    Revert(
        "the hospital in a patient's keys (two hospitals join their patients)",
        "crates/peks/src/keys.rs",
        "        let info: [&[u8]; 3] = [chain, hospital, &number];",
        "        let info: [&[u8]; 3] = [chain, &[0; 32], &number];",
        "", target="two_hospitals",
    ),
    Revert(
        "the hospital's share (who has the seed reads a copy of the chain for ever)",
        "crates/peks/src/tag.rs",
        "        let prk = extract(share.as_bytes(), self.0.as_slice());",
        "        let _ = share;\n        let prk = extract(&[0; 32], self.0.as_slice());",
        "", target="seed_thief",
    ),
    Revert(
        "the label version in κ (revoked trapdoors find later filings)",
        "crates/peks/src/label.rs",
        "                &scope.version.to_le_bytes(),\n",
        "",
        "", target="doctor_with_old_trapdoors",
    ),
    Revert(
        "the bundle's keys in κ (somebody enrols with a foreign X)",
        "crates/peks/src/label.rs",
        "                &scope.bundle_hash,\n",
        "",
        "", target="member_hospital",
    ),
    Revert(
        "revoke_before (grants that the wallet has lost)",
        "crates/record/src/disclosure.rs",
        "        if issued_at < state.revoke_before {",
        "        if issued_at < 0 * state.revoke_before {",
        "", target="doctor_with_old_trapdoors",
    ),
    Revert(
        "stale grants (a grant is silently short)",
        "crates/record/src/disclosure.rs",
        "        if state.version_in(filing_month) > version {",
        "        if state.version_in(filing_month) > version.max(u32::MAX) {",
        "", target="doctor_with_old_trapdoors",
    ),
    Revert(
        "the header in a supplement (the supplement of another grant)",
        "crates/record/src/grant/supplement.rs",
        "        let renews = self.supplement.header_hash == header.hash()\n            && ",
        "        let renews = ",
        "", target="doctor_with_old_trapdoors",
    ),
    Revert(
        "the seal over share and wraps (a hospital gives out garbage)",
        "crates/record/src/open.rs",
        "    if !entry.check_seal(wraps, share) {",
        "    if false && !entry.check_seal(wraps, share) {",
        "", target="encryptor",
    ),
    Revert(
        "the key commitment (an encryptor wraps another key)",
        "crates/record/src/open.rs",
        "    if key_commitment(key.as_bytes(), &entry.payload_hash.0) != entry.key_commitment.0 {",
        "    if false {",
        "", target="encryptor",
    ),
    Revert(
        "the tombstone of a request that was not opened (an unopened grant cannot be revoked)",
        "pallets/peks-search/src/requests.rs",
        "            !Tombstones::<T>::contains_key(id),",
        "            true,",
        "revoked_unopened_grant_should_not_open",
    ),
    Revert(
        "final standing at each disclosure (a removed doctor is still served)",
        "crates/gateway/src/disclose.rs",
        "        let standing = self.view.finalized_standing(requester).await?;\n        match standing {",
        "        let mut standing = self.view.finalized_standing(requester).await?;\n        standing.requester = true;\n        match standing {",
        "disclose::tests::",
    ),
    Revert(
        "the skew of the gateway's clock (a moved clock)",
        "crates/gateway/src/disclose.rs",
        "        if skew_ms > self.times.max_skew {",
        "        if skew_ms > self.times.max_skew.max(u64::MAX) {",
        "disclose::tests::",
    ),
    Revert(
        "the margin of a month's cutoff (a month's end loses records)",
        "pallets/phi-index/src/cutoffs.rs",
        "    let delay = FILING_GRACE_MS.saturating_add(CUTOFF_MARGIN_MS);",
        "    let delay = FILING_GRACE_MS.saturating_add(CUTOFF_MARGIN_MS).min(0);",
        "cutoffs::",
    ),
    Revert(
        "the host name at the local address (DNS rebinding)",
        "crates/gateway/src/http/local.rs",
        "    if !text(HOST).is_some_and(is_loopback) {",
        "    if false && !text(HOST).is_some_and(is_loopback) {",
        "http::local::",
    ),
]


def tree(folder):
    """Copies the tracked files of the tree."""
    shutil.rmtree(folder, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in listed.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def attempt(revert, folder, log):
    """Runs the tests with the defence removed. Returns None if the attack succeeds, or what is wrong."""
    path = folder / revert.file
    kept = path.read_text(encoding="utf-8")
    if kept.count(revert.old) != 1:
        return f"the text to remove is {kept.count(revert.old)} times in {revert.file}"
    path.write_text(kept.replace(revert.old, revert.new), encoding="utf-8")
    try:
        done = subprocess.run(
            revert.command(), cwd=folder, capture_output=True, text=True, check=False,
            # A target folder of its own: cargo would take the copy's crates for those of the tree.
            env={**os.environ, "SKIP_WASM_BUILD": "1", "CARGO_TARGET_DIR": str(folder.parent / "target-reverts")},
        )
    finally:
        path.write_text(kept, encoding="utf-8")
    output = done.stdout + done.stderr
    log.write(f"== {revert.name}\n{output}\n")
    failed = re.findall(r"^test (\S+) \.\.\. FAILED$", output, re.M)
    if failed:
        print(f"       {len(failed)} tests fail: {', '.join(failed[:3])}{' …' if len(failed) > 3 else ''}")
        return None
    if "could not compile" in output:
        return "the tree without the defence does not compile"
    return "no test fails without it"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="parts of names; without any, all")
    parser.add_argument("--list", action="store_true", help="list the defences")
    arguments = parser.parse_args()
    wanted = [r for r in REVERTS if not arguments.names or any(n in r.name for n in arguments.names)]
    if arguments.list or not wanted:
        print("\n".join(revert.name for revert in REVERTS))
        return 0 if arguments.list else 2
    cache = Path(os.environ.get("BSPP_CACHE", Path.home() / ".cache" / "bspp"))
    folder, logs = cache / "reverts", cache / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    tree(folder)
    undefended = 0
    with open(logs / "reverts.log", "w", encoding="utf-8") as log:
        for number, revert in enumerate(wanted, 1):
            print(f"[{number}/{len(wanted)}] without {revert.name}", flush=True)
            begun = time.monotonic()
            wrong = attempt(revert, folder, log)
            undefended += wrong is not None
            print(f"       {'ok' if wrong is None else 'WRONG: ' + wrong} ({time.monotonic() - begun:.0f} s)", flush=True)
    print(f"{len(wanted) - undefended} defences are tested, {undefended} are not. The output is in {logs / 'reverts.log'}")
    return 1 if undefended else 0


if __name__ == "__main__":
    sys.exit(main())
