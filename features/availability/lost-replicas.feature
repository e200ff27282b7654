Feature: A site stays available while replicas are lost
  A client in the cluster asks each replica by its name, and the service by its address, several times a second.

  Background:
    Given StatefulSet "site" with 3 ready replicas
    And client "visitor" queries "site" continuously

  @needs_containers
  Scenario: A lost replica is back in service soon, and the others keep serving
    When pod "site-1" is deleted
    Then within 30 seconds client "visitor" gets answers from all replicas of "site"
    And at no time since the event were fewer than 2 replicas of "site" answering
    And at no time since the event was "site-1" without an answer for more than 12 seconds

  @needs_containers
  Scenario: Evictions at once keep as many replicas in service as the budget asks
    Given disruption budget "site-budget" covers "site"
    When the eviction of pods "site-0", "site-1" and "site-2" is requested
    Then at no time since the event were fewer than 2 replicas of "site" answering
