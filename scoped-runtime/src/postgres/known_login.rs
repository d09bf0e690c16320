use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use futures_util::future::BoxFuture;

use super::checked_login::CheckedLogin;
use crate::error::Error;

/// What a pool knows of its login role, until it is made to forget it.
#[derive(Default)]
pub(super) struct KnownLogin(RwLock<State>);

#[derive(Default)]
struct State {
    /// `None` before the first statement.
    login: Option<Arc<CheckedLogin>>,
    /// How often it was forgotten. What was asked before the last time is not kept.
    forgotten: u64,
}

impl KnownLogin {
    /// What is known, or what `ask` finds out. Asking is rare and its future is large: it is boxed, so that it is not part
    /// of the future of every call.
    pub(super) async fn get_or_ask<'a>(
        &self,
        ask: impl FnOnce() -> BoxFuture<'a, Result<CheckedLogin, Error>>,
    ) -> Result<Arc<CheckedLogin>, Error> {
        let forgotten = {
            let state = self.read();
            if let Some(login) = &state.login {
                return Ok(Arc::clone(login));
            }
            state.forgotten
        };
        let login = Arc::new(ask().await?);
        let mut state = self.write();
        if state.forgotten == forgotten {
            state.login = Some(Arc::clone(&login));
        }
        Ok(login)
    }

    /// Lets the next statement ask the server again.
    pub(super) fn forget(&self) {
        let mut state = self.write();
        state.login = None;
        state.forgotten += 1;
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::HashMap;
    use std::future::ready;

    use futures_util::FutureExt;

    use super::{CheckedLogin, KnownLogin};

    fn login() -> CheckedLogin {
        CheckedLogin {
            settings: HashMap::new(),
        }
    }

    #[test]
    fn the_server_is_asked_once_and_again_after_it_was_forgotten() {
        let (known, asked) = (KnownLogin::default(), Cell::new(0));
        let get = || {
            let ask = || {
                asked.set(asked.get() + 1);
                ready(Ok(login())).boxed()
            };
            known.get_or_ask(ask).now_or_never().unwrap().unwrap();
        };
        get();
        get();
        assert_eq!(asked.get(), 1);
        known.forget();
        get();
        assert_eq!(asked.get(), 2);
    }

    #[test]
    fn an_answer_to_a_question_from_before_it_was_forgotten_is_not_kept() {
        let (known, is_asked_again) = (KnownLogin::default(), Cell::new(false));
        let overtaken = || {
            known.forget();
            ready(Ok(login())).boxed()
        };
        known.get_or_ask(overtaken).now_or_never().unwrap().unwrap();
        let again = || {
            is_asked_again.set(true);
            ready(Ok(login())).boxed()
        };
        known.get_or_ask(again).now_or_never().unwrap().unwrap();
        assert!(is_asked_again.get());
    }
}
