// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used, clippy::expect_used)]
//! Tests of the whole runtime: presets, admission, the gate, storage for other chains.

mod admission;
mod conformance;
mod equivocations;
mod patients;
mod records;
mod slot_duration;
#[cfg(feature = "try-runtime")]
mod try_runtime;

use crate::{genesis_config_presets::*, *};
use bspp_primitives::{entry_commitment_storage, traits::HospitalChain};
use bspp_runtime_common::dev;
use bspp_types::{EntryCommitment, Record, MAX_RECORDS_PER_CALL};
use codec::{Encode, MaxEncodedLen};
use polkadot_sdk::{
    frame_support::{dispatch::DispatchClass, genesis_builder_helper::build_state},
    sp_core::H256,
    sp_genesis_builder::PresetId,
    sp_io,
    sp_runtime::generic::Era,
};

/// The consortium chain of the hospitals.
const CONSORTIUM: H256 = H256([5; 32]);

fn chain(preset: &str, consortium: H256) -> sp_io::TestExternalities {
    let mut ext = sp_io::TestExternalities::default();
    ext.execute_with(|| {
        let patch = get_preset(&PresetId::from(preset)).unwrap();
        let mut patch: serde_json::Value = serde_json::from_slice(&patch).unwrap();
        patch["hospitalAdmin"]["chain"] = serde_json::to_value(consortium).unwrap();
        let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
        for (pallet, fields) in patch.as_object().unwrap() {
            for (field, value) in fields.as_object().unwrap() {
                config[pallet][field] = value.clone();
            }
        }
        build_state::<RuntimeGenesisConfig>(config.to_string().into_bytes()).unwrap();
    });
    ext
}

/// The extensions of the first transaction of an account, or of one without an account.
fn extension() -> TxExtension {
    (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(Era::Immortal),
        CheckConformance::new(),
        CheckMember::new(),
        bspp_runtime_common::CheckNonce::from(0),
        frame_system::CheckWeight::new(),
        polkadot_sdk::frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    )
}

/// The account that is admin and staff of hospital A.
fn operator() -> RuntimeOrigin {
    RuntimeOrigin::signed(dev::account(dev::HOSPITAL_A.operator))
}

#[test]
fn presets_should_make_each_hospitals_chain() {
    for (preset, hospital) in [
        (HOSPITAL_A_LOCAL, dev::HOSPITAL_A),
        (HOSPITAL_B_LOCAL, dev::HOSPITAL_B),
    ] {
        chain(preset, CONSORTIUM).execute_with(|| {
            assert_eq!(HospitalAdmin::hospital(), hospital.id());
            assert_eq!(HospitalAdmin::chain(), CONSORTIUM);
            let operator = dev::account(hospital.operator);
            assert!(HospitalAdmin::is_admin(&operator) && HospitalAdmin::is_staff(&operator));
            let validators: Vec<_> = hospital
                .hospital_validators
                .iter()
                .map(|v| dev::validator(v))
                .collect();
            assert_eq!(Session::validators(), validators);
            assert_eq!(Grandpa::grandpa_authorities().len(), validators.len());
        });
    }
}

#[test]
fn preset_names_should_all_have_a_preset() {
    for name in preset_names() {
        assert!(get_preset(&name).is_some());
    }
    assert!(get_preset(&PresetId::from("unknown")).is_none());
}

#[test]
fn entry_blocks_should_stand_where_the_consortium_proves_them() {
    chain(HOSPITAL_A_LOCAL, H256::zero()).execute_with(|| {
        let block = EntryCommitment {
            number: 1,
            count: 1,
            root: H256::repeat_byte(1),
            chain_hash: H256::repeat_byte(2),
        };
        pallet_phi_records::EntryCommitments::<Runtime>::insert(3, block);
        let stored = sp_io::storage::get(&entry_commitment_storage::key(3)).unwrap();
        assert_eq!(stored.to_vec(), block.encode());
    });
}

#[test]
fn block_length_should_hold_several_of_the_largest_calls() {
    let length = <Runtime as frame_system::Config>::BlockLength::get();
    let normal = *length.max.get(DispatchClass::Normal) as usize;
    let largest = MAX_RECORDS_PER_CALL as usize * Record::max_encoded_len() + 512;
    assert!(normal / largest >= 4, "{largest} bytes");
}
