//! Receives files, as `multipart/form-data` or as the body itself. They are stored in pieces, so
//! that an upload of any size takes no more memory than two pieces.

use std::{collections::BTreeMap, mem, time::Duration};

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{
    HttpRequest,
    error::PayloadError,
    http::header,
    web::{Bytes, Payload},
};
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{store, types::Received};
use crate::{
    activities::UploadDetails,
    db::Pool,
    error::{ApiError, ApiResult, ErrorCode, FieldError},
    http::refuse_encoded,
};

/// How long a client may send nothing before it is disconnected.
const PATIENCE: Duration = Duration::from_secs(30);

/// Maximum number of files in an upload.
const MAX_PARTS: i32 = 1000;

const MAX_NAME_CHARS: usize = 255;

/// More than the longest notes have in UTF-8.
const MAX_FIELD_BYTES: usize = 64 * 1024;

/// Receives the files of one import.
pub struct Upload<'a> {
    pool: &'a Pool,
    import_id: Uuid,
    max_bytes: u64,
    parts: i32,
    bytes: u64,
    /// Of everything that was received.
    digest: Sha256,
    fields: BTreeMap<&'static str, String>,
}

impl<'a> Upload<'a> {
    pub fn new(pool: &'a Pool, import_id: Uuid, max_bytes: u64) -> Self {
        let (digest, fields) = (Sha256::new(), BTreeMap::new());
        Self { pool, import_id, max_bytes, parts: 0, bytes: 0, digest, fields }
    }

    /// Receives the body in either form. Errors: 413 `body_too_large`; 415 for an unsupported
    /// encoding; 422 for an invalid field; 400 `malformed_request` if there is no file, or if the
    /// body arrives too slowly or ends early.
    pub async fn receive(
        mut self,
        request: &HttpRequest,
        payload: Payload,
        name: Option<String>,
    ) -> ApiResult<Received> {
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
        let bytes = i64::try_from(self.bytes).map_err(ApiError::internal)?;
        let details = self.details()?;
        let said = serde_json::to_vec(&details).map_err(ApiError::internal)?;
        let digest = self.digest.chain_update(said).finalize().to_vec();
        Ok(Received { bytes, details, digest })
    }

    /// The fields, which describe one file.
    fn details(&mut self) -> ApiResult<Option<UploadDetails>> {
        if self.fields.is_empty() {
            return Ok(None);
        }
        if self.parts > 1 {
            let problem = format!("describes one file, but {} were sent", self.parts);
            let fault = |name: &&'static str| FieldError::new(*name, "refused", problem.clone());
            return Err(ApiError::validation(self.fields.keys().map(fault).collect()));
        }
        UploadDetails::parse(mem::take(&mut self.fields)).map(Some)
    }

    /// Receives every field that is a file or describes one; other fields are skipped.
    async fn form(&mut self, mut form: Multipart) -> ApiResult<()> {
        while let Some(field) = in_time(form.next()).await? {
            let field = field.map_err(broken_form)?;
            let disposition = field.content_disposition();
            let name = disposition.and_then(|disposition| disposition.get_filename());
            let Some(name) = name.map(str::to_owned) else {
                self.field(field).await?;
                continue;
            };
            let content = field.map(|bytes| bytes.map_err(broken_form));
            self.file(&name, content).await?;
        }
        Ok(())
    }

    async fn field(&mut self, mut field: Field) -> ApiResult<()> {
        let mut names = UploadDetails::NAMES.into_iter();
        let Some(name) = names.find(|name| field.name() == Some(name)) else { return Ok(()) };
        let refused = |code, problem: &str| {
            ApiError::validation(vec![FieldError::new(name, code, problem.to_owned())])
        };
        let mut bytes = Vec::new();
        while let Some(more) = in_time(field.next()).await? {
            bytes.extend_from_slice(&more.map_err(broken_form)?);
            if bytes.len() > MAX_FIELD_BYTES {
                return Err(refused("too_long", "must have at most 64 KiB"));
            }
        }
        let text = String::from_utf8(bytes);
        let text = text.map_err(|_| refused("invalid_format", "must be UTF-8"))?;
        self.fields.insert(name, text);
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
        self.digest.update((name.len() as u64).to_be_bytes());
        self.digest.update(name);
        let (mut chunk, mut number, before) = (Vec::new(), 0, self.bytes);
        while let Some(bytes) = in_time(content.next()).await? {
            let mut bytes = bytes?;
            self.bytes += bytes.len() as u64;
            self.digest.update(&bytes);
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
        self.digest.update((self.bytes - before).to_be_bytes());
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
