// SPDX-License-Identifier: Apache-2.0
//! Motions of the consortium's council, from proposal to dispatch.

use crate::{
    accounts::{blake2_256, COUNCIL},
    chain::Chain,
    tx::{self, call, Call},
};
use anyhow::{bail, Context, Result};
use futures::future::try_join_all;
use subxt::{
    dynamic::Value,
    ext::scale_value::{At, Composite},
};

/// The number of votes that carry a motion: two of three members.
const THRESHOLD: u128 = 2;
/// The maximum weight of a dispatch: reference time and proof size.
///
/// It exceeds the weight of every call of the council in a consortium of the maximum size.
const WEIGHT: (u128, u128) = (250_000_000_000, 64 * 1024 * 1024);

/// A proposed motion.
struct Motion {
    index: Value,
    hash: Value,
    length: Value,
    what: String,
}

/// Has the council propose, approve and dispatch calls, in their order.
///
/// All motions go through the council in the same few blocks.
///
/// # Errors
///
/// Fails if a motion is not carried or its call fails.
pub async fn enact(chain: &Chain, calls: &[Call]) -> Result<()> {
    let [first, second, _] = COUNCIL;
    let mut motions = Vec::with_capacity(calls.len());
    let mut proposed = Vec::with_capacity(calls.len());
    for proposal in calls {
        let best = chain.client_at(chain.best().await?).await?;
        let encoded = best.tx().call_data(proposal)?;
        let length = Value::u128(u128::try_from(encoded.len())?);
        let propose = call(
            "Council",
            "propose",
            [
                ("threshold", Value::u128(THRESHOLD)),
                ("proposal", proposal.clone().into_value()),
                ("length_bound", length.clone()),
            ],
        );
        proposed.push(tx::send(chain, &propose, first).await?);
        motions.push(Motion {
            index: Value::u128(0),
            hash: Value::from_bytes(blake2_256(&encoded)),
            length,
            what: format!("{}.{}", proposal.pallet_name(), proposal.call_name()),
        });
    }
    let proposed = try_join_all(proposed.into_iter().map(tx::Sent::in_block)).await?;
    for (motion, included) in motions.iter_mut().zip(&proposed) {
        motion.index = Value::u128(index_of(included).with_context(|| motion.what.clone())?);
    }
    let mut votes = Vec::with_capacity(calls.len().saturating_mul(2));
    for motion in &motions {
        for member in [first, second] {
            let vote = call(
                "Council",
                "vote",
                [
                    ("proposal", motion.hash.clone()),
                    ("index", motion.index.clone()),
                    ("approve", Value::bool(true)),
                ],
            );
            votes.push(tx::send(chain, &vote, member).await?);
        }
    }
    try_join_all(votes.into_iter().map(tx::Sent::in_block)).await?;
    let mut closed = Vec::with_capacity(calls.len());
    for motion in &motions {
        let weight = Value::named_composite([
            ("ref_time", Value::u128(WEIGHT.0)),
            ("proof_size", Value::u128(WEIGHT.1)),
        ]);
        let close = call(
            "Council",
            "close",
            [
                ("proposal_hash", motion.hash.clone()),
                ("index", motion.index.clone()),
                ("proposal_weight_bound", weight),
                ("length_bound", motion.length.clone()),
            ],
        );
        closed.push(tx::send(chain, &close, first).await?);
    }
    for (motion, included) in motions
        .iter()
        .zip(try_join_all(closed.into_iter().map(tx::Sent::in_block)).await?)
    {
        check_executed(&included).with_context(|| format!("the council's {}", motion.what))?;
    }
    Ok(())
}

/// The call by which the council dispatches another call as root.
pub fn as_root(inner: Call) -> Call {
    call(
        "Consortium",
        "dispatch_as_root",
        [("call", inner.into_value())],
    )
}

fn index_of(included: &tx::Included) -> Result<u128> {
    for event in included.events.iter() {
        let event = event?;
        if (event.pallet_name(), event.event_name()) == ("Council", "Proposed") {
            let fields: Composite<()> = event.decode_fields_unchecked_as()?;
            let index = fields
                .at("proposal_index")
                .and_then(|value| value.as_u128());
            return index.context("an index in Council.Proposed");
        }
    }
    bail!("no Council.Proposed")
}

/// Checks that the motion was dispatched and that every dispatch in it succeeded.
///
/// A motion may contain a dispatch as root, which has a result of its own.
fn check_executed(included: &tx::Included) -> Result<()> {
    let mut executed = false;
    for event in included.events.iter() {
        let event = event?;
        let name = (event.pallet_name(), event.event_name());
        if name == ("Council", "Executed") || name == ("Consortium", "RootDispatched") {
            let fields: Composite<()> = event.decode_fields_unchecked_as()?;
            let result = fields.at("result").context("a result in the event")?;
            if result.at("Ok").is_none() && !format!("{result}").starts_with("Ok") {
                bail!("{}.{}: {result}", name.0, name.1);
            }
            executed |= name.0 == "Council";
        }
    }
    if executed {
        Ok(())
    } else {
        bail!("it was not executed")
    }
}
