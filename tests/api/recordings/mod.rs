//! Reading what devices write.

mod samples;
