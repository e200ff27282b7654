Feature: A replaced pod keeps to its side of the partition
  Pods are also lost while a canary runs. Each comes back with the version of its side of the partition: otherwise a
  lost pod would extend the canary, or end it.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#partitions

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas of version "v2" and canary "v3" from ordinal 2

  Scenario: Replaced pods come back with the version their side of the partition has
    When pods "nginx-web-0" and "nginx-web-2" are deleted
    Then within 60 seconds all 3 replicas of "nginx-web" are ready
    And pod "nginx-web-0" came back with version "v2"
    And pod "nginx-web-2" came back with version "v3"
    And at no time since the scenario began did pods "nginx-web-0" and "nginx-web-1" run version "v3"

  Scenario: Opening the partition finishes the rollout
    When the partition of "nginx-web" is set to 0
    Then within 60 seconds all 3 replicas of "nginx-web" run version "v3"
    And at no time since the scenario began did "nginx-web" replace a replica out of order
    And pods "nginx-web-1" and "nginx-web-0" were deleted in this order, each after the one before was gone
