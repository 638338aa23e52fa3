//! Reading the files that devices write.

mod fit;
pub mod samples;
mod tracks;
