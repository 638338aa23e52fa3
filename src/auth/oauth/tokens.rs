//! Encryption of providers' tokens for the database, and decryption.

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::store::{self, SealedTokens};
use crate::{
    error::ApiResult,
    providers::{ProviderTokens, TokenCipher},
};

/// Encrypts the tokens of the connection `id` for storage.
pub fn seal(cipher: &TokenCipher, id: Uuid, tokens: &ProviderTokens) -> ApiResult<SealedTokens> {
    let refresh = tokens.refresh.as_ref().map(|token| cipher.seal(id, "refresh", token));
    Ok(SealedTokens {
        access_token: Some(cipher.seal(id, "access", &tokens.access)?),
        refresh_token: refresh.transpose()?,
        expires_at: tokens.expires_at,
        token_key_id: Some(cipher.current_key_id()?.to_owned()),
    })
}

/// Decrypts the tokens of the connection `id`, if any are stored.
pub fn open(
    cipher: &TokenCipher,
    id: Uuid,
    sealed: &SealedTokens,
) -> ApiResult<Option<ProviderTokens>> {
    let (Some(access), Some(key_id)) = (&sealed.access_token, &sealed.token_key_id) else {
        return Ok(None);
    };
    let refresh = sealed.refresh_token.as_ref();
    let refresh = refresh.map(|token| cipher.open(id, "refresh", key_id, token)).transpose()?;
    let access = cipher.open(id, "access", key_id, access)?;
    Ok(Some(ProviderTokens { access, refresh, expires_at: sealed.expires_at }))
}

/// Re-encrypts up to `limit` connections that do not use the current key, and returns how many.
pub async fn reencrypt(
    conn: &AsyncPgConnection,
    cipher: &TokenCipher,
    limit: i64,
) -> ApiResult<usize> {
    let stale = store::lock_stale(conn, cipher.current_key_id()?, limit).await?;
    for (id, sealed) in &stale {
        if let Some(tokens) = open(cipher, *id, sealed)? {
            store::set_tokens(conn, *id, &seal(cipher, *id, &tokens)?).await?;
        }
    }
    Ok(stale.len())
}
