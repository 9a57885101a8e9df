//! The application seen from outside.
