//! The command line: `--name value` and `--flag`.

use std::collections::BTreeMap;
use std::str::FromStr;

use thiserror::Error;

/// The arguments after the subcommand.
#[derive(Debug)]
pub struct Args {
    given: BTreeMap<String, Option<String>>,
}

/// The command line cannot be understood.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum ArgsError {
    /// A word without a name before it.
    #[error("`{0}` belongs to no option")]
    Stray(String),
    /// Something is missing.
    #[error("--{0} is missing")]
    Missing(String),
    /// A value that cannot be read.
    #[error("--{0} cannot be `{1}`")]
    Bad(String, String),
    /// A name that nobody asked for.
    #[error("there is no option --{0}")]
    Unknown(String),
}

impl Args {
    /// Reads them.
    pub fn read(words: impl Iterator<Item = String>) -> Result<Args, ArgsError> {
        let mut given = BTreeMap::new();
        let mut open: Option<String> = None;
        for word in words {
            match (word.strip_prefix("--"), open.take()) {
                (Some(name), before) => {
                    given.extend(before.map(|before| (before, None)));
                    open = Some(name.to_owned());
                }
                (None, Some(name)) => _ = given.insert(name, Some(word)),
                (None, None) => return Err(ArgsError::Stray(word)),
            }
        }
        given.extend(open.map(|name| (name, None)));
        Ok(Args { given })
    }

    /// The value of an option, or `otherwise`.
    pub fn or<T: FromStr>(&mut self, name: &str, otherwise: T) -> Result<T, ArgsError> {
        Ok(self.maybe(name)?.unwrap_or(otherwise))
    }

    /// The value of an option that has to be there.
    pub fn must<T: FromStr>(&mut self, name: &str) -> Result<T, ArgsError> {
        self.maybe(name)?.ok_or_else(|| ArgsError::Missing(name.to_owned()))
    }

    /// The value of an option that may be there.
    pub fn maybe<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, ArgsError> {
        let Some(value) = self.given.remove(name) else { return Ok(None) };
        let value = value.ok_or_else(|| ArgsError::Missing(name.to_owned()))?;
        value.parse().map(Some).map_err(|_| ArgsError::Bad(name.to_owned(), value))
    }

    /// Whether a flag is there.
    pub fn flag(&mut self, name: &str) -> Result<bool, ArgsError> {
        match self.given.remove(name) {
            None => Ok(false),
            Some(None) => Ok(true),
            Some(Some(value)) => Err(ArgsError::Bad(name.to_owned(), value)),
        }
    }

    /// That nothing is left that nobody asked for.
    pub fn finish(self) -> Result<(), ArgsError> {
        self.given.into_keys().next().map_or(Ok(()), |name| Err(ArgsError::Unknown(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Result<Args, ArgsError> {
        Args::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_have_values_and_flags_have_none() {
        let mut args = args("--listeners 20 --feed --class 60").expect("it can be read");
        assert_eq!((args.must("listeners"), args.maybe("class")), (Ok(20_u32), Ok(Some(60_u16))));
        assert_eq!((args.flag("feed"), args.flag("settle"), args.or("seconds", 5)), (Ok(true), Ok(false), Ok(5)));
        assert_eq!(args.finish(), Ok(()));
    }

    #[test]
    fn what_cannot_be_understood_is_said() {
        assert!(matches!(args("listeners"), Err(ArgsError::Stray(_))));
        let mut args = args("--listeners many --feed yes --class --what 1").expect("it can be read");
        assert_eq!(args.must::<u32>("listeners"), Err(ArgsError::Bad("listeners".into(), "many".into())));
        assert_eq!(args.flag("feed"), Err(ArgsError::Bad("feed".into(), "yes".into())));
        assert_eq!(args.must::<u16>("class"), Err(ArgsError::Missing("class".into())));
        assert_eq!(args.must::<u16>("seconds"), Err(ArgsError::Missing("seconds".into())));
        assert_eq!(args.finish(), Err(ArgsError::Unknown("what".into())));
    }
}
