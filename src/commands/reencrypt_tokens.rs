//! `reencrypt-tokens`: re-encrypts providers' tokens with the current key after key rotation.

use diesel_async::AsyncConnection;

use super::{CommandResult, explained, serve::configured};
use crate::{
    auth::oauth::reencrypt, config::Source, db::Connector, error::ApiError, integrations::garmin,
    providers::TokenCipher,
};

/// Connections that are locked at a time. Running servers wait no longer than for one batch.
const BATCH: i64 = 100;

/// Re-encrypts all tokens that do not use the current key, and prints how many.
pub fn reencrypt_tokens(source: Source) -> CommandResult {
    let config = configured(source)?;
    let cipher = TokenCipher::new(&config.oauth.token_keys);
    actix_rt::System::new().block_on(async {
        let mut conn = Connector::new(&config.database)?.connect().await?;
        let mut total = 0;
        loop {
            let batch = conn
                .transaction::<_, ApiError, _>(async |conn| {
                    let ways_in = reencrypt(conn, &cipher, BATCH).await?;
                    Ok(ways_in + garmin::reencrypt(conn, &cipher, BATCH).await?)
                })
                .await
                .map_err(explained)?;
            total += batch;
            if batch == 0 {
                println!("{total} connections re-encrypted; the previous key is no longer needed");
                return Ok(());
            }
            println!("{total} …");
        }
    })
}
