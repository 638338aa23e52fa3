//! A webhook receiver: https on this machine, with a self-signed certificate.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex},
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    http::{StatusCode, header::HeaderMap},
    web::{self, Bytes},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde_json::Value;
use sha2::Sha256;
use tempfile::{NamedTempFile, TempPath};

use super::until;

/// A request that it received.
#[derive(Clone, Debug)]
pub struct Post {
    pub target: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Post {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Whether one of its signatures is made with `secret`, as Standard Webhooks specifies.
    pub fn is_signed_by(&self, secret: &Value) -> bool {
        let secret = secret.as_str().unwrap().strip_prefix("whsec_").unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(secret).unwrap()).unwrap();
        let (id, time) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        mac.update(format!("{id}.{time}.").as_bytes());
        mac.update(&self.body);
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.header("webhook-signature").split(' ').any(|signature| signature == expected)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl State {
    /// The answer, if there is one.
    fn take(&mut self, post: Post) -> Option<HttpResponse> {
        let body = post.json();
        if body["type"] == "webhook.challenge" {
            self.challenges.push(post);
            if self.agrees {
                let echo = serde_json::json!({"challenge": body["data"]["challenge"]});
                return Some(HttpResponse::Ok().json(echo));
            }
        } else {
            self.posts.push(post);
        }
        let mut answer = HttpResponse::build(self.answer);
        if self.answer.is_redirection() {
            answer.insert_header(("location", "/elsewhere"));
        }
        (!self.is_silent).then(|| answer.finish())
    }
}

/// A receiver of webhooks, as tests see it.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    /// The certificate to trust.
    pub certificate: Arc<TempPath>,
    key: String,
    state: Arc<Mutex<State>>,
}

struct State {
    posts: Vec<Post>,
    challenges: Vec<Post>,
    answer: StatusCode,
    /// Whether it returns challenges.
    agrees: bool,
    /// Accepts posts but never answers.
    is_silent: bool,
}

impl Receiver {
    /// A receiver that agrees to challenges and answers 200.
    pub fn start() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = Arc::new(NamedTempFile::new().unwrap().into_temp_path());
        std::fs::write(&*certificate, cert.pem()).unwrap();
        Self::with(certificate, signing_key.serialize_pem())
    }

    /// Another receiver with the same certificate.
    pub fn beside(&self) -> Self {
        Self::with(Arc::clone(&self.certificate), self.key.clone())
    }

    fn with(certificate: Arc<TempPath>, key_pem: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).unwrap();
        let chain = vec![CertificateDer::from_pem_file(&*certificate).unwrap()];
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let state = Arc::new(Mutex::new(State {
            posts: Vec::new(),
            challenges: Vec::new(),
            answer: StatusCode::OK,
            agrees: true,
            is_silent: false,
        }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            actix_rt::System::new().block_on(async move {
                let app = move || {
                    let state = Arc::clone(&shared);
                    App::new().default_service(web::to(move |request: HttpRequest, body: Bytes| {
                        let headers = request.headers().clone();
                        let target = request.uri().to_string();
                        let post = Post { target, headers, body: body.to_vec() };
                        let answer = state.lock().unwrap().take(post);
                        async move {
                            match answer {
                                Some(answer) => answer,
                                None => std::future::pending().await,
                            }
                        }
                    }))
                };
                let server = HttpServer::new(app).workers(1).disable_signals();
                server.listen_rustls_0_23(listener, tls).unwrap().run().await.unwrap();
            });
        });
        Self {
            url: format!("https://localhost:{port}/hook?key=1"),
            certificate,
            key: key_pem,
            state,
        }
    }

    /// The settings of a server that may post to this machine and trusts the receiver.
    pub fn settings(&self) -> Vec<(&'static str, &str)> {
        let certificate = self.certificate.to_str().unwrap();
        vec![("WEBHOOK_ALLOWED_NETWORKS", "127.0.0.0/8,::1"), ("WEBHOOK_ROOT_CERT", certificate)]
    }

    /// Sets the status of its answers.
    pub fn answer(&self, status: u16) {
        self.state.lock().unwrap().answer = StatusCode::from_u16(status).unwrap();
    }

    /// Sets whether it agrees to challenges.
    pub fn agree(&self, agrees: bool) {
        self.state.lock().unwrap().agrees = agrees;
    }

    /// Accepts posts but never answers, from now on.
    pub fn be_silent(&self) {
        self.state.lock().unwrap().is_silent = true;
    }

    pub fn challenges(&self) -> Vec<Post> {
        self.state.lock().unwrap().challenges.clone()
    }

    /// The posts, without challenges.
    pub fn posts(&self) -> Vec<Post> {
        self.state.lock().unwrap().posts.clone()
    }

    /// Waits until there are `count` posts.
    pub async fn got(&self, count: usize) -> Vec<Post> {
        until("the posts are there", async || self.posts().len() >= count).await;
        self.posts()
    }
}
