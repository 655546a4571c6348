// SPDX-License-Identifier: Apache-2.0
//! Tests, one file per call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod ask_disclosure;
mod claim_disclosure;
mod close_request;
mod confirm_disclosure;
mod contest_claim;
mod flag_unanswered;
mod open_request;
mod properties;
mod prove_match;
mod refuse_disclosure;
mod revoke_request;
mod sweep;
mod tombstones;

use crate::mock::*;
use frame_support::assert_ok;

/// A chain with request 1 of [`DOCTOR`] at hospital A and a proof of record 10 in block 0.
fn matched() -> ExtBuilder {
    ExtBuilder::default()
        .with_block(
            HOSPITAL_A,
            vec![entry(10), entry(11), entry(12), entry(13), entry(14)],
        )
        .with_request(grant(1))
}

/// Proves record 10 under request 1.
fn prove_first() {
    assert_ok!(PeksSearch::prove_match(
        RuntimeOrigin::signed(DOCTOR),
        proof(request(1), 0, 0, 10)
    ));
}

/// Revokes a request with its key, as a block does: first authorized, then dispatched.
fn revoke(n: u8) {
    assert_ok!(PeksSearch::revoke_request(
        frame_system::RawOrigin::Authorized.into(),
        request(n),
        [0; 64]
    ));
}

/// Asks for record 10 under request 1.
fn ask_first() {
    assert_ok!(PeksSearch::ask_disclosure(
        RuntimeOrigin::signed(DOCTOR),
        request(1),
        record(10),
        sp_core::H256([9; 32])
    ));
}
