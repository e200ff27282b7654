@upstream
Feature: A status condition set by a client stays and moves no pod
  Other controllers report their findings in the status of a set. Clients that watch the set see them; the set itself
  follows its spec.

  Scenario: A condition that a client sets stays in the status, and no pod moves
    Given StatefulSet "nginx-web" with 1 ready replica
    When a client sets condition "Inspected" on "nginx-web"
    Then within 5 seconds the status of "nginx-web" has condition "Inspected"
    And for 3 seconds the status of "nginx-web" has condition "Inspected"
    And at no time since the scenario began did "nginx-web" replace a pod whose template had not changed

  @since_1_37
  Scenario: A condition that a client has set outlives a rollout
    Given StatefulSet "nginx-web" with 1 ready replica
    And a client has set condition "Inspected" on "nginx-web"
    When version "v2" of "nginx-web" is rolled out
    Then within 60 seconds the only replica of "nginx-web" runs version "v2"
    And within 1 second the status of "nginx-web" has condition "Inspected"

  @until_1_36
  Scenario: Up to 1.36 a rollout takes away the condition that a client has set
    Given StatefulSet "nginx-web" with 1 ready replica
    And a client has set condition "Inspected" on "nginx-web"
    When version "v2" of "nginx-web" is rolled out
    Then within 60 seconds the only replica of "nginx-web" runs version "v2"
    And within 1 second the status of "nginx-web" has no condition "Inspected"
