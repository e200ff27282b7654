@upstream @needs_containers
Feature: A pod that fails while terminating is replaced only when it is gone
  One of its containers exits with an error when it is stopped. As long as a finalizer holds the failed pod there is no
  replacement; then the replacement has the version of its side of the partition.

  Background:
    Given StatefulSet "quitter" with 3 ready replicas of version "v2" and canary "v3" from ordinal 1
    And pod "quitter-0" is held by a finalizer, its deletion requested

  Scenario: A pod that ends in failure comes back below the partition
    When the finalizer of pod "quitter-0" is removed
    Then within 60 seconds all 3 replicas of "quitter" are ready
    And pod "quitter-0" came back with version "v2"
    And at no time since the scenario began did a rollout of "quitter" reach below its partition
