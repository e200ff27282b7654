@needs_containers @needs_dynamic_volumes
Feature: A start halts at a replica that is not ready
  A new member may need the help of those before it. While one of them is in trouble no other is started, and as soon as
  it is well again the start goes on by itself.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees

  Background:
    Given stateful set "myapp" with 1 ready replica
    And pod "myapp-0" is not ready

  Scenario: No replica is started while one before it is not ready
    When stateful set "myapp" is scaled to 3
    Then for 3 seconds "myapp-0" is the only pod of "myapp"
    And at no time did "myapp" go on beside an unready replica

  Scenario: A halted start goes on as soon as the replica is ready
    Given stateful set "myapp" is to have 3 replicas
    When pod "myapp-0" becomes ready
    Then within 90 seconds all 3 replicas of "myapp" are ready
    And pods "myapp-1" and "myapp-2" were created in this order, each with the former ready
