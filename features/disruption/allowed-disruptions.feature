@upstream
Feature: A budget knows at any time how many pods can be spared
  Whoever plans to evict several pods reads it beforehand. Pods that are about to go, or that have been evicted and are
  not yet gone, can no longer be counted on.

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas and parallel pod management
    And disruption budget "nginx-budget" covers "nginx-web"

  @needs_containers
  Scenario: A pod that stops being ready cannot be counted on
    When pod "nginx-web-1" becomes unready
    Then within 5 seconds disruption budget "nginx-budget" allows no eviction

  Scenario: A pod that is about to go cannot be counted on
    When disruption budget "nginx-budget" records the disruption of pod "nginx-web-2"
    Then within 5 seconds disruption budget "nginx-budget" allows no eviction

  Scenario: A pod that was evicted and is not yet gone cannot be counted on
    Given pod "nginx-web-2" has been evicted and is held by a finalizer
    When the eviction of pod "nginx-web-1" is requested
    Then the eviction is refused

  Scenario: Deleting the budgets of one group leaves another budget in force
    Given disruption budget "drill-budget" covers "nginx-web"
    When all disruption budgets in group "drill" are deleted
    Then within 5 seconds disruption budget "drill-budget" is deleted
    And for 3 seconds disruption budget "nginx-budget" allows 1 eviction

  Scenario: Of pods that no set manages none can be counted as missing
    Given disruption budget "nginx-budget" covers "nginx-web" with maxUnavailable 1
    When StatefulSet "nginx-web" is deleted, orphaning its pods
    Then within 10 seconds disruption budget "nginx-budget" allows no eviction
