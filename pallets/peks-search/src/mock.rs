// SPDX-License-Identifier: Apache-2.0
//! A runtime with only this pallet, and the grants, entries and proofs of the tests.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate as pallet_peks_search;
use bspp_peks::{Ed25519Secret, MatchStatement};
use bspp_primitives::traits::RegisteredEntries;
use bspp_test_kit::EntryBuilder;
pub use bspp_test_kit::{Clock, Members};
use bspp_types::{
    entries_root, entry_proof, limits::DAY_MS, messages, verify_entry_proof, Authority, Day, Entry,
    EntryProof, HospitalId, MatchProof, Moment, OpenRequest, PurposeOfUse, RecordId, RequestId,
    Sequence,
};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU32, ConstU64},
};
use sp_core::H256;
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage};

pub type AccountId = AccountId32;

/// Genesis hash of the mocked consortium.
pub const CHAIN: H256 = H256([0xC4; 32]);
/// The hospital whose records are requested.
pub const HOSPITAL_A: HospitalId = H256([0xA0; 32]);
/// The requesters' hospital.
pub const HOSPITAL_B: HospitalId = H256([0xB0; 32]);
/// A hospital that is not a member.
pub const STRANGER_HOSPITAL: HospitalId = H256([0xE0; 32]);
pub const OPERATOR_A: AccountId = AccountId32::new([0xA1; 32]);
pub const OPERATOR_B: AccountId = AccountId32::new([0xB1; 32]);
pub const DOCTOR: AccountId = AccountId32::new([0xB2; 32]);
pub const OTHER_DOCTOR: AccountId = AccountId32::new([0xB3; 32]);
pub const STRANGER: AccountId = AccountId32::new([0xE1; 32]);
/// The time at which every test begins: June 2027.
pub const NOW: Moment = 1_812_000_000_000;
/// An hour.
pub const HOUR: Moment = 3_600_000;
/// The time in which a hospital must answer.
pub const ANSWER_PERIOD: Moment = 10 * HOUR;
/// Maximum duration of a grant.
pub const MAX_GRANT: Moment = 1000 * HOUR;
/// The first day on which the grants of the tests are no longer valid.
pub const EXPIRY: Day = (NOW / DAY_MS) as Day + 5;
/// Maximum number of matches of a request.
pub const MAX_MATCHES: u32 = 3;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        PeksSearch: pallet_peks_search,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountId = AccountId;
    type Lookup = IdentityLookup<AccountId>;
}

parameter_types! {
    pub const ChainIdOf: H256 = CHAIN;
    pub static Blocks: Vec<(HospitalId, Vec<Entry>)> = Vec::new();
}

/// Blocks for which a call by a grant key may wait in the pool.
pub const LONGEVITY: u64 = 17;

impl pallet_peks_search::Config for Test {
    type Membership = Members;
    type RegisteredEntries = Registry;
    type ChainId = ChainIdOf;
    type Time = Clock;
    type MaxGrantDuration = ConstU64<MAX_GRANT>;
    type AnswerPeriod = ConstU64<ANSWER_PERIOD>;
    type MaxMatchesPerRequest = ConstU32<MAX_MATCHES>;
    type MaxTombstonesPerHospital = ConstU32<3>;
    type WeightInfo = ();
    type Longevity = ConstU64<LONGEVITY>;
}

/// Registered blocks. The sequence number is the position among all.
pub struct Registry;

impl RegisteredEntries for Registry {
    fn is_registered(
        hospital: &HospitalId,
        sequence: Sequence,
        entry: &Entry,
        path: &EntryProof,
    ) -> bool {
        Blocks::get()
            .get(sequence as usize)
            .is_some_and(|(owner, entries)| {
                owner == hospital && verify_entry_proof(&entries_root(entries), entry, path)
            })
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn make_registered(hospital: &HospitalId, entries: &[Entry]) -> Sequence {
        Blocks::mutate(|blocks| {
            blocks.push((*hospital, entries.to_vec()));
            blocks.len() as u32 - 1
        })
    }
}

/// Builds a chain, runs a test on it, and checks the state after the test.
///
/// The chain has hospital A with its operator, and hospital B with its operator and two doctors.
#[derive(Default)]
pub struct ExtBuilder {
    blocks: Vec<(HospitalId, Vec<Entry>)>,
    requests: Vec<OpenRequest>,
}

impl ExtBuilder {
    /// Registers an entry block.
    pub fn with_block(mut self, hospital: HospitalId, entries: Vec<Entry>) -> Self {
        self.blocks.push((hospital, entries));
        self
    }

    /// Opens a request by [`DOCTOR`].
    pub fn with_request(mut self, open: OpenRequest) -> Self {
        self.requests.push(open);
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        let storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .unwrap();
        let mut ext = sp_io::TestExternalities::new(storage);
        ext.execute_with(|| {
            System::set_block_number(1);
            Clock::set(NOW);
            Members::add_operator(HOSPITAL_A, &OPERATOR_A);
            Members::add_operator(HOSPITAL_B, &OPERATOR_B);
            Members::add_requester(HOSPITAL_B, &DOCTOR);
            Members::add_requester(HOSPITAL_B, &OTHER_DOCTOR);
            Blocks::set(self.blocks);
            for open in self.requests {
                PeksSearch::open_request(RuntimeOrigin::signed(DOCTOR), open).unwrap();
            }
            System::reset_events();
        });
        ext
    }

    pub fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            PeksSearch::do_try_state().unwrap();
        });
    }
}

/// A grant's one-time key.
pub fn grant_key(n: u8) -> Ed25519Secret {
    Ed25519Secret::from_seed(&[n; 32])
}

/// The authority of a grant.
pub fn authority(n: u8) -> Authority {
    Authority::GrantKey(grant_key(n).public())
}

/// The identifier under which the `n`th grant opens.
pub fn request(n: u8) -> RequestId {
    messages::request_id(&authority(n))
}

/// The call's argument under the `n`th grant: hospital A, treatment, until [`EXPIRY`].
pub fn grant_for(n: u8, requester: &AccountId) -> OpenRequest {
    let key = grant_key(n);
    let (purpose, expiry) = (PurposeOfUse::Treatment, EXPIRY);
    let header_hash = H256([n; 32]);
    let message = messages::grant_key_message(
        &CHAIN,
        &HOSPITAL_A,
        requester.as_ref(),
        purpose,
        expiry,
        &header_hash,
    );
    OpenRequest {
        hospital: HOSPITAL_A,
        authority: authority(n),
        purpose,
        expiry,
        header_hash,
        signature: key.sign(&message),
    }
}

/// The `n`th grant to [`DOCTOR`].
pub fn grant(n: u8) -> OpenRequest {
    grant_for(n, &DOCTOR)
}

/// Signs a grant again after a test has changed it.
pub fn sign_grant(open: &mut OpenRequest, n: u8, chain: &H256, requester: &AccountId) {
    let message = messages::grant_key_message(
        chain,
        &open.hospital,
        requester.as_ref(),
        open.purpose,
        open.expiry,
        &open.header_hash,
    );
    open.signature = grant_key(n).sign(&message);
}

/// Match key of a slot.
pub fn match_key(record: u8, slot: u8) -> Ed25519Secret {
    let mut seed = [record; 32];
    seed[0] = slot;
    Ed25519Secret::from_seed(&seed)
}

/// An entry with eight slots.
pub fn entry(record: u8) -> Entry {
    EntryBuilder::new(record)
        .match_keys(|slot| match_key(record, slot).public())
        .build()
}

/// Identifier of [`entry`].
pub fn record(n: u8) -> RecordId {
    entry(n).rid()
}

/// Signs a match statement.
pub fn sign_match(
    key: &Ed25519Secret,
    chain: &H256,
    request: RequestId,
    entry: &Entry,
    slot: u8,
    requester: &AccountId,
) -> [u8; 64] {
    MatchStatement {
        chain: chain.0,
        request: request.0,
        rid: entry.rid().0,
        tag: entry.slots[usize::from(slot)].tag,
        requester: *requester.as_ref(),
    }
    .sign(key)
}

/// A proof that [`DOCTOR`] found slot 2 of [`entry`] `n`, in block `sequence` at `position`.
pub fn proof(request: RequestId, sequence: Sequence, position: u32, n: u8) -> MatchProof {
    let entry = entry(n);
    let path = entry_proof(&Blocks::get()[sequence as usize].1, position).unwrap();
    let signature = sign_match(&match_key(n, 2), &CHAIN, request, &entry, 2, &DOCTOR);
    MatchProof {
        request,
        sequence,
        entry,
        path,
        slot: 2,
        signature,
    }
}

/// The pallet's events in their order.
pub fn events() -> Vec<crate::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::PeksSearch(event) => Some(event),
            _ => None,
        })
        .collect()
}
