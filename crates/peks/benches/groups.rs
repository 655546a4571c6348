// SPDX-License-Identifier: Apache-2.0
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, unsafe_code)]
//! Keywords in G2 (this protocol) against keywords in G1, and one hash point against two.
//!
//! The three designs run side by side in one process on blst. Every figure is the median over
//! `BSPP_BENCH_ROUNDS` rounds (default 40) of one operation. The designs take turns in each round.
//! * `version 1`: keywords in G2, a point each for search and open.
//! * `G2`: keywords in G2, one point for both (`docs/protocol.md`, section 3).
//! * `G1`: keywords in G1, one point for both; `A` and `R` in G2 with prepared lines.

use blst::{
    blst_final_exp, blst_fp12, blst_fp6, blst_hash_to_g1, blst_hash_to_g2, blst_miller_loop,
    blst_miller_loop_lines, blst_p1, blst_p1_affine, blst_p1_affine_compress, blst_p1_affine_in_g1,
    blst_p1_generator, blst_p1_mult, blst_p1_to_affine, blst_p1_uncompress, blst_p2,
    blst_p2_affine, blst_p2_affine_compress, blst_p2_affine_in_g2, blst_p2_generator, blst_p2_mult,
    blst_p2_to_affine, blst_p2_uncompress, blst_precompute_lines,
};
use std::{
    env,
    hint::black_box,
    time::{Duration, Instant},
};

const DST: &[u8] = b"BSPP-BENCH-GROUPS";
const LINES: usize = 68;

fn p1(point: &blst_p1) -> blst_p1_affine {
    let mut out = blst_p1_affine::default();
    // SAFETY: both pointers are to live values for the whole call.
    unsafe { blst_p1_to_affine(&mut out, point) };
    out
}

fn p2(point: &blst_p2) -> blst_p2_affine {
    let mut out = blst_p2_affine::default();
    // SAFETY: both pointers are to live values for the whole call.
    unsafe { blst_p2_to_affine(&mut out, point) };
    out
}

fn hash_g1(msg: &[u8]) -> blst_p1 {
    let mut out = blst_p1::default();
    let (dst, no) = (DST, core::ptr::null());
    // SAFETY: the slices give pointers with their own lengths; the augmentation is empty.
    unsafe {
        blst_hash_to_g1(
            &mut out,
            msg.as_ptr(),
            msg.len(),
            dst.as_ptr(),
            dst.len(),
            no,
            0,
        )
    };
    out
}

fn hash_g2(msg: &[u8]) -> blst_p2 {
    let mut out = blst_p2::default();
    let (dst, no) = (DST, core::ptr::null());
    // SAFETY: as in `hash_g1`.
    unsafe {
        blst_hash_to_g2(
            &mut out,
            msg.as_ptr(),
            msg.len(),
            dst.as_ptr(),
            dst.len(),
            no,
            0,
        )
    };
    out
}

fn mul1(point: &blst_p1, scalar: &[u8; 32]) -> blst_p1 {
    let mut out = blst_p1::default();
    // SAFETY: the scalar has 32 bytes, of which the call reads 255 bits.
    unsafe { blst_p1_mult(&mut out, point, scalar.as_ptr(), 255) };
    out
}

fn mul2(point: &blst_p2, scalar: &[u8; 32]) -> blst_p2 {
    let mut out = blst_p2::default();
    // SAFETY: as in `mul1`.
    unsafe { blst_p2_mult(&mut out, point, scalar.as_ptr(), 255) };
    out
}

fn lines(point: &blst_p2_affine) -> Vec<blst_fp6> {
    let mut out = vec![blst_fp6::default(); LINES];
    // SAFETY: the vector has room for the 68 elements that the function writes.
    unsafe { blst_precompute_lines(out.as_mut_ptr(), point) };
    out
}

fn finish(miller: &blst_fp12) -> blst_fp12 {
    let mut out = blst_fp12::default();
    // SAFETY: both pointers are to live values for the whole call.
    unsafe { blst_final_exp(&mut out, miller) };
    out
}

fn pairing(p: &blst_p1_affine, q: &blst_p2_affine) -> blst_fp12 {
    let mut miller = blst_fp12::default();
    // SAFETY: all pointers are to live values for the whole call.
    unsafe { blst_miller_loop(&mut miller, q, p) };
    finish(&miller)
}

fn prepared(p: &blst_p1_affine, q: &[blst_fp6]) -> blst_fp12 {
    let mut miller = blst_fp12::default();
    // SAFETY: `q` holds the 68 lines that `lines` wrote.
    unsafe { blst_miller_loop_lines(&mut miller, q.as_ptr(), p) };
    finish(&miller)
}

/// One operation of one design: its name, and the work.
type Operation<'a> = (&'static str, Box<dyn Fn(u64) + 'a>);

fn main() {
    let rounds: u64 = env::var("BSPP_BENCH_ROUNDS")
        .ok()
        .map_or(40, |text| text.parse().expect("a number"));
    let scalar = |byte: u8| {
        let mut out = [byte; 32];
        out[31] = 0x3f;
        out
    };
    let (a_s, a_o, r) = (scalar(3), scalar(5), scalar(7));
    // SAFETY: the generators are constants of the library.
    let (g1, g2) = unsafe { (*blst_p1_generator(), *blst_p2_generator()) };
    // An encryptor keeps r·A_s and r·A_o for a patient in a batch, with lines if in G2.
    let (ra_s1, ra_o1) = (
        p1(&mul1(&mul1(&g1, &a_s), &r)),
        p1(&mul1(&mul1(&g1, &a_o), &r)),
    );
    let (ra_s2, ra_o2) = (
        lines(&p2(&mul2(&mul2(&g2, &a_s), &r))),
        lines(&p2(&mul2(&mul2(&g2, &a_o), &r))),
    );
    let (r1, r2) = (p1(&mul1(&g1, &r)), p2(&mul2(&g2, &r)));
    let (mut r1_bytes, mut r2_bytes) = ([0; 48], [0; 96]);
    // SAFETY: the arrays have the sizes of the compressed encodings.
    unsafe {
        blst_p1_affine_compress(r1_bytes.as_mut_ptr(), &r1);
        blst_p2_affine_compress(r2_bytes.as_mut_ptr(), &r2);
    }
    let r2_lines = lines(&r2);
    let trapdoor2 = lines(&p2(&mul2(&hash_g2(b"keyword"), &a_s)));
    let trapdoor1 = p1(&mul1(&hash_g1(b"keyword"), &a_s));

    let groups: Vec<(&str, Vec<Operation>)> = vec![
        (
            "encrypt a new label (r·A kept for the patient and batch)",
            vec![
                (
                    "version 1",
                    Box::new(|n| {
                        let q_s = p2(&hash_g2(&[&n.to_le_bytes()[..], b"s"].concat()));
                        let q_o = p2(&hash_g2(&[&n.to_le_bytes()[..], b"o"].concat()));
                        black_box((pairing(&ra_s1, &q_s), pairing(&ra_o1, &q_o)));
                    }),
                ),
                (
                    "G2",
                    Box::new(|n| {
                        let q = lines(&p2(&hash_g2(&n.to_le_bytes())));
                        black_box((prepared(&ra_s1, &q), prepared(&ra_o1, &q)));
                    }),
                ),
                (
                    "G1",
                    Box::new(|n| {
                        let q = p1(&hash_g1(&n.to_le_bytes()));
                        black_box((prepared(&q, &ra_s2), prepared(&q, &ra_o2)));
                    }),
                ),
            ],
        ),
        (
            "search a batch (R kept decompressed, in G1's design with its lines)",
            vec![
                (
                    "G2",
                    Box::new(|_| {
                        black_box(prepared(&r1, &trapdoor2));
                    }),
                ),
                (
                    "G1",
                    Box::new(|_| {
                        black_box(prepared(&trapdoor1, &r2_lines));
                    }),
                ),
            ],
        ),
        (
            "load R of a batch (decompress, check the subgroup, lines)",
            vec![
                (
                    "G2",
                    Box::new(|_| {
                        let mut point = blst_p1_affine::default();
                        // SAFETY: the array has 48 bytes; the point lives for the whole call.
                        let valid = unsafe {
                            blst_p1_uncompress(&mut point, r1_bytes.as_ptr());
                            blst_p1_affine_in_g1(&point)
                        };
                        assert!(black_box(valid));
                    }),
                ),
                (
                    "G1",
                    Box::new(|_| {
                        let mut point = blst_p2_affine::default();
                        // SAFETY: the array has 96 bytes; the point lives for the whole call.
                        let valid = unsafe {
                            blst_p2_uncompress(&mut point, r2_bytes.as_ptr());
                            blst_p2_affine_in_g2(&point)
                        };
                        assert!(valid);
                        black_box(lines(&point));
                    }),
                ),
            ],
        ),
        (
            "make a search and an open trapdoor",
            vec![
                (
                    "version 1",
                    Box::new(|n| {
                        let q_s = hash_g2(&[&n.to_le_bytes()[..], b"s"].concat());
                        let q_o = hash_g2(&[&n.to_le_bytes()[..], b"o"].concat());
                        black_box((p2(&mul2(&q_s, &a_s)), p2(&mul2(&q_o, &a_o))));
                    }),
                ),
                (
                    "G2",
                    Box::new(|n| {
                        let q = hash_g2(&n.to_le_bytes());
                        black_box((p2(&mul2(&q, &a_s)), p2(&mul2(&q, &a_o))));
                    }),
                ),
                (
                    "G1",
                    Box::new(|n| {
                        let q = hash_g1(&n.to_le_bytes());
                        black_box((p1(&mul1(&q, &a_s)), p1(&mul1(&q, &a_o))));
                    }),
                ),
            ],
        ),
    ];

    println!("groups: {rounds} rounds, microseconds an operation");
    for (name, designs) in &groups {
        println!("{name}");
        let mut times: Vec<Vec<Duration>> = vec![Vec::new(); designs.len()];
        for round in 0..rounds {
            for (design, (_, work)) in designs.iter().enumerate() {
                let started = Instant::now();
                work(round);
                times[design].push(started.elapsed());
            }
        }
        let median = |times: &mut Vec<Duration>| {
            times.sort();
            times[times.len() / 2].as_secs_f64() * 1e6
        };
        let base = median(&mut times[0]);
        for ((design, _), times) in designs.iter().zip(&mut times) {
            let time = median(times);
            println!(
                "  {design:<10} {time:>9.1}   {:.3} of {}",
                time / base,
                designs[0].0
            );
        }
    }
    println!("sizes in bytes: A and R 48 in G2's design, 96 in G1's; a trapdoor 96 and 48");
}
