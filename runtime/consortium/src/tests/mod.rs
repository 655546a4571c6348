// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used, clippy::expect_used)]
//! Tests of the whole runtime: presets, admission and governance.
//!
//! Blocks and their proof of conformance have files of their own.

mod admission;
mod blocks;
mod conformance;
mod departures;
mod equivocations;
mod genesis;
mod hospital;
mod invariants;
mod lag;
#[cfg(not(feature = "runtime-benchmarks"))]
mod migrations;
mod pausable;
mod quotas;
mod simulation;
mod slot_duration;
mod storage_keys;
mod sweep;
#[cfg(feature = "try-runtime")]
mod try_runtime;
mod upgrades;

use crate::{genesis_config_presets::*, *};
use bspp_primitives::{refusal, traits::Membership, AccountId, Nonce};
use bspp_runtime_common::{dev, CheckMember};
use bspp_types::{messages, Authority, HospitalId};
use codec::Encode;
use pallet_conformance::CheckConformance;
use polkadot_sdk::{
    frame_support::{
        assert_noop, assert_ok, genesis_builder_helper::build_state, traits::Contains,
    },
    frame_system,
    pallet_collective::{self, Instance1},
    sp_core::{sr25519, Pair, H256},
    sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET},
    sp_io,
    sp_runtime::{
        generic,
        traits::{Dispatchable, Hash as _},
        transaction_validity::{
            InvalidTransaction, TransactionSource, TransactionValidity, TransactionValidityError,
        },
        MultiSignature,
    },
};

/// A chain from the local preset, in its first block.
pub(crate) fn local_chain() -> sp_io::TestExternalities {
    let mut ext = sp_io::TestExternalities::default();
    ext.execute_with(|| {
        let patch = get_preset(&PresetId::from(CONSORTIUM_LOCAL)).unwrap();
        let mut config: serde_json::Value =
            serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
        merge(&mut config, serde_json::from_slice(&patch).unwrap());
        build_state::<RuntimeGenesisConfig>(config.to_string().into_bytes()).unwrap();
    });
    ext.commit_all().unwrap();
    ext
}

fn merge(base: &mut serde_json::Value, patch: serde_json::Value) {
    match (base, patch) {
        (serde_json::Value::Object(base), serde_json::Value::Object(patch)) => {
            for (key, value) in patch {
                merge(base.entry(key).or_insert(serde_json::Value::Null), value);
            }
        }
        (base, patch) => *base = patch,
    }
}

fn pair(name: &str) -> sr25519::Pair {
    sr25519::Pair::from_string(&format!("//{name}"), None).unwrap()
}

fn extension(nonce: Nonce) -> TxExtension {
    (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(generic::Era::Immortal),
        CheckConformance::new(),
        CheckMember::new(),
        bspp_runtime_common::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        polkadot_sdk::frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    )
}

fn signed(name: &str, call: impl Into<RuntimeCall>, nonce: Nonce) -> UncheckedExtrinsic {
    let (call, signer) = (call.into(), pair(name));
    let extension = extension(nonce);
    let payload = SignedPayload::new(call.clone(), extension.clone()).unwrap();
    let signature = payload.using_encoded(|bytes| signer.sign(bytes));
    let account = AccountId::from(signer.public());
    UncheckedExtrinsic::new_signed(
        call,
        account.into(),
        MultiSignature::Sr25519(signature),
        extension,
    )
}

fn validate(extrinsic: UncheckedExtrinsic) -> TransactionValidity {
    let parent = System::parent_hash();
    Executive::validate_transaction(TransactionSource::External, extrinsic, parent)
}

/// Runs a test in block 1, whose parent is the genesis block.
fn in_first_block(test: impl FnOnce()) {
    local_chain().execute_with(|| {
        System::initialize(&1, &H256::repeat_byte(7), &Default::default());
        test();
    });
}

fn remark() -> frame_system::Call<Runtime> {
    frame_system::Call::remark { remark: vec![1] }
}

fn custom(code: u8) -> TransactionValidity {
    Err(TransactionValidityError::Invalid(
        InvalidTransaction::Custom(code),
    ))
}

#[test]
fn local_preset_should_make_members_validators_and_council() {
    local_chain().execute_with(|| {
        for hospital in [dev::HOSPITAL_A, dev::HOSPITAL_B] {
            let stored = Consortium::hospital(&hospital.id()).unwrap();
            assert!(stored.active);
            assert_eq!(stored.operator, dev::account(hospital.operator));
            assert_eq!(stored.encryption_key, hospital.encryption_key().0);
        }
        let mut expected: Vec<_> = ["Alice", "Bob", "Charlie"].map(dev::validator).into();
        expected.sort();
        assert_eq!(Consortium::planned_validators(), expected);
        assert_eq!(Session::validators().len(), 3);
        assert_eq!(Grandpa::grandpa_authorities().len(), 3);
        let council = pallet_collective::Members::<Runtime, Instance1>::get();
        assert_eq!(council.len(), 3);
    });
}

#[test]
fn preset_names_should_all_have_a_preset() {
    for name in preset_names() {
        assert!(get_preset(&name).is_some());
    }
    assert!(get_preset(&PresetId::from(DEV_RUNTIME_PRESET)).is_some());
    assert!(get_preset(&PresetId::from("unknown")).is_none());
}

#[test]
fn non_members_transaction_should_be_refused_by_the_pool() {
    in_first_block(|| {
        assert_eq!(
            validate(signed("Mallory", remark(), 0)),
            custom(refusal::NOT_MEMBER)
        );
        // A validator's session key is not an account of the chain.
        assert_eq!(
            validate(signed("Alice", remark(), 0)),
            custom(refusal::NOT_MEMBER)
        );
    });
}

#[test]
fn members_transaction_should_enter_the_pool_with_short_longevity() {
    in_first_block(|| {
        let validity = validate(signed("HospitalB", remark(), 0)).unwrap();
        assert!(validity.longevity <= 64);
        assert!(validity.priority > 0);
        let rotate = pallet_consortium::Call::remove_requester {
            requester: dev::account("DoctorB"),
        };
        let first = validate(signed("HospitalB", rotate, 0)).unwrap();
        assert!(
            first.priority > validity.priority,
            "operational calls go first"
        );
    });
}

#[test]
fn replayed_transaction_should_be_refused_when_a_requester_returns() {
    in_first_block(|| {
        let key = dev::encryption_secret(&H256::repeat_byte(2)).public().0;
        let rotate = pallet_consortium::Call::rotate_requester_key { key };
        let old = signed("DoctorB", rotate, 0);
        assert_ok!(Executive::apply_extrinsic(old.clone()).unwrap());
        let requester = dev::account("DoctorB");
        let operator = || RuntimeOrigin::signed(dev::account("HospitalB"));
        assert_ok!(Consortium::remove_requester(operator(), requester.clone()));
        assert_eq!(validate(old.clone()), custom(refusal::NOT_MEMBER));
        let (key, statement) = statement("DoctorB", "DoctorB", &dev::HOSPITAL_B.id());
        assert_ok!(Consortium::add_requester(
            operator(),
            requester,
            key,
            statement
        ));
        let stale = TransactionValidityError::Invalid(InvalidTransaction::Stale);
        assert_eq!(validate(old), Err(stale));
    });
}

/// An X25519 key of a requester at a hospital, and the signature of `signer` over it.
fn statement(signer: &str, requester: &str, hospital: &HospitalId) -> ([u8; 32], MultiSignature) {
    let key = dev::encryption_secret(&H256::repeat_byte(1)).public().0;
    let chain = System::block_hash(0);
    let account = dev::account(requester);
    let message = messages::requester_key_message(&chain, hospital, &account, &key);
    (key, MultiSignature::Sr25519(pair(signer).sign(&message)))
}

#[test]
fn requesters_key_should_be_taken_with_the_accounts_own_signature_only() {
    in_first_block(|| {
        let operator = || RuntimeOrigin::signed(dev::account("HospitalB"));
        let (hospital, other) = (dev::HOSPITAL_B.id(), dev::HOSPITAL_A.id());
        let requester = dev::account("Requester");
        // The operator signs in the requester's place, or the statement is for another hospital.
        for (signer, of) in [("HospitalB", hospital), ("Requester", other)] {
            let (key, signature) = statement(signer, "Requester", &of);
            let call = Consortium::add_requester(operator(), requester.clone(), key, signature);
            let invalid = pallet_consortium::Error::<Runtime>::InvalidSignature;
            assert_noop!(call, invalid);
        }
        let (key, signature) = statement("Requester", "Requester", &hospital);
        assert_ok!(Consortium::add_requester(
            operator(),
            requester.clone(),
            key,
            signature
        ));
        assert_eq!(Consortium::requester_key(&requester), Some(key));
    });
}

#[test]
fn quota_should_be_charged_when_a_transaction_enters_a_block() {
    in_first_block(|| {
        let extrinsic = signed("HospitalB", remark(), 0);
        let len = u64::try_from(extrinsic.encoded_size()).unwrap();
        assert_ok!(Executive::apply_extrinsic(extrinsic).unwrap());
        let used = pallet_consortium::UsedCommon::<Runtime>::get(dev::HOSPITAL_B.id());
        assert_eq!(used.bytes, len);
        assert!(used.weight > 0);
    });
}

#[test]
fn council_should_upgrade_and_change_itself_when_two_thirds_agree() {
    in_first_block(|| {
        let members = ["CouncilOne", "CouncilTwo", "DoctorX"]
            .map(dev::account)
            .to_vec();
        let inner: RuntimeCall = pallet_consortium::Call::set_council {
            members,
            prime: None,
        }
        .into();
        let len = u32::try_from(inner.encoded_size()).unwrap();
        let hash = <Runtime as frame_system::Config>::Hashing::hash_of(&inner);
        let propose = pallet_collective::Call::<Runtime, Instance1>::propose {
            threshold: 2,
            proposal: Box::new(inner.clone()),
            length_bound: len,
        };
        assert_ok!(Executive::apply_extrinsic(signed("CouncilOne", propose, 0)).unwrap());
        for (n, name) in ["CouncilOne", "CouncilTwo"].into_iter().enumerate() {
            let vote = pallet_collective::Call::<Runtime, Instance1>::vote {
                proposal: hash,
                index: 0,
                approve: true,
            };
            let nonce = if n == 0 { 1 } else { 0 };
            assert_ok!(Executive::apply_extrinsic(signed(name, vote, nonce)).unwrap());
        }
        let close = pallet_collective::Call::<Runtime, Instance1>::close {
            proposal_hash: hash,
            index: 0,
            proposal_weight_bound: polkadot_sdk::frame_support::weights::Weight::from_parts(
                500_000_000_000,
                8 * 1024 * 1024,
            ),
            length_bound: len,
        };
        assert_ok!(Executive::apply_extrinsic(signed("CouncilTwo", close, 1)).unwrap());
        let now = pallet_collective::Members::<Runtime, Instance1>::get();
        assert!(now.contains(&dev::account("DoctorX")));
        assert!(!now.contains(&dev::account("CouncilThree")));
    });
}

#[test]
fn forged_root_should_be_refused_when_one_councillor_asks_alone() {
    in_first_block(|| {
        let call = Box::new(RuntimeCall::from(frame_system::Call::set_heap_pages {
            pages: 9,
        }));
        for name in ["CouncilOne", "HospitalA", "DoctorB"] {
            let origin = RuntimeOrigin::signed(dev::account(name));
            let call: RuntimeCall =
                pallet_consortium::Call::dispatch_as_root { call: call.clone() }.into();
            assert!(call.dispatch(origin).is_err());
        }
    });
}

#[test]
fn operational_calls_should_not_include_what_fills_the_chain() {
    let contains = configs::OperationalCalls::contains;
    assert!(!contains(&remark().into()));
    let entries = pallet_phi_index::Call::register_blocks {
        head: H256::zero(),
        proof: Default::default(),
        blocks: Default::default(),
    };
    assert!(!contains(&entries.into()));
    let rotate = pallet_consortium::Call::rotate_requester_key { key: [1; 32] };
    assert!(!contains(&rotate.into()));
    // A hospital files tombstones from its own quota.
    let tombstone = pallet_peks_search::Call::file_tombstone {
        authority: Authority::GrantKey([1; 32]),
        expiry: 1,
        signature: [0; 64],
    };
    assert!(!contains(&tombstone.into()));
    assert!(contains(
        &pallet_consortium::Call::suspend_hospital {
            hospital: H256::zero()
        }
        .into()
    ));
}
