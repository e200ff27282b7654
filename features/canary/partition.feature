@needs_dynamic_volumes
Feature: A canary reaches only the ordinals its partition opens
  Whoever rolls out a new version tries it on the last replicas first, and must be able to trust that the others stay as
  they are.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#partitions

  Background:
    Given stateful set "myapp" with 3 ready replicas of version "v2"

  Scenario: A rollout with a partition changes only the ordinals from there on
    When version "v3" of "myapp" is rolled out with partition 2
    Then within 60 seconds pod "myapp-2" runs version "v3"
    And at no time did pods "myapp-0" and "myapp-1" run version "v3"
    And at no time did a rollout of "myapp" reach below its partition

  Scenario: A partition beyond the last ordinal stages a version without moving anything
    When version "v3" of "myapp" is rolled out with partition 3
    Then within 10 seconds "myapp" knows of a new revision
    And for 3 seconds no pod of "myapp" is replaced
    And at no time did a rollout of "myapp" reach below its partition
