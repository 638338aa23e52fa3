//! A service that webhooks are posted to: https on this machine, with a certificate of its own making.

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
    pki_types::{PrivateKeyDer, pem::PemObject},
};
use serde_json::Value;
use sha2::Sha256;
use tempfile::{NamedTempFile, TempPath};

use super::until;

/// One request that it got.
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

    /// Whether one of its signatures is by `secret`, as Standard Webhooks has it.
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

/// See the module.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    /// Whom to trust for it.
    pub certificate: Arc<TempPath>,
    state: Arc<Mutex<State>>,
}

struct State {
    posts: Vec<Post>,
    answer: StatusCode,
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = Arc::new(NamedTempFile::new().unwrap().into_temp_path());
        std::fs::write(&*certificate, cert.pem()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(signing_key.serialize_pem().as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let state = Arc::new(Mutex::new(State { posts: Vec::new(), answer: StatusCode::OK }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            actix_rt::System::new().block_on(async move {
                let app = move || {
                    let state = Arc::clone(&shared);
                    App::new().default_service(web::to(move |request: HttpRequest, body: Bytes| {
                        let mut state = state.lock().unwrap();
                        let headers = request.headers().clone();
                        let target = request.uri().to_string();
                        state.posts.push(Post { target, headers, body: body.to_vec() });
                        let mut answer = HttpResponse::build(state.answer);
                        if state.answer.is_redirection() {
                            answer.insert_header(("location", "/elsewhere"));
                        }
                        std::future::ready(answer.finish())
                    }))
                };
                let server = HttpServer::new(app).workers(1).disable_signals();
                server.listen_rustls_0_23(listener, tls).unwrap().run().await.unwrap();
            });
        });
        Self { url: format!("https://localhost:{port}/hook?key=1"), certificate, state }
    }

    /// The settings of a server that may post to this machine, and trusts the receiver.
    pub fn settings(&self) -> Vec<(&'static str, &str)> {
        let certificate = self.certificate.to_str().unwrap();
        vec![("WEBHOOK_ALLOWED_NETWORKS", "127.0.0.0/8,::1"), ("WEBHOOK_ROOT_CERT", certificate)]
    }

    /// What it answers from now on.
    pub fn answer(&self, status: u16) {
        self.state.lock().unwrap().answer = StatusCode::from_u16(status).unwrap();
    }

    pub fn posts(&self) -> Vec<Post> {
        self.state.lock().unwrap().posts.clone()
    }

    /// The posts, once there are so many.
    pub async fn got(&self, count: usize) -> Vec<Post> {
        until("the posts are there", async || self.posts().len() >= count).await;
        self.posts()
    }
}
