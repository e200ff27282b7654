@needs_containers
Feature: A start halts at a replica that is not ready
  A new member may need the help of its predecessors. While one of them is not ready no other is started; as soon as it
  is ready, the start continues by itself.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees

  Background:
    Given StatefulSet "nginx-web" with 1 ready replica
    And pod "nginx-web-0" is not ready

  Scenario: No replica is started while one before it is not ready
    When StatefulSet "nginx-web" is scaled to 3
    Then for 3 seconds pod "nginx-web-0" is the only pod of "nginx-web"
    And at no time since the scenario began did "nginx-web" proceed while another replica was not ready

  Scenario: A halted start goes on as soon as the replica is ready
    Given scaling "nginx-web" to 3 has been observed
    When pod "nginx-web-0" becomes ready
    Then within 90 seconds all 3 replicas of "nginx-web" are ready
    And pods "nginx-web-1" and "nginx-web-2" were created in this order, each after the one before was ready
