//! Behind a transaction pooler: `PgBouncer`, `apt-get install pgbouncer`.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use scoped_runtime::tokio_postgres::config::Host;
use scoped_runtime::tokio_postgres::types::Type;
use scoped_runtime::tokio_postgres::{Config as PostgresConfig, NoTls};
use scoped_runtime::{Error, PostgresError, PostgresPool, ScopedClients};

use crate::fuzz::{Direct, never_leaks};
use crate::support::{ALICE, BOB, World, project};

/// A pooler with two connections to the server. It ends with this value.
pub(crate) struct Pooler {
    process: Child,
    folder: PathBuf,
    pub(crate) port: u16,
}

impl Pooler {
    /// Starts a pooler in transaction mode in front of this server. `None` only where `SCOPED_TESTS_WITHOUT_POOLER` says
    /// that the machine can have none.
    pub(crate) fn start(server: &PostgresConfig) -> Option<Self> {
        Self::in_mode("transaction", server)
    }

    fn in_mode(mode: &str, server: &PostgresConfig) -> Option<Self> {
        if std::env::var_os("SCOPED_TESTS_WITHOUT_POOLER").is_some() {
            println!("not tried: SCOPED_TESTS_WITHOUT_POOLER is set");
            return None;
        }
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let folder = std::env::temp_dir().join(format!("scoped-pooler-{port}"));
        std::fs::create_dir_all(&folder).unwrap();
        let Some(Host::Tcp(host)) = server.get_hosts().first() else {
            panic!("{server:?}")
        };
        let password = String::from_utf8(server.get_password().unwrap().to_vec()).unwrap();
        let settings = format!(
            "[databases]\n{database} = host={host} port={server_port} user={user} password={password}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = {mode}\nserver_reset_query =\nignore_startup_parameters = extra_float_digits\n\
             default_pool_size = 2\nmax_client_conn = 100\n\
             logfile = {folder}/log\n",
            database = server.get_dbname().unwrap(),
            server_port = server.get_ports()[0],
            user = server.get_user().unwrap(),
            folder = folder.display(),
        );
        let file = folder.join("pgbouncer.ini");
        std::fs::write(&file, settings).unwrap();
        let mut command = Command::new("pgbouncer");
        command
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        run_as_ordinary_user(&mut command, &folder);
        let process = command
            .spawn()
            .expect("`pgbouncer` is on the path; `apt-get install pgbouncer`");
        let pooler = Self {
            process,
            folder,
            port,
        };
        for _ in 0..500 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Some(pooler);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let log = std::fs::read_to_string(pooler.folder.join("log"));
        panic!("the pooler did not start: {log:?}");
    }

    /// How the login role of the server connects through the pooler.
    fn address(&self, server: &PostgresConfig) -> PostgresConfig {
        let mut address = PostgresConfig::new();
        address.host("127.0.0.1").port(self.port);
        address
            .user(server.get_user().unwrap())
            .dbname(server.get_dbname().unwrap());
        address
    }
}

/// The pooler refuses to run as root.
fn run_as_ordinary_user(command: &mut Command, folder: &std::path::Path) {
    use std::os::unix::fs::{MetadataExt, chown};
    use std::os::unix::process::CommandExt;

    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        const NOBODY: u32 = 65534;
        for path in [folder.to_owned(), folder.join("pgbouncer.ini")] {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        command.uid(NOBODY).gid(NOBODY);
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            println!("{:?}", std::fs::read_to_string(self.folder.join("log")));
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A project whose pool knows that the pooler is there, or does not.
fn through(pooler: &Pooler, server: &PostgresConfig, is_known: bool) -> ScopedClients {
    let pool = PostgresPool::new(pooler.address(server), NoTls)
        .unwrap()
        .max_size(4)
        .transaction_pooler(is_known);
    let clients = ScopedClients::new(project().build().unwrap()).unwrap();
    clients.with_postgres(pool).unwrap()
}

#[tokio::test]
async fn what_needs_no_name_works_and_the_rest_is_refused_with_the_reason() {
    let world = World::new().await;
    let Some(pooler) = Pooler::start(&world.address()) else {
        return;
    };
    let clients = through(&pooler, &world.address(), true);
    clients.check_postgres().await.unwrap();
    let alice = clients.get(ALICE).unwrap().postgres();
    let sql = "select body from notes where stars = $1 order by body";
    for error in [
        alice.query(sql, &[&0]).await.map(drop).unwrap_err(),
        alice
            .transaction(async |tx| tx.query(sql, &[&0]).await.map(drop))
            .await
            .unwrap_err(),
    ] {
        assert!(
            matches!(error, Error::Postgres(PostgresError::NeedsTypes)),
            "{error}"
        );
        assert!(error.to_string().contains("query_typed"), "{error}");
    }
    let typed = alice
        .fetch_typed::<String>(sql, &[(&0, Type::INT4)])
        .await
        .unwrap();
    assert_eq!(typed, ["a1", "a2"]);
    // Without parameters there is no type to find out.
    assert_eq!(
        alice.query("select from notes", &[]).await.unwrap().len(),
        2
    );
    let bob = clients.get(BOB).unwrap().postgres();
    let in_transaction = bob
        .transaction(async |tx| {
            tx.execute_typed("update notes set stars = $1", &[(&1, Type::INT4)])
                .await?;
            tx.fetch_typed::<String>("select body from notes where stars = 1 order by body", &[])
                .await
        })
        .await
        .unwrap();
    assert_eq!(in_transaction, ["b1", "b2", "b3"]);
    // A dropped statement is cancelled through the pooler.
    let sleeping = alice.query("select pg_sleep(60)", &[]);
    assert!(
        tokio::time::timeout(Duration::from_millis(100), sleeping)
            .await
            .is_err()
    );
    let busy = "select count(*) from pg_stat_activity where datname = current_database()
                and state = 'active' and query like '%pg_sleep(60)%' and pid <> pg_backend_pid()";
    crate::support::until("the sleep is cancelled", async || {
        world.value(busy).await == serde_json::json!(0)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_thousand_calls_through_a_pooler_leak_nothing() {
    let world = World::new().await;
    let Some(pooler) = Pooler::start(&world.address()) else {
        return;
    };
    let clients = through(&pooler, &world.address(), true);
    never_leaks::<Direct>(&world, &clients).await;
}

/// A pooler that lends whole sessions, and does not reset them.
#[tokio::test]
async fn a_new_connection_may_have_a_session_that_another_client_has_used() {
    let world = World::new().await;
    let Some(pooler) = Pooler::in_mode("session", &world.address()) else {
        return;
    };
    let address = pooler.address(&world.address());
    let pid = "select pg_backend_pid()";
    let dirtied: i32 = {
        let (client, connection) = address.connect(NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        let dirty = "create temp table notes (body text); set timezone = 'Asia/Tokyo'";
        client.batch_execute(dirty).await.unwrap();
        let row = client.query_one(pid, &[]).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
        row.get(0)
    };
    let clients = through(&pooler, &world.address(), false);
    let alice = clients.get(ALICE).unwrap().postgres();
    let (session, notes, zone): (i32, i64, String) = alice
        .fetch_one(
            "select pg_backend_pid(), count(*), current_setting('timezone') from notes",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(session, dirtied, "the pooler lends the same session");
    assert_eq!(notes, 2);
    assert_ne!(zone, "Asia/Tokyo");
}

#[tokio::test]
async fn a_table_that_another_client_left_in_the_session_does_not_hide_what_the_login_role_may_do()
{
    let world = World::new().await;
    let role = "create role pooled_super login superuser password 'password'";
    for sql in ["drop role if exists pooled_super", role] {
        world.database.sql(sql).await.unwrap();
    }
    let mut server = world.address();
    server.user("pooled_super").password("password");
    let Some(pooler) = Pooler::start(&server) else {
        return;
    };
    let (client, connection) = pooler.address(&server).connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    let hiding = "create temp table pg_roles as select oid, rolname, false as rolsuper, false as rolbypassrls,
                  false as rolcreaterole, false as rolreplication from pg_catalog.pg_roles";
    client.batch_execute(hiding).await.unwrap();
    let clients = through(&pooler, &server, true);
    let error = clients.check_postgres().await.unwrap_err().to_string();
    // The server may be one that outlives the test.
    let harmless = "alter role pooled_super nosuperuser nologin";
    world.database.sql(harmless).await.unwrap();
    assert!(error.contains("is a superuser"), "{error}");
}
