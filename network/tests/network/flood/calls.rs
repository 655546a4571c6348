// SPDX-License-Identifier: Apache-2.0
//! The calls of a flood. Most of them can only fail, and some do not even decode.

use bspp_network::{
    accounts::{Account, Hospital},
    tx::{Encoded, Signing},
    *,
};
use subxt::ext::codec::{Compact, Encode};

/// The operator's calls, and some that only others may send.
pub(super) fn operators_calls(signing: &Signing) -> Result<Vec<Encoded>> {
    let nobody: Account = [0xbb; 32];
    let members = |name, arguments| Encoded::new("Consortium", name, arguments);
    let code = vec![0u8; 1024 * 1024];
    Ok(vec![
        remark(512 * 1024),
        anchor(),
        register_blocks(),
        remark(32),
        conflict(),
        // The length of a batch's header.
        Encoded::new("PhiIndex", "register_batch", vec![7; 198]),
        members("add_validator", nobody.encode()),
        members("withdraw_validator", nobody.encode()),
        remark(2 * 1024 * 1024),
        members("remove_validator", nobody.encode()),
        members("remove_requester", nobody.encode()),
        members("rotate_encryption_key", (u16::MAX, nobody).encode()),
        members("add_requester", (nobody, nobody, 1u8, [7u8; 64]).encode()),
        double_authoring(),
        proposal(signing, &remark(64 * 1024), u32::MAX)?,
        proposal(signing, &remark(32), 64)?,
        Encoded::new("System", "apply_authorized_upgrade", code.encode()),
    ])
}

/// A requester's calls, and one that it may not send.
pub(super) fn requesters_calls() -> Vec<Encoded> {
    let search = |name, arguments| Encoded::new("PeksSearch", name, arguments);
    let (request, record) = ([7u8; 32], [8u8; 32]);
    // Hospital, grant key, purpose, expiry, hash of the header, signature.
    let open = (
        Hospital::A.id(),
        (0u8, request),
        0u8,
        u32::MAX,
        record,
        [7u8; 64],
    );
    vec![
        search("open_request", open.encode()),
        search("ask_disclosure", (request, record, request).encode()),
        search("confirm_disclosure", (request, record).encode()),
        search("contest_claim", (request, record).encode()),
        search("flag_unanswered", (request, record).encode()),
        search("prove_match", vec![7; 600]),
        Encoded::new("Consortium", "rotate_requester_key", [9u8; 32].encode()),
        remark(1_024),
    ]
}

pub(super) fn remark(bytes: usize) -> Encoded {
    Encoded::new("System", "remark", vec![7u8; bytes].encode())
}

pub(super) fn set_keys(keys: &[u8], proof: &[u8]) -> Encoded {
    let arguments = [keys.to_vec(), proof.encode()].concat();
    Encoded::new("Session", "set_keys", arguments)
}

/// A header of a chain that does not exist, with a digest of some kilobytes.
fn header(number: u32) -> Vec<u8> {
    let hash = [7u8; 32];
    // A digest item without an engine.
    let logs = vec![(0u8, vec![7u8; 4_096])];
    (hash, Compact(number), hash, hash, logs).encode()
}

/// A justification with a hundred votes of nobody.
fn justification(number: u32) -> Vec<u8> {
    let hash = [7u8; 32];
    let vote = ((hash, number), [7u8; 64], hash);
    let headers = Vec::<u8>::new();
    (1u64, (hash, number, vec![vote; 100]), headers).encode()
}

pub(super) fn anchor() -> Encoded {
    let id = Hospital::B.id().to_vec();
    let number = 1_000_000;
    let arguments = [id, header(number), justification(number)].concat();
    Encoded::new("HospitalAnchor", "submit_finality_proof", arguments)
}

pub(super) fn conflict() -> Encoded {
    let id = Hospital::B.id().to_vec();
    let one = [header(1_000_000), justification(1_000_000)].concat();
    let arguments = [id, one.clone(), one].concat();
    Encoded::new("HospitalAnchor", "report_conflict", arguments)
}

pub(super) fn double_authoring() -> Encoded {
    let arguments = [0u32.encode(), header(1), header(2)].concat();
    Encoded::new("Conformance", "report_double_authoring", arguments)
}

/// A registration with the longest proof, for a head that does not exist.
fn register_blocks() -> Encoded {
    let proof = vec![vec![7u8; 2_048]; 48];
    // Sequence number and height of one block without entries.
    let blocks = vec![(0u32, 1u32, Vec::<u8>::new())];
    let arguments = ([7u8; 32], proof, blocks);
    Encoded::new("PhiIndex", "register_blocks", arguments.encode())
}

/// A motion, which only the council may propose.
fn proposal(signing: &Signing, call: &Encoded, length: u32) -> Result<Encoded> {
    let arguments = [
        Compact(2u32).encode(),
        signing.call_data(call)?,
        Compact(length).encode(),
    ];
    Ok(Encoded::new("Council", "propose", arguments.concat()))
}
