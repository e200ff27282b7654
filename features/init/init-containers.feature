@needs_containers
Feature: A replica starts only after its init containers
  Init containers run one after another: here the name of a server has to resolve, and then its port has to answer.
  Until all of them have succeeded, neither this replica nor the next one starts.
  See https://kubernetes.io/docs/concepts/workloads/pods/init-containers/

  Scenario: While its init container waits neither a replica nor the next one starts
    When StatefulSet "my-statefulset" is applied with 2 replicas
    Then within 30 seconds pod "my-statefulset-0" is waiting in init container "find-name"
    And for 3 seconds pod "my-statefulset-0" is waiting in init container "find-name"
    And for 3 seconds pod "my-statefulset-0" is the only pod of "my-statefulset"

  Scenario: The next init container starts when the one before has succeeded
    Given StatefulSet "my-statefulset" with 2 replicas waiting in init container "find-name"
    When "backend-name" is created
    Then within 20 seconds pod "my-statefulset-0" is waiting in init container "reach-port"
    And for 3 seconds pod "my-statefulset-0" is waiting in init container "reach-port"

  Scenario: A start goes on as soon as what was missing is there
    Given StatefulSet "my-statefulset" with 2 replicas waiting in init container "find-name"
    When "backend" is created
    Then within 60 seconds all 2 replicas of "my-statefulset" are ready
    And each pod of "my-statefulset" ran its init containers in order before it started
    And at no time since the scenario began did "my-statefulset" start a replica out of order

  Scenario: A replaced replica runs its init containers again, under the same name
    Given "backend" exists
    And StatefulSet "my-statefulset" with 2 ready replicas
    When pod "my-statefulset-1" is deleted
    Then within 30 seconds pod "my-statefulset-1" is replaced
    And pod "my-statefulset-1" is told its name in its environment
    And each pod of "my-statefulset" ran its init containers in order before it started
