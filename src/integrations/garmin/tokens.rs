//! Keys and tokens, which are encrypted in the database and decrypted for calls to Garmin.

use diesel_async::AsyncPgConnection;
use secrecy::SecretString;
use uuid::Uuid;

use super::{
    provider::Tokens,
    store::{self, ClaimedConnection, SealedTokens},
};
use crate::{error::ApiResult, providers::TokenCipher};

/// Encrypts the tokens of the connection `id` for storage.
pub fn seal(cipher: &TokenCipher, id: Uuid, tokens: &Tokens) -> ApiResult<SealedTokens> {
    Ok(SealedTokens {
        credential: cipher.seal(id, "credential", &tokens.credential)?,
        access_token: Some(cipher.seal(id, "access", &tokens.access)?),
        access_expires_at: Some(tokens.expires_at),
        token_key_id: cipher.current_key_id()?.to_owned(),
    })
}

/// Decrypts the credential of a claimed connection.
pub fn open_credential(cipher: &TokenCipher, job: &ClaimedConnection) -> ApiResult<SecretString> {
    cipher.open(job.id, "credential", &job.token_key_id, &job.credential)
}

/// Decrypts the access token of a claimed connection, if it has one.
pub fn open_access(
    cipher: &TokenCipher,
    job: &ClaimedConnection,
) -> ApiResult<Option<SecretString>> {
    let access = job.access_token.as_ref();
    access.map(|sealed| cipher.open(job.id, "access", &job.token_key_id, sealed)).transpose()
}

/// Encrypts the tokens of up to `limit` connections again that are not encrypted with the current
/// key; returns the number of connections.
pub async fn reencrypt(
    conn: &AsyncPgConnection,
    cipher: &TokenCipher,
    limit: i64,
) -> ApiResult<usize> {
    let key_id = cipher.current_key_id()?;
    let stale = store::lock_stale(conn, key_id, limit).await?;
    for (id, sealed) in &stale {
        let anew = |name: &str, token: &[u8]| {
            let token = cipher.open(*id, name, &sealed.token_key_id, token)?;
            cipher.seal(*id, name, &token)
        };
        let access = sealed.access_token.as_ref().map(|access| anew("access", access));
        let fresh = SealedTokens {
            credential: anew("credential", &sealed.credential)?,
            access_token: access.transpose()?,
            access_expires_at: sealed.access_expires_at,
            token_key_id: key_id.to_owned(),
        };
        store::set_tokens(conn, *id, &fresh).await?;
    }
    Ok(stale.len())
}
