@exclusive @needs_containers @needs_dynamic_volumes @needs_node_faults
Feature: Replicas outlive the silence of their node
  When the kubelet of a node falls silent nobody knows what still runs there. A set replaces nothing on a guess: it waits
  until the node is heard again, or a person vouches that it is gone.
  See https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/

  Background:
    Given StatefulSet "myapp" with 2 ready replicas
    And each replica of "myapp" has written its own data

  Scenario: A replica whose kubelet is stopped becomes unready and is not replaced
    When the kubelet of pod "myapp-1" is stopped
    Then within 75 seconds pod "myapp-1" is not ready
    And for 5 seconds pod "myapp-1" is not replaced

  Scenario: A replica whose kubelet is frozen becomes unready and is not replaced
    When the kubelet of pod "myapp-1" is frozen
    Then within 75 seconds pod "myapp-1" is not ready
    And for 5 seconds pod "myapp-1" is not replaced

  @upstream
  Scenario: A replica is ready again as soon as its kubelet runs again
    Given the kubelet of pod "myapp-1" has been stopped
    When all faults are healed
    Then within 40 seconds pod "myapp-1" is ready
    And each replica of "myapp" reads its own data
    And for 3 seconds no pod of "myapp" is replaced

  @since_1_35
  Scenario: A kubelet that restarts takes no replica out of service
    The kubelet asks anew of a replica that has run for less than ten seconds.

    Given StatefulSet "myapp" has been updated to minReadySeconds 12
    And StatefulSet "myapp" reports 2 available replicas
    When the kubelet of pod "myapp-1" is killed and restarted
    Then for 10 seconds at least 2 pods of "myapp" are ready
    And no pod of "myapp" is replaced

  Scenario: A rollout goes on in order while a kubelet restarts
    Given the rollout of version "v2" of "myapp" has reached pod "myapp-1"
    When the kubelet of pod "myapp-0" is killed and restarted
    Then within 60 seconds all 2 replicas of "myapp" run version "v2"
    And at no time since the scenario began did "myapp" replace a replica out of order
