//! Fuzzes the frames of a server of Realtime, one in each line.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|frames: &[u8]| {
    scoped_runtime::__private::receive_any_frames(frames);
});
