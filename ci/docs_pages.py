"""A hook of MkDocs: pages that are made from the code, and links that leave the documentation."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from mkdocs.structure.files import File

from harness.plugin.vocabulary import sentences
from harness.promises.verdict import PROMISES


def on_files(files: Any, config: Any) -> Any:
    """Add the page of all sentences and the page of all promises."""
    for name, text in (("vocabulary.md", vocabulary()), ("promises.md", promises())):
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Lead links to files of the project that are no pages to where the project is kept."""
    del page, files
    return markdown.replace("](../", f"]({config['repo_url']}/blob/main/")


def vocabulary() -> str:
    """Return the page that lists every sentence under the word that it begins with and the object it is about."""
    lines = ["# Vocabulary", "", "`is/are` means one of the two. `statefulspec steps` prints the same list.", ""]
    for kind, group in groupby(sentences(), key=lambda sentence: sentence.type):
        lines += [f"## {kind.capitalize()}", ""]
        lines += [f"- `{sentence.text}`" for sentence in group]
        lines += [""]
    return "\n".join(lines)


def promises() -> str:
    """Return the page of all promises, each with its clauses and where it is promised."""
    head = "Each clause has a change of a recording that breaks it, and that it rejects: `statefulspec prove`."
    lines = ["# Promises", "", head, ""]
    for name, promise in PROMISES.items():
        lines += [f"## {name[0].upper()}{name[1:]}", "", f"{promise.sentence}.", ""]
        lines += [f"- {clause.text}." for clause in promise.clauses]
        lines += ["", f"Source: <{promise.source}>", ""]
    return "\n".join(lines)
