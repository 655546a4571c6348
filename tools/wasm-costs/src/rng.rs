// SPDX-License-Identifier: Apache-2.0
//! Random numbers from a fixed seed, not for secrets.
//!
//! So the module needs no source of the host.

use bspp_peks::blake2b_256;
use rand_core::{impls, CryptoRng, Error, RngCore};

/// A counter through BLAKE2b.
#[derive(Default)]
pub struct Seeded {
    counter: u64,
}

impl RngCore for Seeded {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let block = blake2b_256(&self.counter.to_le_bytes());
            self.counter = self.counter.wrapping_add(1);
            for (to, from) in part.iter_mut().zip(block) {
                *to = from;
            }
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

// The seed is fixed, so the numbers are known: they serve measurements only.
impl CryptoRng for Seeded {}
