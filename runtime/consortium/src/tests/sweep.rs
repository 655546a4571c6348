// SPDX-License-Identifier: Apache-2.0
//! Expired requests leave the state in the idle time of whole blocks.

use super::blocks::Chain;
use crate::*;
use bspp_runtime_common::dev::{self, HOSPITAL_A, HOSPITAL_B};
use bspp_types::{
    limits::{DAY_MS, DEFAULT_SLOT_DURATION},
    messages, Authority, PurposeOfUse, Request, RequestStatus,
};
use pallet_peks_search::{Expiring, Requests, SweepDay};
use polkadot_sdk::sp_core::H256;

#[test]
fn expired_request_should_be_swept_by_a_block_with_room() {
    let authority = Authority::GrantKey([1; 32]);
    let id = messages::request_id(&authority);
    let mut chain = Chain::new(|| {
        let request = Request {
            hospital: HOSPITAL_A.id(),
            requester: dev::account("DoctorB"),
            requester_hospital: HOSPITAL_B.id(),
            authority,
            purpose: PurposeOfUse::Treatment,
            expiry: 1,
            header_hash: H256::zero(),
            status: RequestStatus::Open,
            opened_at: 0,
            matches: 0,
        };
        Requests::<Runtime>::insert(id, request);
        Expiring::<Runtime>::insert(1, id, ());
        SweepDay::<Runtime>::put(1);
    });
    chain.advance_one();
    chain.read(|| assert!(PeksSearch::request(id).is_some()));
    // Eight days after 1970-01-01 the expiry and the answer period have passed.
    chain.slot = 8 * DAY_MS / DEFAULT_SLOT_DURATION;
    chain.advance_one();
    chain.read(|| assert_eq!(PeksSearch::request(id), None));
}
