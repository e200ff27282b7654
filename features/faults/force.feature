@needs_containers @needs_dynamic_volumes
Feature: Replicas that are deleted by force come back as who they were
  Whoever is in a hurry deletes several pods at once and gives them no time to end. Their names, claims and data wait for
  the next ones.

  Scenario: Pods that are deleted at once and without grace come back with their data
    Given stateful set "myapp" with 3 ready replicas
    And each replica of "myapp" has written data of its own
    When pods "myapp-1" and "myapp-2" are deleted without grace
    Then within 60 seconds all 3 replicas of "myapp" are ready
    And each replica of "myapp" reads the data it has written
    And at no time did a replica of "myapp" lose its claim
