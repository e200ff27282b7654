@needs_dynamic_volumes
Feature: A canary keeps to its side of the partition whatever happens
  Pods are lost while a canary runs, too. Each comes back with the version of its side of the partition: else a lost pod
  would spread the canary, or end it.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#partitions

  Background:
    Given stateful set "myapp" with 3 ready replicas of version "v2"
    And version "v3" of "myapp" is settled with partition 2

  Scenario: Replaced pods come back with the version their side of the partition has
    When pods "myapp-0" and "myapp-2" are deleted
    Then within 60 seconds all 3 replicas of "myapp" are ready
    And pod "myapp-0" came back with version "v2"
    And pod "myapp-2" came back with version "v3"
    And at no time did pods "myapp-0" and "myapp-1" run version "v3"

  Scenario: Opening the partition finishes the rollout
    When the partition of "myapp" is set to 0
    Then within 60 seconds all 3 replicas of "myapp" run version "v3"
    And at no time did "myapp" replace a replica out of order
    And pods "myapp-1" and "myapp-0" were removed in this order, each with the former gone
