@needs_containers @needs_dynamic_volumes
Feature: Force-deleted replicas come back with their identity
  Several pods are deleted at once, with no grace period. Their names, claims and data wait for the replacements.

  Scenario: Pods deleted at once with no grace period come back with their data
    Given StatefulSet "myapp" with 3 ready replicas
    And each replica of "myapp" has written its own data
    When pods "myapp-1" and "myapp-2" are deleted with no grace period
    Then within 60 seconds all 3 replicas of "myapp" are ready
    And each replica of "myapp" reads its own data
    And at no time since the scenario began did a replica of "myapp" lose its claim
