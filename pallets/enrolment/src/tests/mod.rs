// SPDX-License-Identifier: Apache-2.0
//! Tests, one file per noun.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod admins;
mod admission;
mod clinicians;
mod dispatch_as_root;
mod enrol_patient;
mod genesis;
mod issue_credential;
mod new_session;
mod nodes;
mod register_consent;
mod revoke_credential;
mod set_validators;
mod withdraw_consent;

use crate::mock::*;

/// Origins that are not signed.
fn unsigned() -> [RuntimeOrigin; 3] {
    [
        RuntimeOrigin::none(),
        RuntimeOrigin::root(),
        frame_system::RawOrigin::Authorized.into(),
    ]
}
