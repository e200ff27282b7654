"""A scenario of somebody else's, with steps of its own."""

from __future__ import annotations

from pytest_bdd import given, scenarios, then, when

scenarios("shelf.feature")


@given("a shelf", target_fixture="shelf")
def shelf() -> list[str]:
    return []


@when("a book is put on it")
def put(shelf: list[str]) -> None:
    shelf.append("book")


@then("the book is there")
def there(shelf: list[str]) -> None:
    assert shelf == ["book"]
