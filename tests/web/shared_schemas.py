"""Applications of one process share their schemas, as types: to make one takes most of a second.

What an application keeps of its callers stays its own: the documents that were asked, their plans.
"""

from collections.abc import Generator
from contextlib import contextmanager
from copy import copy
from functools import cache
from unittest.mock import patch

from resolvers.api import Api, build_api
from resolvers.document_limits import DocumentLimits
from resolvers.documents import Documents
from resolvers.sign_in import build_sign_in_api
from web import asgi

OWN = ("_plans", "developers", "manifests")
_made, _made_sign_in = cache(build_api), cache(build_sign_in_api)


@contextmanager
def shared_schemas() -> Generator[None]:
    """Have whatever is built meanwhile share what was built before."""
    with (
        patch.object(asgi, "build_api", _shared_api),
        patch.object(asgi, "build_sign_in_api", _shared_sign_in_api),
    ):
        yield


def _shared_api(*, introspection: bool, limits: DocumentLimits | None = None) -> Api:
    return _fresh(_made(introspection=introspection, limits=limits))


def _shared_sign_in_api(*, introspection: bool) -> Api:
    return _fresh(_made_sign_in(introspection=introspection))


def _fresh(made: Api) -> Api:
    """Give the same schema to somebody who has been asked nothing yet."""
    api, asked = copy(made), made.documents
    for kept in OWN:
        vars(api).pop(kept, None)
    api.documents = Documents(made.types, introspection=asked.introspection, limits=asked.limits)
    return api
