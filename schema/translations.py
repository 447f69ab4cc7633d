"""Sentences of cards in the language of whoever works with them."""

from typing import Annotated, Self

import strawberry
from strawberry import field

from ingest.translations import translate_sentence

MEANING = 'in a language; null where it has no translation or was changed since. Hindi is "hi".'
LanguageArgument = Annotated[
    str, strawberry.argument(description='The language, as BCP 47 says it: "hi".')
]


@strawberry.type(description="A sentence in another language. Show it beside the English one.")
class Translation:
    text: str = field(description="The sentence.")
    language: str = field(description="Its language, as BCP 47 says it.")
    machine_written: bool = field(
        description="Whether a machine wrote it and no native speaker has checked it."
    )

    @classmethod
    def find(cls, sentence: str, language: str) -> Self | None:
        """Give the sentence in a language, where it is known."""
        text = translate_sentence(sentence, language)
        return None if text is None else cls(text=text, language=language, machine_written=True)
