// SPDX-License-Identifier: Apache-2.0
//! A runtime with this pallet alone, and grants, entries and proofs as patients and requesters make them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate as pallet_peks_search;
use bspp_peks::{Ed25519Secret, MatchStatement};
use bspp_primitives::{
    entries_root, entry_proof, messages,
    traits::{Membership, RegisteredEntries},
    verify_entry_proof, Entry, EntryProof, Epoch, HospitalId, MatchProof, Moment, OpenRequest,
    PurposeOfUse, RecordId, RequestId, Sequence, Slot, X25519Key,
};
use frame_support::{
    derive_impl, parameter_types,
    storage::{storage_prefix, unhashed},
    traits::{ConstU32, ConstU64, Time},
};
use sp_core::H256;
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage};

pub type AccountId = AccountId32;

/// Genesis hash of the mocked consortium.
pub const CHAIN: H256 = H256([0xC4; 32]);
/// The hospital whose records are asked for.
pub const HOSPITAL_A: HospitalId = H256([0xA0; 32]);
/// The requesters' hospital.
pub const HOSPITAL_B: HospitalId = H256([0xB0; 32]);
/// A hospital that is no member.
pub const STRANGER_HOSPITAL: HospitalId = H256([0xE0; 32]);
pub const OPERATOR_A: AccountId = AccountId32::new([0xA1; 32]);
pub const OPERATOR_B: AccountId = AccountId32::new([0xB1; 32]);
pub const DOCTOR: AccountId = AccountId32::new([0xB2; 32]);
pub const OTHER_DOCTOR: AccountId = AccountId32::new([0xB3; 32]);
pub const STRANGER: AccountId = AccountId32::new([0xE1; 32]);
/// When every test begins: June 2027.
pub const NOW: Moment = 1_812_000_000_000;
/// An hour.
pub const HOUR: Moment = 3_600_000;
/// How long a hospital has to answer.
pub const ANSWER_PERIOD: Moment = 10 * HOUR;
/// How long a grant may last.
pub const MAX_GRANT: Moment = 1000 * HOUR;
/// Matches of a request at most.
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
    pub static Suspended: Vec<HospitalId> = Vec::new();
    pub static Blocks: Vec<(HospitalId, Vec<Entry>)> = Vec::new();
    /// Members that benchmarks made: hospital, operator, delegate.
    pub static Made: Vec<(HospitalId, AccountId, AccountId)> = Vec::new();
}

impl pallet_peks_search::Config for Test {
    type Membership = Members;
    type RegisteredEntries = Registry;
    type ChainId = ChainIdOf;
    type Time = Clock;
    type MaxGrantDuration = ConstU64<MAX_GRANT>;
    type AnswerPeriod = ConstU64<ANSWER_PERIOD>;
    type MaxMatchesPerRequest = ConstU32<MAX_MATCHES>;
    type WeightInfo = ();
}

/// A clock whose time stands where the timestamp pallet keeps it, so that benchmarks can set it.
pub struct Clock;

impl Clock {
    pub fn set(now: Moment) {
        unhashed::put(&storage_prefix(b"Timestamp", b"Now"), &now);
    }
}

impl Time for Clock {
    type Moment = Moment;

    fn now() -> Moment {
        unhashed::get_or_default(&storage_prefix(b"Timestamp", b"Now"))
    }
}

/// Hospital A with an operator, hospital B with an operator and two doctors.
pub struct Members;

impl Members {
    fn home(who: &AccountId) -> Option<HospitalId> {
        let made = Made::get()
            .into_iter()
            .find(|(_, operator, delegate)| [operator, delegate].contains(&who));
        if let Some((hospital, _, _)) = made {
            return Some(hospital);
        }
        if *who == OPERATOR_A {
            return Some(HOSPITAL_A);
        }
        [OPERATOR_B, DOCTOR, OTHER_DOCTOR]
            .contains(who)
            .then_some(HOSPITAL_B)
    }
}

impl Membership<AccountId> for Members {
    fn hospital_of(who: &AccountId) -> Option<HospitalId> {
        Self::home(who).filter(Self::is_active)
    }

    fn is_operator(who: &AccountId, hospital: &HospitalId) -> bool {
        let is_operator = [OPERATOR_A, OPERATOR_B].contains(who)
            || Made::get().iter().any(|(_, operator, _)| operator == who);
        is_operator && Self::hospital_of(who) == Some(*hospital)
    }

    fn is_active(hospital: &HospitalId) -> bool {
        [HOSPITAL_A, HOSPITAL_B].contains(hospital) && !Suspended::get().contains(hospital)
    }

    fn encryption_key(_: &HospitalId, _: Epoch) -> Option<X25519Key> {
        None
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn make_member(hospital: &HospitalId, operator: &AccountId, delegate: &AccountId) {
        Made::mutate(|made| made.push((*hospital, operator.clone(), delegate.clone())));
    }
}

/// Registered blocks: the sequence is the position among all.
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

/// Builds a chain, runs a test on it, checks the state after it.
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
            Suspended::set(Vec::new());
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

/// The identifier under which the `n`th grant opens.
pub fn request(n: u8) -> RequestId {
    messages::request_id(&grant_key(n).public())
}

/// What the `n`th grant lets a requester send: hospital A, treatment, a hundred hours.
pub fn grant_for(n: u8, requester: &AccountId) -> OpenRequest {
    let key = grant_key(n);
    let (purpose, expiry) = (PurposeOfUse::Treatment, NOW + 100 * HOUR);
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
        grant_key: key.public(),
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

/// Signs a grant anew after a test has changed it.
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
    let slots: Vec<Slot> = (0..8u8)
        .map(|slot| {
            let mut tag = [record; 16];
            tag[0] = slot;
            Slot {
                tag,
                match_key: match_key(record, slot).public(),
            }
        })
        .collect();
    Entry {
        batch: H256([7; 32]),
        index: u32::from(record),
        payload_hash: H256([record; 32]),
        key_commitment: H256([record.wrapping_add(1); 32]),
        slots: slots.try_into().unwrap(),
    }
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

/// Gives [`crate::Event`]s in their order.
pub fn events() -> Vec<crate::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::PeksSearch(event) => Some(event),
            _ => None,
        })
        .collect()
}
