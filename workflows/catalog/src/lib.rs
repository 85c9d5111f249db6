//! Our workflows, one file each.
