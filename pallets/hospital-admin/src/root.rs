// SPDX-License-Identifier: Apache-2.0
//! Calls that an admin dispatches as root.

use crate::{Config, Error, Event, Pallet};
use frame_support::{
    ensure,
    traits::{Contains, UnfilteredDispatchable},
};
use frame_system::RawOrigin;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_dispatch_as_root(call: <T as Config>::RuntimeCall) -> DispatchResult {
        ensure!(T::RootCalls::contains(&call), Error::<T>::NotAuthorized);
        let result = call
            .dispatch_bypass_filter(RawOrigin::Root.into())
            .map(|_| ())
            .map_err(|error| error.error);
        Self::deposit_event(Event::RootDispatched { result });
        Ok(())
    }
}
