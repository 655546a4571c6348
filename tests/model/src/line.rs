// SPDX-License-Identifier: Apache-2.0
//! A short queue in place, so that millions of states are small and cheap to hash.

use std::ops::{Deref, DerefMut};

/// A queue of maximum `N` items without an allocation.
///
/// Unused places hold the default, so that equal queues have equal bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Line<T, const N: usize> {
    len: u8,
    items: [T; N],
}

impl<T: Copy + Default, const N: usize> Default for Line<T, N> {
    fn default() -> Self {
        Self {
            len: 0,
            items: [T::default(); N],
        }
    }
}

impl<T: Copy + Default, const N: usize> Line<T, N> {
    /// Adds an item at the end.
    ///
    /// # Panics
    /// Panics if the queue is full: the sizes of a model must fit.
    pub fn push(&mut self, item: T) {
        self.items[self.len as usize] = item;
        self.len += 1;
    }

    /// Removes the first `number` items.
    pub fn pop_front(&mut self, number: u8) {
        self.items
            .copy_within(number as usize..self.len as usize, 0);
        let left = self.len - number;
        self.items[left as usize..self.len as usize].fill(T::default());
        self.len = left;
    }

    /// Removes the last item, if there is one.
    pub fn pop_back(&mut self) {
        if let Some(left) = self.len.checked_sub(1) {
            self.items[left as usize] = T::default();
            self.len = left;
        }
    }

    /// Number of items.
    pub fn count(&self) -> u8 {
        self.len
    }
}

impl<T, const N: usize> Deref for Line<T, N> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.items[..self.len as usize]
    }
}

impl<T, const N: usize> DerefMut for Line<T, N> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.items[..self.len as usize]
    }
}
