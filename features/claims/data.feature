@needs_containers @needs_dynamic_volumes
Feature: A replica keeps its data when its pod goes
  The pod is replaced, the claim stays, and the next pod of the same name finds what the former one wrote: nobody who
  runs a database would accept less.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage

  Background:
    Given stateful set "myapp" with 3 ready replicas
    And each replica of "myapp" has written data of its own

  Scenario: A pod that replaces another finds its data
    When pod "myapp-1" is deleted
    Then within 60 seconds pod "myapp-1" is replaced
    And each replica of "myapp" reads the data it has written
    And at no time did a replica of "myapp" lose its claim

  Scenario: A set that is deleted and applied again finds its data
    Given stateful set "myapp" is gone
    When stateful set "myapp" is applied again
    Then within 90 seconds all 3 replicas of "myapp" are ready
    And each replica of "myapp" reads the data it has written
    And at no time did a replica of "myapp" lose its claim

  Scenario: A replica that was scaled away comes back to its data
    Given stateful set "myapp" has been scaled to 1
    When stateful set "myapp" is scaled to 3
    Then within 90 seconds all 3 replicas of "myapp" are ready
    And each replica of "myapp" reads the data it has written
    And at no time did a replica of "myapp" lose its claim

  Scenario: No two pods ever write under one name
    Each pod of "myapp" notes every second in its volume that it is alive.

    When pod "myapp-1" is deleted
    Then within 60 seconds pod "myapp-1" is replaced
    And at no time did two pods write as "myapp-1"
