// SPDX-License-Identifier: Apache-2.0
//! A call by names, with SCALE-encoded arguments of the shared types.

use crate::error::*;
use codec::Encode;
use subxt::{
    ext::{
        scale_encode::{self, EncodeAsFields, FieldIter},
        scale_type_resolver::TypeResolver,
    },
    tx::Payload,
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
        let pallet = metadata.pallet_by_name(self.pallet);
        let index = pallet.as_ref().and_then(|pallet| {
            let call = pallet.call_variant_by_name(self.call)?;
            Some([pallet.call_index(), call.index])
        });
        let index = index.ok_or_else(|| ClientError::CallNotFound {
            pallet: self.pallet.into(),
            call: self.call.into(),
        })?;
        Ok([&index[..], self.args.as_slice()].concat())
    }
}

/// The arguments are encoded already, so they are sent as they are.
impl EncodeAsFields for Call {
    fn encode_as_fields_to<R: TypeResolver>(
        &self,
        _fields: &mut dyn FieldIter<'_, R::TypeId>,
        _types: &R,
        out: &mut Vec<u8>,
    ) -> core::result::Result<(), scale_encode::Error> {
        out.extend_from_slice(&self.args);
        Ok(())
    }
}

impl Payload for Call {
    type CallData = Self;

    fn pallet_name(&self) -> &str {
        self.pallet
    }

    fn call_name(&self) -> &str {
        self.call
    }

    fn call_data(&self) -> &Self {
        self
    }
}
