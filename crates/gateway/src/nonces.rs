// SPDX-License-Identifier: Apache-2.0
//! Nonces for disclosure requests: fresh, used once, good for a short time.

use bspp_primitives::Moment;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Why a nonce is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NonceError {
    /// It was not given out here, or was used.
    #[error("NonceNotFound: the nonce was not given out here, or was used")]
    NotFound,
    /// It is too old.
    #[error("NonceExpired: the nonce is too old")]
    Expired,
    /// Too many are outstanding.
    #[error("MaxNoncesExceeded: too many nonces are outstanding; try again later")]
    TooMany,
}

/// Nonces given out. They live in memory: after a restart all are void.
pub struct Nonces {
    given: Mutex<HashMap<[u8; 32], Moment>>,
    lifetime: u64,
    max: usize,
}

impl Nonces {
    /// Nonces good for `lifetime` milliseconds, at most `max` outstanding.
    pub fn new(lifetime: u64, max: usize) -> Self {
        Self {
            given: Mutex::default(),
            lifetime,
            max,
        }
    }

    /// Gives out a nonce.
    ///
    /// # Errors
    /// `MaxNoncesExceeded`.
    pub fn issue(&self, now: Moment) -> Result<[u8; 32], NonceError> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        if given.len() >= self.max {
            given.retain(|_, end| *end > now);
        }
        if given.len() >= self.max {
            return Err(NonceError::TooMany);
        }
        let nonce: [u8; 32] = rand::random();
        given.insert(nonce, now.saturating_add(self.lifetime));
        Ok(nonce)
    }

    /// Uses a nonce up, whatever becomes of the request.
    ///
    /// # Errors
    /// `NonceNotFound`, `NonceExpired`.
    pub fn take(&self, nonce: &[u8; 32], now: Moment) -> Result<(), NonceError> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        match given.remove(nonce) {
            None => Err(NonceError::NotFound),
            Some(end) if end <= now => Err(NonceError::Expired),
            Some(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn take_should_fail_when_a_nonce_is_replayed() {
        let nonces = Nonces::new(100, 10);
        let nonce = nonces.issue(0).unwrap();
        assert_eq!(nonces.take(&nonce, 1), Ok(()));
        assert_eq!(nonces.take(&nonce, 1), Err(NonceError::NotFound));
    }

    #[test]
    fn take_should_fail_when_a_nonce_is_forged_or_old() {
        let nonces = Nonces::new(100, 10);
        assert_eq!(nonces.take(&[0; 32], 0), Err(NonceError::NotFound));
        let nonce = nonces.issue(0).unwrap();
        assert_eq!(nonces.take(&nonce, 100), Err(NonceError::Expired));
        assert_eq!(nonces.take(&nonce, 1), Err(NonceError::NotFound));
    }

    #[test]
    fn issue_should_fail_when_too_many_are_outstanding_and_recover() {
        let nonces = Nonces::new(100, 2);
        let first = nonces.issue(0).unwrap();
        let second = nonces.issue(50).unwrap();
        assert_ne!(first, second);
        assert_eq!(nonces.issue(99), Err(NonceError::TooMany));
        assert!(nonces.issue(100).is_ok());
    }
}
