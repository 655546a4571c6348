// SPDX-License-Identifier: Apache-2.0
//! Errors of the command, and the exit codes that scripts may trust.

use serde::Serialize;

/// Why a command ended without doing what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// An argument or a file that the caller gave is wrong. Exit code 2.
    #[error("{0}")]
    Usage(String),
    /// A chain or a hospital refused. Exit code 3.
    #[error("refused: {code}: {message}")]
    Refused {
        /// The chain's or the hospital's own name of the error.
        code: String,
        /// What it means.
        message: String,
    },
    /// A node or a gateway does not answer. Exit code 4.
    #[error("{url} does not answer: {reason}. Is it running, and is this the right address?")]
    Unreachable {
        /// Who does not answer.
        url: String,
        /// What the connection said.
        reason: String,
    },
    /// What was asked for is not there. Exit code 5.
    #[error("{0}")]
    NotFound(String),
    /// Anything else. Exit code 1.
    #[error("{0}")]
    Failed(String),
}

/// Result of a command.
pub type CliResult<T> = Result<T, CliError>;

#[derive(Serialize)]
struct ErrorLine<'a> {
    error: &'a str,
    message: String,
}

impl CliError {
    /// The process's exit code.
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

    /// A usage error of anything that can be said in a sentence.
    pub fn usage(reason: impl core::fmt::Display) -> Self {
        Self::Usage(reason.to_string())
    }

    /// A failure of anything that can be said in a sentence.
    pub fn failed(reason: impl core::fmt::Display) -> Self {
        Self::Failed(reason.to_string())
    }
}
