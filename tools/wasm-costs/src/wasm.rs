// SPDX-License-Identifier: Apache-2.0
//! The exports of the WebAssembly module, its memory and its panic.

use crate::{rounds, World, OPERATIONS};
use alloc::boxed::Box;
use core::{
    alloc::{GlobalAlloc, Layout},
    arch::wasm32,
    cell::{Cell, UnsafeCell},
    panic::PanicInfo,
};

/// The bytes of a page of memory.
const PAGE: usize = 65_536;
/// The alignment of all blocks.
const ALIGN: usize = 16;
/// One list for each power of two.
const CLASSES: usize = 32;

/// Blocks of sizes that are powers of two, with a list of free ones for each size.
struct Blocks {
    next: Cell<usize>,
    end: Cell<usize>,
    free: [Cell<usize>; CLASSES],
}

// SAFETY: the module has one thread.
unsafe impl Sync for Blocks {}

#[global_allocator]
static BLOCKS: Blocks = Blocks {
    next: Cell::new(0),
    end: Cell::new(0),
    free: [const { Cell::new(0) }; CLASSES],
};

/// The class of a size, and the bytes of its blocks.
fn class_of(layout: Layout) -> Option<(usize, usize)> {
    let size = layout.size().max(ALIGN).checked_next_power_of_two()?;
    let class = size.trailing_zeros() as usize;
    (layout.align() <= ALIGN && class < CLASSES).then_some((class, size))
}

impl Blocks {
    /// A block beyond all earlier ones.
    fn grow(&self, size: usize) -> Option<usize> {
        if self.end.get() == 0 {
            // The heap begins after the memory that the module has at its start.
            let start = wasm32::memory_size(0) * PAGE;
            self.next.set(start);
            self.end.set(start);
        }
        let start = self.next.get();
        let end = start.checked_add(size)?;
        if end > self.end.get() {
            let pages = (end - self.end.get()).div_ceil(PAGE);
            if wasm32::memory_grow(0, pages) == usize::MAX {
                return None;
            }
            self.end.set(self.end.get() + pages * PAGE);
        }
        self.next.set(end);
        Some(start)
    }
}

// SAFETY: a block is given out once until it is freed, and blocks do not overlap. Their size and
// alignment are not below those of the layout.
unsafe impl GlobalAlloc for Blocks {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some((class, size)) = class_of(layout) else {
            return core::ptr::null_mut();
        };
        let head = self.free[class].get();
        if head == 0 {
            return self
                .grow(size)
                .map_or(core::ptr::null_mut(), |start| start as *mut u8);
        }
        // SAFETY: a free block begins with the address of the next one.
        let next = unsafe { *(head as *const usize) };
        self.free[class].set(next);
        head as *mut u8
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if let Some((class, _)) = class_of(layout) {
            // SAFETY: the block has at least 16 bytes and is not used any more.
            unsafe { *block.cast::<usize>() = self.free[class].get() };
            self.free[class].set(block as usize);
        }
    }
}

/// The world between two calls.
struct Held(UnsafeCell<Option<Box<World>>>);

// SAFETY: the module has one thread.
unsafe impl Sync for Held {}

static WORLD: Held = Held(UnsafeCell::new(None));

/// Makes the parties. Returns 1 if that succeeds.
#[no_mangle]
pub extern "C" fn start() -> u32 {
    let made = World::new().map(Box::new);
    let is_made = made.is_some();
    // SAFETY: one thread, and no other reference is alive between two calls.
    unsafe { *WORLD.0.get() = made };
    is_made.into()
}

/// The number of operations.
#[no_mangle]
pub extern "C" fn operations() -> u32 {
    OPERATIONS.len() as u32
}

/// The number of rounds of an operation.
#[no_mangle]
pub extern "C" fn rounds_of(operation: u32, most: u32) -> u32 {
    rounds(operation as usize, most as usize) as u32
}

/// Runs an operation once. Returns 1 if its result is right.
#[no_mangle]
pub extern "C" fn run(operation: u32) -> u32 {
    // SAFETY: as in `start`.
    match unsafe { &mut *WORLD.0.get() } {
        Some(world) => world.run(operation as usize).into(),
        None => 0,
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    wasm32::unreachable()
}
