//! Large responses, written in pieces on threads outside of the event loops. Each piece is written
//! when the client has read the previous one.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    web::{Bytes, Data},
};
use futures_util::stream;

use crate::{
    error::{ApiError, ApiResult},
    fair_use::{Streaming, ThreadPool},
    state::WorkerState,
};

/// The size of a piece in memory.
const PIECE_BYTES: usize = 64 * 1024;

/// A body that is written incrementally.
pub trait Written: Send + 'static {
    /// Appends the next part to `out`. Returns whether there is more.
    fn write(&mut self, out: &mut Vec<u8>) -> ApiResult<bool>;

    /// Writes parts until the piece is full. Returns the piece, and whether there is more.
    fn write_piece(&mut self) -> ApiResult<(Vec<u8>, bool)> {
        let mut piece = Vec::new();
        loop {
            let has_more = self.write(&mut piece)?;
            if !has_more || piece.len() >= PIECE_BYTES {
                return Ok((piece, has_more));
            }
        }
    }
}

/// Streams the body made by `begin`. An error in the first piece becomes an error response; a later
/// one closes the connection. `permit` is held until the end of the body.
pub async fn written<W: Written>(
    state: Data<WorkerState>,
    permit: Option<Streaming>,
    mut answer: HttpResponseBuilder,
    begin: impl FnOnce() -> ApiResult<W> + Send + 'static,
) -> ApiResult<HttpResponse> {
    let first = move || next_of(begin()?);
    let (first, rest) = state.thread_pool.run(first).await?;
    let Some(rest) = rest else { return Ok(answer.body(first)) };
    let pieces = stream::try_unfold((Some(first), Some(rest)), move |(ready, rest)| {
        // Moved into the stream, which holds them until it ends.
        let (state, _) = (state.clone(), &permit);
        async move {
            match (ready, rest) {
                (Some(first), rest) => Ok(Some((first, (None, rest)))),
                (None, None) => Ok(None),
                (None, Some(rest)) => {
                    let (piece, rest) = next(&state.thread_pool, rest).await?;
                    Ok::<_, ApiError>(Some((piece, (None, rest))))
                }
            }
        }
    });
    Ok(answer.streaming(pieces))
}

async fn next<W: Written>(thread_pool: &ThreadPool, text: W) -> ApiResult<(Bytes, Option<W>)> {
    thread_pool.run(move || next_of(text)).await
}

fn next_of<W: Written>(mut text: W) -> ApiResult<(Bytes, Option<W>)> {
    let (piece, has_more) = text.write_piece()?;
    Ok((Bytes::from(piece), has_more.then_some(text)))
}
