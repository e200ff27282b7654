@upstream @needs_containers
Feature: A budget says what becomes of pods that are not ready
  A pod that is not ready serves nobody, and may yet hold the last copy of somebody's data. Whether it can be evicted from
  a set that is in trouble is for the budget to say; pods that are ready are never given up for others that are not.
  See https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy

  Background:
    Given stateful set "nginx-web" with 3 ready replicas, managed in parallel

  Scenario Outline: An unready pod can be evicted while enough others are healthy
    Given disruption budget "nginx-budget" of "nginx-web" asks for at least 2 healthy, and gives up an unready pod <when>
    And pod "nginx-web-1" is not ready
    And disruption budget "nginx-budget" knows that pod "nginx-web-1" is not ready
    When the eviction of pod "nginx-web-1" is asked for
    Then the eviction is granted

    Examples:
      | when                         |
      | if enough others are healthy |
      | as it does by default        |

  Scenario Outline: An unready pod is kept where too few others are healthy
    Given disruption budget "nginx-budget" of "nginx-web" asks for at least 2 healthy, and gives up an unready pod <when>
    And no pod of "nginx-web" is ready
    And disruption budget "nginx-budget" knows that no pod of "nginx-web" is ready
    When the eviction of pod "nginx-web-1" is asked for
    Then the eviction is refused

    Examples:
      | when                         |
      | if enough others are healthy |
      | as it does by default        |

  Scenario: An unready pod can be evicted from a set in trouble if its budget says so
    Given disruption budget "nginx-budget" of "nginx-web" asks for at least 2 healthy, and gives up an unready pod always
    And no pod of "nginx-web" is ready
    And disruption budget "nginx-budget" knows that no pod of "nginx-web" is ready
    When the eviction of pod "nginx-web-1" is asked for
    Then the eviction is granted

  Scenario Outline: A ready pod is kept while another one is not ready
    Given disruption budget "nginx-budget" of "nginx-web" asks for at least 2 healthy, and gives up an unready pod <when>
    And pod "nginx-web-1" is not ready
    And disruption budget "nginx-budget" knows that pod "nginx-web-1" is not ready
    When the eviction of pod "nginx-web-0" is asked for
    Then the eviction is refused

    Examples:
      | when                         |
      | always                       |
      | if enough others are healthy |
      | as it does by default        |
