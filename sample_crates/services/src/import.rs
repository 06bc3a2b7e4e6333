//! The files of the old system: a line for each title or member.

/// A book, or what else can be lent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Title {
    /// The number on its back.
    pub number: u64,
    /// What it is called.
    pub name: String,
}

/// Somebody who may borrow.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Member {
    /// The number of the card.
    pub card: u64,
    pub name: String, //~ missing-docs
}

/// Reads lines such as `17;Moby-Dick`.
pub fn read_titles(text: &str) -> Result<Vec<Title>, String> {
    //~^ missing-errors-doc, string-error
    let mut titles = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((number, name)) = line.split_once(';') else {
            return Err(format!("line {}: there is no semicolon", index + 1));
        };
        let Ok(number) = number.trim().parse() else {
            return Err(format!("line {}: `{number}` is no number", index + 1));
        };
        let name = name.trim().to_owned();
        titles.push(Title { number, name });
    }
    titles.sort_by_key(|title| title.number);
    Ok(titles)
}

/// Reads lines such as `4711;Ishmael`.
///
/// # Errors
///
/// When a line has no semicolon, or something else than a number before it.
pub fn read_members(text: &str) -> Result<Vec<Member>, String> {
    //~^ duplicate-code, string-error
    let mut members = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((card, name)) = line.split_once(';') else {
            return Err(format!("line {}: the name is missing", index + 1));
        };
        let Ok(card) = card.trim().parse() else {
            return Err(format!("line {}: `{card}` is no card", index + 1));
        };
        let name = name.trim().to_owned();
        members.push(Member { card, name });
    }
    members.sort_by_key(|member| member.card);
    Ok(members)
}
