//! Receives files, as `multipart/form-data` or as the body itself. They are stored in pieces, so
//! that an upload of any size takes no more memory than two pieces.

use std::{mem, time::Duration};

use actix_multipart::{Multipart, MultipartError};
use actix_web::{
    HttpRequest,
    error::PayloadError,
    http::header,
    web::{Bytes, Payload},
};
use futures_util::{Stream, StreamExt};
use uuid::Uuid;

use super::store;
use crate::{
    db::Pool,
    error::{ApiError, ApiResult, ErrorCode},
    http::refuse_encoded,
};

/// How long a client may send nothing before it is disconnected.
const PATIENCE: Duration = Duration::from_secs(30);

/// Maximum number of files in an upload.
const MAX_PARTS: i32 = 1000;

const MAX_NAME_CHARS: usize = 255;

/// Receives the files of one import.
pub struct Upload<'a> {
    pool: &'a Pool,
    import_id: Uuid,
    max_bytes: u64,
    parts: i32,
    bytes: u64,
}

impl<'a> Upload<'a> {
    pub fn new(pool: &'a Pool, import_id: Uuid, max_bytes: u64) -> Self {
        Self { pool, import_id, max_bytes, parts: 0, bytes: 0 }
    }

    /// Receives the body in either form; returns the number of bytes of the files. Errors: 413
    /// `body_too_large`; 415 for an unsupported encoding; 400 `malformed_request` if there is no
    /// file, or if the body arrives too slowly or ends early.
    pub async fn receive(
        mut self,
        request: &HttpRequest,
        payload: Payload,
        name: Option<String>,
    ) -> ApiResult<i64> {
        let length = request.headers().get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        // Room for the form itself.
        if length.is_some_and(|length| length > self.max_bytes.saturating_add(1 << 20)) {
            return Err(self.too_large());
        }
        let is_form = request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
            kind.as_bytes().to_ascii_lowercase().starts_with(b"multipart/form-data")
        });
        // The import unpacks gzip anyway.
        let taken: &[&str] = if is_form { &[] } else { &["gzip", "x-gzip"] };
        refuse_encoded(request.headers(), taken)?;
        if is_form {
            self.form(Multipart::new(request.headers(), payload)).await?;
        } else {
            let payload = payload.map(|bytes| bytes.map_err(broken_off));
            self.file(name.as_deref().unwrap_or("upload"), payload).await?;
        }
        if self.bytes == 0 {
            let how =
                "it contains no file; send one as the body, or in a form field with a file name";
            return Err(malformed(how));
        }
        i64::try_from(self.bytes).map_err(ApiError::internal)
    }

    /// Receives every field that is a file; other fields are skipped.
    async fn form(&mut self, mut form: Multipart) -> ApiResult<()> {
        while let Some(field) = in_time(form.next()).await? {
            let field = field.map_err(broken_form)?;
            let disposition = field.content_disposition();
            let name = disposition.and_then(|disposition| disposition.get_filename());
            let Some(name) = name.map(str::to_owned) else { continue };
            let content = field.map(|bytes| bytes.map_err(broken_form));
            self.file(&name, content).await?;
        }
        Ok(())
    }

    async fn file(
        &mut self,
        name: &str,
        mut content: impl Stream<Item = ApiResult<Bytes>> + Unpin,
    ) -> ApiResult<()> {
        let part = self.parts;
        if part == MAX_PARTS {
            let message =
                format!("an upload may have at most {MAX_PARTS} files; put them in a zip");
            return Err(ApiError::new(ErrorCode::BodyTooLarge, message));
        }
        self.parts += 1;
        let conn = self.pool.get().await?;
        store::add_part(&conn, self.import_id, part, &shown(name)).await?;
        drop(conn);
        let (mut chunk, mut number, before) = (Vec::new(), 0, self.bytes);
        while let Some(bytes) = in_time(content.next()).await? {
            let mut bytes = bytes?;
            self.bytes += bytes.len() as u64;
            if self.bytes > self.max_bytes {
                return Err(self.too_large());
            }
            while chunk.len() + bytes.len() >= store::CHUNK_BYTES {
                chunk.extend_from_slice(&bytes.split_to(store::CHUNK_BYTES - chunk.len()));
                self.keep(part, number, mem::take(&mut chunk)).await?;
                number += 1;
            }
            chunk.extend_from_slice(&bytes);
        }
        if !chunk.is_empty() {
            self.keep(part, number, chunk).await?;
        }
        let bytes = i64::try_from(self.bytes - before).map_err(ApiError::internal)?;
        let conn = self.pool.get().await?;
        store::end_part(&conn, self.import_id, part, bytes).await?;
        Ok(())
    }

    /// Stores a chunk. The connection is held only for this, because clients may be slow.
    async fn keep(&self, part: i32, number: i32, chunk: Vec<u8>) -> ApiResult<()> {
        let conn = self.pool.get().await?;
        let (id, place) = (self.import_id, (part, number));
        // All pending uploads of a user together may be as large as one upload.
        let room = i64::try_from(self.max_bytes).unwrap_or(i64::MAX);
        if store::receive_chunk(&conn, id, place, &chunk, room).await? {
            return Ok(());
        }
        if !store::is_receiving(&conn, id).await? {
            return Err(too_slow());
        }
        let message = format!(
            "your uploads that wait to be imported may have at most {room} bytes together; wait \
             for one of them, or cancel one"
        );
        Err(ApiError::new(ErrorCode::TooManyImports, message))
    }

    fn too_large(&self) -> ApiError {
        let message = format!("an upload may have at most {} bytes", self.max_bytes);
        ApiError::new(ErrorCode::BodyTooLarge, message)
    }
}

async fn in_time<T>(next: impl Future<Output = T>) -> ApiResult<T> {
    tokio::time::timeout(PATIENCE, next).await.map_err(|_| too_slow())
}

fn too_slow() -> ApiError {
    malformed("it arrived too slowly")
}

fn broken_off(error: PayloadError) -> ApiError {
    match error {
        PayloadError::Overflow => ApiError::new(ErrorCode::BodyTooLarge, "the body is too large"),
        PayloadError::EncodingCorrupted => malformed("the compressed data is damaged"),
        _ => malformed("it was interrupted"),
    }
}

/// Messages for people, unlike those of the library.
fn broken_form(error: MultipartError) -> ApiError {
    malformed(match error {
        MultipartError::ContentTypeMissing | MultipartError::ContentTypeParse => {
            "its `Content-Type` is not that of a form"
        }
        MultipartError::BoundaryMissing => "its `Content-Type` has no boundary",
        MultipartError::ContentDispositionMissing => {
            "a part has no readable `Content-Disposition`; names must be UTF-8"
        }
        MultipartError::ContentDispositionNameMissing => "a part has no name",
        MultipartError::Incomplete => "the form ends early",
        MultipartError::Payload(error) => return broken_off(error),
        _ => "a part of the form cannot be read",
    })
}

fn malformed(problem: &str) -> ApiError {
    ApiError::new(ErrorCode::MalformedRequest, format!("the upload cannot be read: {problem}"))
}

/// A name that can be stored and shown. It is never used as a path.
pub fn shown(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    let skipped = name.chars().count().saturating_sub(MAX_NAME_CHARS);
    name.chars().skip(skipped).collect()
}
