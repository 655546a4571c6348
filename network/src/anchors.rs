// SPDX-License-Identifier: Apache-2.0
//! Anchors of a hospital chain, made without the gateway.

use crate::{
    accounts::Hospital,
    chain::{bytes, Chain, Hash},
    tx::Encoded,
};
use anyhow::{Context, Result};
use serde_json::{json, Value};
use subxt::ext::codec::{Compact, Decode, Encode};

/// A header of a hospital chain with the proof that it is finalized.
pub struct Proof {
    /// Height of the header.
    pub number: u32,
    header: Vec<u8>,
    justification: Vec<u8>,
}

impl Proof {
    /// The operator's or anchorer's call that anchors the header.
    ///
    /// The consortium refuses votes that are not necessary. So the chain must have one voter.
    pub fn call(&self, hospital: Hospital) -> Encoded {
        let mut arguments = hospital.id().to_vec();
        arguments.extend_from_slice(&self.header);
        arguments.extend_from_slice(&self.justification);
        Encoded::new("HospitalAnchor", "submit_finality_proof", arguments)
    }
}

/// The newest header that a node can prove, if it has a proof.
///
/// # Errors
///
/// Fails if the node does not answer or its answer does not decode.
pub async fn newest(own: &Chain) -> Result<Option<Proof>> {
    let finalized = own.finalized_number().await?;
    let answer = own.request("finality_prove", json!([finalized])).await?;
    if answer.is_null() {
        return Ok(None);
    }
    // The third field, the headers in between, is empty.
    let (block, justification) = <([u8; 32], Vec<u8>)>::decode(&mut &bytes(&answer)?[..])?;
    let header = own
        .request("chain_getHeader", json!([Hash::from(block)]))
        .await?;
    Ok(Some(Proof {
        number: number_of(&header)?,
        header: encoded(&header)?,
        justification,
    }))
}

/// The SCALE encoding of a header in the form of the RPC.
fn encoded(header: &Value) -> Result<Vec<u8>> {
    let logs = header["digest"]["logs"].as_array().context("a digest")?;
    let mut all = bytes(&header["parentHash"])?;
    Compact(number_of(header)?).encode_to(&mut all);
    all.extend(bytes(&header["stateRoot"])?);
    all.extend(bytes(&header["extrinsicsRoot"])?);
    Compact(u32::try_from(logs.len())?).encode_to(&mut all);
    for log in logs {
        all.extend(bytes(log)?);
    }
    Ok(all)
}

fn number_of(header: &Value) -> Result<u32> {
    let number = header["number"].as_str().context("a height")?;
    Ok(u32::from_str_radix(number.trim_start_matches("0x"), 16)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_should_be_encoded_as_the_runtime_decodes_it() -> Result<()> {
        let hash = |byte: &str| format!("0x{}", byte.repeat(32));
        let header = json!({
            "parentHash": hash("01"),
            "number": "0x40",
            "stateRoot": hash("02"),
            "extrinsicsRoot": hash("03"),
            "digest": { "logs": ["0x0004ab"] },
        });
        let mut wanted = vec![1; 32];
        // The compact encoding of 64.
        wanted.extend([0x01, 0x01]);
        wanted.extend([2; 32]);
        wanted.extend([3; 32]);
        wanted.extend([4, 0x00, 0x04, 0xab]);
        assert_eq!(encoded(&header)?, wanted);
        assert_eq!(number_of(&header)?, 64);
        Ok(())
    }
}
