@needs_containers @needs_dynamic_volumes
Feature: A replica keeps its data when its pod is replaced
  The pod is replaced, the claim stays, and the next pod of the same name finds what the previous one wrote.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage

  Background:
    Given StatefulSet "myapp" with 3 ready replicas
    And each replica of "myapp" has written its own data

  Scenario: A pod that replaces another finds its data
    When pod "myapp-1" is deleted
    Then within 60 seconds pod "myapp-1" is replaced
    And each replica of "myapp" reads its own data
    And at no time since the scenario began did a replica of "myapp" lose its claim

  Scenario: A set that is deleted and applied again finds its data
    Given StatefulSet "myapp" has been deleted
    When StatefulSet "myapp" is applied again
    Then within 90 seconds all 3 replicas of "myapp" are ready
    And each replica of "myapp" reads its own data
    And at no time since the scenario began did a replica of "myapp" lose its claim

  Scenario: A replica that was scaled away comes back to its data
    Given StatefulSet "myapp" has been scaled to 1
    When StatefulSet "myapp" is scaled to 3
    Then within 90 seconds all 3 replicas of "myapp" are ready
    And each replica of "myapp" reads its own data
    And at no time since the scenario began did a replica of "myapp" lose its claim

  Scenario: No two pods ever write under one name
    Each pod of "myapp" notes every second in its volume that it is alive.

    When pod "myapp-1" is deleted
    Then within 60 seconds pod "myapp-1" is replaced
    And at no time since the scenario began did two pods write as "myapp-1"
