@upstream
Feature: A budget is a number or a share, of the pods that are healthy or of those that are missing
  Three replicas are ready. A share of them is rounded up to whole pods, whichever way it is asked for: of those that must
  be healthy, and of those that may be missing.
  See https://kubernetes.io/docs/tasks/run-application/configure-pdb/

  Background:
    Given stateful set "nginx-web" with 3 ready replicas, managed in parallel

  Scenario Outline: A pod is evicted as long as the budget is not used up
    Given disruption budget "nginx-budget" of "nginx-web" asks for <demand>
    When the eviction of pod "nginx-web-2" is asked for
    Then the eviction is granted

    Examples:
      | demand               |
      | at least 2 healthy   |
      | at least 60% healthy |
      | at most 1 missing    |
      | at most 10% missing  |

  Scenario Outline: No pod is evicted once the budget is used up
    Given disruption budget "nginx-budget" of "nginx-web" asks for <demand>
    When the eviction of pod "nginx-web-2" is asked for
    Then the eviction is refused

    Examples:
      | demand               |
      | at least 3 healthy   |
      | at least 67% healthy |
      | at most 0 missing    |
      | at most 0% missing   |

  Scenario: A pod that was refused is evicted once the budget asks for less
    Given disruption budget "nginx-budget" of "nginx-web" asks for at least 3 healthy
    And the eviction of pod "nginx-web-2" has been refused
    And disruption budget "nginx-budget" of "nginx-web" asks for at least 2 healthy
    When the eviction of pod "nginx-web-2" is asked for
    Then the eviction is granted

  Scenario: A share that may be missing grows with the set
    Given disruption budget "nginx-budget" of "nginx-web" asks for at most 50% missing
    When stateful set "nginx-web" is scaled to 5
    Then within 30 seconds disruption budget "nginx-budget" allows 3 evictions

  Scenario: Without a budget every pod can be evicted
    When the eviction of pod "nginx-web-2" is asked for
    Then the eviction is granted
    And within 20 seconds pod "nginx-web-2" is replaced
