"""Paths of sign-in, which letters and other services lead people to."""

SIGN_IN = "/v1/graphql/sign-in"
OIDC_START = "/v1/sign-in/oidc/start"
OIDC_CALLBACK = "/v1/sign-in/oidc/callback"
