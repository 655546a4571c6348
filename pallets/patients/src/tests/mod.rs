// SPDX-License-Identifier: Apache-2.0
//! Tests: one file per call or trait.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod covers;
mod enrol_patient;
mod raise_label_version;
mod register_consent;
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
