//! Servers on one database whose clocks are hours apart accept each other's tokens and states.

use actix_web::http::Method;

use crate::support::{
    Answer, Database, Scrape, SmtpServer, TestApp, User,
    openid::{OpenIdProvider, Person},
    process::{Process, run, said},
    send, settings, skewed_clock, until,
};

const ANN: &str = "ann@example.com";

/// A server process whose clock is ahead by a number of seconds.
struct Skewed {
    _process: Process,
    base: String,
}

impl Skewed {
    fn start(variables: &[(&'static str, String)], folder: &tempfile::TempDir, ahead: i64) -> Self {
        let mut variables = variables.to_vec();
        variables.extend(skewed_clock(folder.path(), ahead));
        let process = Process::start(&["serve"], &variables);
        let base = format!("http://127.0.0.1:{}", process.port());
        Self { _process: process, base }
    }

    async fn get(&self, path: &str, cookie: &str, user: Option<&User>) -> Answer {
        let bearer = format!("Bearer {}", user.map(|user| &*user.token).unwrap_or_default());
        let mut headers = vec![("cookie", cookie)];
        headers.extend(user.map(|_| ("authorization", bearer.as_str())));
        send(Method::GET, &self.base, path, &headers, None).await
    }

    /// Begins a login. Returns the cookie, and the path to which the provider sends the browser
    /// back.
    async fn begin(&self, provider: &OpenIdProvider) -> (String, String) {
        let begun = self.get("/auth/login/oidc", "", None).await.expect(302);
        let cookie = begun.header("set-cookie").split(';').next().unwrap().to_owned();
        let returned = provider.visit(begun.header("location")).await;
        (cookie, returned.strip_prefix("https://log.example").unwrap().to_owned())
    }
}

#[actix_rt::test]
async fn a_login_begins_at_one_server_and_ends_at_another() {
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    let provider = OpenIdProvider::start().await;
    provider.log_in(Person::new("s1", ANN));
    let folder = tempfile::tempdir().unwrap();
    let mut variables = settings(&database.url, smtp.port);
    variables.extend(provider.settings());
    // Shorter than the difference between the clocks.
    variables.push(("JWT_EXPIRY_HOURS", "1".to_owned()));
    let servers = [-7200, 0, 7200].map(|ahead| Skewed::start(&variables, &folder, ahead));
    for begins in &servers {
        for ends in &servers {
            let (cookie, returned) = begins.begin(&provider).await;
            let user = User::of(&ends.get(&returned, &cookie, None).await.expect(200));
            begins.get("/me", "", Some(&user)).await.expect(200);
        }
    }
}

#[actix_rt::test]
async fn a_clock_that_is_off_is_seen() {
    let app = TestApp::spawn().await;
    let folder = tempfile::tempdir().unwrap();
    let variables = settings(&app.database.url, app.smtp.port);
    let skewed = Skewed::start(&variables, &folder, -660);
    let offset = |text: &str| Scrape::read(text).count("sports_log_clock_offset_seconds");
    until("the metric tells the offset", async || {
        let metrics = skewed.get("/metrics", "", None).await.expect(200).text();
        (-662.0..-658.0).contains(&offset(&metrics))
    })
    .await;
    let well = app.get("/metrics").await.expect(200).text();
    assert!(offset(&well).abs() < 2.0, "{well}");

    let mut variables = variables;
    variables.retain(|(name, _)| *name != "BIND_ADDR");
    variables.push(("BIND_ADDR", app.base.trim_start_matches("http://").to_owned()));
    let status = async |variables: Vec<(&'static str, String)>| {
        let run = actix_rt::task::spawn_blocking(move || run(&["status"], &variables));
        said(&run.await.unwrap())
    };
    let told = status(variables.clone()).await;
    assert!(told.contains("the database's") && !told.contains("! this machine's clock"), "{told}");
    variables.extend(skewed_clock(folder.path(), -660));
    let told = status(variables).await;
    assert!(told.contains("! this machine's clock is 6"), "{told}");
    assert!(told.contains("s behind the database's"), "{told}");
}
