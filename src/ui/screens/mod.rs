//! The screens, a closed list.
