"""How much one document may ask; what measures it is `resolvers.cost`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLimits:
    """The most that one document may ask.

    Attributes:
        objects: what its lists could give together.
        fields: its fields with every fragment spread out wherever it is spread.
        cached_bytes: what all documents that are kept may weigh together.
    """

    depth: int = 10
    aliases: int = 15
    roots: int = 10
    directives: int = 30
    fragments: int = 20
    objects: int = 20_000
    fields: int = 1_000
    operations: int = 20
    variables: int = 100
    characters: int = 32_768
    tokens: int = 2_000
    anonymous_tokens: int = 600
    cached_bytes: int = 16 << 20
