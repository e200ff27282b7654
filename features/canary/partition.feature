Feature: A canary reaches only the ordinals at or above the partition
  A new version is tried on the highest ordinals first. The others must stay as they are.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#partitions

  Scenario: A rollout with a partition changes only the ordinals from there on
    Given StatefulSet "nginx-web" with 3 ready replicas of version "v2"
    When version "v3" of "nginx-web" is rolled out with partition 2
    Then within 60 seconds pod "nginx-web-2" runs version "v3"
    And at no time since the scenario began did pods "nginx-web-0" and "nginx-web-1" run version "v3"
    And at no time since the scenario began did a rollout of "nginx-web" reach below its partition

  Scenario: A partition beyond the last ordinal stages a version and moves no pod
    Given StatefulSet "nginx-web" with 2 ready replicas of version "v2"
    When version "v3" of "nginx-web" is rolled out with partition 2
    Then within 10 seconds "nginx-web" has a new update revision
    And for 3 seconds no pod of "nginx-web" is replaced
    And at no time since the scenario began did a rollout of "nginx-web" reach below its partition
