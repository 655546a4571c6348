// SPDX-License-Identifier: Apache-2.0
//! Proof of conformance on whole blocks of a hospital chain.

use super::{chain, extension, patients, CONSORTIUM};
use crate::{genesis_config_presets::HOSPITAL_A_LOCAL, *};
use bspp_primitives::{
    conformance::{
        attestation_message, Attestation, AttestationKind, ConformancePair, ContentDigest,
        Shortfall, Verdict,
    },
    refusal, AccountId,
};
use bspp_runtime_common::dev;
use bspp_types::{limits::DEFAULT_SLOT_DURATION, DisclosureGround};
use codec::Encode;
use polkadot_sdk::{
    frame_support::assert_ok,
    pallet_timestamp,
    sp_core::{sr25519, Pair, H256},
    sp_io::{self, TestExternalities},
    sp_runtime::{
        generic::{Digest, DigestItem},
        traits::{BlakeTwo256, Hash, Header as _},
        transaction_validity::{InvalidTransaction, TransactionValidityError},
        ApplyExtrinsicResult, MultiSignature,
    },
};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// Slot of the only block in each test.
const SLOT: u64 = 7;
/// Its time.
const NOW: u64 = SLOT * DEFAULT_SLOT_DURATION;

/// Hospital A's chain, with credentials that are valid until `until`.
fn state(until: u64) -> TestExternalities {
    let mut state = chain(HOSPITAL_A_LOCAL, CONSORTIUM);
    state.execute_with(|| {
        pallet_hospital_admin::Credentials::<Runtime>::insert(dev::validator("Alice"), until);
    });
    state.commit_all().unwrap();
    state
}

fn copy(state: &TestExternalities) -> TestExternalities {
    let mut copy = TestExternalities::default();
    copy.backend = state.backend.clone();
    copy
}

/// The header of block 1 with the attestation that the gate requires.
fn header(state: &TestExternalities) -> Header {
    let parent = H256::repeat_byte(1);
    let gate = copy(state)
        .execute_with(|| Conformance::gate(SLOT))
        .unwrap();
    let kind = gate.verdict.required().unwrap();
    let pair = ConformancePair::from_string("//Alice", None).unwrap();
    // The parent of the first block is the genesis block.
    let message = attestation_message(&parent, &parent, SLOT, &gate.author, &kind);
    let attestation = Attestation {
        author: gate.author,
        kind,
        signature: pair.sign(&message),
    };
    let logs = vec![
        DigestItem::PreRuntime(*b"aura", SLOT.encode()),
        attestation.to_digest_item(),
    ];
    Header::new(1, H256::zero(), H256::zero(), parent, Digest { logs })
}

fn signed(name: &str, call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
    let (call, pair) = (
        call.into(),
        sr25519::Pair::from_string(&format!("//{name}"), None).unwrap(),
    );
    let payload = SignedPayload::new(call.clone(), extension()).unwrap();
    let signature = payload.using_encoded(|bytes| pair.sign(bytes));
    let account = AccountId::from(pair.public());
    UncheckedExtrinsic::new_signed(
        call,
        account.into(),
        MultiSignature::Sr25519(signature),
        extension(),
    )
}

/// [`propose_with`] for a call that an account signs.
fn propose(
    state: &TestExternalities,
    name: &str,
    call: impl Into<RuntimeCall>,
) -> (Block, UncheckedExtrinsic, ApplyExtrinsicResult) {
    propose_with(state, || signed(name, call))
}

/// Builds block 1 with one extrinsic, or without it if the extrinsic is refused.
fn propose_with(
    state: &TestExternalities,
    extrinsic: impl FnOnce() -> UncheckedExtrinsic,
) -> (Block, UncheckedExtrinsic, ApplyExtrinsicResult) {
    let header = header(state);
    copy(state).execute_with(|| {
        Executive::initialize_block(&header);
        let time = UncheckedExtrinsic::new_bare(pallet_timestamp::Call::set { now: NOW }.into());
        assert_ok!(Executive::apply_extrinsic(time.clone()).unwrap());
        let extrinsic = extrinsic();
        // The block builder does the same: a refused extrinsic changes nothing.
        sp_io::storage::start_transaction();
        let result = Executive::apply_extrinsic(extrinsic.clone());
        match &result {
            Ok(_) => sp_io::storage::commit_transaction(),
            Err(_) => sp_io::storage::rollback_transaction(),
        }
        let mut extrinsics = vec![time];
        if result.is_ok() {
            extrinsics.push(extrinsic.clone());
        }
        let header = Executive::finalize_block();
        (Block { header, extrinsics }, extrinsic, result)
    })
}

fn import(state: &TestExternalities, block: Block) -> Result<(), String> {
    let mut state = copy(state);
    catch_unwind(AssertUnwindSafe(|| {
        state.execute_with(|| Executive::execute_block(block.into()));
    }))
    .map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
}

/// A call of staff. Its record does not exist, so it fails in the block.
fn log() -> pallet_phi_records::Call<Runtime> {
    pallet_phi_records::Call::log_disclosure {
        ground: DisclosureGround::Request(H256::repeat_byte(1)),
        record: H256::repeat_byte(2),
        recipient: [3; 32],
    }
}

#[test]
fn block_should_carry_records_when_its_author_has_a_credential() {
    let state = state(SLOT);
    let (block, _, result) = propose(&state, "HospitalA", log());
    assert_ok!(result);
    assert_eq!(block.extrinsics.len(), 2);
    let content = ContentDigest::find(block.header.digest());
    assert_eq!(
        content,
        Some(ContentDigest::default()),
        "no entry was stored"
    );
    assert_eq!(import(&state, block), Ok(()));
}

#[test]
fn restricted_block_should_be_refused_when_it_carries_a_record() {
    let state = state(SLOT - 1);
    let verdict = copy(&state).execute_with(|| Conformance::gate(SLOT).unwrap().verdict);
    let shortfall = Shortfall::CredentialExpired;
    assert_eq!(verdict, Verdict::Restricted { shortfall });
    let (mut block, record, result) = propose(&state, "HospitalA", log());
    let exhausts = TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources);
    assert_eq!(result, Err(exhausts), "a proposer leaves it out");
    assert_eq!(
        import(&state, block.clone()),
        Ok(()),
        "without it the block is valid"
    );
    // An author that includes it nevertheless makes an invalid block.
    block.extrinsics.push(record);
    let encoded = block.extrinsics.iter().map(Encode::encode).collect();
    let version = VERSION.extrinsics_root_state_version();
    block.header.extrinsics_root = BlakeTwo256::ordered_trie_root(encoded, version);
    let reason = import(&state, block).unwrap_err();
    assert!(
        reason.contains("would exhaust the block limits"),
        "{reason}"
    );
}

#[test]
fn restricted_block_should_carry_the_credential_that_heals_when_all_have_expired() {
    let state = state(SLOT - 1);
    let issue = pallet_hospital_admin::Call::issue_credential {
        node: dev::validator("Alice"),
        expires_at: SLOT + 100,
    };
    let (block, _, result) = propose(&state, "HospitalA", issue);
    assert_ok!(result.unwrap());
    assert_eq!(import(&state, block), Ok(()));
}

#[test]
fn restricted_block_should_carry_what_a_patient_signed() {
    let mut state = state(SLOT - 1);
    state.execute_with(|| {
        patients::enrol();
        patients::consent(0);
    });
    state.commit_all().unwrap();
    for wish in [patients::rise(1, NOW), patients::withdrawal(0)] {
        let (block, _, result) = propose_with(&state, || wish);
        assert_ok!(result.unwrap());
        assert_eq!(block.extrinsics.len(), 2);
        assert_eq!(import(&state, block), Ok(()));
    }
}

#[test]
fn block_should_be_refused_when_a_rise_is_ahead_of_its_time() {
    let mut state = state(SLOT);
    state.execute_with(patients::enrol);
    state.commit_all().unwrap();
    let rise = patients::rise(1, NOW + 1);
    let (mut block, rise, result) = propose_with(&state, || rise);
    let refused = InvalidTransaction::Custom(refusal::INVALID_REVOKE_BEFORE);
    assert_eq!(result, Err(refused.into()), "a proposer leaves it out");
    block.extrinsics.push(rise);
    let encoded = block.extrinsics.iter().map(Encode::encode).collect();
    let version = VERSION.extrinsics_root_state_version();
    block.header.extrinsics_root = BlakeTwo256::ordered_trie_root(encoded, version);
    let reason = import(&state, block).unwrap_err();
    assert!(reason.contains("custom error"), "{reason}");
}

#[test]
fn block_should_be_refused_when_the_credential_is_overstated() {
    let state = state(SLOT - 1);
    let mut header = header(&state);
    let kind = AttestationKind::Full {
        evidence: H256::repeat_byte(3),
    };
    let author = dev::validator("Alice");
    let message = attestation_message(
        &header.parent_hash,
        &header.parent_hash,
        SLOT,
        &author,
        &kind,
    );
    let pair = ConformancePair::from_string("//Alice", None).unwrap();
    let attestation = Attestation {
        author,
        kind,
        signature: pair.sign(&message),
    };
    header.digest.logs[1] = attestation.to_digest_item();
    let extrinsics = Vec::new();
    let reason = import(&state, Block { header, extrinsics }).unwrap_err();
    assert!(reason.contains("overstated"), "{reason}");
}
