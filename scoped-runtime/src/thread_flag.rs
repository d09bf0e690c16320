use std::cell::Cell;
use std::thread::LocalKey;

/// A fact about the running thread, such as that it is in code of the program.
pub(crate) type ThreadFlag = LocalKey<Cell<bool>>;

/// Sets a flag of this thread while it exists.
pub(crate) struct Flagged {
    flag: &'static ThreadFlag,
    before: bool,
}

impl Flagged {
    pub(crate) fn begin(flag: &'static ThreadFlag) -> Self {
        let before = flag.replace(true);
        Self { flag, before }
    }
}

impl Drop for Flagged {
    fn drop(&mut self) {
        self.flag.set(self.before);
    }
}
