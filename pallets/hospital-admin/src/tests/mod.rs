// SPDX-License-Identifier: Apache-2.0
//! Tests: one file per call or trait.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod add_admin;
mod add_node;
mod add_staff;
mod admission;
mod dispatch_as_root;
mod ensure_admin;
mod genesis;
mod issue_credential;
mod new_session;
mod remove_admin;
mod remove_node;
mod remove_staff;
mod revoke_credential;
mod set_quota;
mod set_validators;
mod staff;

use crate::mock::*;

/// Origins that are not signed.
fn unsigned() -> [RuntimeOrigin; 3] {
    [
        RuntimeOrigin::none(),
        RuntimeOrigin::root(),
        frame_system::RawOrigin::Authorized.into(),
    ]
}
