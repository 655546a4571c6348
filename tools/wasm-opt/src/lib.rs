// SPDX-License-Identifier: Apache-2.0
//! The part of `wasm-opt` that `substrate-wasm-builder` uses, without Binaryen.
//!
//! The builder runs Binaryen at optimisation level zero: it strips DWARF and lowers sign
//! extensions. A runtime built for `wasm32v1-none` contains no sign extensions, and the parser here
//! refuses a module that does.

use parity_wasm::elements::{deserialize_file, serialize_to_file, Section};
use std::{fmt, path::Path};

/// The passes that the builder names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Removes the custom sections of DWARF.
    StripDwarf,
    /// Does nothing for `wasm32v1-none`, and refuses other input.
    SignextLowering,
}

/// The reason why a module was not rewritten.
#[derive(Debug)]
pub struct OptimizationError(parity_wasm::elements::Error);

impl fmt::Display for OptimizationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot rewrite the wasm module: {}", self.0)
    }
}

impl std::error::Error for OptimizationError {}

/// Options as the builder sets them.
#[derive(Clone, Debug, Default)]
pub struct OptimizationOptions {
    passes: Vec<Pass>,
}

impl OptimizationOptions {
    /// Makes options without optimisation.
    pub fn new_opt_level_0() -> Self {
        Self::default()
    }

    /// Sets nothing, because the parser accepts only the features of the minimum viable product.
    pub fn mvp_features_only(&mut self) -> &mut Self {
        self
    }

    /// Sets nothing, because the names section always stays.
    pub fn debug_info(&mut self, _keep: bool) -> &mut Self {
        self
    }

    /// Adds a pass.
    pub fn add_pass(&mut self, pass: Pass) -> &mut Self {
        self.passes.push(pass);
        self
    }

    /// Reads `input`, runs the passes, writes `output`.
    pub fn run(
        &self,
        input: impl AsRef<Path>,
        output: impl AsRef<Path>,
    ) -> Result<(), OptimizationError> {
        let mut module = deserialize_file(input).map_err(OptimizationError)?;
        if self.passes.contains(&Pass::StripDwarf) {
            module.sections_mut().retain(
                |section| !matches!(section, Section::Custom(s) if s.name().starts_with(".debug_")),
            );
        }
        serialize_to_file(output, module).map_err(OptimizationError)
    }
}
