Feature: Lost replicas come back with their identity
  A node fails, or someone deletes the wrong pods. Every lost pod comes back under the same name, and if all are lost at
  once, they come back in order.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-identity

  # A pod of a fake node is gone before the next one can be deleted: they are never lost at once there.
  @needs_containers
  Scenario: All pods lost at once come back in the order of their ordinals
    Given StatefulSet "nginx-web" with 3 ready replicas
    When pods "nginx-web-0", "nginx-web-1" and "nginx-web-2" are deleted
    Then within 90 seconds all 3 replicas of "nginx-web" are ready
    And pods "nginx-web-0", "nginx-web-1" and "nginx-web-2" were created in this order, each after the one before was ready

  Scenario: A replaced pod has the identity of its ordinal
    Given StatefulSet "nginx-web" with 2 ready replicas
    When pod "nginx-web-1" is deleted
    Then within 60 seconds pod "nginx-web-1" is replaced
    And at no time since the scenario began did a pod of "nginx-web" have the identity of another ordinal
