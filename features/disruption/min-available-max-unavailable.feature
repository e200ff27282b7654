@upstream
Feature: A budget is a number or a percentage, of available or unavailable pods
  Three replicas are ready. A percentage is rounded up to whole pods, for minAvailable and for maxUnavailable alike.
  See https://kubernetes.io/docs/tasks/run-application/configure-pdb/

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas and parallel pod management

  Rule: The budget counts whole pods, as a number or as a percentage

    Scenario Outline: A pod is evicted as long as the budget is not used up
      Given disruption budget "nginx-budget" covers "nginx-web" with <demand>
      When the eviction of pod "nginx-web-2" is requested
      Then the eviction is granted

      Examples:
        | demand             |
        | minAvailable 2     |
        | minAvailable 60%   |
        | maxUnavailable 1   |
        | maxUnavailable 10% |

    Scenario Outline: No pod is evicted once the budget is used up
      Given disruption budget "nginx-budget" covers "nginx-web" with <demand>
      When the eviction of pod "nginx-web-2" is requested
      Then the eviction is refused

      Examples:
        | demand             |
        | minAvailable 3     |
        | minAvailable 67%   |
        | maxUnavailable 0   |
        | maxUnavailable 0%  |

  Rule: A changed budget or a scaled set counts at once

    Scenario: A pod that was refused is evicted once the budget asks for less
      Given disruption budget "nginx-budget" covers "nginx-web" with minAvailable 3
      And the eviction of pod "nginx-web-2" has been refused
      And disruption budget "nginx-budget" covers "nginx-web" with minAvailable 2
      When the eviction of pod "nginx-web-2" is requested
      Then the eviction is granted

    Scenario: A share that may be missing grows with the set
      Given disruption budget "nginx-budget" covers "nginx-web" with maxUnavailable 50%
      When StatefulSet "nginx-web" is scaled to 5
      Then within 30 seconds disruption budget "nginx-budget" allows 3 evictions

  Rule: Without a budget there is no limit

    Scenario: Without a budget every pod can be evicted
      When the eviction of pod "nginx-web-2" is requested
      Then the eviction is granted
      And within 20 seconds pod "nginx-web-2" is replaced
