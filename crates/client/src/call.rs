// SPDX-License-Identifier: Apache-2.0
//! A call by names, with SCALE-encoded arguments of the shared types.

use crate::error::*;
use codec::Encode;
use subxt::{
    error::MetadataError,
    ext::subxt_core::tx::payload::{Payload, ValidationDetails},
    Metadata,
};

/// A call of a pallet.
///
/// The indices are looked up by name in the live metadata. The arguments are encoded from the types
/// that the runtime decodes.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// The name of the pallet in the runtime.
    pub pallet: &'static str,
    /// The name of the call.
    pub call: &'static str,
    /// The SCALE-encoded arguments, one after another.
    pub args: Vec<u8>,
}

impl core::fmt::Debug for Call {
    /// Prints names and length only, because arguments may be long.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}.{}({} B)", self.pallet, self.call, self.args.len())
    }
}

impl Call {
    /// Makes a call whose arguments are the encoding of `args`.
    ///
    /// A tuple encodes as its parts in order.
    pub fn new(pallet: &'static str, call: &'static str, args: impl Encode) -> Self {
        Self {
            pallet,
            call,
            args: args.encode(),
        }
    }

    /// The bytes that a runtime with this metadata decodes: pallet index, call index, arguments.
    ///
    /// # Errors
    /// `CallNotFound`.
    pub fn encode_for(&self, metadata: &Metadata) -> Result<Vec<u8>> {
        self.encode_call_data(metadata)
            .map_err(|_| ClientError::CallNotFound {
                pallet: self.pallet.into(),
                call: self.call.into(),
            })
    }
}

impl Payload for Call {
    fn encode_call_data_to(
        &self,
        metadata: &Metadata,
        out: &mut Vec<u8>,
    ) -> core::result::Result<(), subxt::ext::subxt_core::Error> {
        let pallet = metadata.pallet_by_name_err(self.pallet)?;
        let call = pallet
            .call_variant_by_name(self.call)
            .ok_or_else(|| MetadataError::CallNameNotFound(self.call.to_owned()))?;
        out.push(pallet.index());
        out.push(call.index);
        out.extend_from_slice(&self.args);
        Ok(())
    }

    fn validation_details(&self) -> Option<ValidationDetails<'_>> {
        None
    }
}
