//! Streets of the old system, in its own code page. No module declares this file. //~ unreadable-file

/// The streets around the depot.
pub const STREETS: [&str; 3] = ["Bahnhofstraße", "Große Bleiche", "Münsterplatz"];
