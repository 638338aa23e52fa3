//! Keys and tokens between the database, where they are encrypted, and whoever calls Garmin.

use diesel_async::AsyncPgConnection;
use secrecy::SecretString;
use uuid::Uuid;

use super::{
    provider::Tokens,
    store::{self, Claimed, SealedTokens},
};
use crate::{error::ApiResult, providers::TokenCipher};

/// The tokens as they are kept for the connection `id`.
pub fn seal(cipher: &TokenCipher, id: Uuid, tokens: &Tokens) -> ApiResult<SealedTokens> {
    Ok(SealedTokens {
        credential: cipher.seal(id, "credential", &tokens.credential)?,
        access_token: Some(cipher.seal(id, "access", &tokens.access)?),
        access_expires_at: Some(tokens.expires_at),
        token_key_id: cipher.current_key_id()?.to_owned(),
    })
}

/// What a claimed connection is renewed with.
pub fn open_credential(cipher: &TokenCipher, job: &Claimed) -> ApiResult<SecretString> {
    cipher.open(job.id, "credential", &job.token_key_id, &job.credential)
}

/// The access token of a claimed connection, if it has one.
pub fn open_access(cipher: &TokenCipher, job: &Claimed) -> ApiResult<Option<SecretString>> {
    let access = job.access_token.as_ref();
    access.map(|sealed| cipher.open(job.id, "access", &job.token_key_id, sealed)).transpose()
}

/// Encrypts some of the tokens anew that are not encrypted with the current key; how many.
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
