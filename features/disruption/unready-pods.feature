@upstream @needs_containers
Feature: A budget decides whether unready pods are evicted
  A pod that is not ready serves no one, yet it may hold the last copy of some data. The budget decides whether it can
  be evicted from a set in trouble; a ready pod is never evicted in favour of an unready one.
  See https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas and parallel pod management

  Rule: The policy of the budget decides about a pod that is not ready

    Scenario Outline: An unready pod can be evicted while enough others are healthy
      Given disruption budget "nginx-budget" covers "nginx-web" with minAvailable 2 and unhealthyPodEvictionPolicy <policy>
      And pod "nginx-web-1" is not ready
      And disruption budget "nginx-budget" has observed that pod "nginx-web-1" is not ready
      When the eviction of pod "nginx-web-1" is requested
      Then the eviction is granted

      Examples:
        | policy          |
        | IfHealthyBudget |
        | unset           |

    Scenario Outline: An unready pod is kept where too few others are healthy
      Given disruption budget "nginx-budget" covers "nginx-web" with minAvailable 2 and unhealthyPodEvictionPolicy <policy>
      And no pod of "nginx-web" is ready
      And disruption budget "nginx-budget" has observed that no pod of "nginx-web" is ready
      When the eviction of pod "nginx-web-1" is requested
      Then the eviction is refused

      Examples:
        | policy          |
        | IfHealthyBudget |
        | unset           |

    Scenario: An unready pod can be evicted from a set in trouble by AlwaysAllow
      Given disruption budget "nginx-budget" covers "nginx-web" with minAvailable 2 and unhealthyPodEvictionPolicy AlwaysAllow
      And no pod of "nginx-web" is ready
      And disruption budget "nginx-budget" has observed that no pod of "nginx-web" is ready
      When the eviction of pod "nginx-web-1" is requested
      Then the eviction is granted

  Rule: A ready pod is never evicted in favour of an unready one

    Scenario Outline: A ready pod is kept while another one is not ready
      Given disruption budget "nginx-budget" covers "nginx-web" with minAvailable 2 and unhealthyPodEvictionPolicy <policy>
      And pod "nginx-web-1" is not ready
      And disruption budget "nginx-budget" has observed that pod "nginx-web-1" is not ready
      When the eviction of pod "nginx-web-0" is requested
      Then the eviction is refused

      Examples:
        | policy          |
        | AlwaysAllow     |
        | IfHealthyBudget |
        | unset           |
