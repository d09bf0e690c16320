//! A write sends the smallest of the row limits that were set for it.

use crate::grammar::Request;
use crate::project::Project;

#[tokio::test]
async fn a_write_sends_the_smallest_of_limit_max_affected_and_expect_rows() {
    let project = Project::start().await;
    let counts = [None, Some(1), Some(2), Some(3)];
    for limit in counts {
        for most in counts {
            for expected in counts {
                let mut query = project.client.from("t").delete().eq("id", 1);
                if let Some(limit) = limit {
                    query = query.limit(limit);
                }
                if let Some(most) = most {
                    query = query.max_affected(most);
                }
                if let Some(expected) = expected {
                    query = query.expect_rows(expected);
                }
                // The response says that no row was deleted, which `expect_rows` reports as an error.
                let outcome = query.execute().await;
                let said = [limit, most, expected].into_iter().flatten();
                if let Some(arrived) = project.arrived() {
                    let smallest = said.min().map(|count| count as u64);
                    let request = Request::read(&arrived).unwrap();
                    assert_eq!(
                        request.most_rows(),
                        smallest,
                        "{limit:?} {most:?} {expected:?}"
                    );
                } else {
                    // The query is refused only if more rows are expected than allowed.
                    let allowed = [limit, most].into_iter().flatten().min();
                    let both = expected.zip(allowed);
                    assert!(both.is_some_and(|(expected, allowed)| expected > allowed));
                    assert!(outcome.is_err());
                }
            }
        }
    }
}
