use std::collections::HashMap;
use std::path::PathBuf;

use super::object::Place;

/// Turns offsets into lines; counts the lines of a file when something in it is first asked for.
pub(crate) struct Lines<'f> {
    files: &'f [(PathBuf, String)],
    starts: HashMap<usize, Vec<usize>>,
}

impl<'f> Lines<'f> {
    pub(crate) fn new(files: &'f [(PathBuf, String)]) -> Self {
        Self {
            files,
            starts: HashMap::new(),
        }
    }

    pub(crate) fn place(&mut self, file: usize, offset: u32) -> Place {
        let offset = offset as usize;
        let starts = self.starts.entry(file).or_insert_with(|| {
            let bytes = self
                .files
                .get(file)
                .map_or(&[][..], |file| file.1.as_bytes());
            let mut starts = vec![0];
            let mut at = 0;
            while at < bytes.len() {
                if bytes[at] == b'\n' {
                    starts.push(at + 1);
                }
                at += 1;
            }
            starts
        });
        let line = starts.partition_point(|start| *start <= offset);
        Place { file, line, offset }
    }
}
