@needs_containers
Feature: A replica starts only when it is prepared
  A replica may have preparations, which run one after another before it: here the name of the server that it needs has
  to lead somewhere, and then its port has to answer. Until all have ended well neither it nor the next one starts.
  See https://kubernetes.io/docs/concepts/workloads/pods/init-containers/

  Scenario: While what it needs is missing, neither a replica nor the next one starts
    When stateful set "my-statefulset" is applied with 2 replicas
    Then within 30 seconds pod "my-statefulset-0" is held in its preparation "find-name"
    And for 3 seconds pod "my-statefulset-0" is held in its preparation "find-name"
    And for 3 seconds "my-statefulset-0" is the only pod of "my-statefulset"

  Scenario: The next preparation begins when the one before has ended well
    Given stateful set "my-statefulset" with 2 replicas, held in its preparation "find-name"
    When "backend-name" is added
    Then within 20 seconds pod "my-statefulset-0" is held in its preparation "reach-port"
    And for 3 seconds pod "my-statefulset-0" is held in its preparation "reach-port"

  Scenario: A start goes on as soon as what was missing is there
    Given stateful set "my-statefulset" with 2 replicas, held in its preparation "find-name"
    When "backend" is added
    Then within 60 seconds all 2 replicas of "my-statefulset" are ready
    And each pod of "my-statefulset" was prepared in order before it started
    And at no time did "my-statefulset" start a replica out of order

  Scenario: A replica that is replaced is prepared again, and told the same name
    Given "backend" is there
    And stateful set "my-statefulset" with 2 ready replicas
    When pod "my-statefulset-1" is deleted
    Then within 30 seconds pod "my-statefulset-1" is replaced
    And pod "my-statefulset-1" knows itself as "my-statefulset-1"
    And each pod of "my-statefulset" was prepared in order before it started
