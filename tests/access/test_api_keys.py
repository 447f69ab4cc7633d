"""Secrets of keys: made of random bytes, recognized, found where they must not stand."""

import pytest

from access.api_keys import RANDOM_BYTES, digest_of, holds_key, is_key, mint_secret, prefix_of

MINTED = mint_secret(bytes(range(RANDOM_BYTES)))


def test_secret_reads_back() -> None:
    assert MINTED.text == "bw_aaaqeaye_BQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQ"
    assert prefix_of(MINTED.text) == MINTED.prefix == "aaaqeaye"
    assert digest_of(MINTED.text) == MINTED.digest
    assert MINTED.text not in repr(MINTED)
    assert is_key(MINTED.text)


@pytest.mark.parametrize("text", ["", "bw_", MINTED.text + "x", MINTED.text[:-1], "ey.ey.x"])
def test_what_is_no_secret_has_no_prefix(text: str) -> None:
    assert prefix_of(text) is None


def test_secret_in_a_url_is_found() -> None:
    query = f"key={MINTED.text}".encode()
    assert holds_key("/v1/graphql", query)
    assert holds_key("/v1/graphql", query.replace(b"_", b"%5f"))
    assert holds_key(f"/v1/{MINTED.text}", b"")
    assert not holds_key("/v1/graphql", b"query={__typename}&bw_=1")
