//! Files as they are kept: compressed by gzip, where that makes them smaller.

use std::io::{self, Read, Write};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sha2::{Digest, Sha256};

use crate::{
    error::{ApiError, ApiResult},
    jobs::give_way,
};

/// White space shrinks to nothing at any level, and text little more at a higher one.
const LEVEL: Compression = Compression::new(3);

/// How much is compressed until others may go on.
const PIECE: usize = 16 * 1024;

/// A file to be kept.
pub struct PackedFile {
    /// Of the file itself.
    pub sha256: Vec<u8>,
    pub bytes: i64,
    pub data: Vec<u8>,
    /// Whether `data` is compressed.
    pub is_packed: bool,
}

impl PackedFile {
    /// Takes a processor ten milliseconds for each mebibyte: not to be done in a transaction.
    pub fn of(content: &[u8]) -> ApiResult<Self> {
        let bytes = i64::try_from(content.len()).map_err(ApiError::internal)?;
        let (mut digest, mut encoder) = (Sha256::new(), GzEncoder::new(Vec::new(), LEVEL));
        for piece in content.chunks(PIECE) {
            give_way();
            digest.update(piece);
            encoder.write_all(piece).map_err(ApiError::internal)?;
        }
        let packed = encoder.finish().map_err(ApiError::internal)?;
        let is_packed = packed.len() < content.len();
        let data = if is_packed { packed } else { content.to_vec() };
        Ok(Self { sha256: digest.finalize().to_vec(), bytes, data, is_packed })
    }
}

/// A file as it is kept.
pub struct StoredFile {
    pub data: Vec<u8>,
    pub is_packed: bool,
}

impl StoredFile {
    /// The file itself.
    pub fn content(self) -> io::Result<Vec<u8>> {
        if !self.is_packed {
            return Ok(self.data);
        }
        let mut content = Vec::new();
        GzDecoder::new(self.data.as_slice()).read_to_end(&mut content)?;
        Ok(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_smaller_or_as_it_is_and_comes_back_the_same() {
        let noise: Vec<u8> =
            (0_u32..5000).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        for (content, is_packed) in
            [(vec![b' '; 1 << 20], true), (Vec::new(), false), (noise, false)]
        {
            let packed = PackedFile::of(&content).unwrap();
            assert_eq!(packed.is_packed, is_packed, "{} bytes", content.len());
            assert!(packed.data.len() <= content.len());
            let stored = StoredFile { data: packed.data, is_packed };
            assert_eq!(stored.content().unwrap(), content);
        }
    }
}
