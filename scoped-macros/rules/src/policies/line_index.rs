use std::collections::HashMap;
use std::path::PathBuf;

use super::object::SourceLocation;

/// Converts offsets to line numbers. The lines of a file are counted at its first use.
pub(crate) struct LineIndex<'f> {
    files: &'f [(PathBuf, String)],
    starts: HashMap<usize, Vec<usize>>,
}

impl<'f> LineIndex<'f> {
    pub(crate) fn new(files: &'f [(PathBuf, String)]) -> Self {
        Self {
            files,
            starts: HashMap::new(),
        }
    }

    pub(crate) fn location(&mut self, file: usize, offset: u32) -> SourceLocation {
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
        SourceLocation { file, line, offset }
    }
}
