//! A network as unreliable as a phone's in a tunnel.

use std::cell::Cell;

use actix_web::http::Method;
use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};
use serde_json::Value;

use crate::support::{Answer, attempt, contract};

/// There was no answer, despite all retries.
#[derive(Debug)]
pub struct Offline;

pub type Online<T> = Result<T, Offline>;

/// Servers that are not always reached, and whose answers do not always arrive.
pub struct Network {
    pub bases: Vec<String>,
    pub token: String,
    /// The percentages of requests that do not arrive, and of those whose answer is lost.
    pub losses: Cell<(u32, u32)>,
}

impl Network {
    pub async fn send(
        &self,
        random: &mut StdRng,
        (method, path): (Method, &str),
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Online<Answer> {
        for _ in 0..2 {
            let (unsent, unheard) = self.losses.get();
            let fate = random.random_range(0..100);
            if fate < unsent {
                continue;
            }
            let authorization = format!("Bearer {}", self.token);
            let mut all =
                vec![("authorization", &*authorization), ("content-type", "application/json")];
            all.extend_from_slice(headers);
            let base = self.bases.choose(random).unwrap();
            let body = body.map(|body| body.to_string().into_bytes());
            match attempt(method.clone(), base, path, &all, body).await {
                Ok(_) if fate < unsent + unheard => {}
                Ok(answer) if !matches!(answer.status.as_u16(), 429 | 502..=504) => {
                    contract::check(&answer);
                    return Ok(answer);
                }
                Ok(_) | Err(_) => {}
            }
        }
        Err(Offline)
    }
}
