// SPDX-License-Identifier: Apache-2.0
//! Network tests with real nodes, some of which are faulty.
//!
//! Each test has a network of its own, so the tests can run at the same time.

mod equivocation;
mod evidence;
mod finality;
mod flood;
mod gate;
mod hospital;
mod purge;
mod rebuilt;
mod storage;
mod upgrade;
