//! One ephemeral PostgreSQL for the test run, and one database for each test.

use std::{
    cell::RefCell,
    ffi::OsString,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use diesel::{
    QueryResult,
    result::{DatabaseErrorKind as Kind, Error},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sports_log::{
    config::{Config, Source},
    db::{Connector, FetchOne, migrations},
    dev::{Binaries, Cluster, Durability},
};

static CLUSTER: OnceLock<Cluster> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(0);
const TEMPLATE: &str = "migrated_template";

/// Starts a cluster in `dir`. The environment may name the folder of PostgreSQL's programs.
pub fn start(dir: &Path, durability: Durability) -> Cluster {
    let programs = std::env::var_os("SPORTS_LOG_TEST_POSTGRES").map(PathBuf::from);
    Cluster::start(dir, programs.as_deref(), durability).unwrap()
}

/// Starts the cluster with the first test. It ends with the process, however that ends.
fn cluster() -> &'static Cluster {
    CLUSTER.get_or_init(|| {
        let dir = std::env::temp_dir().join(format!("sports-log-test-{}", std::process::id()));
        let cluster = start(&dir, Durability::Ephemeral);
        // Each test has its own runtime. The template is created outside of them.
        let url = cluster.url("postgres");
        let template_url = cluster.url(TEMPLATE);
        std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(
                async {
                    execute(&url, &format!("CREATE DATABASE {TEMPLATE}")).await;
                    migrations::run(&connector(&template_url), Duration::ZERO).await.unwrap();
                },
            );
        })
        .join()
        .unwrap();
        cluster
    })
}

/// `PATH` with the programs of the newest PostgreSQL before all others.
pub fn postgres_path() -> OsString {
    let programs = Binaries::find(None, None).unwrap();
    let mut path = OsString::from(programs.program("psql").parent().unwrap());
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    path
}

/// The URL of a database of the cluster.
pub fn cluster_url(database: &str) -> String {
    cluster().url(database)
}

/// A connector to `url`, made by the code under test.
pub fn connector(url: &str) -> Connector {
    let variables = super::settings(url, 1).into_iter().map(|(k, v)| (k.to_owned(), v));
    let (config, report) = Config::read(Source::from_variables(variables));
    Connector::new(&config.unwrap_or_else(|| panic!("{:?}", report.faults)).database).unwrap()
}

async fn execute(url: &str, statement: &str) {
    let mut conn = connector(url).connect().await.unwrap();
    diesel::sql_query(statement).execute(&mut conn).await.unwrap();
}

thread_local! {
    /// The last connection of a test, which has its own thread, and the database's URL.
    static OPEN: RefCell<Option<(String, AsyncPgConnection)>> = const { RefCell::new(None) };
}

/// The database of a test.
#[derive(Clone)]
pub struct Database {
    pub url: String,
    /// Whether it is in the cluster that all tests share, which no test stops or freezes.
    is_shared: bool,
}

impl Database {
    /// Creates a copy of the migrated schema.
    pub async fn new() -> Self {
        Self::create(&format!("TEMPLATE {TEMPLATE}")).await
    }

    /// Creates a database without a schema.
    pub async fn empty() -> Self {
        Self::create("").await
    }

    /// An existing database.
    pub fn at(url: String) -> Self {
        Self { url, is_shared: false }
    }

    async fn create(template: &str) -> Self {
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        execute(&cluster_url("postgres"), &format!("CREATE DATABASE {name} {template}")).await;
        Self { url: cluster_url(&name), is_shared: true }
    }

    /// A connection that bypasses the API.
    pub async fn connect(&self) -> AsyncPgConnection {
        connector(&self.url).connect().await.unwrap()
    }

    /// Runs one statement. Returns how many rows it affected.
    pub async fn execute(&self, statement: &str) -> usize {
        self.run(async |conn| diesel::sql_query(statement).execute(conn).await).await
    }

    /// The single value that `query` selects, as text.
    pub async fn text(&self, query: &str) -> String {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
            value: Option<String>,
        }
        let query = format!("SELECT ({query})::text AS value");
        let row: Row = self.run(async |conn| diesel::sql_query(&query).fetch_one(conn).await).await;
        row.value.unwrap_or_default()
    }

    /// Runs `statement` on the connection of this test: each connection is another process of
    /// PostgreSQL, and tests that wait for something ask many times.
    async fn run<T>(&self, statement: impl AsyncFn(&mut AsyncPgConnection) -> QueryResult<T>) -> T {
        if !self.is_shared {
            return statement(&mut self.connect().await).await.unwrap();
        }
        let known = OPEN.take().filter(|(url, _)| *url == self.url);
        let (mut conn, is_known) = match known {
            Some((_, conn)) => (conn, true),
            None => (self.connect().await, false),
        };
        let mut outcome = statement(&mut conn).await;
        if let (true, Err(Error::DatabaseError(Kind::ClosedConnection, _))) = (is_known, &outcome) {
            conn = self.connect().await;
            outcome = statement(&mut conn).await;
        }
        OPEN.set(Some((self.url.clone(), conn)));
        outcome.unwrap()
    }
}
