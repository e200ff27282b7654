Feature: A rollout goes from the highest ordinal to the lowest
  A rollout takes down one replica at a time and continues only when the updated one is ready: a broken version stops at
  the first replica, and the others keep serving.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas of version "v1"

  Scenario: A rollout replaces one replica at a time in reverse order
    When version "v2" of "nginx-web" is rolled out
    Then within 120 seconds all 3 replicas of "nginx-web" run version "v2"
    And at no time since the scenario began did "nginx-web" replace a replica out of order
    And pods "nginx-web-2", "nginx-web-1" and "nginx-web-0" were deleted in this order, each after the one before was gone

  Scenario: At least two of three replicas serve throughout a rollout
    When version "v2" of "nginx-web" is rolled out
    Then within 120 seconds all 3 replicas of "nginx-web" run version "v2"
    And at no time since the event were fewer than 2 pods of "nginx-web" ready
