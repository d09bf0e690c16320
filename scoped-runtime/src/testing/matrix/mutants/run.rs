//! Makes the changes, and looks for a cell that notices.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::outcome::{Cell, Operation};
use super::super::person::Person;
use super::super::resource::Resource;
use super::super::result::Matrix;
use super::super::trial::Example;
use super::candidates::Candidate;
use super::reach::{Reach, Target};
use super::{Change, Verdict, reason};
use crate::testing::error::Result;

/// The cells that a mutant is asked by.
pub(super) struct MutantRun<'m> {
    matrix: &'m Matrix<'m>,
    /// What reaches what; `None` to ask every cell of each mutant.
    reach: Option<Reach>,
    /// The functions that policies call; see [`super::candidates::body_of`].
    bodies: Vec<String>,
    /// The cells that are other ones without a change.
    unstable: BTreeSet<(String, Operation, String)>,
    /// The roles of the people, each with a role whose rights it has.
    memberships: BTreeSet<(String, String)>,
    /// Whether statements of people may also run as a role that is not theirs; see `other_roles.sql`.
    has_other_roles: bool,
}

impl<'m> MutantRun<'m> {
    pub(super) async fn new(
        matrix: &'m Matrix<'m>,
        reach: Option<Reach>,
        bodies: Vec<String>,
    ) -> Result<Self> {
        let mut unstable = BTreeSet::new();
        for person in &matrix.people {
            for now in matrix.plan.try_person(person).await? {
                if matrix.cell(&now.person, now.operation, &now.resource) != Some(&now) {
                    unstable.insert((now.person, now.operation, now.resource));
                }
            }
        }
        let roles: BTreeSet<&str> = matrix.people.iter().map(Person::role).collect();
        let roles: Vec<&str> = roles.into_iter().collect();
        let query = "select coalesce(jsonb_agg(jsonb_build_array(name, rolname)), '[]')::text \
             from unnest($1::text[]) as name join pg_catalog.pg_roles on pg_catalog.pg_has_role(name, oid, 'usage')";
        let memberships: Value = matrix.admin.json(query, &[&roles]).await?;
        let other_roles = include_str!("other_roles.sql");
        Ok(Self {
            matrix,
            reach,
            bodies,
            unstable,
            has_other_roles: matrix.admin.json(other_roles, &[]).await?,
            memberships: serde_json::from_value(memberships).unwrap_or_default(),
        })
    }

    pub(super) async fn verdict(&self, candidate: &Candidate<'_>) -> Result<Verdict> {
        let admin = &self.matrix.admin;
        if let Err(refused) = admin.run(&candidate.apply).await {
            return Ok(Verdict::Refused(
                refused
                    .to_string()
                    .trim_start_matches("matrix: ")
                    .to_owned(),
            ));
        }
        let changed = self.first_change(candidate).await;
        admin.run(&candidate.undo).await?;
        if let Some(changed) = changed? {
            return Ok(Verdict::Killed(changed));
        }
        let Candidate {
            relation,
            policy,
            change,
            ..
        } = candidate;
        let catalog = &self.matrix.plan.catalog;
        let reason = reason::equivalent(catalog, &self.bodies, relation, *policy, change);
        Ok(reason.map_or(Verdict::Survived, Verdict::Equivalent))
    }

    /// The first cell that is another one now: first of the table that was changed, which most mistakes show in.
    async fn first_change(&self, candidate: &Candidate<'_>) -> Result<Option<String>> {
        let own = candidate.relation.oid;
        let target = candidate.target();
        for is_own in [true, false] {
            let is_wanted = |resource: &Resource| {
                let relation = &resource.relation;
                let is_reached = || {
                    let reach = self.reach.as_ref();
                    reach.is_none_or(|reach| reach.relation_notices(relation.oid, target))
                };
                (relation.oid == own) == is_own && (is_own || is_reached())
            };
            let people = self.matrix.people.iter();
            for person in people.filter(|person| self.can_notice(person, candidate)) {
                let is_called = |call: &Example| {
                    let reach = self.reach.as_ref();
                    !is_own && reach.is_none_or(|reach| reach.call_notices(&call.sql, target))
                };
                let plan = &self.matrix.plan;
                let now = plan.try_some(person, is_wanted, is_called).await?;
                let changed = now.iter().find_map(|now| {
                    let before = self
                        .matrix
                        .cell(&now.person, now.operation, &now.resource)?;
                    (before != now && !self.is_unstable(now)).then(|| said(before, now))
                });
                if changed.is_some() {
                    return Ok(changed);
                }
            }
        }
        Ok(None)
    }

    /// Whether the change can mean something to a person, by the roles of the policy. Roles that are not those of
    /// requests may mean something to everyone.
    fn can_notice(&self, person: &Person, candidate: &Candidate<'_>) -> bool {
        let (Some(policy), Some(_), false) = (candidate.policy, &self.reach, self.has_other_roles)
        else {
            return true;
        };
        let is_request = |role: &String| {
            ["anon", "authenticated", "service_role"].contains(&role.as_str())
                || self
                    .matrix
                    .people
                    .iter()
                    .any(|person| person.role() == role)
        };
        if !policy.roles.iter().all(is_request) {
            return true;
        }
        let is_member = policy.roles.iter().any(|role| {
            self.memberships
                .contains(&(person.role().to_owned(), role.clone()))
        });
        // Widened, it means something new to the others only.
        is_member != (candidate.change == Change::Widened)
    }

    fn is_unstable(&self, cell: &Cell) -> bool {
        let key = (cell.person.clone(), cell.operation, cell.resource.clone());
        self.unstable.contains(&key)
    }
}

impl Candidate<'_> {
    fn target(&self) -> Target {
        let reads = |command: &str| ["r", "*"].contains(&command);
        match (self.function, self.policy) {
            (Some(oid), _) => Target::Function(oid),
            (None, Some(policy)) if !reads(&policy.command) => Target::Writing(self.relation.oid),
            _ => Target::Reading(self.relation.oid),
        }
    }
}

fn said(before: &Cell, now: &Cell) -> String {
    let (was, is) = (before.text(), now.text());
    let (was, is) = if was == is {
        (
            format!("{was} {:?}", before.rows),
            format!("{is} {:?}", now.rows),
        )
    } else {
        (was, is)
    };
    format!(
        "{} {} {}: {was} -> {is}",
        before.person, before.operation, before.resource
    )
}
