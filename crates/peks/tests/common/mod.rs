// SPDX-License-Identifier: Apache-2.0

//! Code that the integration tests share.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

pub mod vectors;

use bspp_peks::{
    blake2b_256_parts, Context, Kappa, Keyword, KeywordLabel, LabelScope, MonthLabel, PatientKeys,
    Seed, X25519Secret,
};
use rand_core::{CryptoRng, RngCore};

pub const CHAIN: [u8; 32] = [0xc1; 32];
pub const HOSPITAL: [u8; 32] = [0xa1; 32];
pub const FILING_MONTH: u16 = 682;

/// A reproducible stream of bytes: BLAKE2b-256 of a label and a counter. For tests only.
pub struct FixedRng {
    label: &'static str,
    counter: u64,
    rest: Vec<u8>,
}

impl FixedRng {
    pub fn new(label: &'static str) -> Self {
        Self {
            label,
            counter: 0,
            rest: Vec::new(),
        }
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        self.fill_bytes(&mut out);
        out
    }
}

impl RngCore for FixedRng {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        for byte in dest {
            if self.rest.is_empty() {
                let counter = self.counter.to_le_bytes();
                self.rest = blake2b_256_parts(&[self.label.as_bytes(), &counter]).to_vec();
                self.rest.reverse();
                self.counter += 1;
            }
            *byte = self.rest.pop().unwrap();
        }
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for FixedRng {}

pub fn patient(n: u8) -> PatientKeys {
    PatientKeys::derive(&Seed::from_bytes([n; 32]), &CHAIN, &HOSPITAL, 0)
}

pub fn context() -> Context {
    Context {
        chain: CHAIN,
        hospital: HOSPITAL,
        filing_month: FILING_MONTH,
    }
}

pub fn scope_of(patient: &PatientKeys) -> LabelScope {
    LabelScope {
        hospital: *patient.hospital(),
        filing_month: FILING_MONTH,
        version: 0,
        bundle_hash: patient.bundle_hash(),
    }
}

pub fn month(kw: &KeywordLabel) -> MonthLabel {
    MonthLabel {
        filing_month: FILING_MONTH,
        kw: kw.clone(),
    }
}

pub fn label_of(patient: &PatientKeys, keyword: &Keyword) -> KeywordLabel {
    let hospital = X25519Secret::from_bytes([0x55; 32]);
    Kappa::hospital_side(&hospital, &patient.x25519_public(), &scope_of(patient))
        .unwrap()
        .label(keyword)
}
