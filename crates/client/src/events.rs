// SPDX-License-Identifier: Apache-2.0
//! The events of an extrinsic, and the names of dispatch errors.

use crate::{chain::*, error::*};
use bspp_types::RecordId;
use codec::Decode;
use sp_core::H256;
use sp_io::hashing::twox_128;
use sp_runtime::DispatchError;
use subxt::{events::Phase, Metadata};

/// An event by names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The pallet that emitted the event.
    pub pallet: String,
    /// The name of the event.
    pub name: String,
    /// The SCALE-encoded fields, one after another.
    pub fields: Vec<u8>,
}

impl Event {
    /// Decodes the fields as a tuple.
    ///
    /// # Errors
    /// `InvalidAnswer`.
    pub fn decode<T: Decode>(&self) -> Result<T> {
        T::decode(&mut self.fields.as_slice()).map_err(|e| ClientError::InvalidAnswer {
            what: format!("event {}.{}", self.pallet, self.name),
            reason: e.to_string(),
        })
    }

    /// Whether the event has these names.
    pub fn is(&self, pallet: &str, name: &str) -> bool {
        self.pallet == pallet && self.name == name
    }
}

/// The storage key of the events of a block (`frame-system`).
fn events_key() -> Vec<u8> {
    [twox_128(b"System"), twox_128(b"Events")].concat()
}

/// Names a dispatch error: `Pallet::Error`, or FRAME's own name.
fn name_dispatch_error(error: &DispatchError, metadata: &Metadata) -> DispatchFailure {
    let name = match error {
        DispatchError::Module(module) => {
            let pallet = metadata.pallet_by_error_index(module.index);
            let variant = module.error.first().and_then(|index| {
                pallet
                    .as_ref()
                    .and_then(|pallet| pallet.error_variant_by_index(*index))
            });
            match (&pallet, variant) {
                (Some(pallet), Some(variant)) => format!("{}::{}", pallet.name(), variant.name),
                _ => format!("Unknown::{}.{:?}", module.index, module.error),
            }
        }
        DispatchError::Other(_) => "Other".into(),
        other => format!("{other:?}"),
    };
    DispatchFailure { name }
}

impl ChainClient {
    /// The events of one extrinsic of a block.
    pub async fn extrinsic_events(&self, block: H256, extrinsic: u32) -> Result<Vec<Event>> {
        let bytes = self
            .storage(&events_key(), At::Block(block))
            .await?
            .unwrap_or_default();
        let mut found = Vec::new();
        let client = self.at(block).await?;
        for event in client.events().from_bytes(bytes).iter() {
            let event = event.map_err(|e| ClientError::InvalidAnswer {
                what: "events".into(),
                reason: e.to_string(),
            })?;
            if event.phase() == Phase::ApplyExtrinsic(extrinsic) {
                found.push(Event {
                    pallet: event.pallet_name().into(),
                    name: event.event_name().into(),
                    fields: event.field_bytes().to_vec(),
                });
            }
        }
        Ok(found)
    }

    /// Finds the failure among an extrinsic's events.
    pub(crate) async fn failure(
        &self,
        block: H256,
        events: &[Event],
    ) -> Result<Option<DispatchFailure>> {
        match events
            .iter()
            .find(|event| event.is("System", "ExtrinsicFailed"))
        {
            Some(event) => {
                let error: DispatchError = event.decode()?;
                Ok(Some(self.dispatch_failure(block, &error).await?))
            }
            None => Ok(None),
        }
    }

    /// The records that a `store_records` call did not store, with the reasons.
    ///
    /// `block` is the block that includes the call, and `events` are those of the call.
    ///
    /// # Errors
    /// `InvalidAnswer`, and those of the connection.
    pub async fn refused_records(
        &self,
        block: H256,
        events: &[Event],
    ) -> Result<Vec<(RecordId, DispatchFailure)>> {
        let mut refused = Vec::new();
        for event in events {
            if event.is("PhiRecords", "RecordRefused") {
                let (record, error): (RecordId, DispatchError) = event.decode()?;
                refused.push((record, self.dispatch_failure(block, &error).await?));
            }
        }
        Ok(refused)
    }

    /// The name of a dispatch error in the metadata of a block's runtime.
    pub(crate) async fn dispatch_failure(
        &self,
        block: H256,
        error: &DispatchError,
    ) -> Result<DispatchFailure> {
        let client = self.at(block).await?;
        Ok(name_dispatch_error(error, client.metadata_ref()))
    }
}
