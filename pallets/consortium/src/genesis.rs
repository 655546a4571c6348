// SPDX-License-Identifier: Apache-2.0
//! The first members.

use crate::{pallet::*, GenesisHospital};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// Builds the first state.
    ///
    /// Keys are in force from the first month on, because there is no time at genesis.
    pub(crate) fn build_genesis(
        hospitals: &[GenesisHospital<T::AccountId>],
        council: &[T::AccountId],
    ) -> DispatchResult {
        for hospital in hospitals {
            let GenesisHospital {
                id,
                operator,
                encryption_key,
                validators,
                requesters,
            } = hospital;
            Self::do_add_hospital(*id, operator.clone(), encryption_key.0, 0)?;
            for validator in validators {
                Self::do_add_validator(*id, validator)?;
            }
            for requester in requesters {
                Self::do_add_requester(*id, requester)?;
            }
        }
        if !council.is_empty() {
            Self::do_set_council(council.to_vec(), None)?;
        }
        Ok(())
    }
}
