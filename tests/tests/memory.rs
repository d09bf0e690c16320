//! Searches the memory of this process for secrets that were dropped.
//!
//! The test is alone in its process, because it searches all writable memory, including freed blocks.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use scoped_runtime::{Config, ScopedClients};

/// The text to search for, masked, so that the search does not find its own copy.
struct Needle(Vec<u8>);

const MASK: u8 = 0x5a;

impl Needle {
    fn of(secret: &str) -> Self {
        Self(secret.bytes().map(|byte| byte ^ MASK).collect())
    }

    fn is_at(&self, memory: &[u8]) -> bool {
        let mut bytes = memory.iter().zip(&self.0);
        memory.len() == self.0.len() && bytes.all(|(byte, masked)| byte ^ MASK == *masked)
    }

    /// Returns how often the text is in the writable memory of this process.
    fn copies(&self) -> usize {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let mut memory = File::open("/proc/self/mem").unwrap();
        let mut buffer = vec![0; 1 << 16];
        // The buffer that is read into would be another copy.
        let own = buffer.as_ptr().addr()..buffer.as_ptr().addr() + buffer.len();
        let mut found = 0;
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let range = line.split(' ').next().unwrap();
            let (start, end) = range.split_once('-').unwrap();
            let [start, end] = [start, end].map(|hex| usize::from_str_radix(hex, 16).unwrap());
            let parts = [(start, end.min(own.start)), (start.max(own.end), end)];
            for (mut at, end) in parts {
                while at < end {
                    let size = buffer.len().min(end - at);
                    memory.seek(SeekFrom::Start(at as u64)).unwrap();
                    if memory.read_exact(&mut buffer[..size]).is_err() {
                        break;
                    }
                    let windows = buffer[..size].windows(self.0.len());
                    found += windows.filter(|window| self.is_at(window)).count();
                    // The blocks overlap, because a secret may lie across a boundary.
                    at += (size + 1).saturating_sub(self.0.len()).max(1);
                    if at + self.0.len() > end {
                        break;
                    }
                }
            }
        }
        buffer.fill(0);
        found
    }
}

/// Returns the only copy of a secret that is not in the text of the program. The search looks for its end,
/// because allocators write into the beginning of freed blocks and reuse small ones at once.
fn secret(seed: u32) -> (String, Needle) {
    let mut state = seed;
    let mut text = String::with_capacity(600);
    text.extend((0..600).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (state >> 24) as u8 % 26)
    }));
    let needle = Needle::of(&text[552..]);
    (text, needle)
}

#[test]
fn secrets_and_tokens_are_wiped_when_their_owner_is_dropped() {
    // The search finds a text that is dropped without being wiped.
    let (plain, needle) = secret(1);
    assert_eq!(needle.copies(), 1);
    drop(plain);
    assert_ne!(needle.copies(), 0, "freed, not wiped");

    // The JWT secret has one copy while it is in the configuration, and none in the key that is made from
    // it.
    let (text, jwt_secret) = secret(2);
    let config = Config::builder()
        .environment(|_| None)
        .url("https://project.test")
        .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
        .jwt_secret(text)
        .build()
        .unwrap();
    assert_eq!(
        jwt_secret.copies(),
        0,
        "the key is derived from the text, which is wiped"
    );

    // A token is wiped with its client, before and after a renewal.
    let clients = ScopedClients::new(config).unwrap();
    let client = clients.user("00000000-0000-4000-8000-00000000000a");
    let client = client.auto_refresh(false).client().unwrap();
    let token = client.token().unwrap();
    let signature = token.expose_secret().rsplit('.').next().unwrap();
    let signature = Needle::of(signature);
    assert_eq!(signature.copies(), 1, "several holders share one copy");
    drop((client, token));
    assert_eq!(signature.copies(), 0);
}
