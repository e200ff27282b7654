@upstream
Feature: What a client writes to the status of a set is told, and moves nothing
  Other controllers leave their findings in the status of a set. Whoever watches the set hears of them; the set itself goes
  on as its spec says.

  Scenario: A condition that a client sets stays in the status, and no pod moves
    Given StatefulSet "nginx-web" with 1 ready replica
    When a client sets condition "Inspected" on "nginx-web"
    Then within 5 seconds the status of "nginx-web" has condition "Inspected"
    And for 3 seconds the status of "nginx-web" has condition "Inspected"
    And no pod of "nginx-web" has been replaced
