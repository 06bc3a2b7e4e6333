//! What is left of the old system. rustgate.toml asks only for what a prototype must keep to, and
//! all that it asks for is a warning.

pub mod tariff;
