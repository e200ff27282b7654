Feature: A shelf keeps what is put on it
  Scenario: A book is found where it was put
    Given a shelf
    When a book is put on it
    Then the book is there
