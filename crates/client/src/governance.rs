// SPDX-License-Identifier: Apache-2.0
//! Council decisions from proposal to dispatch, and calls as root.

use crate::{
    call::Call,
    calls::{consortium, council, hospital_admin},
    chain::ChainClient,
    consortium::ConsortiumClient,
    error::*,
    events::Event,
    hospital::HospitalClient,
    pending::Included,
    signer::Signer,
};
use bspp_types::limits::max_proposal_time;
use sp_core::H256;
use sp_runtime::{AccountId32, DispatchError};

/// Maximum proof of the call of a closing vote, in bytes.
///
/// It is enough for any council call: suspensions read all hospitals and validators.
const CLOSE_PROOF: u64 = 64 * 1024 * 1024;

impl ConsortiumClient {
    /// Carries a call through the council, until the call was dispatched in a block.
    ///
    /// The first signer proposes, all others approve, and the first signer closes. The number of
    /// signers must reach the runtime's threshold.
    ///
    /// # Errors
    /// `InvalidTransaction` without signers; `DispatchFailed` with the proposed call's own error if
    /// that call failed; and those of `ChainClient::submit`.
    pub async fn council_enact(&self, call: &Call, signers: &[Signer]) -> Result<Included> {
        let (proposer, voters) = signers.split_first().ok_or_else(|| {
            ClientError::InvalidTransaction("a council decision needs a signer".into())
        })?;
        let encoded = self.encode_call(call).await?;
        let threshold = u32::try_from(signers.len()).unwrap_or(u32::MAX);
        let proposed = self
            .submit_in_block(&council::propose(threshold, &encoded), proposer)
            .await?;
        if voters.is_empty() {
            return self.decided(proposed).await;
        }
        let event =
            proposed
                .event("Council", "Proposed")
                .ok_or_else(|| ClientError::InvalidAnswer {
                    what: "Council.Proposed".into(),
                    reason: "no such event".into(),
                })?;
        let (_, index, hash, _): (AccountId32, u32, H256, u32) = event.decode()?;
        let mut pending = vec![
            self.submit(&council::vote(hash, index, true), proposer)
                .await?,
        ];
        for voter in voters {
            pending.push(
                self.submit(&council::vote(hash, index, true), voter)
                    .await?,
            );
        }
        for mut vote in pending {
            vote.in_block().await?;
        }
        let weight = (max_proposal_time(self.slot_duration), CLOSE_PROOF);
        let closing = council::close(&encoded, index, weight);
        let closed = self.submit_in_block(&closing, proposer).await?;
        self.decided(closed).await
    }

    /// Like [`Self::council_enact`], but the call is dispatched as root.
    ///
    /// # Errors
    /// `DispatchFailed` with the call's own error if it failed, and those of
    /// [`Self::council_enact`].
    pub async fn council_enact_as_root(&self, call: &Call, signers: &[Signer]) -> Result<Included> {
        let wrapped = consortium::dispatch_as_root(&self.encode_call(call).await?);
        let included = self.council_enact(&wrapped, signers).await?;
        self.dispatched_as_root(included).await
    }

    /// Turns the proposed call's failure into an error.
    async fn decided(&self, included: Included) -> Result<Included> {
        let outcome = |event: &Event| -> Result<core::result::Result<(), DispatchError>> {
            let (_, result): (H256, core::result::Result<(), DispatchError>) = event.decode()?;
            Ok(result)
        };
        let executed = included
            .event("Council", "Executed")
            .or_else(|| included.event("Council", "MemberExecuted"));
        let Some(event) = executed else {
            return Err(ClientError::InvalidTransaction(
                "the council did not approve: too few signers for the threshold".into(),
            ));
        };
        match outcome(event)? {
            Ok(()) => Ok(included),
            Err(error) => Err(ClientError::DispatchFailed {
                failure: self.dispatch_failure(included.block, &error).await?,
                block: included.number,
                extrinsic: included.extrinsic,
            }),
        }
    }
}

impl HospitalClient {
    /// Dispatches a call as root by an admin.
    ///
    /// The method waits for inclusion only, because the call may repair finality.
    ///
    /// # Errors
    /// `DispatchFailed` with the call's own error if it failed, and those of `ChainClient::submit`.
    pub async fn dispatch_as_root(&self, call: &Call, admin: &Signer) -> Result<Included> {
        let wrapped = hospital_admin::dispatch_as_root(&self.encode_call(call).await?);
        let included = self.submit_in_block(&wrapped, admin).await?;
        self.dispatched_as_root(included).await
    }
}

impl ChainClient {
    /// Turns the failure of a call that was dispatched as root into an error.
    ///
    /// The wrapping call itself succeeds.
    async fn dispatched_as_root(&self, included: Included) -> Result<Included> {
        let outcome = included
            .events
            .iter()
            .find(|event| event.name == "RootDispatched")
            .map(Event::decode::<core::result::Result<(), DispatchError>>)
            .transpose()?;
        match outcome {
            Some(Ok(())) => Ok(included),
            Some(Err(error)) => Err(ClientError::DispatchFailed {
                failure: self.dispatch_failure(included.block, &error).await?,
                block: included.number,
                extrinsic: included.extrinsic,
            }),
            None => Err(ClientError::InvalidAnswer {
                what: "RootDispatched".into(),
                reason: "no such event".into(),
            }),
        }
    }
}
