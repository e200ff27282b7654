@exclusive @needs_containers @needs_dynamic_volumes @needs_node_faults
Feature: Replicas outlive the silence of their node
  When the kubelet of a node falls silent nobody knows what still runs there. A set replaces nothing on a guess: it waits
  until the node is heard again, or a person vouches that it is gone.
  See https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/

  Background:
    Given stateful set "myapp" with 2 ready replicas
    And each replica of "myapp" has written data of its own

  Scenario: A replica on a silent node is held for unready and not replaced
    When the kubelet beside pod "myapp-1" is stopped
    Then within 75 seconds pod "myapp-1" is not ready
    And for 5 seconds pod "myapp-1" is not replaced

  Scenario: A replica whose kubelet hangs is held for unready and not replaced
    When the kubelet beside pod "myapp-1" stands still
    Then within 75 seconds pod "myapp-1" is not ready
    And for 5 seconds pod "myapp-1" is not replaced

  @upstream
  Scenario: A replica is ready again as soon as its node is heard again
    Given the kubelet beside pod "myapp-1" has been stopped
    When all that has failed comes back
    Then within 40 seconds pod "myapp-1" is ready
    And each replica of "myapp" reads the data it has written
    And for 3 seconds no pod of "myapp" is replaced
