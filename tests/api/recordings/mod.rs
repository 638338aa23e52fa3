//! Reading what devices write.

pub mod samples;
mod tracks;
