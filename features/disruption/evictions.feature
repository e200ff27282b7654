@upstream
Feature: No more replicas are evicted than the budget allows
  A drain requests an eviction for each pod. If two of three pods have to be healthy, the second eviction is refused
  until the first pod is back.

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas and parallel pod management
    And disruption budget "nginx-budget" covers "nginx-web"

  Scenario: A pod that can be spared is evicted and comes back
    When the eviction of pod "nginx-web-2" is requested
    Then the eviction is granted
    And within 60 seconds pod "nginx-web-2" is replaced

  @needs_containers
  Scenario: A pod that cannot be spared is not evicted
    Given pod "nginx-web-1" is not ready
    And disruption budget "nginx-budget" has observed that pod "nginx-web-1" is not ready
    When the eviction of pod "nginx-web-2" is requested
    Then the eviction is refused
    And for 5 seconds no pod of "nginx-web" is replaced

  @needs_containers
  Scenario: Of three evictions requested at once only one is granted
    When the eviction of pods "nginx-web-0", "nginx-web-1" and "nginx-web-2" is requested
    Then 1 eviction is granted and 2 are refused
    And at no time since the event were fewer than 2 pods of "nginx-web" ready

  @needs_containers
  Scenario: A pod can be evicted as soon as the others are healthy again
    Given disruption budget "nginx-budget" has observed pod "nginx-web-1" become unready and recover
    When the eviction of pod "nginx-web-2" is requested
    Then the eviction is granted
    And at no time since the event were fewer than 2 pods of "nginx-web" ready
