@upstream @since_1_37 @needs_gate_StatefulSetRecreateStrategy
Feature: With Recreate, two versions never run at the same time
  Some applications must not run in two versions at once. With Recreate all pods of the previous version are deleted,
  and no pod of the new one is created before the last of them is gone.
  See https://kep.k8s.io/5963

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas and update strategy Recreate

  Scenario: A rollout replaces all replicas at once, and no two versions meet
    When version "v2" of "nginx-web" is rolled out
    Then within 60 seconds all 3 replicas of "nginx-web" run version "v2"
    And at no time since the scenario began did pods of two versions of "nginx-web" exist together
    And pods "nginx-web-0", "nginx-web-1" and "nginx-web-2" were created in this order, each after the one before was ready
    And within 5 seconds condition "Progressing" of "nginx-web" has reason "RecreateCompleted"

  @needs_containers
  Scenario: A broken version leaves its first replica, and none of the former one
    When version "broken" of "nginx-web" is rolled out
    Then within 30 seconds pod "nginx-web-0" comes back with version "broken"
    And for 5 seconds pod "nginx-web-0" is the only pod of "nginx-web"

  @needs_containers
  Scenario: A broken version is taken back without anybody deleting a pod
    Given the rollout of version "broken" of "nginx-web" has reached a replica
    When version "v2" of "nginx-web" is rolled out
    Then within 60 seconds all 3 replicas of "nginx-web" run version "v2"
    And at no time since the event did pods of two versions of "nginx-web" exist together
    And within 5 seconds condition "Progressing" of "nginx-web" has reason "RecreateCompleted"
