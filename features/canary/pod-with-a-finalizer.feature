@upstream @needs_containers
Feature: A terminating pod has no replacement yet
  A finalizer or an unreachable node can hold a deleted pod. There is no replacement until it is gone, and then the
  replacement has the version of its side of the partition.

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas of version "v2" and canary "v3" from ordinal 1
    And pod "nginx-web-0" is held by a finalizer, its deletion requested

  Scenario: A pod that was held comes back with the version below the partition
    When the finalizer of pod "nginx-web-0" is removed
    Then within 60 seconds all 3 replicas of "nginx-web" are ready
    And pod "nginx-web-0" came back with version "v2"
    And at no time since the scenario began did a rollout of "nginx-web" reach below its partition
