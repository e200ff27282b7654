Feature: Replicas stop one by one, from the highest ordinal to the lowest
  A member that leaves hands over to the ones that stay. That works only if they leave one by one, and only while no
  other is in trouble. The promise holds for scaling down; deleting the whole set promises no order.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees

  Scenario: A set scaled to zero stops its replicas from the last to the first
    Given StatefulSet "nginx-web" with 3 ready replicas
    When StatefulSet "nginx-web" is scaled to 0
    Then within 90 seconds "nginx-web" has no pods
    And pods "nginx-web-2", "nginx-web-1" and "nginx-web-0" were deleted in this order, each after the one before was gone
    And at no time since the scenario began did "nginx-web" stop a replica out of order

  @needs_containers
  Scenario: A stop halts while a lower replica is not ready
    Given StatefulSet "nginx-web" with 2 ready replicas
    And pod "nginx-web-0" is not ready
    When StatefulSet "nginx-web" is scaled to 1
    Then for 3 seconds "nginx-web" has 2 pods
    And at no time since the scenario began did "nginx-web" proceed while another replica was not ready
