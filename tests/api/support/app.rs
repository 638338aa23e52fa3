//! The production application on a free port, with its own database and mail server.

use std::thread::JoinHandle;

use actix_web::http::Method;
use serde_json::{Value, json};
use sports_log::{
    app::Application,
    config::{Config, Source},
};
use tokio::sync::oneshot;

use super::{Answer, Database, Mail, PASSWORD, SmtpServer, client, registered};

pub const JWT_SECRET: &str = "Jc0vH9vYlHsmh2m5rF4C0vU1c8Z7qkXw6pT3";
pub const SERVER_KEY: &str = "S5kQ2yR8dN1mB7xV4cL9zP6wG3tH0jFaUeIo";

/// The settings of a test's server. Delivery retries as in production, only faster.
pub fn settings(database_url: &str, smtp_port: u16) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_URL", database_url.to_owned()),
        ("DATABASE_POOL_SIZE", "4".to_owned()),
        ("BIND_ADDR", "127.0.0.1:0".to_owned()),
        ("APP_BASE_URL", "https://log.example".to_owned()),
        ("HTTP_WORKERS", "1".to_owned()),
        ("JWT_SECRET", JWT_SECRET.to_owned()),
        ("SERVER_KEY", SERVER_KEY.to_owned()),
        ("SMTP_HOST", "127.0.0.1".to_owned()),
        ("SMTP_PORT", smtp_port.to_string()),
        ("SMTP_TLS", "none".to_owned()),
        ("SMTP_FROM", "sports-log <noreply@log.example>".to_owned()),
        ("REGISTRATION", "open".to_owned()),
        // All tests come from one address. Tests of limits set their own.
        ("AUTH_LIMIT_ADDRESS", "off".to_owned()),
        ("AUTH_LIMIT_IDENTIFIER", "off".to_owned()),
        ("MESSAGE_LIMIT_RECIPIENT", "off".to_owned()),
        ("MESSAGE_LIMIT_RECIPIENT_DAY", "off".to_owned()),
        ("DELIVERY_POLL_SECS", "0.2".to_owned()),
        ("DELIVERY_BACKOFF_SECS", "0.1".to_owned()),
        ("DELIVERY_PROBE_SECS", "0.5".to_owned()),
        ("DELIVERY_DEADLINE_SECS", "2".to_owned()),
        ("DELIVERY_LEASE_SECS", "4".to_owned()),
        // Independent of the free space of the machine that runs the tests.
        ("ORIGINALS_MIN_FREE_PERCENT", "0".to_owned()),
    ]
}

/// A running application. Dropping it stops it, as SIGTERM would.
pub struct TestApp {
    pub base: String,
    pub database: Database,
    pub smtp: SmtpServer,
    server_key: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A confirmed user with a valid token.
#[derive(Clone, Debug, Default)]
pub struct User {
    pub id: String,
    pub email: String,
    pub token: String,
    pub refresh_token: String,
}

impl TestApp {
    pub async fn spawn() -> Self {
        Self::spawn_with(&[]).await
    }

    /// With settings that are added to the usual ones, or replace them.
    pub async fn spawn_with(overrides: &[(&'static str, &str)]) -> Self {
        Self::spawn_on(Database::new().await, SmtpServer::start().await, overrides).await
    }

    /// With an existing database and mail server.
    pub async fn spawn_on(
        database: Database,
        smtp: SmtpServer,
        overrides: &[(&'static str, &str)],
    ) -> Self {
        let mut settings = settings(&database.url, smtp.port);
        settings.extend(overrides.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let (_, server_key) = settings.iter().rfind(|(name, _)| *name == "SERVER_KEY").unwrap();
        let server_key = server_key.clone();
        let variables = settings.into_iter().map(|(name, value)| (name.to_owned(), value));
        let (config, report) = Config::read(Source::from_variables(variables));
        let config = config.unwrap_or_else(|| panic!("{:?}", report.faults));
        let (stop, stopped) = oneshot::channel::<()>();
        let (started, is_started) = oneshot::channel();
        // Its own actix system: like a process, it ends with the test and shares nothing.
        let thread = std::thread::spawn(move || {
            actix_rt::System::new().block_on(async move {
                let application = Application::build(&config).await.unwrap();
                started.send(application.port()).unwrap();
                let stop = async {
                    let _ = stopped.await;
                };
                application.run_until_stopped(stop).await.unwrap();
            });
        });
        let port = is_started.await.expect("the application did not start");
        let (stop, thread) = (Some(stop), Some(thread));
        let base = format!("http://127.0.0.1:{port}");
        Self { base, database, smtp, server_key, stop, thread }
    }

    /// Restarts the server with other settings.
    pub async fn restarted(self, overrides: &[(&'static str, &str)]) -> Self {
        let (database, smtp) = (self.database.clone(), self.smtp.clone());
        drop(self);
        Self::spawn_on(database, smtp, overrides).await
    }

    /// Another server on the same database, with the same keys.
    pub async fn replica(&self) -> Self {
        self.replica_with(&[]).await
    }

    /// The same, with other settings.
    pub async fn replica_with(&self, overrides: &[(&'static str, &str)]) -> Self {
        Self::spawn_on(self.database.clone(), self.smtp.clone(), overrides).await
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Answer {
        client::send(method, &self.base, path, headers, body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.send(Method::POST, path, &headers, Some(body.to_string().into_bytes())).await
    }

    /// A request with `user`'s token.
    pub async fn request(
        &self,
        user: &User,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let authorization = format!("Bearer {}", user.token);
        let mut headers = vec![("authorization", authorization.as_str())];
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        self.send(method, path, &headers, body.map(|body| body.to_string().into_bytes())).await
    }

    pub async fn get_as(&self, user: &User, path: &str) -> Answer {
        self.request(user, Method::GET, path, None).await
    }

    pub async fn post_as(&self, user: &User, path: &str, body: &Value) -> Answer {
        self.request(user, Method::POST, path, Some(body)).await
    }

    /// A request with an `Idempotency-Key`.
    pub async fn post_with_key(&self, user: &User, path: &str, key: &str, body: &Value) -> Answer {
        let authorization = format!("Bearer {}", user.token);
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        self.send(Method::POST, path, &headers, Some(body.to_string().into_bytes())).await
    }

    pub async fn put_as(&self, user: &User, path: &str, body: &Value) -> Answer {
        self.request(user, Method::PUT, path, Some(body)).await
    }

    /// Registers `email`. Returns the mail that this sends.
    pub async fn register(&self, email: &str, password: &str) -> Mail {
        let body = json!({"email": email, "password": password});
        self.post("/auth/register", &body).await.expect(202);
        self.smtp.mail_to(email).await
    }

    pub async fn verify(&self, token: &str) -> Answer {
        self.post("/auth/verify-email", &json!({"token": token})).await
    }

    pub async fn login(&self, email: &str, password: &str) -> Answer {
        self.post("/auth/login", &json!({"email": email, "password": password})).await
    }

    /// A user who has registered with [`PASSWORD`] and confirmed the mail, which is the server's
    /// first message.
    pub async fn registered_user(&self, email: &str) -> User {
        let mail = self.register(email, PASSWORD).await;
        User::of(&self.verify(&mail.token()).await.expect(200))
    }

    /// The same without any message.
    pub async fn user(&self, email: &str) -> User {
        let token = registered::register(&self.database, &self.server_key, email).await;
        User::of(&self.verify(&token).await.expect(200))
    }
}

impl User {
    /// The user of an AuthResponse.
    pub fn of(answer: &Answer) -> Self {
        let body = answer.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            id: text(&body["user"]["id"]),
            email: body["user"]["email"].as_str().unwrap_or_default().to_owned(),
            token: text(&body["token"]),
            refresh_token: text(&body["refresh_token"]),
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let outcome = thread.join();
            if !std::thread::panicking() {
                outcome.unwrap();
            }
        }
    }
}
