"""Paths that people are led to: of sign-in, by letters and other services, of files, and of the
explorer.
"""

SIGN_IN = "/v1/graphql/sign-in"
EXPLORER = "/v1/explorer"
OIDC_START = "/v1/sign-in/oidc/start"
OIDC_CALLBACK = "/v1/sign-in/oidc/callback"
UPLOADS = "/v1/uploads/"
FILES = "/v1/files/"
