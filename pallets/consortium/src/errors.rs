// SPDX-License-Identifier: Apache-2.0
//! The errors of the pallet, as a section that `pallet` imports.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod errors {
    #[pallet::error]
    pub enum Error<T> {
        /// The hospital, requester, validator or proposal does not exist.
        NotFound,
        /// The sender is not the operator of an active hospital.
        NotAuthorized,
        /// The hospital's identifier is or was in use, or the account already has a role.
        ///
        /// Also: the hospital has already proposed the account.
        AlreadyExists,
        /// The chain has the maximum number of hospitals.
        MaxHospitalsExceeded,
        /// The hospital has the maximum number of requesters.
        MaxRequestersExceeded,
        /// The hospital, or the chain, has the maximum number of validators or proposals.
        MaxValidatorsExceeded,
        /// The hospital's key history is full.
        MaxKeysExceeded,
        /// The requester did not sign this key.
        InvalidSignature,
        /// The list has more members than the council may have.
        MaxCouncilExceeded,
        /// The X25519 key is zero or of small order, or the requester has or had it already.
        InvalidEncryptionKey,
        /// The month has begun, is not after the last announced one, or is too far ahead.
        InvalidFilingMonth,
        /// The hospital's standing does not allow this.
        InvalidStatus,
        /// Too few validators, or none in good standing, would remain.
        ///
        /// Either the validators with session keys would be fewer than the minimum, or nobody in
        /// good standing would remain in the set of this session or of the next one.
        InvalidValidatorCount,
        /// The list is empty, names a member twice, or does not contain the prime.
        InvalidCouncil,
        /// The hospital would hold a third of the votes or more, and the council has not accepted
        /// it.
        VoteShareExceeded,
        /// The account was a validator, and its session keys are not purged yet.
        KeysNotPurged,
        /// The call is not among those that the council may dispatch as root.
        NotRootCall,
        /// The last session of the grant is over.
        SessionOver,
    }
}
