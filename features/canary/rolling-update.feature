Feature: A new version is rolled out from the last replica to the first
  A rollout takes down one replica at a time, the highest ordinal first, and touches the next one only when the new one
  serves: so a bad version stops at the first replica, and the others go on serving.
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
