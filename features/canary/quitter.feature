@upstream @needs_containers
Feature: A pod that fails as it goes has no successor before it is gone
  One of its containers ends with an error when it is told to stop. The failed pod is still there as long as something
  holds it, and then its successor has the version of its side of the partition.

  Background:
    Given stateful set "quitter" with 3 ready replicas of version "v2", from ordinal 1 on of version "v3"
    And the deletion of pod "quitter-0" is held up

  Scenario: A pod that ends in failure comes back with the version below the partition
    When pod "quitter-0" is let go
    Then within 60 seconds all 3 replicas of "quitter" are ready
    And pod "quitter-0" came back with version "v2"
    And at no time did a rollout of "quitter" reach below its partition
