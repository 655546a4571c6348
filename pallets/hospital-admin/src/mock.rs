// SPDX-License-Identifier: Apache-2.0
//! A runtime with only this pallet.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::{self as pallet_hospital_admin, Sender};
use bspp_primitives::{
    quota::Quota,
    traits::{AuthorStandings, CallRules, CurrentSlot},
};
use bspp_types::HospitalId;
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU32, ConstU64, Contains, ValidatorRegistration, ValidatorSet},
};
use sp_core::H256;
use sp_runtime::{traits::ConvertInto, BuildStorage};

/// Genesis hash of the consortium chain.
pub const CHAIN: H256 = H256([0xC4; 32]);
/// The hospital of the mocked chain.
pub const HOSPITAL: HospitalId = H256([0xA0; 32]);
pub const ADMIN: u64 = 1;
pub const OTHER_ADMIN: u64 = 2;
pub const STAFF: u64 = 10;
pub const NODE: u64 = 20;
pub const STRANGER: u64 = 99;
/// Slot in which tests begin.
pub const NOW: u64 = 1_000;
pub const MAX_CREDENTIAL_SLOTS: u64 = 50;
/// Quota of staff.
pub const STAFF_QUOTA: Quota = Quota::of(1_000, 500);
/// Quota of everybody's operational calls.
pub const OPERATIONAL_QUOTA: Quota = Quota {
    number: 3,
    weight: 300,
    bytes: 300,
};

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        HospitalAdmin: pallet_hospital_admin,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
    /// Accounts without session keys.
    pub static Keyless: Vec<u64> = Vec::new();
    /// Nodes that are suspended.
    pub static Suspended: Vec<u64> = Vec::new();
    /// Validators in force.
    pub static InForce: Vec<u64> = Vec::new();
    /// Slot of the block.
    pub static Slot: u64 = NOW;
    /// Index of the session.
    pub static SessionIndex: u32 = 0;
    pub const StaffQuota: Quota = STAFF_QUOTA;
}

impl pallet_hospital_admin::Config for Test {
    type RuntimeCall = RuntimeCall;
    type SessionKeys = Keys;
    type Session = Sessions;
    type Authors = Standings;
    type Slot = Slots;
    type Calls = Rules;
    type StaffQuota = StaffQuota;
    type RootCalls = FewCalls;
    type MaxAdmins = ConstU32<3>;
    type MaxStaff = ConstU32<3>;
    type MaxNodes = ConstU32<3>;
    type MaxCredentialSlots = ConstU64<MAX_CREDENTIAL_SLOTS>;
    type WeightInfo = ();
}

/// All accounts have session keys, except those in [`Keyless`].
pub struct Keys;

impl ValidatorRegistration<u64> for Keys {
    fn is_registered(id: &u64) -> bool {
        !Keyless::get().contains(id)
    }
}

/// The validators of the session are those in [`InForce`].
pub struct Sessions;

impl ValidatorSet<u64> for Sessions {
    type ValidatorId = u64;
    type ValidatorIdOf = ConvertInto;
    fn session_index() -> u32 {
        SessionIndex::get()
    }
    fn validators() -> Vec<u64> {
        InForce::get()
    }
}

/// Only the accounts in [`Suspended`] are suspended.
pub struct Standings;

impl AuthorStandings<u64> for Standings {
    fn is_suspended(author: &u64) -> bool {
        Suspended::get().contains(author)
    }
    fn may_leave(_: &[u64]) -> bool {
        true
    }
    fn leave_next_session(_: &[u64]) {}
}

/// The current slot is [`Slot`].
pub struct Slots;

impl CurrentSlot for Slots {
    fn current_slot() -> u64 {
        Slot::get()
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn set_slot(slot: u64) {
        Slot::set(slot);
    }
}

/// Calls that an admin may dispatch as root here.
pub struct FewCalls;

impl Contains<RuntimeCall> for FewCalls {
    fn contains(call: &RuntimeCall) -> bool {
        matches!(
            call,
            RuntimeCall::System(
                frame_system::Call::set_heap_pages { .. }
                    | frame_system::Call::apply_authorized_upgrade { .. }
            )
        )
    }
}

/// Remarks are operational here, and nodes and admins may send them.
///
/// Staff may send any other call; admins those of this pallet.
pub struct Rules;

impl CallRules<u64, Sender, RuntimeCall> for Rules {
    fn is_operational(call: &RuntimeCall) -> bool {
        matches!(call, RuntimeCall::System(frame_system::Call::remark { .. }))
    }
    fn exempt(sender: &Sender, _: &RuntimeCall) -> bool {
        sender.admin || sender.node
    }
    fn permitted(sender: &Sender, call: &RuntimeCall) -> bool {
        sender.staff || sender.admin && matches!(call, RuntimeCall::HospitalAdmin(_))
    }
    fn operational_quota(_: &Sender) -> Quota {
        OPERATIONAL_QUOTA
    }
}

/// Builds a chain, runs a test on it, and checks the state after the test.
pub struct ExtBuilder {
    admins: Vec<u64>,
    staff: Vec<u64>,
    validators: Vec<u64>,
    credentials_until: u64,
    quotas: Vec<(u64, u64, u64)>,
}

impl Default for ExtBuilder {
    fn default() -> Self {
        Self {
            admins: vec![ADMIN],
            staff: vec![STAFF],
            validators: vec![NODE],
            credentials_until: 0,
            quotas: Vec::new(),
        }
    }
}

impl ExtBuilder {
    pub fn with_admins(mut self, admins: &[u64]) -> Self {
        self.admins = admins.to_vec();
        self
    }

    pub fn with_staff(mut self, staff: &[u64]) -> Self {
        self.staff = staff.to_vec();
        self
    }

    pub fn with_validators(mut self, validators: &[u64]) -> Self {
        self.validators = validators.to_vec();
        self
    }

    /// Gives the validators credentials that are valid until this slot.
    pub fn with_credentials_until(mut self, slot: u64) -> Self {
        self.credentials_until = slot;
        self
    }

    /// Gives accounts quotas of their own: account, weight, bytes.
    pub fn with_quotas(mut self, quotas: &[(u64, u64, u64)]) -> Self {
        self.quotas = quotas.to_vec();
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        let storage = RuntimeGenesisConfig {
            system: Default::default(),
            hospital_admin: pallet_hospital_admin::GenesisConfig {
                hospital: HOSPITAL,
                chain: CHAIN,
                admins: self.admins,
                staff: self.staff,
                validators: self.validators.clone(),
                credentials_until: self.credentials_until,
                quotas: self.quotas,
            },
        }
        .build_storage()
        .unwrap();
        let mut ext = sp_io::TestExternalities::new(storage);
        ext.execute_with(|| {
            System::set_block_number(1);
            Keyless::set(Vec::new());
            Suspended::set(Vec::new());
            InForce::set(self.validators);
            Slot::set(NOW);
            SessionIndex::set(0);
            System::reset_events();
        });
        ext
    }

    pub fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            HospitalAdmin::do_try_state().unwrap();
        });
    }
}

/// The pallet's events in their order.
pub fn events() -> Vec<crate::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::HospitalAdmin(event) => Some(event),
            _ => None,
        })
        .collect()
}
