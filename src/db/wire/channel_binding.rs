//! `tls-server-end-point` (RFC 5929, section 4.1), which binds a SCRAM login to its TLS connection.

use sha2::{Digest, Sha256, Sha384, Sha512};

/// Prefixes of the object identifiers of signature algorithms, without tag and length.
const RSA: &[u8] = &[42, 134, 72, 134, 247, 13, 1, 1];
const ECDSA: &[u8] = &[42, 134, 72, 206, 61, 4];
const ED25519: &[u8] = &[43, 101, 112];

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 6;

/// The digest of a certificate (DER), with the hash function of its signature. `None` if the
/// signature has no hash function or an unknown one. The login then has no channel binding.
pub fn of_certificate(certificate: &[u8]) -> Option<Vec<u8>> {
    let (outer, _) = value(certificate, SEQUENCE)?;
    let (_to_be_signed, rest) = value(outer, SEQUENCE)?;
    let (algorithm, _) = value(rest, SEQUENCE)?;
    let (identifier, _) = value(algorithm, OBJECT_IDENTIFIER)?;
    let is = |family: &[u8], end: &[u8]| identifier.strip_prefix(family) == Some(end);
    // SHA-256 is used instead of MD5 and SHA-1.
    if is(RSA, &[4]) || is(RSA, &[5]) || is(RSA, &[11]) || is(ECDSA, &[1]) || is(ECDSA, &[3, 2]) {
        Some(Sha256::digest(certificate).to_vec())
    } else if is(RSA, &[12]) || is(ECDSA, &[3, 3]) {
        Some(Sha384::digest(certificate).to_vec())
    } else if is(RSA, &[13]) || is(ECDSA, &[3, 4]) || is(ED25519, &[]) {
        Some(Sha512::digest(certificate).to_vec())
    } else {
        None
    }
}

/// The content of the first element of `der` and the bytes after it, if the element has this tag.
fn value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let [first, length, rest @ ..] = der else { return None };
    if *first != tag {
        return None;
    }
    let (length, rest) = match length {
        short @ 0..0x80 => (usize::from(*short), rest),
        long => {
            let (digits, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            let length = digits.iter().try_fold(0_usize, |length, digit| {
                length.checked_mul(256)?.checked_add(usize::from(*digit))
            })?;
            (length, rest)
        }
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use rcgen::{
        CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519,
    };

    use super::*;

    #[test]
    fn the_hash_function_is_that_of_the_signature() {
        for (algorithm, bytes) in
            [(&PKCS_ECDSA_P256_SHA256, 32), (&PKCS_ECDSA_P384_SHA384, 48), (&PKCS_ED25519, 64)]
        {
            let key = KeyPair::generate_for(algorithm).unwrap();
            let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
            let certificate = params.self_signed(&key).unwrap();
            assert_eq!(of_certificate(certificate.der()).unwrap().len(), bytes);
            for end in 0..40 {
                assert_eq!(of_certificate(&certificate.der()[..end]), None);
            }
        }
    }

    #[test]
    fn rsa_has_one_too_and_pss_none() {
        let element =
            |tag, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
        for (end, bytes) in
            [(5, Some(32)), (11, Some(32)), (12, Some(48)), (13, Some(64)), (10, None)]
        {
            let identifier = element(OBJECT_IDENTIFIER, &[RSA, &[end]].concat());
            let content = [element(SEQUENCE, b"to be signed"), element(SEQUENCE, &identifier)];
            let binding = of_certificate(&element(SEQUENCE, &content.concat()));
            assert_eq!(binding.map(|binding| binding.len()), bytes);
        }
    }
}
