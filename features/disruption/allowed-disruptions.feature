@upstream
Feature: A budget always knows how many disruptions are allowed
  An operator reads it before evicting several pods. Pods that are about to be evicted, or still terminating after an
  eviction, no longer count as healthy.

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas and parallel pod management
    And disruption budget "nginx-budget" covers "nginx-web"

  @needs_containers
  Scenario: A pod that becomes unready does not count as healthy
    When pod "nginx-web-1" becomes unready
    Then within 5 seconds disruption budget "nginx-budget" allows no eviction

  Scenario: A pod about to be evicted does not count as healthy
    When disruption budget "nginx-budget" records the disruption of pod "nginx-web-2"
    Then within 5 seconds disruption budget "nginx-budget" allows no eviction

  Scenario: A pod still terminating after its eviction does not count
    Given pod "nginx-web-2" is held by a finalizer, its eviction granted
    When the eviction of pod "nginx-web-1" is requested
    Then the eviction is refused

  Scenario: Deleting the budgets of one group leaves another budget in force
    Given disruption budget "drill-budget" covers "nginx-web"
    When all disruption budgets in group "drill" are deleted
    Then within 5 seconds disruption budget "drill-budget" is deleted
    And for 3 seconds disruption budget "nginx-budget" allows 1 eviction

  Scenario: With maxUnavailable no pod without a controller is evicted
    Given disruption budget "nginx-budget" covers "nginx-web" with maxUnavailable 1
    When StatefulSet "nginx-web" is deleted, orphaning its pods
    Then within 10 seconds disruption budget "nginx-budget" allows no eviction
