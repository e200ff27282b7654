Feature: An application brings the definition of its kind

  Scenario Outline: A definition comes before its objects, and goes with its scenario
    One scenario follows another, which has brought the same definition.

    Given the pods owned by Database "shop" as "shop"
    When "shop" is created
    Then for 1 second "shop" has 0 pods

    Examples:
      | time   |
      | first  |
      | second |
      | third  |
