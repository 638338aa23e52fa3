//! A registration that waits for its confirmation, without the cost of a hash and a mail.

use std::sync::LazyLock;

use argon2::{Argon2, PasswordHasher};
use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::SecretString;
use sports_log::credentials::{EmailAddress, Purpose, ServerKey};
use uuid::Uuid;

use super::{Database, PASSWORD};

/// One hash of [`PASSWORD`] for all tests, with the parameters of production.
static HASH: LazyLock<String> = LazyLock::new(|| {
    let salt = b"of sixteen bytes";
    let hash = Argon2::default().hash_password_with_salt(PASSWORD.as_bytes(), salt);
    hash.unwrap().to_string()
});

/// Registers `email` with [`PASSWORD`] directly in the database of a server with this key. Returns
/// the token that the mail would contain.
pub async fn register(database: &Database, server_key: &str, email: &str) -> String {
    let key = ServerKey::new(&SecretString::from(server_key));
    let (id, user_id) = (Uuid::new_v4(), Uuid::new_v4());
    let address = email.parse::<EmailAddress>().unwrap();
    let (address, hash) = (address.as_str(), &*HASH);
    let digest = STANDARD.encode(key.digest_of(Purpose::VerifyEmail, id));
    database
        .execute(&format!(
            "WITH joined AS (INSERT INTO users (id, email) VALUES ('{user_id}', '{address}') RETURNING id),
                  profile AS (INSERT INTO profiles (user_id) SELECT id FROM joined),
                  account AS (INSERT INTO local_credentials (user_id) SELECT id FROM joined)
             INSERT INTO registrations (id, user_id, password_hash, verify_token, verify_expires)
             SELECT '{id}', id, '{hash}', decode('{digest}', 'base64'), now() + interval '1 day' FROM joined"
        ))
        .await;
    key.token(Purpose::VerifyEmail, id).expose()
}
