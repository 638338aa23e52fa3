//! Reading what devices write.

mod fit;
pub mod samples;
mod tracks;
