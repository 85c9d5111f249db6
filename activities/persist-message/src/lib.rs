//! Activity: write the message once, before anything else happens.
