// SPDX-License-Identifier: Apache-2.0
//! Quotas on the whole runtime, and floods of transactions that they bound.

use super::{
    admission::{anchor, apply, assert_refused, question, refused, vote, VALIDATOR},
    custom, in_first_block, merge, remark, signed, validate,
};
use crate::{
    configs::{ConsortiumCalls, OperationalCalls},
    genesis_config_presets::*,
    *,
};
use bspp_primitives::{
    quota::Usage,
    refusal,
    traits::{CallRules, MAX_PENDING},
};
use bspp_runtime_common::dev::{self, HOSPITAL_A, HOSPITAL_B};
use codec::Encode;
use pallet_consortium::{Part, Sender, UsedCommon, UsedOperationalQuota, UsedReserve};
use polkadot_sdk::{
    frame_support::{
        assert_ok,
        dispatch::{DispatchClass, GetDispatchInfo},
        genesis_builder_helper::build_state,
        traits::{Contains, Get},
    },
    frame_system,
    sp_core::H256,
    sp_genesis_builder::PresetId,
    sp_io,
    sp_runtime::transaction_validity::{
        InvalidTransaction, TransactionSource, TransactionValidityError,
    },
};

/// Sessions of two blocks, so that quotas are small.
fn short_sessions() {
    pallet_conformance::SessionLength::<Runtime>::put(2);
}

/// Attack: an operator floods the chain with anchors, of others' chains and of its own.
#[test]
fn anchors_should_be_of_the_operators_hospital_and_within_its_quota() {
    in_first_block(|| {
        short_sessions();
        assert_refused(
            signed("HospitalA", anchor(HOSPITAL_B.id()), 0),
            refusal::CALL_NOT_AUTHORIZED,
        );
        for name in [VALIDATOR, "DoctorA", "CouncilOne"] {
            let anchor = signed(name, anchor(HOSPITAL_A.id()), 0);
            assert_refused(anchor, refusal::CALL_NOT_AUTHORIZED);
        }
        let sender = Sender {
            part: Part::Operator,
            hospital: Some(HOSPITAL_A.id()),
        };
        let quota = ConsortiumCalls::operational_quota(&sender);
        let mut nonce = 0;
        let outcome = loop {
            // The anchor fails, because the council did not start it.
            let outcome = apply(signed("HospitalA", anchor(HOSPITAL_A.id()), nonce));
            if outcome.is_err() {
                break outcome;
            }
            nonce += 1;
        };
        assert_eq!(outcome, refused(refusal::QUOTA_EXCEEDED));
        assert_eq!(nonce, quota.number);
        // Its ordinary quota and other hospitals' are whole.
        assert_ok!(apply(signed("HospitalA", remark(), nonce)).unwrap());
        assert_ok!(apply(signed("HospitalB", anchor(HOSPITAL_B.id()), 0)));
    });
}

/// Registers nothing, and fills a nonce: `register_blocks` without blocks.
fn registration() -> RuntimeCall {
    pallet_phi_index::Call::<Runtime>::register_blocks {
        head: H256::zero(),
        proof: Default::default(),
        blocks: Default::default(),
    }
    .into()
}

/// Attack: one doctor's key uses up its hospital's quota, so that lag restricts its blocks.
#[test]
fn requesters_flood_should_leave_the_operator_its_quota() {
    in_first_block(|| {
        short_sessions();
        let mut nonce = 0;
        let outcome = loop {
            let outcome = apply(signed("DoctorA", question(), nonce));
            if outcome.is_err() {
                break outcome;
            }
            nonce += 1;
        };
        assert_eq!(outcome, refused(refusal::QUOTA_EXCEEDED));
        assert!(nonce > 10, "a requester can work: {nonce}");
        let used = UsedCommon::<Runtime>::get(HOSPITAL_A.id());
        let common = Consortium::common_quota();
        assert!(used.weight <= common.weight / 8);
        // The operator has the rest of the common quota, and anchors.
        let long = frame_system::Call::<Runtime>::remark {
            remark: vec![0; 1024 * 1024],
        };
        assert_ok!(apply(signed("HospitalA", long, 0)).unwrap());
        assert_ok!(apply(signed("HospitalA", anchor(HOSPITAL_A.id()), 1)));
    });
}

/// Attack: a hospital's other keys and calls use up what registrations need.
#[test]
fn used_up_common_quota_should_leave_registrations_their_reserve() {
    in_first_block(|| {
        short_sessions();
        let id = HOSPITAL_A.id();
        let session = Session::current_index();
        let common = Consortium::common_quota();
        UsedCommon::<Runtime>::mutate(id, |usage| {
            *usage = usage.with(session, common.weight, common.bytes);
        });
        for (name, call) in [("HospitalA", remark().into()), ("DoctorA", question())] {
            assert_refused(signed(name, call, 0), refusal::QUOTA_EXCEEDED);
        }
        assert_ok!(apply(signed("HospitalA", registration(), 0)).unwrap());
        let used = UsedReserve::<Runtime>::get(id);
        assert_eq!((used.session, used.number), (session, 1));
        // The reserve is for registrations only, and has an end as well.
        let reserve = Consortium::reserve_of(&id);
        UsedCommon::<Runtime>::remove(id);
        UsedReserve::<Runtime>::mutate(id, |usage| {
            *usage = usage.with(session, reserve.weight, reserve.bytes);
        });
        assert_refused(
            signed("HospitalA", registration(), 1),
            refusal::QUOTA_EXCEEDED,
        );
        assert_ok!(apply(signed("HospitalA", remark(), 1)).unwrap());
    });
}

#[test]
fn reserve_should_hold_two_largest_registrations_whatever_the_session() {
    in_first_block(|| {
        for blocks in [1, 2, 10, 100, 1_200, 100_000] {
            pallet_conformance::SessionLength::<Runtime>::put(blocks);
            let reserve = Consortium::reserve_of(&HOSPITAL_A.id());
            let weight = <Runtime as pallet_consortium::Config>::RegistrationWeight::get();
            let bytes = <Runtime as pallet_consortium::Config>::RegistrationBytes::get();
            assert!(reserve.weight >= 2 * weight && reserve.bytes >= 2 * bytes);
            let common = Consortium::common_quota();
            let share = <Runtime as pallet_consortium::Config>::DelegateWeight::get();
            // Seven stolen keys leave the eighth requester its share.
            assert!(8 * share <= common.weight);
            let share = <Runtime as pallet_consortium::Config>::DelegateBytes::get();
            assert!(8 * share <= common.bytes);
        }
    });
}

/// Attack: a council member fills blocks with votes.
#[test]
fn used_up_operational_quota_should_stop_one_account_only() {
    in_first_block(|| {
        let sender = Sender {
            part: Part::Council,
            hospital: None,
        };
        let quota = ConsortiumCalls::operational_quota(&sender);
        UsedOperationalQuota::<Runtime>::insert(
            dev::account("CouncilOne"),
            Usage {
                session: Session::current_index(),
                number: quota.number - 1,
                weight: 0,
                bytes: 0,
            },
        );
        let first = validate(signed("CouncilTwo", vote(1), 0)).unwrap();
        let last = validate(signed("CouncilOne", vote(1), 0)).unwrap();
        assert!(first.priority > last.priority, "priority falls with use");
        // The vote fails, because there is no such motion.
        assert_ok!(apply(signed("CouncilOne", vote(1), 0)));
        assert_refused(signed("CouncilOne", vote(2), 1), refusal::QUOTA_EXCEEDED);
        assert_ok!(apply(signed("CouncilTwo", vote(1), 0)));
    });
}

/// Attack: one account fills the pool with transactions that no quota counts yet.
#[test]
fn pool_should_take_a_limited_number_of_waiting_transactions_of_one_account() {
    in_first_block(|| {
        let near = validate(signed("HospitalB", remark(), 0)).unwrap();
        let far = validate(signed("HospitalB", remark(), MAX_PENDING)).unwrap();
        assert!(near.priority > far.priority && near.longevity > far.longevity);
        let beyond = signed("HospitalB", remark(), MAX_PENDING + 1);
        assert_eq!(validate(beyond.clone()), custom(refusal::TOO_MANY_PENDING));
        // A block takes only the next one.
        let future = TransactionValidityError::Invalid(InvalidTransaction::Future);
        assert_eq!(apply(beyond), Err(future));
        // The maximum moves with the account's nonce.
        assert_ok!(apply(signed("HospitalB", remark(), 0)).unwrap());
        assert_ok!(validate(signed("HospitalB", remark(), MAX_PENDING + 1)));
        let parent = System::parent_hash();
        let local = Executive::validate_transaction(
            TransactionSource::Local,
            signed("HospitalB", remark(), MAX_PENDING + 2),
            parent,
        );
        assert_eq!(local, custom(refusal::TOO_MANY_PENDING));
    });
}

#[test]
fn quota_should_follow_the_genesis_before_the_first_block() {
    let mut ext = sp_io::TestExternalities::default();
    ext.execute_with(|| {
        let patch = get_preset(&PresetId::from(CONSORTIUM_LOCAL)).unwrap();
        let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
        merge(&mut config, serde_json::from_slice(&patch).unwrap());
        config["conformance"]["sessionLength"] = 4.into();
        build_state::<RuntimeGenesisConfig>(config.to_string().into_bytes()).unwrap();
        // Shorter than the default session, so the quota is that of two blocks.
        let lengths = <Runtime as frame_system::Config>::BlockLength::get();
        let block = u64::from(*lengths.max.get(DispatchClass::Normal));
        let quota = || Consortium::reserve_of(&HOSPITAL_A.id());
        assert_eq!(quota().bytes + Consortium::common_quota().bytes, 2 * block);
        let genesis = quota();
        System::initialize(&1, &H256::repeat_byte(7), &Default::default());
        assert_eq!(quota(), genesis);
    });
}

#[test]
fn requesters_heaviest_call_should_fit_in_its_share() {
    use pallet_peks_search::WeightInfo;
    type Weights = <Runtime as pallet_peks_search::Config>::WeightInfo;

    in_first_block(|| {
        short_sessions();
        let share = <Runtime as pallet_consortium::Config>::DelegateWeight::get();
        for weight in [Weights::open_request(), Weights::prove_match()] {
            assert!(weight.ref_time() * 4 < share);
        }
    });
}

/// No sequence of transactions of one account takes more room of blocks than its quotas.
#[test]
fn included_transactions_of_an_account_should_keep_to_its_quotas() {
    for seed in 0..4u64 {
        in_first_block(|| {
            short_sessions();
            let mut state = seed;
            let mut random = |below: u64| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % below
            };
            // By account and bucket: common, operational, reserve.
            let mut taken = [[(0u64, 0u64); 3]; 2];
            let mut nonces = [0u32; 2];
            for _ in 0..150 {
                let who = usize::try_from(random(2)).unwrap();
                let bytes = usize::try_from(random(300_000)).unwrap();
                let call: RuntimeCall = match (who, random(4)) {
                    (0, 0) => anchor(HOSPITAL_A.id()),
                    (0, 1) => frame_system::Call::<Runtime>::remark {
                        remark: vec![0; bytes],
                    }
                    .into(),
                    (0, 2) => registration(),
                    (0, _) => vote(1),
                    (_, 0) => anchor(HOSPITAL_A.id()),
                    (_, 1) => registration(),
                    _ => question(),
                };
                let bucket = if OperationalCalls::contains(&call) {
                    1
                } else if ConsortiumCalls::is_registration(&call) {
                    2
                } else {
                    0
                };
                let name = ["HospitalA", "DoctorA"][who];
                let extrinsic = signed(name, call, nonces[who]);
                let info = extrinsic.get_dispatch_info();
                let length = extrinsic.encoded_size() as u64;
                if apply(extrinsic).is_ok() {
                    nonces[who] += 1;
                    let sum = &mut taken[who][bucket];
                    *sum = (sum.0 + info.total_weight().ref_time(), sum.1 + length);
                }
                // The next block of the same session.
                System::finalize();
                let next = System::block_number() + 1;
                System::initialize(&next, &H256::repeat_byte(7), &Default::default());
            }
            let common = Consortium::common_quota();
            let reserve = Consortium::reserve_of(&HOSPITAL_A.id());
            let sender = Sender {
                part: Part::Operator,
                hospital: Some(HOSPITAL_A.id()),
            };
            let of_operations = ConsortiumCalls::operational_quota(&sender);
            let [[by_operator, operations, registered], [by_doctor, nothing, none]] = taken;
            assert!(by_operator.0 + by_doctor.0 <= common.weight);
            assert!(by_operator.1 + by_doctor.1 <= common.bytes);
            assert!(by_doctor.0 <= common.weight / 8 && by_doctor.1 <= common.bytes / 8);
            assert!(registered.0 > 0 && registered.0 <= reserve.weight);
            assert!(registered.1 <= reserve.bytes);
            assert!(operations.0 <= of_operations.weight && operations.1 <= of_operations.bytes);
            assert_eq!((nothing, none), ((0, 0), (0, 0)));
        });
    }
}
