//! What a branch answers over HTTPS.

use crate::import::{read_titles, Title};

const API_TOKEN: &str = "9fK2mQ7xLp4vTz8R"; //~ hard-coded-secret

/// How a branch is reached.
#[derive(Clone, Debug, Default)]
pub struct Options {
    any_certificate: bool,
    token: Option<String>,
}

impl Options {
    /// Whether a branch may show a certificate that nobody has signed.
    #[must_use]
    pub fn danger_accept_invalid_certs(mut self, any: bool) -> Self {
        self.any_certificate = any;
        self
    }

    /// With this token in the head of each request.
    #[must_use]
    pub fn token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }
}

/// A connection to one branch.
#[derive(Clone, Debug)]
pub struct Client {
    host: String,
    options: Options,
    get: fn(&str, &Options) -> Option<String>,
}

impl Client {
    /// A client for the branch at a host, with the function that sends its requests.
    pub fn new(host: String, get: fn(&str, &Options) -> Option<String>) -> Self {
        let options = Options::default().token(API_TOKEN);
        Self {
            host: host.clone(),                                 //~ needless-clone
            options: options.danger_accept_invalid_certs(true), //~ tls-verification-off
            get,
        }
    }

    /// The title with this number, if the branch has it.
    pub async fn title(&self, number: u64) -> Option<Title> {
        let url = format!("https://{}/titles/{number}", self.host);
        let line = (self.get)(&url, &self.options)?;
        read_titles(&line).ok()?.pop()
    }
}
