//! What there is to try: the tables, views, buckets and topics with their rows.

use std::collections::BTreeMap;

use super::catalog::Catalog;
use super::connection::Connection;
use super::person::Person;
use super::resource::Resource;
use super::rows::{Maker, Owner};
use super::{STRANGER, literal};
use crate::testing::error::Result;

/// Everything that is tried, with its rows, which are made where there are none.
pub(super) async fn resources(
    admin: &Connection,
    catalog: &Catalog,
    schemas: &[String],
    topics: &[String],
    people: &[Person],
) -> Result<Vec<Resource>> {
    let owners = owners(people);
    let mut maker = Maker::new(admin, catalog, &owners);
    let is_wanted = |schema: &String| schemas.contains(schema);
    let relations = catalog
        .relations
        .iter()
        .filter(|relation| is_wanted(&relation.schema));
    let mut resources: Vec<Resource> = relations.map(Resource::of).collect();
    // A view shows what the tables have by then.
    resources.sort_by_key(|resource| resource.relation.is_view());
    for resource in &mut resources {
        // A materialised view may not be populated.
        resource.reason = resource
            .read_rows(admin)
            .await
            .err()
            .map(|error| error.to_string());
        let is_empty = resource.rows.is_empty() && resource.reason.is_none();
        if is_empty && !resource.relation.is_view() {
            resource.reason = maker.fill(&resource.relation).await.err();
        }
    }
    if let Some(objects) = catalog.find("storage", "objects") {
        for bucket in &catalog.buckets {
            files(admin, bucket, &owners).await?;
            resources.push(Resource::bucket(objects, bucket));
        }
    }
    if let Some(messages) = catalog.find("realtime", "messages") {
        for topic in topics {
            let sql = format!(
                "insert into realtime.messages (topic, extension) values ({0}, 'broadcast'), ({0}, 'presence')",
                literal(topic)
            );
            admin.run(&sql).await?;
            resources.push(Resource::topic(messages, topic));
        }
    }
    // A table may have got rows as the parent of another one.
    for resource in &mut resources {
        let failed = resource
            .read_rows(admin)
            .await
            .err()
            .map(|error| error.to_string());
        resource.reason = failed.or(resource.reason.take());
    }
    Ok(resources)
}

/// Those who own rows: each person, and a stranger.
fn owners(people: &[Person]) -> Vec<Owner> {
    let mut owners: Vec<Owner> = Vec::new();
    for person in people {
        if let Some(user) = person.user_id() {
            owners.push(Owner {
                user_id: user.to_owned(),
                values: person.values(),
            });
        }
    }
    let claims: BTreeMap<String, String> = owners
        .iter()
        .flat_map(|owner| owner.values.clone())
        .collect();
    let strange = claims.into_iter().map(|(name, value)| {
        let is_uuid = uuid::Uuid::parse_str(&value).is_ok();
        let is_number = value.parse::<f64>().is_ok();
        let value = match (is_uuid, is_number) {
            (true, _) => STRANGER.to_owned(),
            (_, true) => value,
            _ => format!("another {name}"),
        };
        (name, value)
    });
    owners.push(Owner {
        user_id: STRANGER.to_owned(),
        values: strange.collect(),
    });
    owners
}

/// Puts a file into an empty bucket for each owner: under the user's ID, and under each claim.
async fn files(admin: &Connection, bucket: &str, owners: &[Owner]) -> Result<()> {
    let bucket = literal(bucket);
    let count = format!("select 1 from storage.objects where bucket_id = {bucket} limit 1");
    if !admin.texts(&count).await?.is_empty() {
        return Ok(());
    }
    for Owner { user_id, values } in owners {
        for folder in [user_id].into_iter().chain(values.values()) {
            let sql = format!(
                "insert into storage.objects (bucket_id, name, owner, owner_id) values ({bucket}, {}, {1}::uuid, {1}) \
                 on conflict do nothing",
                literal(&format!("{folder}/file.txt")),
                literal(user_id),
            );
            admin.run(&sql).await?;
        }
    }
    Ok(())
}
