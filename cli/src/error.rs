// SPDX-License-Identifier: Apache-2.0
//! The errors of the command, and its exit codes, which scripts may rely on.

use serde::Serialize;

/// The reasons for which a command fails.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// An argument or a file that the caller gave is wrong. Exit code 2.
    #[error("{0}")]
    Usage(String),
    /// A chain or a hospital refused the command. Exit code 3.
    #[error("refused: {code}: {message}")]
    Refused {
        /// The error's name at the chain or the hospital.
        code: String,
        /// Its meaning.
        message: String,
    },
    /// A node or a gateway does not answer. Exit code 4.
    #[error("{url} does not answer: {reason}. Is it running, and is this the right address?")]
    Unreachable {
        /// The address that does not answer.
        url: String,
        /// The error of the connection.
        reason: String,
    },
    /// The requested thing does not exist. Exit code 5.
    #[error("{0}")]
    NotFound(String),
    /// Any other failure. Exit code 1.
    #[error("{0}")]
    Failed(String),
}

/// The result of a command.
pub type CliResult<T> = Result<T, CliError>;

#[derive(Serialize)]
struct ErrorLine<'a> {
    error: &'a str,
    message: String,
}

impl CliError {
    /// The exit code of the process.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Refused { .. } => 3,
            Self::Unreachable { .. } => 4,
            Self::NotFound(_) => 5,
        }
    }

    fn code(&self) -> &str {
        match self {
            Self::Failed(_) => "Failed",
            Self::Usage(_) => "Usage",
            Self::Refused { code, .. } => code,
            Self::Unreachable { .. } => "Unreachable",
            Self::NotFound(_) => "NotFound",
        }
    }

    /// The error as one line: JSON for scripts, a sentence for people.
    pub fn line(&self, json: bool) -> String {
        if !json {
            return format!("error: {self}");
        }
        let line = ErrorLine {
            error: self.code(),
            message: self.to_string(),
        };
        serde_json::to_string(&line).unwrap_or_else(|_| r#"{"error":"Failed","message":""}"#.into())
    }

    /// Makes a usage error from a displayable reason.
    pub fn usage(reason: impl core::fmt::Display) -> Self {
        Self::Usage(reason.to_string())
    }

    /// Makes a failure from a displayable reason.
    pub fn failed(reason: impl core::fmt::Display) -> Self {
        Self::Failed(reason.to_string())
    }
}
