// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of every call, each on its longest path.

#![cfg(feature = "runtime-benchmarks")]

use crate::{types::RequestOf, *};
use alloc::vec::Vec;
use bspp_peks::{Ed25519Secret, MatchStatement};
use bspp_primitives::traits::{Membership, RegisteredEntries};
use bspp_types::{
    day_of, entry_proof, messages, Authority, Day, DisclosureStatus, Entry, HospitalId, Match,
    MatchProof, Moment, OpenRequest, PurposeOfUse, RecordId, RequestId, RequestStatus, Slot,
    MAX_ENTRIES_PER_BLOCK, MAX_SLOTS,
};
use frame_benchmarking::v2::*;
use frame_support::{
    pallet_prelude::TransactionSource,
    storage::{storage_prefix, unhashed},
    traits::{Authorize, Get, Time},
};
use frame_system::RawOrigin;
use sp_core::H256;

const ASKED: HospitalId = H256([0xA0; 32]);
const HOME: HospitalId = H256([0xB0; 32]);

/// Sets the clock, which is the timestamp pallet in runtimes and in the mock.
fn set_time(now: Moment) {
    unhashed::put(&storage_prefix(b"Timestamp", b"Now"), &now);
}

fn members<T: Config>() -> (T::AccountId, T::AccountId) {
    let operator: T::AccountId = account("operator", 0, 0);
    let doctor: T::AccountId = account("doctor", 0, 0);
    T::Membership::make_member(&ASKED, &operator, &account("requester", 0, 0));
    T::Membership::make_member(&HOME, &account("operator", 1, 0), &doctor);
    (operator, doctor)
}

fn grant_key() -> Ed25519Secret {
    Ed25519Secret::from_seed(&[1; 32])
}

fn authority() -> Authority {
    Authority::GrantKey(grant_key().public())
}

fn id() -> RequestId {
    messages::request_id(&authority())
}

fn insert_request<T: Config>(requester: &T::AccountId, matches: u32) {
    let request: RequestOf<T> = bspp_types::Request {
        hospital: ASKED,
        requester: requester.clone(),
        requester_hospital: HOME,
        authority: authority(),
        purpose: PurposeOfUse::Treatment,
        expiry: Day::MAX,
        header_hash: H256::zero(),
        status: RequestStatus::Open,
        opened_at: 0,
        matches,
    };
    Requests::<T>::insert(id(), request);
}

fn insert_match<T: Config>(record: RecordId) {
    let matched = Match {
        proved_at: 0,
        proved_on: 0,
        asked_on: Some(0),
        ask_hash: None,
        disclosure: DisclosureStatus::Pending,
    };
    Matches::<T>::insert(id(), record, matched);
}

fn entries() -> Vec<Entry> {
    let match_key = Ed25519Secret::from_seed(&[2; 32]).public();
    (0..MAX_ENTRIES_PER_BLOCK)
        .map(|index| {
            let slots = (0..MAX_SLOTS)
                .map(|slot| {
                    let mut tag = [0; 16];
                    tag[..4].copy_from_slice(&slot.to_le_bytes());
                    Slot { tag, match_key }
                })
                .collect::<Vec<_>>();
            Entry {
                batch: H256::zero(),
                index,
                payload_hash: H256::zero(),
                key_commitment: H256::zero(),
                slots: slots.try_into().unwrap_or_default(),
                seal: H256::zero(),
            }
        })
        .collect()
}

#[benchmarks(where T::RuntimeCall: From<Call<T>> + Authorize)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn open_request() {
        let (_, doctor) = members::<T>();
        let key = grant_key();
        let (purpose, header_hash) = (PurposeOfUse::Treatment, H256::zero());
        let expiry = day_of(T::Time::now().saturating_add(T::MaxGrantDuration::get()));
        let message = messages::grant_key_message(
            &T::ChainId::get(),
            &ASKED,
            &doctor.clone().into(),
            purpose,
            expiry,
            &header_hash,
        );
        let open = OpenRequest {
            hospital: ASKED,
            authority: authority(),
            purpose,
            expiry,
            header_hash,
            signature: key.sign(&message),
        };

        #[extrinsic_call]
        _(RawOrigin::Signed(doctor), open);

        assert!(Requests::<T>::contains_key(id()));
    }

    #[benchmark]
    fn prove_match() -> Result<(), BenchmarkError> {
        let (_, doctor) = members::<T>();
        insert_request::<T>(&doctor, 0);
        let entries = entries();
        let sequence = T::RegisteredEntries::make_registered(&ASKED, &entries);
        let unmade = BenchmarkError::Stop("the entry was not made");
        let Some(entry) = entries.last().cloned() else {
            return Err(unmade);
        };
        let Some(path) = entry_proof(&entries, MAX_ENTRIES_PER_BLOCK - 1) else {
            return Err(unmade);
        };
        let Some(slot) = entry.slots.last() else {
            return Err(unmade);
        };
        let statement = MatchStatement {
            chain: T::ChainId::get().0,
            request: id().0,
            rid: entry.rid().0,
            tag: slot.tag,
            requester: doctor.clone().into(),
        };
        let signature = statement.sign(&Ed25519Secret::from_seed(&[2; 32]));
        let record = entry.rid();
        let proof = MatchProof {
            request: id(),
            sequence,
            entry,
            path,
            slot: MAX_SLOTS as u8 - 1,
            signature,
        };

        #[extrinsic_call]
        _(RawOrigin::Signed(doctor), proof);

        assert!(Matches::<T>::contains_key(id(), record));
        Ok(())
    }

    #[benchmark]
    fn revoke_request() {
        let (_, doctor) = members::<T>();
        insert_request::<T>(&doctor, 0);

        #[extrinsic_call]
        _(RawOrigin::Authorized, id(), [0; 64]);

        assert!(Pallet::<T>::request(id()).is_some_and(|r| r.status == RequestStatus::Revoked));
    }

    #[benchmark]
    fn close_request() {
        let (_, doctor) = members::<T>();
        insert_request::<T>(&doctor, 0);

        #[extrinsic_call]
        _(RawOrigin::Authorized, id(), [0; 64]);

        assert!(Pallet::<T>::request(id()).is_some_and(|r| r.status == RequestStatus::Closed));
    }

    #[benchmark]
    fn authorize_grant_key() {
        let (_, doctor) = members::<T>();
        insert_request::<T>(&doctor, 0);
        let signature = grant_key().sign(&messages::revoke_message(&T::ChainId::get(), &id()));
        let call: T::RuntimeCall = Call::<T>::revoke_request {
            request: id(),
            signature,
        }
        .into();
        let verdict;

        #[block]
        {
            verdict = call.authorize(TransactionSource::External);
        }

        assert!(matches!(verdict, Some(Ok(_))));
    }

    #[benchmark]
    fn claim_disclosure() {
        let (operator, doctor) = members::<T>();
        insert_request::<T>(&doctor, 1);
        insert_match::<T>(H256::zero());

        #[extrinsic_call]
        _(RawOrigin::Signed(operator), id(), H256::zero());

        assert!(Pallet::<T>::matched(id(), H256::zero())
            .is_some_and(|m| m.disclosure == DisclosureStatus::Claimed));
    }

    #[benchmark]
    fn confirm_disclosure() {
        let (_, doctor) = members::<T>();
        insert_request::<T>(&doctor, 1);
        insert_match::<T>(H256::zero());

        #[extrinsic_call]
        _(RawOrigin::Signed(doctor), id(), H256::zero());

        assert!(Pallet::<T>::matched(id(), H256::zero())
            .is_some_and(|m| m.disclosure == DisclosureStatus::Confirmed));
    }

    #[benchmark]
    fn flag_unanswered() {
        let (_, doctor) = members::<T>();
        insert_request::<T>(&doctor, 1);
        insert_match::<T>(H256::zero());
        Matches::<T>::mutate_extant(id(), H256::zero(), |matched| {
            matched.disclosure = DisclosureStatus::Asked;
        });
        set_time(T::AnswerPeriod::get().saturating_add(1));

        #[extrinsic_call]
        _(RawOrigin::Signed(doctor), id(), H256::zero());

        assert_eq!(Pallet::<T>::unanswered(ASKED), 1);
    }

    #[benchmark]
    fn ask_disclosure() {
        let (_, doctor) = members::<T>();
        insert_request::<T>(&doctor, 1);
        insert_match::<T>(H256::zero());

        #[extrinsic_call]
        _(RawOrigin::Signed(doctor), id(), H256::zero(), H256::zero());

        assert!(Pallet::<T>::matched(id(), H256::zero())
            .is_some_and(|m| m.disclosure == DisclosureStatus::Asked));
    }

    #[benchmark]
    fn refuse_disclosure() {
        let (operator, doctor) = members::<T>();
        insert_request::<T>(&doctor, 1);
        insert_match::<T>(H256::zero());
        Matches::<T>::mutate_extant(id(), H256::zero(), |matched| {
            matched.disclosure = DisclosureStatus::Asked;
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(operator), id(), H256::zero());

        assert!(Pallet::<T>::matched(id(), H256::zero())
            .is_some_and(|m| m.disclosure == DisclosureStatus::Refused));
    }

    #[benchmark]
    fn contest_claim() {
        let (_, doctor) = members::<T>();
        insert_request::<T>(&doctor, 1);
        insert_match::<T>(H256::zero());
        Matches::<T>::mutate_extant(id(), H256::zero(), |matched| {
            matched.disclosure = DisclosureStatus::Claimed;
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(doctor), id(), H256::zero());

        assert_eq!(Pallet::<T>::contested(ASKED), 1);
    }

    #[benchmark]
    fn file_tombstone() {
        let (operator, _) = members::<T>();
        let expiry = day_of(T::Time::now().saturating_add(T::MaxGrantDuration::get()));
        let message = messages::tombstone_message(&T::ChainId::get(), &id(), expiry);
        let signature = grant_key().sign(&message);

        #[extrinsic_call]
        _(RawOrigin::Signed(operator), authority(), expiry, signature);

        assert!(Tombstones::<T>::contains_key(id()));
    }

    #[benchmark]
    fn sweep_step(m: Linear<0, 32>) {
        let (_, doctor) = members::<T>();
        insert_request::<T>(&doctor, m);
        Requests::<T>::mutate_extant(id(), |request| request.expiry = 1);
        for record in 0..m {
            insert_match::<T>(H256::from_low_u64_be(record.into()));
        }
        Pallet::<T>::note_expiry(1, id());
        set_time(Moment::MAX);

        #[block]
        {
            Pallet::<T>::sweep_step();
        }

        assert!(!Requests::<T>::contains_key(id()));
    }

    impl_benchmark_test_suite!(
        Pallet,
        crate::mock::ExtBuilder::default().build(),
        crate::mock::Test
    );
}
