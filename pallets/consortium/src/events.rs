// SPDX-License-Identifier: Apache-2.0
//! The events of the pallet, as a section that `pallet` imports.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A hospital became a member.
        HospitalAdded {
            /// Identifier.
            hospital: HospitalId,
            /// Account that acts for it.
            operator: T::AccountId,
        },
        /// A hospital was removed permanently. Its validators leave at the next session.
        HospitalRemoved {
            /// Identifier.
            hospital: HospitalId,
        },
        /// A hospital was suspended. Its validators leave at the next session.
        HospitalSuspended {
            /// Identifier.
            hospital: HospitalId,
        },
        /// A suspended hospital is in good standing again.
        ///
        /// Its validators return with the next set that is planned.
        HospitalReadmitted {
            /// Identifier.
            hospital: HospitalId,
        },
        /// Another account acts for a hospital.
        OperatorChanged {
            /// The hospital.
            hospital: HospitalId,
            /// Its new operator.
            operator: T::AccountId,
        },
        /// Another account, or none, sends a hospital's anchors besides its operator.
        AnchorerChanged {
            /// The hospital.
            hospital: HospitalId,
            /// Its new anchorer.
            anchorer: Option<T::AccountId>,
        },
        /// The council has new members.
        CouncilChanged {
            /// Number of members now.
            members: u32,
        },
        /// The council dispatched a call as root.
        RootDispatched {
            /// Its outcome.
            result: DispatchResult,
        },
        /// A hospital has a new requester.
        RequesterAdded {
            /// The hospital.
            hospital: HospitalId,
            /// The requester.
            requester: T::AccountId,
        },
        /// A requester has another X25519 key.
        RequesterKeyRotated {
            /// The requester.
            requester: T::AccountId,
            /// The public key.
            key: X25519Key,
        },
        /// An account is no longer a requester.
        RequesterRemoved {
            /// The hospital.
            hospital: HospitalId,
            /// The former requester.
            requester: T::AccountId,
        },
        /// A hospital announced its next X25519 key.
        EncryptionKeyRotated {
            /// The hospital.
            hospital: HospitalId,
            /// Month from which the key is in force.
            from_filing_month: FilingMonth,
            /// The public key.
            key: X25519Key,
        },
        /// A hospital proposed a validator, which the council may admit.
        ValidatorProposed {
            /// The hospital.
            hospital: HospitalId,
            /// The proposed account.
            validator: T::AccountId,
        },
        /// A hospital withdrew its proposal of a validator.
        ValidatorWithdrawn {
            /// The hospital.
            hospital: HospitalId,
            /// The account.
            validator: T::AccountId,
        },
        /// The council admitted a validator; it joins once it has session keys.
        ValidatorAdmitted {
            /// The hospital.
            hospital: HospitalId,
            /// The validator.
            validator: T::AccountId,
        },
        /// A validator was removed; it leaves at the next session.
        ValidatorRemoved {
            /// The hospital.
            hospital: HospitalId,
            /// The former validator.
            validator: T::AccountId,
        },
        /// The council authorized a runtime.
        UpgradeAuthorized {
            /// BLAKE2b-256 of the runtime.
            code_hash: T::Hash,
            /// First block that may apply it.
            due: BlockNumberFor<T>,
        },
        /// The council raised a hospital's quota. Zeros end an earlier grant.
        QuotaGranted {
            /// The hospital.
            hospital: HospitalId,
            /// The grant.
            grant: Grant,
        },
        /// The council paused groups of calls.
        CallsPaused {
            /// The groups that the call named.
            groups: CallGroupList,
        },
        /// The council ended the pause of groups of calls.
        CallsUnpaused {
            /// The groups that the call named.
            groups: CallGroupList,
        },
    }
}
