//! Password hashes with argon2id.

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt},
};
use derive_more::{AsRef, From};

use super::Password;
use crate::error::{ApiError, ApiResult};

/// A PHC string (`$argon2id$v=19$m=19456,t=2,p=1$…`).
#[derive(Clone, From, AsRef)]
#[as_ref(str)]
pub struct PasswordHash(String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}

/// The result of comparing a password with a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// Right, but the hash should be replaced: its parameters are weaker than today's, or it was
    /// made before passwords were normalised.
    Outdated,
}

/// The working memory of a hashing thread, 19 MiB, reused for each hash. Allocating and freeing
/// it per hash would make the kernel change the process's memory map constantly, which slows down
/// the other threads.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl PasswordHash {
    /// Hashes `password` with a new salt.
    pub fn compute(password: &Password, memory: &mut Memory) -> ApiResult<Self> {
        let salt = Salt::new(&rand::random::<[u8; 16]>()).map_err(invalid)?;
        let output = memory.digest(&argon2()?, password.normalised(), &salt)?;
        Self::phc(salt, output)
    }

    /// A hash of no password: its output is random.
    pub fn decoy() -> ApiResult<Self> {
        let salt = Salt::new(&rand::random::<[u8; 16]>()).map_err(invalid)?;
        Self::phc(salt, Output::new(&rand::random::<[u8; 32]>()).map_err(invalid)?)
    }

    fn phc(salt: Salt, output: Output) -> ApiResult<Self> {
        let phc = Phc {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(argon2()?.params()).map_err(invalid)?,
            salt: Some(salt),
            hash: Some(output),
        };
        Ok(Self(phc.to_string()))
    }

    /// Compares in constant time. The number of hashes computed depends only on the entered text,
    /// never on the stored hash.
    pub fn verify(&self, password: &Password, memory: &mut Memory) -> ApiResult<Verdict> {
        let phc = Phc::new(&self.0).map_err(invalid)?;
        let (Some(salt), Some(output)) = (phc.salt, phc.hash) else { return Ok(Verdict::Wrong) };
        let algorithm = Algorithm::try_from(phc.algorithm.as_str()).map_err(invalid)?;
        let version = phc.version.unwrap_or(Version::V0x13.into());
        let version = Version::try_from(version).map_err(invalid)?;
        let params = Params::try_from(&phc).map_err(invalid)?;
        let argon2 = Argon2::new(algorithm, version, params);
        let is_weak = algorithm != Algorithm::Argon2id
            || argon2.params().m_cost() < Params::DEFAULT_M_COST
            || argon2.params().t_cost() < Params::DEFAULT_T_COST;
        let normalised = memory.digest(&argon2, password.normalised(), &salt)? == output;
        let as_typed = match password.as_typed() {
            Some(text) => memory.digest(&argon2, text, &salt)? == output,
            None => false,
        };
        Ok(match (normalised, as_typed) {
            (true, _) if !is_weak => Verdict::Right,
            (true, _) | (_, true) => Verdict::Outdated,
            (false, false) => Verdict::Wrong,
        })
    }
}

impl Memory {
    fn digest(&mut self, argon2: &Argon2, password: &str, salt: &Salt) -> ApiResult<Output> {
        let length = argon2.params().output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        self.0.resize(argon2.params().block_count(), Block::default());
        let mut bytes = [0; Output::MAX_LENGTH];
        let output = bytes.get_mut(..length).ok_or_else(|| invalid("the output is too long"))?;
        argon2
            .hash_password_into_with_memory(password.as_bytes(), salt.as_ref(), output, &mut self.0)
            .map_err(invalid)?;
        Output::new(output).map_err(invalid)
    }
}

/// 19 MiB, t=2, p=1: the argon2id parameters of the OWASP password storage cheat sheet.
fn argon2() -> ApiResult<Argon2<'static>> {
    let (m, t) = (Params::DEFAULT_M_COST, Params::DEFAULT_T_COST);
    let params = Params::new(m, t, 1, None).map_err(invalid)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn invalid(error: impl std::fmt::Display) -> ApiError {
    ApiError::internal(format!("argon2: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decoy_looks_like_any_hash_and_is_nobodys() {
        let password = Password::typed("seven silver swans");
        let memory = &mut Memory::default();
        let hash = PasswordHash::compute(&password, memory).unwrap();
        let decoy = PasswordHash::decoy().unwrap();
        assert_eq!(decoy.0.len(), hash.0.len());
        assert_eq!(decoy.0.split('$').nth(3), hash.0.split('$').nth(3));
        assert_eq!(decoy.verify(&password, memory).unwrap(), Verdict::Wrong);
    }

    #[test]
    fn the_hash_states_its_parameters_and_every_character_counts() {
        let long: String = ('a'..='z').cycle().take(100).collect();
        let memory = &mut Memory::default();
        let hash = PasswordHash::compute(&Password::typed(&long), memory).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        let other: String =
            long.char_indices().map(|(i, c)| if i == 72 { '!' } else { c }).collect();
        assert_eq!(hash.verify(&Password::typed(&long), memory).unwrap(), Verdict::Right);
        assert_eq!(hash.verify(&Password::typed(&other), memory).unwrap(), Verdict::Wrong);
    }

    #[test]
    fn what_was_computed_before_changes_nothing() {
        use argon2::PasswordVerifier;
        let memory = &mut Memory::default();
        let hashes = ["one password", "another one"].map(|text| {
            let password = Password::typed(text);
            (text, PasswordHash::compute(&password, memory).unwrap())
        });
        for (text, hash) in hashes {
            // Computed by the library, which allocates its own memory.
            let phc = Phc::new(&hash.0).unwrap();
            assert!(argon2().unwrap().verify_password(text.as_bytes(), &phc).is_ok());
            assert_eq!(hash.verify(&Password::typed(text), memory).unwrap(), Verdict::Right);
        }
    }
}
