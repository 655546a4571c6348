// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, EnsureAdmin};
use frame_support::traits::EnsureOrigin;

#[test]
fn ensure_admin_should_accept_any_one_admin_and_nobody_else() {
    ExtBuilder::default()
        .with_admins(&[ADMIN, OTHER_ADMIN])
        .build_and_execute(|| {
            for who in [ADMIN, OTHER_ADMIN] {
                let admin = EnsureAdmin::<Test>::ensure_origin(RuntimeOrigin::signed(who));
                assert_eq!(admin.ok(), Some(who));
            }
            assert!(EnsureAdmin::<Test>::ensure_origin(RuntimeOrigin::signed(STAFF)).is_err());
            for origin in unsigned() {
                assert!(EnsureAdmin::<Test>::ensure_origin(origin).is_err());
            }
        });
}
