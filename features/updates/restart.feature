Feature: A restart replaces the pods and nothing else
  A restart gives the same application new processes: the pods are replaced as in any rollout, one at a time and from
  the highest ordinal to the lowest, and a partition holds for them too.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas

  Scenario: A restart replaces every replica, the last one first
    When StatefulSet "nginx-web" is restarted
    Then within 60 seconds the rollout of "nginx-web" is complete
    And pods "nginx-web-2", "nginx-web-1" and "nginx-web-0" were deleted in this order, each after the one before was gone

  Scenario: A restart with a partition replaces the ordinals from there on
    When StatefulSet "nginx-web" is restarted with partition 2
    Then within 60 seconds pod "nginx-web-2" is replaced
    And for 3 seconds pods "nginx-web-0" and "nginx-web-1" are not replaced
    And at no time since the scenario began did a rollout of "nginx-web" reach below its partition

  Scenario: A restart with a partition beyond the last ordinal moves no pod
    When StatefulSet "nginx-web" is restarted with partition 3
    Then within 10 seconds "nginx-web" has a new update revision
    And for 3 seconds no pod of "nginx-web" is replaced
