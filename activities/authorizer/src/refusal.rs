//! Why a token or a session is not taken.

/// Why somebody is not let in. The texts are ours alone: nothing that was sent stands in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is no JSON Web Token, or larger than any of ours.
    #[error("the token is no signed JSON Web Token")]
    Malformed,
    /// It is signed in another way than RS256 or ES256, or not at all.
    #[error("the token is not signed with RS256 or ES256")]
    Algorithm,
    /// No key of the issuer has its `kid`.
    #[error("the token is signed with a key that its issuer does not publish")]
    UnknownKey,
    /// The signature is not one of the key.
    #[error("the token's signature is wrong")]
    Signature,
    /// `iss` is not the issuer that is trusted.
    #[error("the token is of another issuer")]
    Issuer,
    /// It has no `exp`, or the time is over.
    #[error("the token has expired: get a new one")]
    Expired,
    /// `nbf` lies ahead.
    #[error("the token is not valid yet: compare the clocks")]
    NotYet,
    /// It is an id token, or nothing says that it is an access token.
    #[error("the token is no access token; id tokens are not taken")]
    NotAccess,
    /// It was made for another client or audience.
    #[error("the token was made for another application")]
    Audience,
    /// `nonce` is not the one of the sign-in.
    #[error("the token was made for another sign-in")]
    Nonce,
    /// `sub` is missing, too long, or not printable.
    #[error("the token names no subject that can own messages")]
    Subject,
    /// The session cookie was not made here, or has been altered.
    #[error("the session is not one of this server's: sign in again")]
    Forged,
    /// The session's time is over, or somebody has signed out.
    #[error("the session is over: sign in again")]
    SessionOver,
    /// The issuer does not answer, and its keys are not known yet.
    #[error("the issuer's keys cannot be read now: try again later")]
    Unavailable,
}
