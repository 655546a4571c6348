// SPDX-License-Identifier: Apache-2.0
//! One file per noun of the command line.

pub mod council;
pub mod doctor;
pub mod gateway;
pub mod hospital;
pub mod operator;
pub mod patient;
pub mod status;
