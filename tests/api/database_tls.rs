//! PostgreSQL over TLS: what each `sslmode` accepts, with libpq's semantics.

use std::fs;

use diesel_async::RunQueryDsl;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::{NamedTempFile, TempPath};

use sports_log::db::FetchOne;

use crate::support::{
    OwnPostgres, connector, free_port,
    process::{run, said},
    settings,
};

/// A PostgreSQL that requires TLS on TCP connections and has a certificate for `localhost`.
struct TlsPostgres {
    port: u16,
    authority: TempPath,
    _postgres: OwnPostgres,
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Writes the certificate of a certificate authority to a temporary file.
fn publish(authority: &CertifiedIssuer<'_, KeyPair>) -> TempPath {
    let path = NamedTempFile::new().unwrap().into_temp_path();
    fs::write(&path, authority.pem()).unwrap();
    path
}

impl TlsPostgres {
    fn start() -> Self {
        let authority = authority("the operator's own");
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let mut postgres = OwnPostgres::start();
        postgres.write("server.crt", &certificate.pem());
        postgres.write("server.key", &key.serialize_pem());
        let rules = "hostssl all bound 127.0.0.1/32 scram-sha-256\n\
                     hostssl all all 127.0.0.1/32 trust\nlocal all all trust\n";
        postgres.write("pg_hba.conf", rules);
        let port = free_port();
        postgres.configure(&format!("ssl = on\nlisten_addresses = '127.0.0.1'\nport = {port}\n"));
        Self { port, authority: publish(&authority), _postgres: postgres }
    }

    /// A URL for `user`, which may contain a password.
    fn url(&self, user: &str, host: &str, parameters: &str) -> String {
        let port = self.port;
        format!("postgres://{user}@{host}:{port}/sports_log?hostaddr=127.0.0.1&{parameters}")
    }

    /// Connects with `parameters`. Returns the TLS version, or the error.
    async fn connect(&self, host: &str, parameters: &str) -> Result<String, String> {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            version: String,
        }
        let url = self.url("sports_log", host, parameters);
        let mut conn = connector(&url).connect().await.map_err(|error| error.to_string())?;
        let query = "SELECT coalesce(version, 'plain') AS version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let row: Row = diesel::sql_query(query).fetch_one(&mut conn).await.unwrap();
        Ok(row.version)
    }
}

#[actix_rt::test]
async fn each_mode_checks_what_it_promises() {
    let server = TlsPostgres::start();
    let tls = Ok("TLSv1.3".to_owned());
    assert_eq!(server.connect("localhost", "sslmode=prefer").await, tls);
    assert_eq!(server.connect("localhost", "sslmode=require").await, tls);
    let trusted = format!("sslmode=verify-full&sslrootcert={}", server.authority.display());
    assert_eq!(server.connect("localhost", &trusted).await, tls);

    let plain = server.connect("localhost", "sslmode=disable").await.unwrap_err();
    assert!(plain.contains("no encryption"), "{plain}");
    let other_name = server.connect("db.example", &trusted).await.unwrap_err();
    assert!(other_name.contains("not valid for name"), "{other_name}");
    // With several hosts, each must have a certificate for its own name.
    let query = format!("{trusted}&hostaddr=127.0.0.1,127.0.0.1");
    let hosts = |hosts: &str| {
        let named: Vec<_> =
            hosts.split(',').map(|host| format!("{host}:{}", server.port)).collect();
        format!("postgres://sports_log@{}/sports_log?{query}", named.join(","))
    };
    assert!(connector(&hosts("db.example,localhost")).connect().await.is_ok());
    let neither = connector(&hosts("db.example,db2.example")).connect().await.err().unwrap();
    for name in ["db.example", "db2.example"] {
        assert!(
            neither.to_string().contains(&format!("not valid for name \"{name}\"")),
            "{neither}"
        );
    }
    let stranger = publish(&authority("a stranger"));
    let untrusted = format!("sslmode=verify-full&sslrootcert={}", stranger.display());
    for parameters in [untrusted.as_str(), "sslmode=verify-full"] {
        let error = server.connect("localhost", parameters).await.unwrap_err();
        assert!(error.contains("UnknownIssuer"), "{error}");
    }
}

#[actix_rt::test]
async fn a_login_is_bound_to_its_tls_connection() {
    let server = TlsPostgres::start();
    let mut conn = connector(&server.url("sports_log", "localhost", "sslmode=require"))
        .connect()
        .await
        .unwrap();
    let role = "CREATE ROLE bound LOGIN PASSWORD 'sesame'";
    diesel::sql_query(role).execute(&mut conn).await.unwrap();
    // SCRAM-SHA-256-PLUS: the server refuses the login if the digest of its certificate differs.
    for binding in ["require", "prefer", "disable"] {
        let parameters = format!("sslmode=require&channel_binding={binding}");
        let url = server.url("bound:sesame", "localhost", &parameters);
        assert!(connector(&url).connect().await.is_ok(), "{binding}");
    }
    let wrong = server.url("bound:simsim", "localhost", "sslmode=require&channel_binding=require");
    let error = connector(&wrong).connect().await.err().unwrap().to_string();
    assert!(error.contains("28P01: "), "{error}");
}

#[actix_rt::test]
async fn a_server_without_tls_is_refused_where_tls_is_required() {
    let mut postgres = OwnPostgres::start();
    let port = free_port();
    postgres.configure(&format!("listen_addresses = '127.0.0.1'\nport = {port}\n"));
    let url = format!("postgres://sports_log@127.0.0.1:{port}/sports_log");
    assert!(connector(&url).connect().await.is_ok());
    let error = connector(&format!("{url}?sslmode=require")).connect().await.err().unwrap();
    assert!(error.to_string().contains("server does not support TLS"), "{error}");
}

#[actix_rt::test]
async fn the_password_may_be_a_setting_of_its_own() {
    let mut postgres = OwnPostgres::start();
    let port = free_port();
    let set = "ALTER ROLE sports_log PASSWORD 'open sesame'";
    let mut conn = connector(&postgres.url()).connect().await.unwrap();
    diesel::sql_query(set).execute(&mut conn).await.unwrap();
    postgres.write("pg_hba.conf", "host all all 127.0.0.1/32 scram-sha-256\n");
    postgres.configure(&format!("listen_addresses = '127.0.0.1'\nport = {port}\n"));
    let url = format!("postgres://sports_log@127.0.0.1:{port}/sports_log");
    for (password, is_right) in [("open sesame", true), ("open says me", false)] {
        let mut variables = settings(&url, 25);
        variables.push(("DATABASE_PASSWORD", password.into()));
        let migrated = actix_rt::task::spawn_blocking(move || run(&["migrate"], &variables));
        let migrated = migrated.await.unwrap();
        assert_eq!(migrated.status.success(), is_right, "{}", said(&migrated));
        assert!(!said(&migrated).contains(password));
    }
}
