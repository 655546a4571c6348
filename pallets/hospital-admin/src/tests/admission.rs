// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Call, UsedOperationalQuota, UsedQuota};
use bspp_primitives::{
    refusal,
    traits::{Admission, Admitted, MAX_PENDING},
};
use frame_support::assert_ok;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

fn operational() -> RuntimeCall {
    RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() })
}

fn ordinary() -> RuntimeCall {
    RuntimeCall::HospitalAdmin(Call::remove_admin { account: ADMIN })
}

fn refused<O>(code: u8) -> Result<O, TransactionValidityError> {
    Err(InvalidTransaction::Custom(code).into())
}

#[test]
fn check_should_admit_each_part_with_its_calls() {
    ExtBuilder::default().build_and_execute(|| {
        for (who, call, is_operational) in [
            (ADMIN, operational(), true),
            (NODE, operational(), true),
            (ADMIN, ordinary(), false),
            (STAFF, ordinary(), false),
        ] {
            let admitted = HospitalAdmin::check(&who, &call, 1, 1).unwrap();
            assert_eq!(admitted.operational, is_operational);
            assert_ok!(HospitalAdmin::charge(&who, &call, 1, 1));
        }
    });
}

#[test]
fn check_should_refuse_members_with_calls_of_others() {
    ExtBuilder::default().build_and_execute(|| {
        for (who, call) in [(NODE, ordinary()), (STAFF, operational())] {
            let refusal = || refused(refusal::CALL_NOT_AUTHORIZED);
            assert_eq!(HospitalAdmin::check(&who, &call, 1, 1), refusal());
            assert_eq!(
                HospitalAdmin::charge(&who, &call, 1, 1),
                refused(refusal::CALL_NOT_AUTHORIZED)
            );
        }
        assert_eq!(UsedQuota::<Test>::iter().count(), 0);
        assert_eq!(UsedOperationalQuota::<Test>::iter().count(), 0);
    });
}

#[test]
fn check_should_refuse_strangers_and_removed_members() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(HospitalAdmin::remove_staff(
            RuntimeOrigin::signed(ADMIN),
            STAFF
        ));
        for who in [STRANGER, STAFF] {
            for call in [operational(), ordinary()] {
                assert_eq!(
                    HospitalAdmin::check(&who, &call, 1, 1),
                    refused(refusal::NOT_MEMBER)
                );
                assert_eq!(
                    HospitalAdmin::charge(&who, &call, 1, 1),
                    refused(refusal::NOT_MEMBER)
                );
            }
        }
    });
}

/// Attack: a workstation's key fills the hospital's chain.
#[test]
fn one_account_of_staff_should_use_its_quota_only() {
    ExtBuilder::default().build_and_execute(|| {
        assert_eq!(
            HospitalAdmin::check(&STAFF, &ordinary(), 500, 1),
            Ok(Admitted {
                operational: false,
                used: 500
            })
        );
        assert_ok!(HospitalAdmin::charge(&STAFF, &ordinary(), 1_000, 1));
        for outcome in [
            HospitalAdmin::check(&STAFF, &ordinary(), 1, 1).map(|_| ()),
            HospitalAdmin::charge(&STAFF, &ordinary(), 1, 1),
        ] {
            assert_eq!(outcome, refused(refusal::QUOTA_EXCEEDED));
        }
        SessionIndex::set(1);
        assert_ok!(HospitalAdmin::charge(&STAFF, &ordinary(), 1, 500));
        assert_eq!(
            HospitalAdmin::charge(&STAFF, &ordinary(), 1, 1),
            refused(refusal::QUOTA_EXCEEDED)
        );
        // Others have their own.
        assert_ok!(HospitalAdmin::charge(&ADMIN, &ordinary(), 1_000, 500));
    });
}

#[test]
fn operational_calls_should_count_against_a_quota_of_their_own() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(HospitalAdmin::charge(&ADMIN, &ordinary(), 1_000, 1));
        for _ in 0..3 {
            assert_ok!(HospitalAdmin::charge(&ADMIN, &operational(), 100, 100));
        }
        assert_eq!(
            HospitalAdmin::charge(&ADMIN, &operational(), 0, 0),
            refused(refusal::QUOTA_EXCEEDED)
        );
        assert_ok!(HospitalAdmin::charge(&NODE, &operational(), 100, 100));
    });
}

#[test]
fn more_transactions_should_wait_of_an_account_with_a_quota_of_its_own() {
    ExtBuilder::default()
        .with_quotas(&[(STAFF, 9_000, 9_000)])
        .build_and_execute(|| {
            assert_eq!(HospitalAdmin::max_pending(&ADMIN), MAX_PENDING);
            assert!(HospitalAdmin::max_pending(&STAFF) > MAX_PENDING);
        });
}

#[test]
fn is_operational_should_ask_the_runtime() {
    assert!(HospitalAdmin::is_operational(&operational()));
    assert!(!HospitalAdmin::is_operational(&ordinary()));
}

/// No sequence of transactions of an account takes more room of a session than its quotas.
#[test]
fn included_transactions_should_keep_to_the_quotas() {
    for seed in 0..64u64 {
        ExtBuilder::default().build_and_execute(|| {
            let mut state = seed;
            let mut random = |below: u64| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % below
            };
            let (mut session, mut sums) = (0, [(0u32, 0u64, 0u64); 2]);
            for _ in 0..80 {
                if random(16) == 0 {
                    session += 1;
                    SessionIndex::set(session);
                    sums = Default::default();
                }
                let is_operational = random(2) == 1;
                let call = if is_operational {
                    operational()
                } else {
                    ordinary()
                };
                let (weight, bytes) = (random(400), random(200));
                let len = u32::try_from(bytes).unwrap();
                let checked = HospitalAdmin::check(&ADMIN, &call, weight, len);
                let charged = HospitalAdmin::charge(&ADMIN, &call, weight, len);
                assert_eq!(checked.is_ok(), charged.is_ok());
                if charged.is_ok() {
                    let sum = &mut sums[usize::from(is_operational)];
                    *sum = (sum.0 + 1, sum.1 + weight, sum.2 + bytes);
                }
                for (sum, quota) in sums.iter().zip([STAFF_QUOTA, OPERATIONAL_QUOTA]) {
                    assert!(sum.0 <= quota.number);
                    assert!(sum.1 <= quota.weight && sum.2 <= quota.bytes);
                }
            }
        });
    }
}
