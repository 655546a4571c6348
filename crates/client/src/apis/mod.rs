// SPDX-License-Identifier: Apache-2.0
//! Typed runtime APIs (`bspp_primitives::apis`) over `state_call`.

mod conformance;
mod consortium;
mod hospital;

/// Declares one method for each runtime API call.
///
/// Each method takes the state to ask, then the API's arguments in order.
macro_rules! runtime_apis {
    ($client:ty { $(
        $(#[$meta:meta])*
        $name:ident = $method:literal ( $($arg:ident : $arg_ty:ty),* $(,)? ) -> $out:ty;
    )* }) => {
        impl $client { $(
            $(#[$meta])*
            ///
            /// # Errors
            /// Those of `ChainClient::rpc`.
            #[allow(unused_mut)]
            pub async fn $name(&self, at: At, $($arg: $arg_ty),*) -> Result<$out> {
                let mut args = Vec::new();
                $( codec::Encode::encode_to(&$arg, &mut args); )*
                self.runtime_call($method, &args, at).await
            }
        )* }
    };
}
use runtime_apis;
