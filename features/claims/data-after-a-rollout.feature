@needs_containers @needs_dynamic_volumes
Feature: A replica keeps its data when its version changes
  Every replica of a database continues with its own data after an update, and so does a canary: a pod of another
  version takes over the volume of its ordinal and no other.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage

  Background:
    Given StatefulSet "myapp" with 3 ready replicas of version "v2"
    And each replica of "myapp" has written its own data

  Scenario: Each replica finds its data after a rollout
    When version "v3" of "myapp" is rolled out
    Then within 120 seconds all 3 replicas of "myapp" run version "v3"
    And at no time since the scenario began did "myapp" replace a replica out of order
    And each replica of "myapp" reads its own data

  Scenario: A canary finds the data of the replica whose place it takes
    When version "v3" of "myapp" is rolled out with partition 2
    Then within 60 seconds pod "myapp-2" runs version "v3"
    And at no time since the scenario began did a rollout of "myapp" reach below its partition
    And each replica of "myapp" reads its own data

  Scenario: Pods lost beside a canary come back with their version and data
    Given version "v3" of "myapp" has been rolled out with partition 2
    When pods "myapp-0" and "myapp-2" are deleted
    Then within 60 seconds all 3 replicas of "myapp" are ready
    And pod "myapp-0" came back with version "v2"
    And pod "myapp-2" came back with version "v3"
    And each replica of "myapp" reads its own data

  Scenario: Replicas find their data when the rollout goes on after a canary
    Given version "v3" of "myapp" has been rolled out with partition 2
    When the partition of "myapp" is set to 0
    Then within 60 seconds all 3 replicas of "myapp" run version "v3"
    And each replica of "myapp" reads its own data

  @since_1_37 @needs_gate_StatefulSetRecreateStrategy
  Scenario: Each replica finds its data after all were replaced at once
    Given StatefulSet "myapp" has been updated to update strategy Recreate
    When version "v3" of "myapp" is rolled out
    Then within 120 seconds all 3 replicas of "myapp" run version "v3"
    And at no time since the event did pods of two versions of "myapp" exist together
    And each replica of "myapp" reads its own data
