// SPDX-License-Identifier: Apache-2.0
//! Admission by role and call, and quotas of accounts, on the whole runtime.

use super::{chain, extension, operator, CONSORTIUM};
use crate::{
    configs::{exempt, OperationalCalls},
    genesis_config_presets::HOSPITAL_A_LOCAL,
    *,
};
use bspp_primitives::{refusal, traits::MAX_PENDING, AccountId};
use bspp_runtime_common::{dev, CheckNonce};
use bspp_test_kit::EntryBuilder;
use bspp_types::{Record, MAX_RECORDS_PER_CALL};
use codec::{Encode, MaxEncodedLen};
use pallet_hospital_admin::Sender;
use polkadot_sdk::{
    frame_support::{assert_ok, dispatch::GetDispatchInfo, traits::Contains},
    frame_system, pallet_session,
    sp_core::{sr25519, Pair, H256},
    sp_runtime::{
        transaction_validity::{
            InvalidTransaction, TransactionSource, TransactionValidity, TransactionValidityError,
        },
        ApplyExtrinsicResult, MultiSignature,
    },
};

/// A clinician's account.
const WORKSTATION: &str = "Workstation";
/// A node's account.
const NODE: &str = "Alice//stash";

fn signed(name: &str, call: impl Into<RuntimeCall>, nonce: u32) -> UncheckedExtrinsic {
    let (call, pair) = (
        call.into(),
        sr25519::Pair::from_string(&format!("//{name}"), None).unwrap(),
    );
    let mut extension = extension();
    extension.8 = CheckNonce::from(nonce);
    let payload = SignedPayload::new(call.clone(), extension.clone()).unwrap();
    let signature = payload.using_encoded(|bytes| pair.sign(bytes));
    let account = AccountId::from(pair.public());
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

fn apply(extrinsic: UncheckedExtrinsic) -> ApplyExtrinsicResult {
    Executive::apply_extrinsic(extrinsic)
}

fn error(code: u8) -> TransactionValidityError {
    TransactionValidityError::Invalid(InvalidTransaction::Custom(code))
}

/// The pool and the block refuse a transaction for the same reason.
fn assert_refused(extrinsic: UncheckedExtrinsic, code: u8) {
    assert_eq!(validate(extrinsic.clone()), Err(error(code)));
    assert_eq!(apply(extrinsic), Err(error(code)));
}

/// The next block of the same session.
fn next_block() {
    System::finalize();
    let next = System::block_number() + 1;
    System::initialize(&next, &H256::repeat_byte(7), &Default::default());
}

/// Runs a test in the first block of a chain with sessions of two blocks and a workstation.
fn in_first_block(test: impl FnOnce()) {
    chain(HOSPITAL_A_LOCAL, CONSORTIUM).execute_with(|| {
        System::initialize(&1, &H256::repeat_byte(7), &Default::default());
        pallet_conformance::SessionLength::<Runtime>::put(2);
        let workstation = dev::account(WORKSTATION);
        assert_ok!(HospitalAdmin::add_staff(operator(), workstation));
        test();
    });
}

/// A call that stores records. Their batch does not exist, so it fails in the block.
fn records(count: u32) -> RuntimeCall {
    let records: Vec<Record> = (0..count)
        .map(|_| Record {
            entry: EntryBuilder::new(1).build(),
            wraps: vec![[7; 48]; 8].try_into().unwrap(),
            patient: [1; 32],
            consent: H256::zero(),
        })
        .collect();
    let records = records.try_into().unwrap();
    pallet_phi_records::Call::<Runtime>::store_records { records }.into()
}

fn add_staff(name: &str) -> RuntimeCall {
    pallet_hospital_admin::Call::<Runtime>::add_staff {
        account: dev::account(name),
    }
    .into()
}

fn junk_keys() -> RuntimeCall {
    pallet_session::Call::<Runtime>::set_keys {
        keys: dev::session_keys("Alice"),
        proof: vec![7; 192],
    }
    .into()
}

/// Attack: a workstation's key fills the hospital's chain with records.
#[test]
fn workstations_flood_should_end_with_its_quota() {
    in_first_block(|| {
        let mut stored = 0;
        let outcome = loop {
            let outcome = apply(signed(WORKSTATION, records(MAX_RECORDS_PER_CALL), stored));
            next_block();
            if outcome.is_err() {
                break outcome;
            }
            stored += 1;
        };
        assert_eq!(outcome, Err(error(refusal::QUOTA_EXCEEDED)));
        assert!(stored > 0);
        let quota = HospitalAdmin::quota_of(&dev::account(WORKSTATION));
        let bytes = records(MAX_RECORDS_PER_CALL).encoded_size() as u64;
        assert!(u64::from(stored) * bytes <= quota.bytes);
        // The gateway goes on, also beyond that quota.
        for nonce in 0..=stored {
            assert_ok!(apply(signed(
                "HospitalA",
                records(MAX_RECORDS_PER_CALL),
                nonce
            )));
            next_block();
        }
    });
}

#[test]
fn gateways_quota_should_hold_bulk_ingest_and_a_workstations_should_not() {
    chain(HOSPITAL_A_LOCAL, CONSORTIUM).execute_with(|| {
        // 250 of the largest records in each second of an hour.
        let bulk = 250 * Record::max_encoded_len() as u64 * 3_600;
        let gateway = HospitalAdmin::quota_of(&dev::account("HospitalA"));
        let workstation = HospitalAdmin::quota_of(&dev::account(WORKSTATION));
        assert!(gateway.bytes > bulk && workstation.bytes * 50 < bulk);
        assert!(workstation.weight * 32 < gateway.weight);
    });
}

#[test]
fn members_should_not_send_calls_of_others() {
    in_first_block(|| {
        let remark: RuntimeCall = frame_system::Call::<Runtime>::remark { remark: vec![1] }.into();
        let as_root: RuntimeCall = pallet_hospital_admin::Call::<Runtime>::dispatch_as_root {
            call: Box::new(remark.clone()),
        }
        .into();
        for (name, call) in [
            (NODE, records(1)),
            (NODE, add_staff("Mallory")),
            (NODE, remark.clone()),
            (WORKSTATION, add_staff("Mallory")),
            (WORKSTATION, junk_keys()),
            (WORKSTATION, remark.clone()),
            ("HospitalA", remark),
            ("HospitalA", junk_keys()),
            // Root cannot do it, so it would only fill blocks.
            ("HospitalA", as_root),
        ] {
            assert_refused(signed(name, call, 0), refusal::CALL_NOT_AUTHORIZED);
        }
        assert_refused(signed("Mallory", records(1), 0), refusal::NOT_MEMBER);
        assert_refused(signed(NODE, junk_keys(), 0), refusal::INVALID_KEY_PROOF);
        assert_ok!(apply(signed("HospitalA", add_staff("Nurse"), 0)).unwrap());
        assert_ok!(apply(signed(WORKSTATION, records(1), 0)));
    });
}

/// Attack: a stolen admin key fills blocks with calls of admins.
#[test]
fn used_up_operational_quota_should_stop_one_account_only() {
    in_first_block(|| {
        let mut nonce = 0;
        let outcome = loop {
            // It fails from the second time on.
            let outcome = apply(signed("HospitalA", add_staff("Nurse"), nonce));
            if outcome.is_err() {
                break outcome;
            }
            nonce += 1;
        };
        assert_eq!(outcome, Err(error(refusal::QUOTA_EXCEEDED)));
        // Records do not wait for it.
        assert_ok!(apply(signed("HospitalA", records(1), nonce)));
        assert_ok!(apply(signed(WORKSTATION, records(1), 0)));
    });
}

/// Attack: a workstation fills the pool with transactions that no quota counts yet.
#[test]
fn pool_should_take_more_waiting_transactions_of_the_gateway_only() {
    in_first_block(|| {
        assert_ok!(validate(signed(WORKSTATION, records(1), MAX_PENDING)));
        let beyond = signed(WORKSTATION, records(1), MAX_PENDING + 1);
        assert_eq!(validate(beyond), Err(error(refusal::TOO_MANY_PENDING)));
        assert_ok!(validate(signed("HospitalA", records(1), MAX_PENDING + 1)));
        let beyond = signed("HospitalA", records(1), 10_000);
        assert_eq!(validate(beyond), Err(error(refusal::TOO_MANY_PENDING)));
    });
}

#[test]
fn exempt_calls_should_be_operational_and_never_of_staff_alone() {
    let staff = Sender {
        staff: true,
        ..Default::default()
    };
    let all = Sender {
        admin: true,
        staff: true,
        node: true,
    };
    for call in [add_staff("Nurse"), junk_keys(), records(1)] {
        assert!(!exempt(&staff, &call));
        assert_eq!(exempt(&all, &call), OperationalCalls::contains(&call));
    }
}

/// No sequence of transactions of one account takes more room of blocks than its quotas.
#[test]
fn included_transactions_of_an_account_should_keep_to_its_quotas() {
    for seed in 0..4u64 {
        in_first_block(|| {
            let mut state = seed;
            let mut random = |below: u64| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % below
            };
            let (mut nonce, mut weight, mut bytes) = (0, 0, 0);
            for _ in 0..40 {
                let call = match random(4) {
                    0 => add_staff("Mallory"),
                    _ => records(u32::try_from(random(64)).unwrap() + 1),
                };
                let extrinsic = signed(WORKSTATION, call, nonce);
                let info = extrinsic.get_dispatch_info();
                let length = extrinsic.encoded_size() as u64;
                if apply(extrinsic).is_ok() {
                    nonce += 1;
                    weight += info.total_weight().ref_time();
                    bytes += length;
                }
                next_block();
            }
            let quota = HospitalAdmin::quota_of(&dev::account(WORKSTATION));
            assert!(nonce > 0 && weight <= quota.weight && bytes <= quota.bytes);
        });
    }
}
