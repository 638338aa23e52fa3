//! The sources of settings: the environment, `NAME_FILE`, the defaults of a command,
//! built-in defaults.
//!
//! Reading does not stop at the first error. All errors are collected, so that `check-config` and a
//! failed start can report them together.

use std::{collections::HashMap, fmt::Display, str::FromStr};

use derive_more::Display;
use secrecy::SecretString;

/// The source of a value.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
pub enum Origin {
    #[display("environment")]
    Environment,
    #[display("file")]
    File,
    #[display("dev default")]
    DevDefault,
    #[display("default")]
    Default,
    #[display("not set")]
    NotSet,
}

/// A setting as displayed by `check-config`. Secrets are already redacted.
#[derive(Clone, Debug)]
pub struct Setting {
    pub name: &'static str,
    pub value: String,
    pub origin: Origin,
}

/// An error in a setting. Never contains the value of a secret.
#[derive(Clone, Debug, Display, PartialEq, Eq)]
#[display("{name}: {problem}")]
pub struct Fault {
    pub name: &'static str,
    pub problem: String,
}

/// The variables to read, and the report of what was read.
#[derive(Debug, Default)]
pub struct Source {
    variables: HashMap<String, String>,
    dev_defaults: HashMap<&'static str, String>,
    pub(super) settings: Vec<Setting>,
    pub(super) faults: Vec<Fault>,
}

impl Source {
    /// The environment of the process. It is read only here.
    pub fn from_environment() -> Self {
        Self::from_variables(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }))
    }

    /// Uses the given variables instead of the environment.
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut variables: HashMap<String, String> = variables.into_iter().collect();
        // An empty variable counts as unset, because env files cannot express this in another way.
        variables.retain(|_, value| !value.is_empty());
        Self { variables, ..Self::default() }
    }

    /// Defaults for settings that are not in the environment. They are the only difference between
    /// `dev` and `serve`.
    pub fn with_dev_defaults(
        mut self,
        defaults: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        self.dev_defaults = defaults.into_iter().collect();
        self
    }

    /// A variable that is not a setting of this program (`HOME`, `XDG_DATA_HOME`).
    /// It is not reported.
    pub fn plain(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Reads an optional setting.
    pub fn optional<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Option<T> {
        let (raw, origin) = self.find(name);
        let value = raw.as_ref().and_then(|raw| self.parse(name, raw));
        self.report(name, raw.unwrap_or_default(), origin);
        value
    }

    /// Reads a setting with a built-in default.
    pub fn or<T: FromStr<Err: Display> + Display>(&mut self, name: &'static str, default: T) -> T {
        let (raw, origin) = self.find(name);
        match raw {
            Some(raw) => {
                let value = self.parse(name, &raw).unwrap_or(default);
                self.report(name, raw, origin);
                value
            }
            None => {
                self.report(name, default.to_string(), Origin::Default);
                default
            }
        }
    }

    /// Reads a required setting. Reports an error if it is missing.
    pub fn required<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Option<T> {
        let before = self.faults.len();
        let value = self.optional(name);
        if value.is_none() && self.faults.len() == before {
            self.fault(name, "is missing");
        }
        value
    }

    /// Reads a secret from `NAME`, or from the file in `NAME_FILE` without one trailing newline.
    pub fn secret(&mut self, name: &'static str) -> Option<SecretString> {
        let (raw, origin) = self.find(name);
        self.report(name, if raw.is_some() { "[redacted]".into() } else { String::new() }, origin);
        raw.map(SecretString::from)
    }

    /// Like [`Source::secret`], for values of which `redact` can show a part.
    pub fn partly_secret(
        &mut self,
        name: &'static str,
        redact: impl Fn(&str) -> String,
    ) -> Option<SecretString> {
        let (raw, origin) = self.find(name);
        self.report(name, raw.as_deref().map(redact).unwrap_or_default(), origin);
        raw.map(SecretString::from)
    }

    pub fn fault(&mut self, name: &'static str, problem: impl Into<String>) {
        self.faults.push(Fault { name, problem: problem.into() });
    }

    fn find(&mut self, name: &'static str) -> (Option<String>, Origin) {
        if let Some(value) = self.variables.get(name) {
            return (Some(value.clone()), Origin::Environment);
        }
        if let Some(path) = self.variables.get(&format!("{name}_FILE")).cloned() {
            return match std::fs::read_to_string(&path) {
                Ok(text) => {
                    let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
                    (Some(text).filter(|text| !text.is_empty()), Origin::File)
                }
                Err(error) => {
                    self.fault(name, format!("cannot read {name}_FILE ({path}): {error}"));
                    (None, Origin::File)
                }
            };
        }
        match self.dev_defaults.get(name) {
            Some(value) => (Some(value.clone()), Origin::DevDefault),
            None => (None, Origin::NotSet),
        }
    }

    fn parse<T: FromStr<Err: Display>>(&mut self, name: &'static str, raw: &str) -> Option<T> {
        raw.trim().parse().map_err(|error| self.fault(name, format!("{error}"))).ok()
    }

    fn report(&mut self, name: &'static str, value: String, origin: Origin) {
        self.settings.push(Setting { name, value, origin });
    }
}
