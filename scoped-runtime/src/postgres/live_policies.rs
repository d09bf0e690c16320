use tokio_postgres::types::Type;

use crate::claims::ScopedClaims;
use crate::client::ScopedClients;
use crate::error::Error;
use crate::policies::{Definition, Definitions, Report};

/// With features `postgres` and `policies`.
impl ScopedClients {
    /// Reads the policies, functions and views that the database has at this moment, as PostgreSQL writes them. The
    /// catalogue is readable for every role, so that this runs as `anon`.
    ///
    /// ```no_run
    /// # async fn example(clients: scoped_runtime::ScopedClients) -> Result<(), Box<dyn std::error::Error>> {
    /// use scoped_runtime::policies::Definitions;
    ///
    /// let expected = Definitions::from_json(&std::fs::read_to_string("policies.json")?)?;
    /// for difference in clients.policy_definitions().await?.differences(&expected) {
    ///     eprintln!("{difference}"); // changed by hand, with both texts
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The errors of [`ScopedPostgres::query`](crate::ScopedPostgres::query).
    pub async fn policy_definitions(&self) -> Result<Definitions, Error> {
        let anonymous = self.anonymous()?.postgres().read_only();
        let reading = anonymous.transaction(async |tx| {
            tx.execute_typed("set local search_path = ''", &[]).await?;
            let left_out = (&Definitions::LEFT_OUT as _, Type::TEXT_ARRAY);
            tx.fetch_typed(Definitions::QUERY, &[left_out]).await
        });
        // The future is large, and callers await it deep inside of theirs.
        let rows: Vec<Definition> = Box::pin(reading).await?;
        Ok(Definitions::new(rows))
    }

    /// Compares the claims of `C` with the policies that the database has at this moment, as
    /// [`policies::check`](crate::policies::check) does with the migrations. What differs from the migrations,
    /// [`policy_definitions`](Self::policy_definitions) tells.
    ///
    /// # Errors
    /// The errors of [`ScopedPostgres::query`](crate::ScopedPostgres::query). The findings are in the report.
    pub async fn check_policies<C: ScopedClaims>(&self) -> Result<Report, Error> {
        Ok(self.policy_definitions().await?.check::<C>())
    }
}
