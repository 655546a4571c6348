// SPDX-License-Identifier: Apache-2.0
//! Builds a runtime to wasm. Both runtimes include this file as their build script.

fn main() {
    #[cfg(feature = "std")]
    {
        // Clippy's wrapper belongs to the host toolchain and cannot run the toolchain that builds
        // wasm.
        std::env::remove_var("RUSTC_WORKSPACE_WRAPPER");
        share_dependencies();
        let builder = substrate_wasm_builder::WasmBuilder::init_with_defaults();
        // For releases only, because it builds the runtime twice. The chains have no token.
        #[cfg(feature = "metadata-hash")]
        let builder = builder.enable_metadata_hash("NONE", 0);
        builder.build();
    }
}

/// Gives both runtimes one target folder for wasm, so that the SDK is compiled to wasm once.
///
/// The builder uses `wbuild/<crate>/target`. The function makes a link there to
/// `wbuild/shared-target`. Cargo locks the folder, so one build waits for the other. Each build
/// gets a job server of its own; otherwise the waiting one would hold half of the machine.
#[cfg(all(feature = "std", unix))]
fn share_dependencies() {
    use std::{env, fs, os::unix::fs::symlink, path::PathBuf};

    for variable in ["CARGO_MAKEFLAGS", "MAKEFLAGS", "MFLAGS"] {
        env::remove_var(variable);
    }
    let (Ok(out), Ok(package)) = (env::var("OUT_DIR"), env::var("CARGO_PKG_NAME")) else {
        return;
    };
    // OUT_DIR is <profile>/build/<package>-<hash>/out.
    let Some(profile) = PathBuf::from(out).ancestors().nth(3).map(PathBuf::from) else {
        return;
    };
    let shared = profile.join("wbuild/shared-target");
    let project = profile.join("wbuild").join(package);
    let link = project.join("target");
    // A failure here costs only time: the builder then makes the folder itself.
    if fs::symlink_metadata(&link).is_err()
        && fs::create_dir_all(&shared).is_ok()
        && fs::create_dir_all(&project).is_ok()
    {
        let _ = symlink(&shared, &link);
    }
}

#[cfg(all(feature = "std", not(unix)))]
fn share_dependencies() {}
