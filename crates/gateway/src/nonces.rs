// SPDX-License-Identifier: Apache-2.0
//! Nonces for disclosure requests. Each is fresh, used once, and valid for a short time.

use bspp_types::Moment;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The reasons for which a nonce is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NonceError {
    /// The nonce was not issued by this gateway, or it was used.
    #[error("NonceNotFound: the nonce was not issued here, or it was used")]
    NotFound,
    /// The nonce is too old.
    #[error("NonceExpired: the nonce is too old")]
    Expired,
    /// Too many nonces are outstanding.
    #[error("MaxNoncesExceeded: too many nonces are outstanding; try again later")]
    TooMany,
}

/// The issued nonces. They are only in memory: a restart makes all of them invalid.
pub struct Nonces {
    given: Mutex<HashMap<[u8; 32], Moment>>,
    lifetime: u64,
    max: usize,
}

impl Nonces {
    /// Makes a store of nonces.
    ///
    /// They are valid for `lifetime` milliseconds, with a maximum of `max` outstanding nonces.
    pub fn new(lifetime: u64, max: usize) -> Self {
        Self {
            given: Mutex::default(),
            lifetime,
            max,
        }
    }

    /// Issues a nonce.
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

    /// Uses up a nonce, independent of the outcome of the request.
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
