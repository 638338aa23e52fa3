//! Files as they are stored: compressed with gzip if that makes them smaller.

use std::io::{self, Read, Write};

use flate2::{
    Compression, bufread,
    read::{GzDecoder, MultiGzDecoder},
    write::GzEncoder,
};
use sha2::{Digest, Sha256};

use crate::priority::yield_if_due;

/// The next level makes files 1 % smaller and takes a third longer.
const LEVEL: Compression = Compression::new(2);

/// Bytes compressed between two yields.
const PIECE: usize = 16 * 1024;

/// Bytes unpacked at a time from data that may be damaged.
const STEP: usize = 256;

/// Maximum bytes of a file that also stays uncompressed in memory, because it is read next.
const SMALL: usize = 4 * 1024 * 1024;

/// A file to be stored.
#[derive(Default)]
pub struct PackedFile {
    /// Digest of the uncompressed file.
    pub sha256: Vec<u8>,
    pub bytes: i64,
    pub data: Vec<u8>,
    /// Whether `data` is compressed.
    pub is_packed: bool,
    /// Whether the compressed input was damaged; then this is the part before the damage.
    pub is_damaged: bool,
    /// The whole uncompressed file, if it is small and not yet freed.
    content: Vec<u8>,
}

/// Compresses what is read with gzip, which takes 2 ms of CPU time per mebibyte.
pub fn compressed(mut source: impl Read) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), LEVEL);
    read_pieces(&mut source, |piece| encoder.write_all(piece))?;
    encoder.finish()
}

/// Passes what is read to `take`, and yields in between.
fn read_pieces(
    source: &mut impl Read,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        yield_if_due();
        let length = source.read(&mut piece)?;
        let Some(read @ [_, ..]) = piece.get(..length) else { return Ok(()) };
        take(read)?;
    }
}

/// What is known of an uncompressed file as it passes by.
#[derive(Default)]
struct Passing {
    digest: Sha256,
    bytes: usize,
    content: Vec<u8>,
}

impl Passing {
    fn take(&mut self, piece: &[u8]) {
        self.digest.update(piece);
        self.bytes += piece.len();
        if self.bytes <= SMALL {
            self.content.extend_from_slice(piece);
        } else {
            self.content = Vec::new();
        }
    }

    /// The file, whose `data` is compressed.
    fn packed(self, data: Vec<u8>) -> io::Result<PackedFile> {
        let bytes = i64::try_from(self.bytes).map_err(io::Error::other)?;
        let (sha256, content) = (self.digest.finalize().to_vec(), self.content);
        Ok(PackedFile { sha256, bytes, data, is_packed: true, is_damaged: false, content })
    }
}

impl PackedFile {
    /// Digests and compresses a file, which takes 3 ms of CPU time per mebibyte: do not call
    /// this in a transaction.
    pub fn of(mut source: impl Read) -> io::Result<Self> {
        let (mut passing, mut encoder) = (Passing::default(), GzEncoder::new(Vec::new(), LEVEL));
        read_pieces(&mut source, |piece| {
            passing.take(piece);
            encoder.write_all(piece)
        })?;
        let packed = encoder.finish()?;
        if packed.len() < passing.bytes {
            return passing.packed(packed);
        }
        let data = unpacked(&packed)?;
        Ok(Self { is_packed: false, ..passing.packed(data)? })
    }

    /// A file that arrived compressed with gzip; at most `max` bytes of it are unpacked. It stays
    /// as it arrived, unless it is damaged, has several members (which some readers do not
    /// support), or is no smaller than the file.
    pub fn of_packed(mut data: Vec<u8>, max: u64) -> io::Result<Self> {
        let mut decoder = bufread::GzDecoder::new(data.as_slice()).take(max);
        let mut passing = Passing::default();
        let is_whole = read_pieces(&mut decoder, |piece| {
            passing.take(piece);
            Ok(())
        })
        .is_ok();
        let rest = decoder.into_inner().into_inner();
        // Some programs pad blocks with zeros.
        let is_alone = is_whole && rest.iter().all(|byte| *byte == 0);
        let length = data.len() - rest.len();
        if !is_alone || length >= passing.bytes {
            return Self::of_members(&data, max);
        }
        data.truncate(length);
        passing.packed(data)
    }

    /// Unpacks all gzip members, up to the first damage.
    fn of_members(data: &[u8], max: u64) -> io::Result<Self> {
        let mut whole = UntilDamage { source: MultiGzDecoder::new(data), damage: None };
        let file = Self::of((&mut whole).take(max))?;
        match whole.damage {
            Some(error) if file.bytes == 0 => Err(error),
            damage => Ok(Self { is_damaged: damage.is_some(), ..file }),
        }
    }

    /// A reader of the uncompressed file.
    pub fn reader(&self) -> Box<dyn Read + '_> {
        let data = self.data.as_slice();
        let is_in_memory =
            usize::try_from(self.bytes).is_ok_and(|bytes| bytes == self.content.len());
        match () {
            () if is_in_memory => Box::new(self.content.as_slice()),
            () if self.is_packed => Box::new(GzDecoder::new(data)),
            () => Box::new(data),
        }
    }

    /// Frees the uncompressed file, after which [`Self::reader`] decompresses it.
    pub fn free_content(&mut self) {
        self.content = Vec::new();
    }
}

/// Ends at the first error of its source.
struct UntilDamage<R> {
    source: R,
    damage: Option<io::Error>,
}

impl<R: Read> Read for UntilDamage<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.damage.is_some() {
            return Ok(0);
        }
        // What is unpacked in the same read as the damage is lost, so each read is short.
        let length = buffer.len().min(STEP);
        let read = self.source.read(buffer.get_mut(..length).unwrap_or_default());
        Ok(read.unwrap_or_else(|error| {
            self.damage = Some(error);
            0
        }))
    }
}

/// A file as it is stored.
pub struct StoredFile {
    pub data: Vec<u8>,
    pub is_packed: bool,
}

impl StoredFile {
    /// The uncompressed file.
    pub fn content(self) -> io::Result<Vec<u8>> {
        if self.is_packed { unpacked(&self.data) } else { Ok(self.data) }
    }
}

fn unpacked(data: &[u8]) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    GzDecoder::new(data).read_to_end(&mut content)?;
    Ok(content)
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
            let packed = PackedFile::of(content.as_slice()).unwrap();
            assert_eq!(packed.is_packed, is_packed, "{} bytes", content.len());
            assert!(packed.data.len() <= content.len());
            let stored = StoredFile { data: packed.data, is_packed };
            assert_eq!(stored.content().unwrap(), content);
        }
    }

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_comes_packed_is_the_same_file_and_is_not_packed_again() {
        let content = [b"<gpx>".as_slice(), &[b' '; 50_000]].concat();
        let (plain, packed) = (PackedFile::of(content.as_slice()).unwrap(), gzip(&content));
        let kept = PackedFile::of_packed(packed.clone(), 1 << 20).unwrap();
        assert_eq!((kept.is_packed, &kept.data), (true, &packed));
        // Two members, as from programs that append.
        let members = [gzip(&content[..9]), gzip(&content[9..])].concat();
        let joined = PackedFile::of_packed(members, 1 << 20).unwrap();
        for file in [kept, joined] {
            assert_eq!((&file.sha256, file.bytes), (&plain.sha256, plain.bytes));
            let mut read = Vec::new();
            file.reader().read_to_end(&mut read).unwrap();
            assert_eq!(read, content);
        }
        // No more than the maximum is unpacked.
        assert_eq!(PackedFile::of_packed(packed.clone(), 1000).unwrap().bytes, 1000);
    }

    #[test]
    fn of_what_is_damaged_there_is_what_came_before() {
        let content: Vec<u8> = (0_u32..20_000)
            .flat_map(|n| format!("{} ", n.wrapping_mul(2_654_435_761)).into_bytes())
            .collect();
        let packed = gzip(&content);
        let length = packed.len();
        let mut changed = packed.clone();
        changed[length - 8] ^= 1;
        let mut broken = packed.clone();
        broken[length / 2..length / 2 + 64].fill(0xff);
        let two = [packed.as_slice(), &packed].concat();
        for (name, data, at_least, is_damaged) in [
            ("whole", packed.clone(), content.len(), false),
            ("zeros behind it", [packed.as_slice(), &[0; 512]].concat(), content.len(), false),
            ("junk behind it", [packed.as_slice(), b"junk"].concat(), content.len(), true),
            ("without its end", packed[..length - 8].to_vec(), content.len(), true),
            ("another checksum", changed, content.len(), true),
            ("cut off", packed[..length / 2].to_vec(), content.len() / 4, true),
            ("broken", broken, content.len() / 4, true),
            ("cut in its second member", two[..length + length / 2].to_vec(), content.len(), true),
        ] {
            let file = PackedFile::of_packed(data, 1 << 20).unwrap();
            assert_eq!(file.is_damaged, is_damaged, "{name}");
            let mut read = Vec::new();
            file.reader().read_to_end(&mut read).unwrap();
            assert_eq!(read.len(), usize::try_from(file.bytes).unwrap(), "{name}");
            assert!(read.len() >= at_least, "{name}: {}", read.len());
            let common = read.len().min(content.len());
            assert!(name == "broken" || read[..common] == content[..common], "{name}");
        }
        let nothing = PackedFile::of_packed(packed[..9].to_vec(), 1 << 20);
        assert_eq!(nothing.err().unwrap().kind(), io::ErrorKind::UnexpectedEof);
    }
}
