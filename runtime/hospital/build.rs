// SPDX-License-Identifier: Apache-2.0
//! Builds the runtime to wasm.

fn main() {
    #[cfg(feature = "std")]
    {
        // Clippy's wrapper belongs to the host toolchain and cannot drive the one that builds wasm.
        std::env::remove_var("RUSTC_WORKSPACE_WRAPPER");
        substrate_wasm_builder::WasmBuilder::build_using_defaults();
    }
}
