// SPDX-License-Identifier: Apache-2.0
//! The faults and the choice among them.

use std::{fmt, fs, path::PathBuf, str::FromStr};

/// Variable that names the fault.
pub const FAULT: &str = "BSPP_FAULT";
/// Variable that names a file, which names the fault.
pub const FAULT_FILE: &str = "BSPP_FAULT_FILE";

/// The defect of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// No defect.
    #[default]
    None,
    /// No attestation.
    Omit,
    /// The attestation twice.
    Double,
    /// Another key's signature.
    Forge,
    /// A signature over the grandparent.
    ReplayParent,
    /// A signature over another slot.
    ReplaySlot,
    /// A signature over another genesis.
    ReplayChain,
    /// Another author's attestation.
    Borrow,
    /// Evidence that does not exist.
    Overstate,
    /// A full attestation without standing.
    Suspended,
    /// A full attestation without the proof of storage that is due.
    Unstored,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 11] = [
        Self::None,
        Self::Omit,
        Self::Double,
        Self::Forge,
        Self::ReplayParent,
        Self::ReplaySlot,
        Self::ReplayChain,
        Self::Borrow,
        Self::Overstate,
        Self::Suspended,
        Self::Unstored,
    ];

    /// The word for the fault.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Omit => "omit",
            Self::Double => "double",
            Self::Forge => "forge",
            Self::ReplayParent => "replay-parent",
            Self::ReplaySlot => "replay-slot",
            Self::ReplayChain => "replay-chain",
            Self::Borrow => "borrow",
            Self::Overstate => "overstate",
            Self::Suspended => "suspended",
            Self::Unstored => "unstored",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|fault| fault.as_str() == word)
            .ok_or_else(|| {
                let words = Self::ALL.map(|fault| fault.as_str()).join(", ");
                format!("InvalidFault: {word:?}; give one of {words}")
            })
    }
}

/// The choice of a fault.
#[derive(Clone, Debug)]
pub struct Switch {
    /// The fault if there is no file.
    pub fault: Fault,
    /// The file that the node reads for every slot of its own.
    pub file: Option<PathBuf>,
}

impl Switch {
    /// Makes the choice from the environment.
    ///
    /// # Errors
    ///
    /// `InvalidFault` if the value of [`FAULT`] is not the word for a fault.
    pub fn from_env() -> Result<Self, String> {
        let fault = match std::env::var(FAULT) {
            Ok(word) => word.parse()?,
            Err(std::env::VarError::NotPresent) => Fault::None,
            Err(error) => return Err(format!("InvalidFault: {error}")),
        };
        let file = std::env::var_os(FAULT_FILE).map(PathBuf::from);
        Ok(Self { fault, file })
    }

    /// The current fault.
    pub fn current(&self) -> Fault {
        let Some(file) = &self.file else {
            return self.fault;
        };
        fs::read_to_string(file)
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or_default()
    }
}
