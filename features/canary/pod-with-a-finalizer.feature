@upstream @needs_containers
Feature: A pod that cannot go yet has no successor
  Something may hold a deleted pod: a finalizer, a node that does not answer. Until it is gone nobody takes its place, and
  then its successor has the version of its side of the partition.

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas of version "v2" and canary "v3" from ordinal 1
    And the deletion of pod "nginx-web-0" is blocked by a finalizer

  Scenario: A pod that was held comes back with the version below the partition
    When the finalizer of pod "nginx-web-0" is removed
    Then within 60 seconds all 3 replicas of "nginx-web" are ready
    And pod "nginx-web-0" came back with version "v2"
    And at no time since the scenario began did a rollout of "nginx-web" reach below its partition
