// SPDX-License-Identifier: Apache-2.0
//! A hospital's enrolment card.
//!
//! Patients and doctors take its facts from the hospital, never from a node.
//!
//! A patient's keys follow from chain and hospital. A node that named another hospital would get
//! keys that join the patient at two hospitals.

use crate::{
    checkpoints::checkpoint_of,
    error::{CliError, CliResult},
    files, transport,
    values::{hex0x, Hex32},
};
use bspp_client::proved::Checkpoint;
use bspp_types::{HospitalId, H256};
use codec::Encode;
use serde::{Deserialize, Serialize};
use std::path::Path;

const KIND: &str = "bspp-enrolment-card";
const VERSION: u32 = 2;

/// The content of a card. It is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    #[serde(rename = "type")]
    kind: String,
    version: u32,
    /// The name of the hospital, for people.
    pub name: String,
    chain: String,
    hospital: String,
    /// Public address of the hospital's gateway.
    pub gateway: String,
    /// SCALE encoding of the [`Checkpoint`], hex.
    checkpoint: String,
}

impl Card {
    /// Makes a card.
    pub fn new(name: &str, hospital: &HospitalId, gateway: &str, checkpoint: &Checkpoint) -> Self {
        Self {
            kind: KIND.into(),
            version: VERSION,
            name: name.into(),
            chain: hex0x(checkpoint.chain),
            hospital: hex0x(hospital),
            gateway: gateway.into(),
            checkpoint: hex0x(checkpoint.encode()),
        }
    }

    /// Reads and checks a card.
    pub fn read(path: &Path) -> CliResult<Self> {
        let card: Self = files::read_json(path)?;
        if card.kind != KIND || card.version != VERSION {
            return Err(CliError::Usage(format!(
                "{} is not an enrolment card of version {VERSION}",
                path.display()
            )));
        }
        card.hospital()?;
        if card.checkpoint()?.chain != card.chain()? {
            return Err(CliError::usage(
                "the card's checkpoint is of another consortium chain than the card",
            ));
        }
        transport::check_gateway(&card.gateway)?;
        Ok(card)
    }

    /// Genesis hash of the consortium chain.
    pub fn chain(&self) -> CliResult<H256> {
        hash(&self.chain, "chain")
    }

    /// The place of the consortium chain from which a reader of the card follows it.
    pub fn checkpoint(&self) -> CliResult<Checkpoint> {
        checkpoint_of(&self.checkpoint)
            .ok_or_else(|| CliError::usage("the card's checkpoint is damaged"))
    }

    /// The hospital.
    pub fn hospital(&self) -> CliResult<HospitalId> {
        hash(&self.hospital, "hospital")
    }
}

fn hash(text: &str, what: &str) -> CliResult<H256> {
    let bytes = text
        .parse::<Hex32>()
        .map_err(|reason| CliError::Usage(format!("the card's {what}: {reason}")))?;
    Ok(bytes.hash())
}

#[cfg(test)]
pub mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bspp_client::AuthoritySet;

    /// A checkpoint of a chain, at a height.
    pub fn checkpoint(chain: u8, number: u32) -> Checkpoint {
        Checkpoint {
            chain: H256([chain; 32]),
            number,
            block: H256([chain; 32]),
            set: AuthoritySet {
                id: 0,
                authorities: Vec::new(),
            },
        }
    }

    #[test]
    fn card_should_be_refused_when_its_checkpoint_is_of_another_chain() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.json");
        let card = Card::new("A", &H256([2; 32]), "https://a.example", &checkpoint(1, 5));
        for wrong in [
            Card {
                chain: hex0x([9; 32]),
                ..card.clone()
            },
            Card {
                checkpoint: "0x00".into(),
                ..card
            },
        ] {
            files::write_json(&path, &wrong).unwrap();
            assert!(Card::read(&path).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn card_should_be_read_as_written_and_refused_when_it_is_another_thing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.json");
        let card = Card::new(
            "Hospital A",
            &H256([2; 32]),
            "https://a.example",
            &checkpoint(1, 5),
        );
        files::write_json(&path, &card).unwrap();
        let read = Card::read(&path).unwrap();
        assert_eq!(read, card);
        assert_eq!(read.chain().unwrap(), H256([1; 32]));
        assert_eq!(read.hospital().unwrap(), H256([2; 32]));
        let wrong = [
            Card {
                kind: "bspp-grant".into(),
                ..card.clone()
            },
            Card {
                version: 1,
                ..card.clone()
            },
            Card {
                chain: "0x01".into(),
                ..card.clone()
            },
            Card {
                gateway: "http://a.example".into(),
                ..card
            },
        ];
        for wrong in wrong {
            files::write_json(&path, &wrong).unwrap();
            assert!(Card::read(&path).is_err(), "{wrong:?}");
        }
    }
}
