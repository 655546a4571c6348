// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use bspp_primitives::{
    refusal,
    traits::{Admission, DueUpgrades},
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{
    traits::{BlakeTwo256, Hash},
    transaction_validity::InvalidTransaction,
    DispatchError::BadOrigin,
};

const CODE: [u8; 3] = [1, 2, 3];

fn hash() -> H256 {
    BlakeTwo256::hash(&CODE)
}

fn apply() -> RuntimeCall {
    frame_system::Call::<Test>::apply_authorized_upgrade {
        code: CODE.to_vec(),
    }
    .into()
}

/// Whether the admission takes the upgrade. The trait's own answer must be the same.
fn is_due() -> bool {
    let due = Consortium::is_upgrade_due();
    let expected = if due {
        Ok(())
    } else {
        Err(InvalidTransaction::Custom(refusal::UPGRADE_NOT_DUE).into())
    };
    assert_eq!(Consortium::check_call(&apply()), expected);
    due
}

#[test]
fn authorize_upgrade_should_be_due_after_the_delay() {
    ExtBuilder::default().run(|| {
        assert!(!is_due(), "nothing is authorized");
        System::set_block_number(5);
        assert_ok!(Consortium::authorize_upgrade(council(), hash()));
        let due = 5 + u64::from(UPGRADE_DELAY);
        assert_eq!(
            last_event(),
            Event::UpgradeAuthorized {
                code_hash: hash(),
                due
            }
        );
        for block in [5, 6, due - 1] {
            System::set_block_number(block);
            assert!(!is_due(), "in block {block}");
        }
        System::set_block_number(due);
        assert!(is_due());
    });
}

#[test]
fn authorize_upgrade_should_begin_the_delay_again_when_it_is_repeated() {
    ExtBuilder::default().upgrade_delay(2).run(|| {
        assert_ok!(Consortium::authorize_upgrade(council(), hash()));
        System::set_block_number(3);
        assert!(is_due());
        // Another hash takes the first authorization back.
        assert_ok!(Consortium::authorize_upgrade(council(), H256::zero()));
        assert!(!is_due());
        assert_ok!(Consortium::authorize_upgrade(council(), hash()));
        assert!(!is_due());
        System::set_block_number(5);
        assert!(is_due());
    });
}

/// Attack: an authorization by another way takes over the delay of an old one.
#[test]
fn upgrade_should_not_be_due_when_another_way_authorized_it() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::authorize_upgrade(council(), hash()));
        System::set_block_number(100);
        assert!(is_due());
        System::do_authorize_upgrade(hash(), false);
        assert!(!is_due());
        System::do_authorize_upgrade(H256::repeat_byte(1), true);
        assert!(!is_due());
    });
}

#[test]
fn authorize_upgrade_should_fail_when_the_origin_is_not_the_council() {
    ExtBuilder::default().run(|| {
        for who in [COUNCILLOR, OPERATOR_A, STRANGER] {
            assert_noop!(
                Consortium::authorize_upgrade(signed(who), hash()),
                BadOrigin
            );
        }
    });
}
