// SPDX-License-Identifier: Apache-2.0
//! Council decisions from proposal to dispatch.

use crate::{
    call::Call, calls::council, consortium::ConsortiumClient, error::*,
    events::name_dispatch_error, events::Event, signer::Signer, submit::Included,
};
use sp_core::H256;
use sp_runtime::{AccountId32, DispatchError};

/// What a closing vote may cost at most: enough for any council call, below a block's limit.
const CLOSE_WEIGHT: (u64, u64) = (500_000_000_000, 2 * 1024 * 1024);

impl ConsortiumClient {
    /// Carries a call through the council: the first signer proposes, all others approve, the first closes. Ends when the
    /// call was dispatched in a block. As many signers are needed as the runtime's threshold asks for.
    ///
    /// # Errors
    /// `InvalidTransaction` without signers; `DispatchFailed` with the proposed call's own error if that failed; and those
    /// of `ChainClient::submit`.
    pub async fn council_enact(&self, call: &Call, signers: &[Signer]) -> Result<Included> {
        let (proposer, voters) = signers.split_first().ok_or_else(|| {
            ClientError::InvalidTransaction("a council decision needs a signer".into())
        })?;
        let encoded = self.encode_call(call)?;
        let threshold = u32::try_from(signers.len()).unwrap_or(u32::MAX);
        let proposed = self
            .submit_in_block(&council::propose(threshold, &encoded), proposer)
            .await?;
        if voters.is_empty() {
            return self.decided(proposed);
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
        let closing = council::close(&encoded, index, CLOSE_WEIGHT);
        let closed = self.submit_in_block(&closing, proposer).await?;
        self.decided(closed)
    }

    /// Turns the proposed call's failure into an error.
    fn decided(&self, included: Included) -> Result<Included> {
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
                failure: name_dispatch_error(&error, &self.metadata()),
                block: included.number,
                extrinsic: included.extrinsic,
            }),
        }
    }
}
