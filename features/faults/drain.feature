@exclusive @needs_containers @needs_three_nodes
Feature: A drain is no faster than the budget allows
  A drain requests an eviction for each pod and waits until the budget allows it.

  Scenario: Two nodes drained at once give up their replicas one after another
    Given StatefulSet "nginx-web" with 3 ready replicas
    And disruption budget "nginx-budget" covers "nginx-web"
    When the nodes of pods "nginx-web-1" and "nginx-web-2" are drained at once
    Then within 60 seconds pods "nginx-web-1" and "nginx-web-2" have moved to another node
    And at no time since the event were fewer than 2 pods of "nginx-web" ready
